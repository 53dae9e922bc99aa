"""`cnncalc validate`: all faults of files, and whether they are fine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cnncalc.cli.common import (
    FAULTY,
    Errors,
    Examined,
    Setting,
    Settings,
    check_stdin_once,
    examined,
    name_of,
    print_faults,
    read_settings,
    visible,
    write,
)

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
    check_stdin_once(files)
    setting = Setting(read_settings(settings), shapes={})
    found: list[Diagnostic] = []
    for file in files:
        network = _examined(file, setting, strict)
        found += network.diagnostics
        if errors == "json":
            continue
        if network.sound is not None:
            write(f"{visible(name_of(file))}: {_summary(network.sound[1])}\n")
        if network.diagnostics and errors == "full" and len(found) > len(network.diagnostics):
            typer.echo(err=True)  # between the faults of two files
        print_faults(network.diagnostics, errors)
    if errors == "json":
        from cnncalc.render.diagnostics import render

        write(render(found, "json") + "\n")
    if any(diagnostic.is_error for diagnostic in found):
        raise typer.Exit(FAULTY)


def _examined(file: str, setting: Setting, strict: bool) -> Examined:
    found = examined(file, setting)
    diagnostics = [diagnostic._replace(strict=strict) for diagnostic in found.diagnostics]
    return found._replace(diagnostics=diagnostics)


def _summary(report: Report) -> str:
    """`fine: 39 layers, 138,357,544 parameters, 15.5 GMACs, output 1000`"""
    from cnncalc.layers.shapes import written
    from cnncalc.units import count

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
