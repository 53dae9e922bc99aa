"""What a diagnostic looks like in each style, character by character."""

from __future__ import annotations

import json
import re
from textwrap import dedent

import pytest

from cnncalc.diagnostics import Diagnostic, Label, Source, Span
from cnncalc.render.diagnostics import render


def place(source: Source, line: int, part: str) -> Span:
    """Where `part` first stands in a line of the source."""
    column = source.text.split("\n")[line - 1].index(part) + 1
    return Span(source, line, column, line, column + len(part))


def full(*diagnostics: Diagnostic) -> str:
    return render(diagnostics, "full")


def shown(text: str) -> str:
    return dedent(text).strip("\n")


def under_caret(output: str) -> str:
    """What the carets of an output stand under, in columns of the terminal (narrow characters only)."""
    lines = output.split("\n")
    row = next(index for index, line in enumerate(lines) if re.match(r" *\|.*\^", line))
    start = lines[row].index("^")
    return lines[row - 1][start : start + lines[row].count("^")]


KERNEL = Source(
    "kernel.yaml",
    "input: [3, 8, 8]\nlayers:\n  - conv2d: {out_channels: 16, kernel_size: 3}\n"
    "  - max_pool2d: 2\n    name: pool\n  - conv2d: {out_channels: 32, kernel_size: 5}\n    name: head\n",
)
WINDOW = Diagnostic(
    "E301",
    "in `head`: a window of 5 does not fit an input height of 3",
    place(KERNEL, 6, "5"),
    label="spans 5 cells",
    notes=(
        "floor((3 - 5) / 1) + 1 = -1, and an output needs at least 1",
        "`head` reads `pool`, whose shape is 16 x 3 x 3",
    ),
    help="use a kernel_size of at most 3, or padding: 1",
)

ADD = Source("add.yaml", "\n" * 7 + "    from: [conv1, stem]\n")
SHAPES = Diagnostic(
    "E302",
    "in `sum1`: add needs inputs of one shape, got 32 x 32 x 32 and 16 x 32 x 32",
    place(ADD, 8, "[conv1, stem]"),
    related=(
        Label(place(ADD, 8, "conv1"), "`conv1` is 32 x 32 x 32"),
        Label(place(ADD, 8, "stem"), "`stem` is 16 x 32 x 32"),
    ),
    help="match the channels with a 1x1 convolution on the shortcut",
)

KEY = Source("key.yaml", "\n" * 6 + "  - conv2d: {out_channels: 6, kernal_size: 5}\n")
ARGUMENT = Diagnostic(
    "E101",
    "unknown argument `kernal_size` of conv2d",
    place(KEY, 7, "kernal_size"),
    help="did you mean `kernel_size`?",
)

WARNING = Diagnostic("W401", "a bias before batch_norm has no effect", place(KEY, 7, "conv2d"))


# --- full: the worked forms of the design ----------------------------------------------------------


def test_a_window_that_does_not_fit() -> None:
    assert full(WINDOW) == shown(
        """
        error[E301]: in `head`: a window of 5 does not fit an input height of 3
         --> kernel.yaml:6:45
          |
        6 |   - conv2d: {out_channels: 32, kernel_size: 5}
          |                                             ^ spans 5 cells
          |
          = note: floor((3 - 5) / 1) + 1 = -1, and an output needs at least 1
          = note: `head` reads `pool`, whose shape is 16 x 3 x 3
          = help: use a kernel_size of at most 3, or padding: 1

        1 fault in kernel.yaml
        """
    )


def test_the_inputs_of_a_merge() -> None:
    assert full(SHAPES) == shown(
        """
        error[E302]: in `sum1`: add needs inputs of one shape, got 32 x 32 x 32 and 16 x 32 x 32
         --> add.yaml:8:11
          |
        8 |     from: [conv1, stem]
          |            -----  ---- `stem` is 16 x 32 x 32
          |            |
          |            `conv1` is 32 x 32 x 32
          |
          = help: match the channels with a 1x1 convolution on the shortcut

        1 fault in add.yaml
        """
    )


def test_an_unknown_argument() -> None:
    assert full(ARGUMENT) == shown(
        """
        error[E101]: unknown argument `kernal_size` of conv2d
         --> key.yaml:7:31
          |
        7 |   - conv2d: {out_channels: 6, kernal_size: 5}
          |                               ^^^^^^^^^^^
          |
          = help: did you mean `kernel_size`?

        1 fault in key.yaml
        """
    )


# --- full: labels ----------------------------------------------------------------------------------


