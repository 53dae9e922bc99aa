"""What diagnostics look like in full, character by character: their labels, their colours, the last line."""

from __future__ import annotations

import re

import pytest

from cnncalc.diagnostics import Diagnostic, Label, Source, Span
from cnncalc.render.diagnostics import render
from tests.render.diagnostics import ARGUMENT, SHAPES, WARNING, WINDOW, full, place, shown

# --- the worked forms of the design ----------------------------------------------------------------


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


# --- labels ----------------------------------------------------------------------------------------


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


# --- places ----------------------------------------------------------------------------------------


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


# --- several, colour -------------------------------------------------------------------------------


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
