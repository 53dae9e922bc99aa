"""`cnncalc analyze`: all figures of networks, as a table or in a format for other programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from cnncalc.cli.common import (
    FAULTY,
    Batch,
    Dtype,
    Errors,
    Examined,
    Force,
    InPlace,
    InputShapes,
    OutputFile,
    Setting,
    Settings,
    check_batch,
    check_output,
    check_stdin_once,
    examined,
    faults_document,
    misuse,
    page_of,
    print_faults,
    read_settings,
    read_shapes,
    to_stdout,
    visible,
    write,
)

if TYPE_CHECKING:
    from cnncalc.render.columns import Column
    from cnncalc.render.view import View

Format: TypeAlias = Literal["table", "json", "csv", "markdown", "latex", "html"]

EXAMPLES = """\
Examples:

\b
  cnncalc analyze vgg16                              a network of the zoo
  cnncalc analyze mine.yaml --input 3x448x448 --batch 8
  cnncalc analyze resnet50 --depth 2 --sort macs     the blocks that cost most
  cnncalc analyze mine.yaml --set width=0.5 --format json > mine.json

\b
Columns: name, kind, inputs, input_shape, output_shape, params, buffers, macs, flops,
  adds, muls, compares, transcendentals, output_bytes, receptive_field, rf_stride,
  rf_padding, rf_status, weights, arguments
"""


def analyze(
    networks: Annotated[
        list[str],
        typer.Argument(metavar="NETWORK", help="Files, names of the zoo, or - (standard input)."),
    ],
    input: InputShapes = [],  # noqa: B006  # typer makes its own
    batch: Batch = 1,
    dtype: Dtype = "float32",
    set: Settings = [],  # noqa: B006
    depth: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Fold blocks into one row, by the first N parts of the dotted names; equal blocks in a row "
            "become `x 6`. Not for json, which always has every layer. 0: all layers.",
        ),
    ] = 0,
    columns: Annotated[
        str,
        typer.Option(metavar="A,B,...", help="The columns to show, in their order (listed below)."),
    ] = "",
    sort: Annotated[
        str, typer.Option(metavar="COLUMN", help="Sort rows by a column, figures from the largest.")
    ] = "",
    format: Annotated[
        Format,
        typer.Option(
            "--format", "-f", help="json: one object for one network, a list of such objects for several."
        ),
    ] = "table",
    output: OutputFile = "",
    force: Force = False,
    errors: Errors = "full",
    in_place: InPlace = False,
) -> None:
    """All figures of a network: shapes, parameters, operations, memory, receptive fields.

    A fault is said on standard error, the layers before it are still shown, and the exit status is 1.
    """
    check_batch(batch)
    if depth < 0:
        misuse(f"{depth} is less than 0, which shows all layers", "--depth")
    check_stdin_once(networks)
    shown = _columns(columns)
    sorted_by = _column(sort, "--sort") if sort else None
    setting = Setting(read_settings(set), read_shapes(input), batch, dtype, in_place)
    check_output(output, force)

    found: list[Examined] = []
    for what in networks:
        found.append(examined(what, setting))
        if errors != "json":  # which is one object for all, and so comes last
            print_faults(found[-1].diagnostics, errors)
    if errors == "json":
        print_faults([diagnostic for one in found for diagnostic in one.diagnostics], errors)
    faulty = any(one.faults for one in found)
    if faulty and not to_stdout(output):
        typer.echo(f"nothing is written to `{visible(output)}`", err=True)
    elif format == "json":
        write(_json(found), output)
    else:
        _show(_views(found, depth, shown, sorted_by), format, output)
    if faulty:
        raise typer.Exit(FAULTY)


# --- options ---------------------------------------------------------------------------------------


def _columns(written: str) -> tuple[Column, ...]:
    if not written:
        return ()
    columns = tuple(_column(word, "--columns") for word in written.split(","))
    for index, column in enumerate(columns):
        if column in columns[:index]:
            misuse(f"`{column.key}` is given twice", "--columns")
    return columns


def _column(word: str, option: str) -> Column:
    from cnncalc.diagnostics import nearest
    from cnncalc.render.columns import ALIASES, COLUMNS, find

    column = find(word)
    if column is None:
        near = nearest(word.strip(), [*COLUMNS, *ALIASES])
        hint = f"did you mean `{near}`?" if near else f"there are {', '.join(COLUMNS)}"
        misuse(f"there is no column `{visible(word.strip())}`; {hint}", option)
    return column


# --- output ----------------------------------------------------------------------------------------


def _json(found: Sequence[Examined]) -> str:
    from cnncalc.render.json import documents

    return documents([_document(one) for one in found])


def _document(found: Examined) -> dict[str, Any]:
    """The object of the contract, or that of the faults."""
    if found.report is not None and not found.faults:
        return found.report.to_dict()
    return faults_document(found.diagnostics)


def _views(
    found: Sequence[Examined], depth: int, columns: tuple[Column, ...], sort: Column | None
) -> list[View]:
    """What there is to show; nothing of a network without a single good layer."""
    from cnncalc.render.view import view_of

    return [
        view_of(one.report, depth, columns, sort, partial=bool(one.faults))
        for one in found
        if one.report is not None and (one.report.layers or not one.faults)
    ]


def _show(views: Sequence[View], format: Format, output: str) -> None:
    if not views:
        return
    if format == "table":
        _show_tables(views, output)
    else:
        from importlib import import_module

        write(import_module(f"cnncalc.render.{format}").render(views), output)


def _show_tables(views: Sequence[View], output: str) -> None:
    from cnncalc.render import table

    width, ascii, color = page_of(output)
    if color and sum(len(view.rows) for view in views) <= table.MOST_COLORED_ROWS:
        for index, view in enumerate(views):
            sys.stdout.write("\n" if index else "")
            table.print_colored(view, sys.stdout, width, ascii)
    else:
        write("\n".join(table.render(view, width, ascii) for view in views), output)
