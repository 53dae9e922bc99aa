"""`cnncalc zoo`: the networks that come with cnncalc."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from cnncalc.cli.app import plain_app
from cnncalc.cli.common import FAULTY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from cnncalc.layers.base import Shape

GAP = "  "
SHORTEST_TITLE = 24  # fewer letters of each would say nothing
ROOM_FOR_SOURCES = 60
LONGEST_SOURCE = 26

EXAMPLES = """\
Examples:

\b
  cnncalc zoo                               the networks, with their size and cost
  cnncalc zoo show lenet5                   how one is written
  cnncalc zoo copy vgg16 mine.yaml          start a design from it
  cnncalc zoo --format json
"""

app = plain_app(EXAMPLES)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A network of the zoo.")]


@app.callback(invoke_without_command=True)
def zoo(
    context: typer.Context,
    format: Annotated[
        Literal["table", "json"],
        typer.Option("--format", "-f", help="How to write the list."),
    ] = "table",
) -> None:
    """The networks that come with cnncalc. Without a command, a list of them."""
    if context.invoked_subcommand is not None:
        return
    from cnncalc import zoo as networks
    from cnncalc.cli.common import write

    entries = [_entry(name) for name in networks.names()]
    if format == "json":
        import json

        write(json.dumps({"schema": 1, "networks": [entry.as_dict() for entry in entries]}, indent=2) + "\n")
    else:
        write("".join(f"{line}\n" for line in table(entries, _width())))


@app.command()
def show(name: Name) -> None:
    """Print the file of a network."""
    from cnncalc.cli.common import write

    write(_file(name).read_text(encoding="utf-8"))


@app.command()
def copy(
    name: Name,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="Where to; NAME.yaml if left out.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Copy the file of a network, to start a design from it.

    Where it builds on another one (`base: vgg16.yaml`), so does the copy: names of the zoo are found from
    anywhere.
    """
    from cnncalc.cli.common import check_output, visible, write

    source = _file(name)
    target = file or source.name
    text = source.read_text(encoding="utf-8")
    try:
        check_output(target, force)
        write(text, target)
    except typer.BadParameter as error:
        error.param_hint = "FILE"  # not an option here
        raise
    if target == "-":
        return
    from shlex import quote

    shown = visible(quote(target))
    typer.echo(
        f"{shown} is a copy of {source.stem}. From here:\n"
        f"  cnncalc analyze {shown}\n"
        f"  cnncalc schema --output schema.json    for completion and checks in an editor",
        err=True,
    )


def _file(name: str) -> Path:
    """The file of a network; ends the command if there is none of this name."""
    from cnncalc import zoo as networks
    from cnncalc.cli.common import visible
    from cnncalc.diagnostics import nearest

    path = networks.find(name)
    if path is None:
        near = nearest(name, networks.names())
        hint = f"did you mean `{near}`?" if near else "`cnncalc zoo` lists them"
        typer.echo(f"Error: there is no network `{visible(name)}` in the zoo; {hint}", err=True)
        raise typer.Exit(FAULTY)
    return path


# --- the list -------------------------------------------------------------------------------------


class Network(NamedTuple):
    """What the list says of a network."""

    name: str
    params: int
    macs: int
    inputs: dict[str, Shape]
    year: Any
    title: str
    reference: str

    def as_dict(self) -> dict[str, Any]:
        inputs = {name: list(shape) for name, shape in self.inputs.items()}
        return {**self._asdict(), "inputs": inputs}


def _entry(name: str) -> Network:
    """A network with its figures; one that has faults stands there without."""
    from cnncalc import api
    from cnncalc import zoo as networks
    from cnncalc.diagnostics import ArchitectureError

    path = networks.find(name)
    assert path is not None, "the name is one of the zoo's"
    try:
        report = api.analyze(path)
    except ArchitectureError as error:
        typer.echo(f"cnncalc: {name} has faults; `cnncalc validate {name}` tells them", err=True)
        if error.report is None:
            return Network(name, 0, 0, {}, None, "", "")
        report = error.report
    about = report.about
    return Network(
        name,
        report.totals.params,
        report.totals.macs,
        dict(report.inputs),
        about.get("year"),
        str(about.get("title") or report.name),
        str(about.get("reference") or about.get("source") or ""),
    )


def _width() -> int | None:
    """The columns of the terminal or COLUMNS; None where the lines may be as long as they like."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdecimal():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def table(entries: Sequence[Network], width: int | None) -> Iterator[str]:
    """The list, a line for each network. What does not fit into the width is lost to titles and sources."""
    head = ("name", "params", "MACs", "input", "year", "title", "source")
    rows = [head, *map(_row, entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width is not None:
        room = width - sum(widths[:5]) - 5 * len(GAP)
        wide = room >= ROOM_FOR_SOURCES
        widths[6] = min(widths[6], LONGEST_SOURCE) if wide else 0
        widths[5] = min(widths[5], room - widths[6] - len(GAP) * wide) if room >= SHORTEST_TITLE else 0
    for row in rows:
        cells = [_cut(text, cells) for text, cells in zip(row, widths, strict=True)]
        aligned = [
            text.rjust(cells) if title in ("params", "MACs") else text.ljust(cells)
            for text, cells, title in zip(cells, widths, head, strict=True)
        ]
        yield GAP.join(aligned).rstrip()


def _row(entry: Network) -> tuple[str, ...]:
    from cnncalc.units import count, shape

    inputs = ", ".join(shape(sizes, narrow=True) for sizes in entry.inputs.values())
    source = entry.reference.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    year = str(entry.year or "")
    return entry.name, count(entry.params), count(entry.macs), inputs, year, entry.title, source


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…" * (width > 0)
