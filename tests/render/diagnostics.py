"""Diagnostics to render."""

from __future__ import annotations

from textwrap import dedent

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
