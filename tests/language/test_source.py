"""Reading YAML: nodes with their places, the limits, and that any text gives nodes or faults."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnncalc.diagnostics import ArchitectureError, Source, Span
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence, span_of, span_within
from cnncalc.language.source import NODE_LIMIT, parse
from cnncalc.memory_pause import paused_garbage_collector
from tests.language.yaml_texts import columns, fault, faults, plain, read, said

# --- nodes -----------------------------------------------------------------------------------------


def test_a_document_becomes_nodes() -> None:
    node = read("name: LeNet-5\ninput: [1, 32, 32]\nlayers:\n  - conv2d: {kernel_size: 5}\n  - tanh\n")
    assert plain(node) == {
        "name": "LeNet-5",
        "input": ["1", "32", "32"],
        "layers": [{"conv2d": {"kernel_size": "5"}}, "tanh"],
    }


def test_a_scalar_knows_whether_it_is_quoted() -> None:
    node = read("[5, '5', \"5\", no, ]")
    assert isinstance(node, Sequence)
    assert [(item.text, item.plain) for item in node.items if isinstance(item, Scalar)] == [
        ("5", True),
        ("5", False),
        ("5", False),
        ("no", True),
    ]


def test_a_key_without_value_has_an_empty_plain_scalar() -> None:
    node = read("channels: \nstride: 1\n")
    assert isinstance(node, Mapping)
    channels = node.get("channels")
    assert isinstance(channels, Scalar)
    assert (channels.text, channels.plain) == ("", True)


def test_get_of_an_absent_key_is_none() -> None:
    node = read("a: 1\n")
    assert isinstance(node, Mapping)
    assert node.get("b") is None


def test_an_alias_is_the_node_it_names() -> None:
    node = read("a: &shared {x: 1}\nb: *shared\n")
    assert isinstance(node, Mapping)
    assert node.get("a") is node.get("b")


def test_an_anchor_may_be_given_anew_and_inside_another() -> None:
    node = read("- &a [x, &a y, *a]\n- *a\n")
    assert plain(node) == [["x", "y", "y"], "y"]


@pytest.mark.parametrize("text", ["--- a\n", "%YAML 1.2\n---\na\n", "\ufeffa\n", "a\n...\n", "# c\na # c\n"])
def test_what_may_surround_the_document(text: str) -> None:
    assert plain(read(text)) == "a"


def test_a_byte_order_mark_does_not_move_the_first_line() -> None:
    assert plain(read("\ufeffa: 1\nb: 2\n")) == {"a": "1", "b": "2"}


def test_the_garbage_collector_is_as_before() -> None:
    assert gc.isenabled()
    with paused_garbage_collector():
        assert not gc.isenabled()
        with paused_garbage_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    faults("[")
    assert gc.isenabled()


# --- places ----------------------------------------------------------------------------------------


def value(text: str, key: str = "a") -> tuple[Source, Node]:
    source = Source("net.yaml", text)
    mapping = parse(source)
    assert isinstance(mapping, Mapping)
    node = mapping.get(key)
    assert node is not None
    return source, node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: word\n", (1, 4, 8)),
        ("a: 'it'\n", (1, 4, 8)),
        ("a: 😀日\n", (1, 4, 6)),
        ("a:\n", (1, 3, 3)),
        ("a: {x: 1}  # c\n", (1, 4, 10)),
        ("a: [1,  # c\n  2]\n", (1, 4, 7)),
        ("a:\n  - b: 1   # c\n    c: 2\nd: 3\n", (2, 3, 9)),
        ("a:\n  b: 1\n\n\n", (2, 3, 7)),
        ("a: >\n  folded\n", (1, 4, 5)),
        ("a: one\n  two\n", (1, 4, 7)),
        ("a:\n  x: 1\u2028  y: 2\n", (2, 3, 7)),
    ],
)
def test_span_of_a_value(text: str, expected: tuple[int, int, int]) -> None:
    source, node = value(text)
    span = span_of(source, node)
    assert columns(span) == expected
    assert span.end_line == span.line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 64 * widht\n", (1, 9, 14)),
        ("a: '64 * widht'\n", (1, 10, 15)),
        ('a: "64 * widht"\n', (1, 10, 15)),
        ("a: &x 64 * widht\n", (1, 12, 17)),
        ("b: 1\na:    64 * widht   # c\n", (2, 12, 17)),
        ('a: "64 * wi\\x64ht"\n', (1, 4, 19)),
        ("a: '64 *\n  widht'\n", (1, 4, 9)),
        ("a: >\n  64 * widht\n", (1, 4, 5)),
    ],
)
def test_span_within_an_expression(text: str, expected: tuple[int, int, int]) -> None:
    source, node = value(text)
    assert isinstance(node, Scalar)
    assert columns(span_within(source, node, 5, 10)) == expected


# --- limits ----------------------------------------------------------------------------------------


def test_an_alias_bomb_stops_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    begin = time.perf_counter()
    only = fault("\n".join(lines))
    assert time.perf_counter() - begin < 1
    assert only.code == "E004"
    assert only.message == f"more than {NODE_LIMIT:,} YAML nodes, with aliases expanded"


def test_aliases_cannot_nest_deeper_than_the_limit() -> None:
    deep = "[" * 60 + "]" * 60
    assert said(f"a: &a {deep}\nb: {'[' * 60}*a{']' * 60}\n") == ["2:64 E004 nesting deeper than 100 levels"]
    assert isinstance(read(f"a: &a {deep}\nb: [[*a, *a], *a]\nc: {'[' * 90}{']' * 90}\n"), Mapping)


def test_nesting_up_to_the_limit_is_allowed() -> None:
    assert isinstance(read("[" * 100 + "]" * 100), Sequence)
    assert said("[" * 101 + "]" * 101) == ["1:101 E004 nesting deeper than 100 levels"]


@pytest.mark.parametrize("bomb", ["[" * 100_000, "[\n" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_a_depth_bomb_stops_at_once(bomb: str) -> None:
    begin = time.perf_counter()
    assert fault(bomb).code == "E004"
    assert time.perf_counter() - begin < 1


def test_a_list_without_end_stops_at_the_limit() -> None:
    assert fault("[" + "1," * NODE_LIMIT + "]").code == "E004"


def test_a_long_text_is_refused() -> None:
    only = fault("#" * (16 * 1024 * 1024 + 1))
    assert (only.code, only.message) == ("E004", "`net.yaml` is larger than 16 MB")


def test_a_thousand_faults_are_enough() -> None:
    assert len(faults("a: 1\n" * 3000)) == 1000


# --- any text --------------------------------------------------------------------------------------

YAML_SIGNS = "ab1:-[]{},\n\t'\"#|>%@\\😀\u2028\x85"
YAML_WORDS = [": ", "- ", "? ", "\n  ", "\n    ", "---", "...", "&x ", "*x", "!t ", "!!str ", "!%ff"]
YAML_PIECES = st.sampled_from([*YAML_SIGNS, *YAML_WORDS])


@given(st.one_of(st.text(), st.text(st.characters()), st.lists(YAML_PIECES).map("".join)))
@example("\ud800")
@example("%TAG !e! tag:x%ed%a0%80,:\n---\n!e!x b")
def test_any_text_gives_nodes_or_faults(text: str) -> None:
    source = Source("net.yaml", text)
    try:
        check_places(source, parse(source))
    except ArchitectureError as error:
        for diagnostic in error.diagnostics:
            check_span(diagnostic.span)


def check_places(source: Source, node: Node) -> None:
    check_span(span_of(source, node))
    if isinstance(node, Scalar):
        check_span(span_within(source, node, 0, len(node.text)))
    else:
        for item in node.items:
            check_places(source, item)


def check_span(span: Span) -> None:
    assert span.line == span.end_line >= 1
    assert 1 <= span.column <= span.end_column
