"""Expressions of a file as those of a program."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.interop.expressions import (
    NOTHING,
    as_tuples,
    first_item,
    folded,
    in_python,
    named,
    names_in,
    same,
    substituted,
    template,
    value_of,
    written,
)
from cnncalc.language.nodes import Node
from tests.interop.exported import outline


def argument(text: str) -> Node | None:
    """The node of an argument that is written so."""
    (layer,) = outline(f"input: [3, 8, 8]\nlayers:\n  - dropout: {text}\n").layers()
    return layer.placing.entry.arguments


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.5", "0.5"), ("1 / 4", "1 / 4"), ("{p: 0.5}", None), ("'0.25'", "0.25")],
)
def test_the_text_of_a_value(text: str, expected: str | None) -> None:
    assert written(argument(text)) == expected


def test_nothing_has_no_text() -> None:
    assert written(None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("channels", "channels"),
        ("channels * width", "channels * 3"),
        ("round(64 * half)", "32"),
        ("channels - (width - 1)", "channels - 2"),
        ("2 ** i", "2 ** i"),
        ("widths[i]", "[4, 8][i]"),
        ("widths[1]", "8"),
        ("mode", "'zeros'"),
        # a condition that is settled is not written
        ("channels if deep else 4", "channels"),
        ("channels if not deep else 4", "4"),
        ("2 if i == 0 else 1", "2 if i == 0 else 1"),
        ("deep and i > 0", "i > 0"),
        ("not deep or i > 0", "i > 0"),
        ("not deep and i > 0", "False"),
        # of what has no value there is no text
        ("width // 0", None),
        ("nobody", None),
        ("two words", None),
        ("", None),
    ],
)
def test_settled_names_are_put_in(text: str, expected: str | None) -> None:
    settled: dict[str, Any] = {"width": 3, "half": 0.5, "widths": [4, 8], "mode": "zeros", "deep": True}
    assert folded(text, {"channels", "i"}, settled) == expected


def test_a_free_name_hides_one_that_is_settled() -> None:
    assert folded("width + 1", {"width"}, {"width": 3}) == "width + 1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "b + 1"),
        ("a * 2", "(b + 1) * 2"),
        ("a - a", "b + 1 - (b + 1)"),
        ("max(a, c)", "max(b + 1, c)"),
        ("c ** 2", "c ** 2"),
    ],
)
def test_texts_in_the_place_of_names(text: str, expected: str) -> None:
    assert substituted(text, {"a": "b + 1"}) == expected


def test_texts_put_in_are_not_read_again() -> None:
    assert substituted("a + b", {"a": "b", "b": "a"}) == "b + a"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("conv{i}", "conv{i}"),
        ("conv{stage + 1}_{i + 1}", "conv3_{i + 1}"),
        ("conv{stage}", "conv2"),
        ("open{i", None),
        ("{nobody}", None),
        ("{}", None),
        # a quote would end the f-string, a brace its expression
        ("{'{'}", None),
    ],
)
def test_names_as_f_strings(text: str, expected: str | None) -> None:
    assert template(text, {"i"}, {"stage": 2}) == expected


def test_the_name_that_a_template_gives() -> None:
    assert named("conv{i + 1}", {"i": 2}) == "conv3"
    assert named("conv{i + 1}", {}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("channels // 2", "channels // 2"),
        ("floor(a / 2)", "math.floor(a / 2)"),
        ("1 + ceil(floor(a) / 2)", "1 + math.ceil(math.floor(a) / 2)"),
        ("[k, k // 2]", "(k, k // 2)"),
        ("[k]", "(k,)"),
        ("2 ** i", "2**i"),
        ("8 * 2 ** stage", "8 * 2**stage"),
        ("(a + b) ** 2", "(a + b) ** 2"),
        ("2 ** (i + 1)", "2 ** (i + 1)"),
        ("-a ** 2", "-a**2"),
        ("sizes[0] ** 2", "sizes[0] ** 2"),
    ],
)
def test_expressions_as_python_has_them(text: str, expected: str) -> None:
    assert in_python(text) == expected


def test_powers_in_calls_are_tight() -> None:
    assert in_python("max(2 ** i, 4)") == "max(2**i, 4)"


def test_values() -> None:
    assert value_of("[a, [1, a]]", {"a": 2}) == (2, (1, 2))
    assert value_of("a // 0", {"a": 2}) is NOTHING
    assert value_of("b", {"a": 2}) is NOTHING
    assert as_tuples([[1], 2]) == ((1,), 2)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        ((1, (2, 3)), (1, (2, 3)), True),
        ((1, 2), (1, 2.0), False),
        ((1, 2), (1, 2, 3), False),
        (None, None, True),
        (None, 0, False),
    ],
)
def test_values_are_the_same_only_in_one_type(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is alike


def test_nothing_is_the_same_as_no_value() -> None:
    assert not same(NOTHING, None)
    assert not same(NOTHING, 0)


def test_the_first_of_a_list() -> None:
    assert first_item("[k + 1, k]") == "k + 1"
    assert first_item("k") is None
    assert first_item("[]") is None


def test_the_names_of_an_expression_are_not_those_of_functions() -> None:
    assert names_in("max(a, b[i]) if c else 2") == {"a", "b", "c", "i"}
    assert names_in("three words here") == set()
