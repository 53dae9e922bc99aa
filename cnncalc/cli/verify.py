"""`cnncalc verify`: every figure of networks beside what happens when they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnncalc.cli.common import (
    FAULTY,
    Errors,
    InputShapes,
    Settings,
    chosen_inputs,
    print_faults,
    read_network,
    read_settings,
    read_shapes,
    visible,
    write,
)
from cnncalc.cli.running import (
    AllowLarge,
    Batch,
    Dtype,
    Seed,
    check_batch_and_seed,
    checked_dtype,
    too_large,
)

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.api import Reading
    from cnncalc.layers.base import Shape
    from cnncalc.numpy_backend.verify import Verification

EXAMPLES = """\
Examples:

\b
  cnncalc verify vgg16
  cnncalc verify mine.yaml --input 3x64x64 --set width=0.5
  cnncalc verify mine.yaml --all                  every figure, not only those that differ
  cnncalc verify lenet5 vgg16 --format json | jq .

The network is run on random numbers by code that knows nothing of the rules: shapes are those of
the arrays, operations are counted as they are computed, receptive fields are found by marking
inputs. The exit status is 1 if a figure differs or a file has a fault.
"""


def verify(
    networks: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Files, names of the zoo, or `-`.")
    ],
    set: Settings = [],  # noqa: B006  # typer copies it
    input: InputShapes = [],  # noqa: B006
    batch: Batch = 1,
    dtype: Dtype = "float32",
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Elementwise layers reuse their input's memory.")
    ] = False,
    seed: Seed = 0,
    allow_large: AllowLarge = False,
    all: Annotated[bool, typer.Option("--all", help="Show all figures, not only those that differ.")] = False,
    format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="How to write it.")
    ] = "text",
    errors: Errors = "full",
) -> None:
    """Run networks, and compare every figure of the analysis with what really happened."""
    check_batch_and_seed(batch, seed)
    dtype = checked_dtype(dtype)
    settings, shapes = read_settings(set), read_shapes(input)
    documents: list[dict[str, Any]] = []
    all_well = True
    for name in networks:
        report, reading, document = _analyzed(name, settings, shapes, batch, dtype, in_place, errors)
        refusal = too_large(report) if report is not None and not allow_large else ""
        if report is None or reading is None or refusal:
            all_well = False
            if refusal:
                document = {"schema": 1, "errors": [{"message": refusal, "file": name}]}
                typer.echo(f"Error: {_name(name)}: {refusal}", err=True)
            documents.append(document)
            continue
        found = _verified(reading, report, seed)
        all_well = all_well and found.all_equal
        documents.append({"schema": 1, **found.to_dict()})
        if format == "text":
            from cnncalc.render.verification import text

            write(text(_name(name), found, all))
    if format == "json":
        from cnncalc.render.json import documents as as_json

        write(as_json(documents))
    if not all_well:
        raise typer.Exit(FAULTY)


def _analyzed(
    name: str,
    settings: dict[str, str],
    shapes: dict[str, Shape],
    batch: int,
    dtype: str,
    in_place: bool,
    errors: Any,
) -> tuple[Report | None, Reading | None, dict[str, Any]]:
    """The report of a network and what it was made of; if it is faulty the faults, which are printed."""
    import json

    from cnncalc.api import examine_reading
    from cnncalc.diagnostics import ArchitectureError
    from cnncalc.render.diagnostics import render

    try:
        reading = read_network(name, settings)
        inputs = chosen_inputs(reading.network.graph.inputs, shapes)
        examined = examine_reading(reading, inputs, batch, dtype, in_place)
        diagnostics = tuple(examined.diagnostics)
    except ArchitectureError as error:
        diagnostics = error.diagnostics
    if not any(diagnostic.is_error for diagnostic in diagnostics):
        return examined.report, reading, {}
    print_faults(diagnostics, errors)
    return None, None, json.loads(render(diagnostics, "json"))


def _verified(reading: Reading, report: Report, seed: int) -> Verification:
    from cnncalc.cli.progress import Bar
    from cnncalc.numpy_backend.verify import verify_report

    with Bar(len(report.layers)) as progress:
        return verify_report(reading.network.graph, report, seed, progress)


def _name(file: str) -> str:
    return "<stdin>" if file == "-" else visible(file)
