"""How a diagnostic quotes a line: wide and dangerous characters, and lines too long to show."""

from __future__ import annotations

import re

import pytest

from cnncalc.diagnostics import Diagnostic, Label, Source, Span
from cnncalc.render.diagnostics import render
from tests.render.diagnostics import full, place

# --- characters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("😀: x", 4, "1 | 😀: x\n  |     ^"),
        ("日本: x", 5, "1 | 日本: x\n  |       ^"),
        ("e\u0301: x", 5, "1 | e\u0301: x\n  |    ^"),
        ("👩\u200d🔬: x", 6, "1 | 👩\u200d🔬: x\n  |       ^"),
        ("\ta: x", 5, "1 |     a: x\n  |        ^"),
        ("\x1b[31m: x", 8, "1 | \\x1b[31m: x\n  |           ^"),
        ("\u202ea: x", 5, "1 | \\u202ea: x\n  |          ^"),
        ("\U000e0041: x", 4, "1 | \\U000e0041: x\n  |             ^"),
        ("\ufeffa: x", 4, "1 | a: x\n  |    ^"),
    ],
)
def test_the_caret_stands_under_its_character(line: str, column: int, expected: str) -> None:
    source = Source("net.yaml", line)
    assert expected in full(Diagnostic("E101", "here", Span(source, 1, column, 1, column + 1)))


def test_wide_characters_are_underlined_in_full() -> None:
    source = Source("net.yaml", "name: 日本\n")
    assert "  |       ^^^^ two" in full(Diagnostic("E101", "name", place(source, 1, "日本"), label="two"))


def test_lines_are_those_of_yaml() -> None:
    source = Source("net.yaml", "a\r\nb\rc\x85d\u2028e\u2029f\x0cg\n")
    assert "6 | f\\x0cg\n" in full(Diagnostic("E101", "here", Span(source, 6, 1, 6, 2)))


@pytest.mark.parametrize("style", ["full", "concise", "github"])
def test_nothing_in_a_diagnostic_reaches_the_terminal_raw(style: str) -> None:
    evil = "\x1b]0;title\x07\u202e\x9b\r"
    source = Source(f"{evil}.yaml", f"{evil}: 1\n")
    other = Source(f"{evil}2.yaml", "")
    diagnostic = Diagnostic(
        "E101",
        f"key {evil}",
        Span(source, 1, 1, 1, 3),
        label=evil,
        related=(Label(Span(other, 1, 1, 1, 1), evil),),
        notes=(evil,),
        help=evil,
    )
    output = render([diagnostic], style)  # type: ignore[arg-type]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", output)


def test_a_line_break_in_a_message_is_shown_as_an_escape() -> None:
    diagnostic = Diagnostic("E101", "unknown kind `a\nb`", Span(Source("net.yaml", ""), 1, 1, 1, 1))
    assert render([diagnostic], "concise") == "net.yaml:1:1: error[E101]: unknown kind `a\\nb`"


# --- long lines ------------------------------------------------------------------------------------


def under_caret(output: str) -> str:
    """What the carets of an output stand under, in columns of the terminal (narrow characters only)."""
    lines = output.split("\n")
    row = next(index for index, line in enumerate(lines) if re.match(r" *\|.*\^", line))
    start = lines[row].index("^")
    return lines[row - 1][start : start + lines[row].count("^")]


@pytest.mark.parametrize("before", [0, 10, 60, 95, 300])
@pytest.mark.parametrize("after", [0, 10, 60, 95, 300])
def test_a_long_line_is_cut_around_the_caret(before: int, after: int) -> None:
    line = "x" * before + "HERE" + "y" * after
    source = Source("net.yaml", line)
    output = full(Diagnostic("E101", "here", place(source, 1, "HERE")))
    quoted = output.split("\n")[3].removeprefix("1 | ")
    assert under_caret(output) == "HERE"
    assert len(quoted) <= 103
    assert ("…" in quoted) == (quoted != line)
    if len(line) <= 100:
        assert quoted == line


def test_a_long_line_exactly() -> None:
    source = Source("net.yaml", "x" * 200 + "HERE" + "y" * 200)
    output = full(Diagnostic("E101", "here", place(source, 1, "HERE"), label="there"))
    assert output.split("\n")[3:5] == [
        "1 | …" + "x" * 48 + "HERE" + "y" * 48 + "…",
        "  |  " + " " * 48 + "^^^^ there",
    ]


def test_a_label_cut_off_points_at_the_ellipsis() -> None:
    source = Source("net.yaml", "LEFT" + "x" * 300 + "HERE" + "x" * 300 + "RIGHT")
    related = (
        Label(place(source, 1, "LEFT"), "on the left"),
        Label(place(source, 1, "RIGHT"), "on the right"),
    )
    output = full(Diagnostic("E101", "here", place(source, 1, "HERE"), related=related))
    _, _, _, quoted, underlines, *_ = output.split("\n")
    assert under_caret(output) == "HERE"
    assert quoted[underlines.index("-")] == "…"
    assert quoted[underlines.rindex("-")] == "…"


def test_wide_characters_take_their_part_of_the_width() -> None:
    source = Source("net.yaml", "日" * 300)
    quoted = full(Diagnostic("E101", "here", Span(source, 1, 150, 1, 151))).split("\n")[3]
    assert quoted == "1 | …" + "日" * 50 + "…"


def test_a_line_of_megabytes_takes_no_time() -> None:
    source = Source("net.yaml", "x" * 10_000_000)
    assert len(full(Diagnostic("E101", "here", Span(source, 1, 5_000_000, 1, 9_000_000)))) < 500
