"""`cnncalc verify`: every figure of networks beside what happens when they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnncalc.cli.common import (
    FAULTY,
    Errors,
    InputShapes,
    Setting,
    Settings,
    check_stdin_once,
    examined,
    faults_document,
    name_of,
    print_faults,
    read_settings,
    read_shapes,
    visible,
    write,
)
from cnncalc.cli.running import (
    AllowLarge,
    RunBatch,
    RunDtype,
    Seed,
    check_batch_and_seed,
    checked_dtype,
    too_large,
)

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.graph import Graph
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
    batch: RunBatch = 1,
    dtype: RunDtype = "float32",
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
    check_stdin_once(networks)
    dtype = checked_dtype(dtype)
    setting = Setting(read_settings(set), read_shapes(input), batch, dtype, in_place)
    documents: list[dict[str, Any]] = []
    all_well = True
    for what in networks:
        network = examined(what, setting)
        if network.sound is None:
            all_well = False
            print_faults(network.diagnostics, errors)
            documents.append(faults_document(network.diagnostics))
            continue
        graph, report = network.sound
        refusal = "" if allow_large else too_large(report)
        if refusal:
            all_well = False
            typer.echo(f"Error: {visible(name_of(what))}: {refusal}", err=True)
            documents.append({"schema": 1, "errors": [{"message": refusal, "file": name_of(what)}]})
            continue
        found = _verified(graph, report, seed)
        all_well = all_well and found.all_equal
        documents.append({"schema": 1, **found.to_dict()})
        if format == "text":
            from cnncalc.render.verification import text

            write(text(visible(name_of(what)), found, all))
    if format == "json":
        from cnncalc.render.json import documents as as_json

        write(as_json(documents))
    if not all_well:
        raise typer.Exit(FAULTY)


def _verified(graph: Graph, report: Report, seed: int) -> Verification:
    from cnncalc.cli.progress import Bar
    from cnncalc.numpy_backend.verify import verify_report

    with Bar(len(report.layers)) as progress:
        return verify_report(graph, report, seed, progress)
