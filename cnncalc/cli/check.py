"""`cnncalc check`: networks held to the limits that their files or options set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from cnncalc.cli.common import (
    FAULTY,
    Batch,
    Dtype,
    Errors,
    InPlace,
    InputShapes,
    Setting,
    Settings,
    check_batch,
    check_stdin_once,
    examined,
    faults_document,
    misuse,
    name_of,
    print_faults,
    read_settings,
    read_shapes,
    visible,
    write,
)
from cnncalc.cli.showing import show

if TYPE_CHECKING:
    from cnncalc.analysis.budget import Checked
    from cnncalc.budget import Limit
    from cnncalc.diagnostics import Diagnostic
    from cnncalc.render.sheet import Sheet

EXAMPLES = """\
Examples:

\b
  cnncalc check mine.yaml                            the limits of its `budget:`
  cnncalc check mine.yaml --max-params 5M --max-peak 320KiB --dtype int8
  cnncalc check designs/*.yaml --errors github       annotations in a pull request
  cnncalc check vgg16 --min-receptive-field 224 --format json

\b
In a file:
  budget:
    params: 5M                       at most; 1 k/M/G = 1000
    macs: 600M * width ** 2          parameters may be used
    peak_bytes: 320KiB               1 KiB/MiB = 1024
    receptive_field: ">= 224"        of the last layer with positions
    output: [1000]
    layers: {conv1: {macs: 10M}, "stage1.*": {params: 1M}, "**": {output_bytes: 1MiB}}

The exit status is 1 if a limit is broken or a file has a fault, 2 if nothing is limited.
"""


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, names of the zoo, or `-`.")],
    max_params: Annotated[str, typer.Option(metavar="N", help="Parameters, as 5M.")] = "",
    max_macs: Annotated[str, typer.Option(metavar="N", help="MACs, as 600M.")] = "",
    max_flops: Annotated[str, typer.Option(metavar="N", help="FLOPs, as 1.2G.")] = "",
    max_peak: Annotated[
        str, typer.Option(metavar="BYTES", help="The largest sum of live tensors, as 320KiB.")
    ] = "",
    max_param_bytes: Annotated[str, typer.Option(metavar="BYTES", help="Bytes of parameters, as 2MiB.")] = "",
    max_activation_bytes: Annotated[
        str, typer.Option(metavar="BYTES", help="Bytes of all outputs together.")
    ] = "",
    max_depth: Annotated[
        str, typer.Option(metavar="N", help="Convolutions and linear layers on the longest path.")
    ] = "",
    min_receptive_field: Annotated[
        str, typer.Option(metavar="N", help="Cells, on every axis, that the last layer with positions sees.")
    ] = "",
    set: Settings = [],  # noqa: B006  # typer copies it
    input: InputShapes = [],  # noqa: B006
    batch: Batch = 1,
    dtype: Dtype = "float32",
    in_place: InPlace = False,
    skip_unlimited: Annotated[
        bool, typer.Option("--skip-unlimited", help="Pass over files without limits, as a hook does.")
    ] = False,
    format: Annotated[
        Literal["text", "json", "markdown"], typer.Option("--format", "-f", help="How to write it.")
    ] = "text",
    errors: Errors = "full",
) -> None:
    """Hold networks to limits: what is kept, by how much, and which layers spend most of what is not.

    Limits stand in the file under `budget:`; those of the options win over them.
    """
    check_batch(batch)
    check_stdin_once(files)
    options = _limits(
        {
            "--max-params": ("params", max_params),
            "--max-macs": ("macs", max_macs),
            "--max-flops": ("flops", max_flops),
            "--max-peak": ("peak_bytes", max_peak),
            "--max-param-bytes": ("param_bytes", max_param_bytes),
            "--max-activation-bytes": ("activation_bytes", max_activation_bytes),
            "--max-depth": ("depth", max_depth),
            "--min-receptive-field": ("receptive_field", min_receptive_field),
        }
    )
    setting = Setting(read_settings(set), read_shapes(input), batch, dtype, in_place)
    found = [_checked(file, options, setting) for file in files]
    unlimited = [each for each in found if each.checked is not None and not each.checked.verdicts]
    if len(unlimited) == len(found) and not skip_unlimited:
        misuse(
            "nothing is limited: write `budget: {params: 5M, peak_bytes: 320KiB}` into the file, or give an "
            "option such as --max-params 5M"
        )
    _write(found, format, skip_unlimited)
    faults = [diagnostic for each in found for diagnostic in each.diagnostics]
    if faults and errors == "full" and format == "text" and _shown(found, skip_unlimited):
        typer.echo(err=True)  # between the verdicts and the first fault
    print_faults(faults, errors)
    if faults:
        raise typer.Exit(FAULTY)


class _Found(NamedTuple):
    """A file with its verdicts, or None if it is faulty, and its faults and broken limits."""

    file: str
    checked: Checked | None
    diagnostics: Sequence[Diagnostic]


def _limits(options: dict[str, tuple[str, str]]) -> list[Limit]:
    """The limits that options set."""
    return [_limit(option, *written) for option, written in options.items() if written[1]]


def _limit(option: str, figure: str, written: str) -> Limit:
    from cnncalc.budget import BYTES, AmountFault, Limit, whole, without_units
    from cnncalc.language.scalars import resolve

    comparison = ">=" if option.startswith("--min") else "<="
    try:
        value = resolve(without_units(written.strip(), figure in BYTES))
        return Limit(figure, comparison, whole(value, comparison), option=option)
    except AmountFault as fault:
        misuse(visible(f"{fault.message}; {fault.help}" if fault.help else fault.message), option)


def _checked(file: str, options: Sequence[Limit], setting: Setting) -> _Found:
    from cnncalc.analysis.budget import checked, limits_of
    from cnncalc.analysis.budget_faults import broken_limits
    from cnncalc.diagnostics import in_file_order

    network = examined(file, setting)
    if network.sound is None:
        return _Found(file, None, network.faults)
    graph, report = network.sound
    found = checked(graph, report, limits_of(graph, options))
    return _Found(file, found, in_file_order(broken_limits(graph, found)))


# --- output ----------------------------------------------------------------------------------------


def _write(found: Sequence[_Found], format: str, skip_unlimited: bool) -> None:
    if format == "json":
        from cnncalc.render.json import documents

        write(documents([_document(each) for each in found]))
        return
    from cnncalc.render import sheet

    for index, each in enumerate(_shown(found, skip_unlimited or format == "markdown")):
        if index:
            write("\n")
        if format == "markdown":
            write(sheet.markdown(_sheet(each, spenders=True)))
        else:
            _show(each)


def _shown(found: Sequence[_Found], only_limited: bool) -> list[_Found]:
    """The files that have a table."""
    return [each for each in found if each.checked and (each.checked.verdicts or not only_limited)]


def _document(found: _Found) -> dict[str, Any]:
    """The verdicts on a file, or its faults."""
    document = faults_document(found.diagnostics) if found.checked is None else found.checked.to_dict()
    return {**document, "file": name_of(found.file)}


def _sheet(found: _Found, spenders: bool = False, arrow: str = "→") -> Sheet:
    from cnncalc.render.verdicts import sheet_of

    assert found.checked is not None
    return sheet_of(found.checked, name_of(found.file), spenders, arrow)


def _show(found: _Found) -> None:
    from cnncalc.render.layout import Piece
    from cnncalc.render.sheet import text_lines

    def lines(width: int, ascii: bool) -> list[list[Piece]]:
        sheet = _sheet(found, arrow="->" if ascii else "→")
        if found.checked is not None and not found.checked.verdicts:
            return [[Piece(sheet.title, "title"), Piece(": nothing is limited")]]
        return [[Piece(sheet.title, "title")], *text_lines(sheet, width, ascii)]

    show(lines, "")
