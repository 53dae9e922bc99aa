"""`cnncalc validate`: all faults of files, and whether they are fine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cnncalc.cli.common import FAULTY, Errors, Settings

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.diagnostics import Diagnostic

EXAMPLES = """\
Examples:

\b
  cnncalc validate mine.yaml
  cnncalc validate designs/*.yaml --errors github    annotations in a pull request
  cnncalc validate mine.yaml --errors json | jq .    for a program
  cnncalc validate mine.yaml --set width=0.5
  cnncalc validate mine.yaml --strict                warnings are faults, too

Fine files are named on standard output, faults and warnings on standard error; with --errors json all
faults are one object on standard output. The exit status is 1 if a file has a fault.
"""


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, names of the zoo, or `-`.")],
    settings: Settings = [],  # noqa: B006  # typer copies it
    strict: Annotated[
        bool, typer.Option("--strict", help="Take warnings for faults. A file silences some by `silence`.")
    ] = False,
    errors: Errors = "full",
) -> None:
    """All faults and warnings of files. Of each that is fine, a line that sums it up."""
    from cnncalc.cli.common import print_faults, read_settings, write

    given = read_settings(settings)
    found: list[Diagnostic] = []
    for file in files:
        report, diagnostics = _examined(file, given, strict)
        found += diagnostics
        if errors == "json":
            continue
        if report is not None:
            write(f"{_name(file)}: {_summary(report)}\n")
        if diagnostics and errors == "full" and len(found) > len(diagnostics):
            typer.echo(err=True)  # between the faults of two files
        print_faults(diagnostics, errors)
    if errors == "json":
        from cnncalc.render.diagnostics import render

        write(render(found, "json") + "\n")
    if any(diagnostic.is_error for diagnostic in found):
        raise typer.Exit(FAULTY)


def _examined(
    file: str, settings: dict[str, str], strict: bool
) -> tuple[Report | None, tuple[Diagnostic, ...]]:
    """The report of a file, None if it has faults, and its faults and warnings."""
    from cnncalc.api import examine_reading
    from cnncalc.cli.common import read_network
    from cnncalc.diagnostics import ArchitectureError

    try:
        examined = examine_reading(read_network(file, settings))
    except ArchitectureError as error:
        return None, error.diagnostics
    diagnostics = tuple(diagnostic._replace(strict=strict) for diagnostic in examined.diagnostics)
    fine = not any(diagnostic.is_error for diagnostic in diagnostics)
    return (examined.report if fine else None), diagnostics


def _name(file: str) -> str:
    from cnncalc.cli.common import visible

    return "<stdin>" if file == "-" else visible(file)


def _summary(report: Report) -> str:
    """`fine: 39 layers, 138,357,544 parameters, 15.5 GMACs, output 1000`"""
    from cnncalc.cli.common import visible
    from cnncalc.layers.shapes import written
    from cnncalc.render.units import count

    layers = len(report.layers)
    macs = count(report.totals.macs)
    macs += " " if macs.isdecimal() else ""  # 850 MACs, but 15.5 GMACs
    several = len(report.outputs) > 1
    outputs = [
        (f"{visible(name)} " if several else "") + written(shape) for name, shape in report.outputs.items()
    ]
    return (
        f"fine: {layers:,} layer{'' if layers == 1 else 's'}, {report.totals.params:,} parameters, "
        f"{macs}MACs, output {', '.join(outputs)}"
    )
