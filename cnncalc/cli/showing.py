"""What commands share that set several networks against each other: their options, reports, and output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeAlias

import typer

from cnncalc.cli.common import (
    FAULTY,
    ErrorStyle,
    chosen_inputs,
    misuse,
    output_width,
    print_faults,
    read_network,
    wants_color,
    write,
)

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.diagnostics import Diagnostic
    from cnncalc.layers.base import Shape
    from cnncalc.render.layout import Piece

LARGEST_BATCH = 2**31 - 1

Dtype: TypeAlias = Annotated[
    Literal["float32", "float16", "bfloat16", "float64", "int8"],
    typer.Option("--dtype", help="The type of all numbers, for bytes."),
]
Batch: TypeAlias = Annotated[
    int,
    typer.Option("--batch", metavar="N", help="Samples; operations and activations are those of all."),
]
InPlace: TypeAlias = Annotated[
    bool, typer.Option("--in-place", help="Let elementwise layers reuse their input's memory.")
]


class Wanted(NamedTuple):
    """A network as asked for, with its settings."""

    what: str
    settings: dict[str, str]
    option: str = "--set"
    """The option that is to blame for a wrong setting."""


def reports_of(
    networks: Sequence[Wanted],
    shapes: dict[str, Shape],
    batch: int,
    dtype: str,
    in_place: bool,
    errors: ErrorStyle,
    as_json: bool,
) -> list[Report]:
    """The reports of all networks; if one is faulty all faults are printed, and the command ends."""
    from cnncalc import api
    from cnncalc.diagnostics import ArchitectureError

    if not 1 <= batch <= LARGEST_BATCH:
        misuse(f"{batch} is not from 1 to {LARGEST_BATCH:,}", "--batch")
    if sum(network.what == "-" for network in networks) > 1:
        misuse("standard input can be read only once")
    reports: list[Report] = []
    diagnostics: list[Diagnostic] = []
    for what, settings, option in networks:
        try:
            reading = read_network(what, settings, option)
            inputs = chosen_inputs(reading.network.graph.inputs, shapes)
            examined = api.examine_reading(reading, inputs, batch, dtype, in_place)
        except ArchitectureError as error:
            diagnostics += error.diagnostics
            continue
        diagnostics += (found for found in examined.diagnostics if found.is_error)
        reports.append(examined.report)
    if diagnostics:
        diagnostics = list(dict.fromkeys(diagnostics))
        print_faults(diagnostics, errors)
        if as_json:
            from cnncalc.render.diagnostics import render

            write(render(diagnostics, "json") + "\n")
        raise typer.Exit(FAULTY)
    return reports


def split_settings(written: str) -> list[str]:
    """`width=1,widths=[1, 2]` at the commas that no bracket is around."""
    parts, depth = [""], 0
    for sign in written:
        depth += (sign in "[{(") - (sign in ")}]")
        if sign == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def label_of(what: str, settings: Mapping[str, str] | None = None) -> str:
    """What a network is called: as it was asked for, and with which settings."""
    written = ", ".join(f"{name}={value}" for name, value in (settings or {}).items())
    return " ".join(filter(None, ("<stdin>" if what == "-" else what, written)))


def show(lines: Callable[[int, bool], Iterable[Sequence[Piece]]], output: str) -> None:
    """Writes the lines that a function makes for a width and for signs that are all ASCII or not."""
    from cnncalc.render.ansi import text_of
    from cnncalc.render.table import PIPED_WIDTH

    to_stdout = output in ("", "-")
    terminal = to_stdout and sys.stdout.isatty()
    width = output_width(terminal) if to_stdout else PIPED_WIDTH
    ascii = to_stdout and not (sys.stdout.encoding or "").lower().startswith("utf")
    write(text_of(lines(width, ascii), terminal and wants_color(sys.stdout)), output)
