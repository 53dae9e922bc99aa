"""The table as text, and in colours on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from cnncalc.render.columns import chosen
from cnncalc.render.layout import Piece, Table
from cnncalc.render.summary import conventions, flow, legend, name_of, setting, totals
from cnncalc.render.text import width_of, wrapped
from cnncalc.render.view import View

PIPED_WIDTH = 100
MOST_COLORED_ROWS = 2000
"""Above it a table is printed without colours, which cost more time than all else."""

STYLES = {
    "title": "bold",
    "header": "bold",
    "block": "bold",
    "mark": "dim",
    "kind": "cyan",
    "zero": "dim",
    "share": "dim",
    "bar macs": "blue",
    "bar params": "magenta",
    "bar flops": "blue",
    "dim": "dim",
    "arguments": "dim",
}


def render(view: View, width: int = PIPED_WIDTH, ascii: bool = False) -> str:
    """The table as plain text that ends in a line break."""
    lines = _lines(view, width, ascii)
    return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in lines)


def print_colored(view: View, stream: TextIO, width: int, ascii: bool = False) -> None:
    """Prints the table on a terminal, in the colours it can show."""
    from rich.console import Console
    from rich.style import Style
    from rich.text import Text

    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    styles = {role: Style.parse(style) for role, style in STYLES.items()}
    text = Text(end="")
    for line in _lines(view, width, ascii):
        while line and not line[-1].text.strip():
            line.pop()
        for piece in line:
            text.append(piece.text, styles.get(piece.role))
        text.append("\n")
    console.print(text, soft_wrap=True, end="")


def _lines(view: View, width: int, ascii: bool) -> Iterator[list[Piece]]:
    table = Table(view, ascii)
    plan = table.plan(width)
    yield from _title(view, width, ascii)
    yield []
    yield table.header(plan)
    yield [Piece(("-" if ascii else "─") * min(table.width(plan), max(width, 40)), "dim")]
    yield from table.body(plan)
    yield []
    yield from _totals(view, width)
    bars = legend(view, chosen([key for key, _ in plan.bars]))
    for remark in filter(None, (conventions(view), bars)):
        for line in wrapped(remark, width):
            yield [Piece(line, "dim")]


def _title(view: View, width: int, ascii: bool) -> Iterator[list[Piece]]:
    """The name and what goes in and out, in one line if they fit."""
    name = name_of(view.report)
    about = flow(view.report, "->" if ascii else "→")
    if setting(view):
        about += f"  ({setting(view)})"
    if width_of(name) + 2 + width_of(about) <= width:
        yield [Piece(name, "title"), Piece(f"  {about}")]
        return
    yield [Piece(name, "title")]
    for line in wrapped(about, width - 2):
        yield [Piece(f"  {line}")]


def _totals(view: View, width: int) -> Iterator[list[Piece]]:
    lines = totals(view)
    labels = max(len(line.label) for line in lines)
    numbers = max(len(line.number) for line in lines)
    indent = labels + numbers + 4
    for line in lines:
        first, *more = wrapped(line.remark, max(width - indent, 20))
        label = Piece(f"{line.label:<{labels}}  ")
        yield [label, Piece(f"{line.number:>{numbers}}", "title"), Piece(f"  {first}", "dim")]
        for text in more:
            yield [Piece(" " * indent + text, "dim")]