def test_three_labels_in_one_line_hang_from_the_right() -> None:
    source = Source("net.yaml", "from: [one, two, three]\n")
    related = tuple(Label(place(source, 1, name), f"about {name}") for name in ("one", "two", "three"))
    assert full(Diagnostic("E302", "unequal", place(source, 1, "from"), related=related)) == shown(
        """
        error[E302]: unequal
         --> net.yaml:1:1
          |
        1 | from: [one, two, three]
          | ^^^^   ---  ---  ----- about three
          |        |    |
          |        |    about two
          |        about one

        1 fault in net.yaml
        """
    )


def test_a_label_within_the_span_of_a_labelled_fault() -> None:
    source = Source("net.yaml", "input: [3, 0]\n")
    related = (Label(place(source, 1, "0"), "this one"),)
    assert full(
        Diagnostic("E101", "no size", place(source, 1, "[3, 0]"), label="two sizes", related=related)
    ) == shown(
        """
        error[E101]: no size
         --> net.yaml:1:8
          |
        1 | input: [3, 0]
          |        ^^^^^^
          |        |   |
          |        |   this one
          |        two sizes

        1 fault in net.yaml
        """
    )


def test_labels_on_other_lines_keep_the_order_of_the_file() -> None:
    source = Source("net.yaml", "a: 1\nb: 2\n" + "c: 3\n" * 7 + "a: 4\n")
    related = (Label(place(source, 1, "a"), "first given here"), Label(place(source, 2, "b"), "not this"))
    assert full(Diagnostic("E003", "duplicate key `a`", place(source, 10, "a"), related=related)) == shown(
        """
        error[E003]: duplicate key `a`
          --> net.yaml:10:1
           |
         1 | a: 1
           | - first given here
         2 | b: 2
           | - not this
        ...
        10 | a: 4
           | ^

        1 fault in net.yaml
        """
    )


def test_labels_in_another_file() -> None:
    base = Source("base.yaml", "\nparams: {width: 1}\n")
    related = (Label(place(base, 2, "width"), "declared here"),)
    assert full(ARGUMENT._replace(related=related)) == shown(
        """
        error[E101]: unknown argument `kernal_size` of conv2d
         --> key.yaml:7:31
          |
        7 |   - conv2d: {out_channels: 6, kernal_size: 5}
          |                               ^^^^^^^^^^^
         ::: base.yaml:2:10
          |
        2 | params: {width: 1}
          |          ----- declared here
          |
          = help: did you mean `kernel_size`?

        1 fault in key.yaml
        """
    )


def test_a_file_that_could_not_be_read_has_no_line() -> None:
    missing = Diagnostic(
        "E001",
        "there is no file `kernl.yaml`",
        Span(Source("kernl.yaml", ""), 1, 1, 1, 1),
        help="did you mean `kernel.yaml`?",
    )
    assert full(missing) == shown(
        """
        error[E001]: there is no file `kernl.yaml`
         --> kernl.yaml
          |
          = help: did you mean `kernel.yaml`?

        1 fault in kernl.yaml
        """
    )


def test_an_empty_span_gets_one_caret() -> None:
    source = Source("net.yaml", "channels:\n")
    assert full(Diagnostic("E101", "no value", Span(source, 1, 10, 1, 10))) == shown(
        """
        error[E101]: no value
         --> net.yaml:1:10
          |
        1 | channels:
          |          ^

        1 fault in net.yaml
        """
    )


def test_a_span_over_lines_is_underlined_to_the_end_of_the_first() -> None:
    source = Source("net.yaml", "a: [1,\n  2]\n")
    assert "1 | a: [1,\n  |    ^^^\n" in full(Diagnostic("E101", "a list", Span(source, 1, 4, 2, 5)))


def test_a_place_beyond_the_text_is_no_crash() -> None:
    gone = Span(Source("net.yaml", "a"), 9, 5, 9, 6)
    assert "9 |\n  | ^\n" in full(Diagnostic("E101", "gone", gone))


# --- full: characters ------------------------------------------------------------------------------


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


# --- full: long lines ------------------------------------------------------------------------------


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


# --- full: several, colour -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("diagnostics", "expected"),
    [
        ([ARGUMENT], "1 fault in key.yaml"),
        ([ARGUMENT, ARGUMENT, ARGUMENT], "3 faults in key.yaml"),
        ([ARGUMENT, WARNING, WARNING], "1 fault, 2 warnings in key.yaml"),
        ([WARNING], "1 warning in key.yaml"),
        ([ARGUMENT, SHAPES], "2 faults in key.yaml and add.yaml"),
        ([ARGUMENT, SHAPES, WINDOW], "3 faults in 3 files"),
    ],
)
def test_the_last_line_counts(diagnostics: list[Diagnostic], expected: str) -> None:
    assert full(*diagnostics).split("\n")[-1] == expected


