"""Reading YAML: nodes with their places, the limits, and what is said about text that is not YAML."""

from __future__ import annotations

import gc
import io
import os
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source, Span
from cnncalc.language import source as source_module
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence, span_of, span_within
from cnncalc.language.reading import read_stdin, read_text
from cnncalc.language.source import NODE_LIMIT, parse
from cnncalc.memory_pause import paused_garbage_collector


def read(text: str) -> Node:
    return parse(Source("net.yaml", text))


def plain(node: Node) -> object:
    """The node as Python's own lists and dictionaries, for comparison."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs()}


def faults(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ArchitectureError) as caught:
        read(text)
    return caught.value.diagnostics


def fault(text: str) -> Diagnostic:
    (only,) = faults(text)
    return only


def said(text: str) -> list[str]:
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message}" for d in faults(text)]


def columns(span: Span) -> tuple[int, int, int]:
    return span.line, span.column, span.end_column


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


# --- faults of content -----------------------------------------------------------------------------


def test_a_duplicate_key_points_at_the_second_and_labels_the_first() -> None:
    only = fault("kernel_size: 3\nstride: 1\nkernel_size: 5\n")
    assert (only.code, only.message) == ("E003", "duplicate key `kernel_size`")
    assert columns(only.span) == (3, 1, 12)
    (label,) = only.related
    assert (columns(label.span), label.text) == ((1, 1, 12), "first given here")


def test_all_duplicate_keys_are_reported_together() -> None:
    assert said("a: 1\na: 2\nb: {c: 1, 'c': 2}\na: 3\n") == [
        "2:1 E003 duplicate key `a`",
        "3:11 E003 duplicate key `c`",
        "4:1 E003 duplicate key `a`",
    ]


def test_a_syntax_fault_comes_with_the_duplicate_keys_before_it() -> None:
    assert said("a: 1\na: 2\nb: {c: 1, c: 2}\nd: [1\n") == [
        "2:1 E003 duplicate key `a`",
        "3:11 E003 duplicate key `c`",
        "4:4 E002 `[` is never closed",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("? [a, b]\n: 1\n", "1:3 E005 a key that is a list or mapping"),
        ("{a: 1}: 2\n", "1:1 E005 a key that is a list or mapping"),
        ("a: !!python/object:os.system x\n", "1:4 E005 tag `!!python/object:os.system` is not used here"),
        ("a: !!str 5\n", "1:4 E005 tag `!!str` is not used here"),
        ("a: &x !mine [1]\n", "1:7 E005 tag `!mine` is not used here"),
        ("a: 1\n--- \nb: 2\n", "2:1 E005 a second document in one file"),
        ("a: *b\n", "1:4 E005 no anchor `&b` before this alias"),
        ("a: &b [*b]\n", "1:8 E005 alias `*b` inside the node it names"),
        ("", "1:1 E006 `net.yaml` describes no network: it is empty"),
        ("# only a comment\n", "1:1 E006 `net.yaml` describes no network: it is empty"),
        ("---\n", "1:1 E006 `net.yaml` describes no network: it is empty"),
    ],
)
def test_parts_of_yaml_not_used(text: str, expected: str) -> None:
    assert said(text) == [expected]
    assert fault(text).help


def test_a_near_anchor_is_suggested() -> None:
    assert fault("a: &block 1\nb: *blokc\n").help == "did you mean `*block`?"


# --- faults of syntax ------------------------------------------------------------------------------

SYNTAX = [
    ("a:\n\tb: 1\n", "2:1 E002 a tab character where only spaces may indent"),
    ("a:\n  b: 1\n\tc: 1\n", "3:1 E002 a tab character where only spaces may indent"),
    ("a: b: c\n", "1:5 E002 a second `:` in one value"),
    ("a: 1\n  b: 2\n", "2:4 E002 a `key: value` pair where none can stand"),
    ("a: [1, 2\n", "1:4 E002 `[` is never closed"),
    ("a: {b: 1\n", "1:4 E002 `{` is never closed"),
    ("a: [\n", "1:4 E002 `[` is never closed"),
    ("a: [1, 2\nb: 3\n", "2:2 E002 expected `,` or `]`"),
    ("a: {b: 1 c: 2}\n", "1:11 E002 expected `,` or `}`"),
    ("a: 'b\nc: 1\n", "1:4 E002 quote ' is never closed"),
    ('a: "b\n', '1:4 E002 quote " is never closed'),
    ("a:\n  b: 1\n c: 2\n", "3:2 E002 the indentation fits no line above"),
    ("a:\n  - b: 1\n   - c\n", "3:4 E002 the indentation fits no line above"),
    ("- a\nb: 1\n", "2:1 E002 a line unlike those it is aligned with"),
    ("a: 1\nword\nb: 2\n", "2:1 E002 a line without `:` among `key: value` pairs"),
    ("a: 'it's'\n", "1:8 E002 unexpected text after a value"),
    ("a: 1\n}\n", "2:1 E002 `}` closes nothing"),
    ("[a]]\n", "1:4 E002 text after the end of the document"),
    ("a: - b\n", "1:4 E002 a list item where none can stand"),
    ("a: @b\n", "1:4 E002 `@` cannot start a value"),
    ("[,]\n", "1:2 E002 a value is missing before `,`"),
    ('a: "\\q"\n', "1:5 E002 unknown escape after a backslash"),
    ("a: *\n", "1:4 E002 `*` without the name of an anchor"),
    ("%YAML 2.0\n---\na\n", "1:1 E002 a version of YAML other than 1.1 and 1.2"),
    ("!x!y a\n", "1:1 E002 a tag whose handle is not defined"),
    ("!%ed%a0%80 a\n", "1:1 E002 an escape in a tag or quoted text that stands for no character"),
    ("a: \x07\n", "1:4 E002 character U+0007 is not allowed in YAML"),
    ("a: 1\nb: \ud800\n", "2:4 E002 character U+D800 is not allowed in YAML"),
]


@pytest.mark.parametrize(("text", "expected"), SYNTAX)
def test_syntax_faults_in_our_words(text: str, expected: str) -> None:
    assert said(text) == [expected]
    assert fault(text).help


def test_other_syntax_faults_keep_the_words_of_the_parser() -> None:
    assert said("a: |2x\n b\n") == ["1:6 E002 did not find expected comment or line break"]


def test_a_missing_bracket_shows_where_it_was_opened() -> None:
    (label,) = fault("a: [1, 2\nb: 3\n").related
    assert (columns(label.span), label.text) == ((1, 4, 5), "`[` is opened here")


@pytest.mark.parametrize(("text", "expected"), SYNTAX[:20])
def test_the_parser_in_python_gives_the_same(
    text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_Loader", yaml.SafeLoader)
    assert said(text) == [expected]


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


# --- reading files ---------------------------------------------------------------------------------


def refused(path: Path) -> Diagnostic:
    with pytest.raises(ArchitectureError) as caught:
        read_text(path)
    (only,) = caught.value.diagnostics
    assert only.span.source.name == str(path)
    assert (only.span.line, only.span.column) == (1, 1)
    assert only.help
    return only


def written(folder: Path, content: bytes) -> Path:
    path = folder / "net.yaml"
    path.write_bytes(content)
    return path


def test_text_is_read_with_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, "name: é\n".encode())
    assert read_text(path) == Source(str(path), "name: é\n")


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    assert read_text(written(tmp_path, b"\xef\xbb\xbfa: 1\n")).text == "a: 1\n"


def test_a_missing_file_suggests_a_similar_one(tmp_path: Path) -> None:
    written(tmp_path, b"a: 1\n")
    only = refused(tmp_path / "nett.yaml")
    assert (only.code, only.message) == ("E001", f"there is no file `{tmp_path / 'nett.yaml'}`")
    assert only.help == f"did you mean `{tmp_path / 'net.yaml'}`?"
    assert refused(tmp_path / "other").help == "check the path; it is taken from the current directory"
    assert "there is no directory" in refused(tmp_path / "absent" / "net.yaml").help


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).message == f"`{tmp_path}` is a directory, not a file"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a: 1\n")
    path.chmod(0)
    assert refused(path).message == f"no permission to read `{path}`"


def test_other_faults_of_the_system_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fail)
    assert refused(tmp_path / "net.yaml").message == f"no permission to read `{tmp_path / 'net.yaml'}`"
    monkeypatch.undo()
    assert refused(Path("a\0b")).message == "cannot read `a\0b`: embedded null byte"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x7fELF\0\0\0", "is a binary file, not text"),
        ("a: 1\n".encode("utf-16"), "is UTF-16 text, not UTF-8"),
        (b"a: 1\nb: \xe9\n", "is not UTF-8 text: byte 0xe9 in line 2"),
    ],
)
def test_what_is_not_utf_8_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    only = refused(written(tmp_path, content))
    assert only.code == "E001"
    assert only.message.endswith(expected)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    begin = time.perf_counter()
    only = refused(path)
    assert time.perf_counter() - begin < 0.1
    assert (only.code, only.message) == ("E004", f"`{path}` is larger than 16 MB")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without end")
def test_a_device_without_end_is_refused() -> None:
    assert refused(Path("/dev/zero")).code == "E004"


def test_standard_input_is_read_likewise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1\n")))
    assert read_stdin() == Source("<stdin>", "a: 1\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\0")))
    with pytest.raises(ArchitectureError, match=r"<stdin>:1:1: E001 `<stdin>` is a binary file"):
        read_stdin()
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ArchitectureError, match="standard input is closed"):
        read_stdin()


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