def test_diagnostics_are_set_apart_by_an_empty_line() -> None:
    assert full(WARNING, ARGUMENT) == shown(
        """
        warning[W401]: a bias before batch_norm has no effect
         --> key.yaml:7:5
          |
        7 |   - conv2d: {out_channels: 6, kernal_size: 5}
          |     ^^^^^^

        error[E101]: unknown argument `kernal_size` of conv2d
         --> key.yaml:7:31
          |
        7 |   - conv2d: {out_channels: 6, kernal_size: 5}
          |                               ^^^^^^^^^^^
          |
          = help: did you mean `kernel_size`?

        1 fault, 1 warning in key.yaml
        """
    )


def test_colours() -> None:
    assert render([WARNING._replace(help="leave it out"), WINDOW._replace(notes=())], "full", True) == (
        "\x1b[1;33mwarning[W401]\x1b[0m\x1b[1m: a bias before batch_norm has no effect\x1b[0m\n"
        " \x1b[1;34m-->\x1b[0m key.yaml:7:5\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "\x1b[1;34m7 |\x1b[0m   - conv2d: {out_channels: 6, kernal_size: 5}\n"
        "\x1b[1;34m  |\x1b[0m     \x1b[1;33m^^^^^^\x1b[0m\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "  \x1b[1;34m=\x1b[0m \x1b[1mhelp:\x1b[0m leave it out\n"
        "\n"
        "\x1b[1;31merror[E301]\x1b[0m"
        "\x1b[1m: in `head`: a window of 5 does not fit an input height of 3\x1b[0m\n"
        " \x1b[1;34m-->\x1b[0m kernel.yaml:6:45\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "\x1b[1;34m6 |\x1b[0m   - conv2d: {out_channels: 32, kernel_size: 5}\n"
        f"\x1b[1;34m  |\x1b[0m {' ' * 44}\x1b[1;31m^\x1b[0m \x1b[1;31mspans 5 cells\x1b[0m\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "  \x1b[1;34m=\x1b[0m \x1b[1mhelp:\x1b[0m use a kernel_size of at most 3, or padding: 1\n"
        "\n"
        "\x1b[1m1 fault, 1 warning in key.yaml and kernel.yaml\x1b[0m"
    )


@pytest.mark.parametrize("diagnostic", [WINDOW, SHAPES, ARGUMENT, WARNING])
def test_colour_changes_nothing_else(diagnostic: Diagnostic) -> None:
    coloured = render([diagnostic], "full", color=True)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == full(diagnostic)


# --- the other styles ------------------------------------------------------------------------------


def test_concise() -> None:
    assert render([ARGUMENT, WARNING], "concise") == (
        "key.yaml:7:31: error[E101]: unknown argument `kernal_size` of conv2d\n"
        "key.yaml:7:5: warning[W401]: a bias before batch_norm has no effect"
    )


ARGUMENT_OBJECT = {
    "code": "E101",
    "message": "unknown argument `kernal_size` of conv2d",
    "file": "key.yaml",
    "line": 7,
    "column": 31,
    "end_line": 7,
    "end_column": 42,
    "help": "did you mean `kernel_size`?",
}


def test_json() -> None:
    assert json.loads(render([ARGUMENT], "json")) == {"schema": 1, "errors": [ARGUMENT_OBJECT]}


def test_json_lists_warnings_apart_and_only_if_there_are_any() -> None:
    document = json.loads(render([WARNING, ARGUMENT], "json"))
    assert document["errors"] == [ARGUMENT_OBJECT]
    assert [warning["code"] for warning in document["warnings"]] == ["W401"]
    assert list(json.loads(render([WARNING], "json"))) == ["schema", "errors", "warnings"]


def test_github() -> None:
    assert render([ARGUMENT, WARNING], "github") == (
        "::error file=key.yaml,line=7,col=31,endLine=7,endColumn=42,title=E101"
        "::unknown argument `kernal_size` of conv2d\n"
        "::warning file=key.yaml,line=7,col=5,endLine=7,endColumn=11,title=W401"
        "::a bias before batch_norm has no effect"
    )


def test_github_escapes() -> None:
    source = Source("C:\\a,b%\n.yaml", "")
    diagnostic = Diagnostic("E101", "50%: a,\r\n::error::b", Span(source, 1, 1, 1, 2))
    assert render([diagnostic], "github") == (
        "::error file=C%3A\\a%2Cb%25%0A.yaml,line=1,col=1,endLine=1,endColumn=2,title=E101"
        "::50%25: a,%0D%0A::error::b"
    )


@pytest.mark.parametrize(
    ("style", "expected"),
    [("full", ""), ("concise", ""), ("json", '{\n  "schema": 1,\n  "errors": []\n}'), ("github", "")],
)
def test_nothing_to_say(style: str, expected: str) -> None:
    assert render([], style) == expected  # type: ignore[arg-type]
