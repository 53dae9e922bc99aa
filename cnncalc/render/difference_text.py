"""A difference for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis.diff import Difference
from cnncalc.render import grid
from cnncalc.render.difference import (
    ASCII,
    COST_TITLES,
    Entry,
    Symbols,
    costs_written,
    counted,
    ends,
    entries,
    label,
    totals,
)
from cnncalc.render.grid import Cell, Grid, Head
from cnncalc.render.layout import GAP, Piece
from cnncalc.render.summary import CONVENTION
from cnncalc.render.text import padded, shortened, width_of, wrapped

INDENT = "    "
NARROWEST_NAME = 20
ROLES = {"added": "added", "removed": "removed", "changed": "changed", "renamed": "changed"}


def text_lines(
    difference: Difference, width: int, ascii: bool = False, all_layers: bool = False
) -> Iterator[list[Piece]]:
    """The difference within a width: what is compared, the changes with their costs, the totals."""
    symbols = ASCII if ascii else Symbols()
    if difference.equal:
        yield [Piece(counted(difference))]
        return
    for line in wrapped(f"--- {label(difference.labels[0], difference.before)}", width, INDENT):
        yield [Piece(line, "removed")]
    for line in wrapped(f"+++ {label(difference.labels[1], difference.after)}", width, INDENT):
        yield [Piece(line, "added")]
    for line in ends(difference, symbols):
        yield [Piece(line)]
    yield []
    yield from _changes(entries(difference, symbols, all_layers), width, symbols)
    yield []
    for line in wrapped(counted(difference), width, "  "):
        yield [Piece(line, "title")]
    yield []
    yield from grid.lines(_totals(difference), width, ascii)
    yield []
    for line in wrapped(CONVENTION, width, "  "):
        yield [Piece(line, "dim")]


def _changes(shown: Sequence[Entry], width: int, symbols: Symbols) -> Iterator[list[Piece]]:
    rows = [costs_written(entry.costs) for entry in shown]
    rows = [grid.units_aligned(column) for column in zip(*rows, strict=True)] if rows else []
    widths = [
        max(len(title), *map(len, column)) for title, column in zip(COST_TITLES, rows, strict=bool(rows))
    ]
    natural = max((width_of(_heading(entry)) for entry in shown if any(entry.costs)), default=0)
    room = width - sum(widths) - len(GAP) * len(widths)
    names = max(min(natural, room), NARROWEST_NAME)
    titles = (
        padded(title, cells, right=True) for title, cells in zip(COST_TITLES, widths, strict=bool(rows))
    )
    yield [Piece(padded("", names) + "".join(GAP + title for title in titles), "header")]
    for index, entry in enumerate(shown):
        role = ROLES.get(entry.status, "dim")
        details = entry.details
        heading, has_room = _heading(entry), names if any(entry.costs) else width
        if width_of(heading) > has_room and entry.name:
            heading, details = f"{entry.mark} {entry.name}", (entry.text, *details)
        if not entry.name:
            first, *more = wrapped(entry.text, has_room - 2)
            heading, details = f"{entry.mark} {first}", (*more, *details)
        pieces = [Piece(padded(shortened(heading, has_room, symbols.ellipsis), names), role)]
        for column, cells in zip(rows, widths, strict=True) if any(entry.costs) else ():
            text = padded(column[index], cells, right=True)
            pieces.append(Piece(GAP + text, "zero" if text.strip() == "-" else role))
        yield pieces
        for detail in details:
            for line in wrapped(detail, width - len(INDENT), "  "):
                yield [Piece(INDENT + line, "dim")]


def _heading(entry: Entry) -> str:
    return f"{entry.mark} {'  '.join(filter(None, (entry.name, entry.text)))}"


def _totals(difference: Difference) -> Grid:
    heads = (
        Head("", figure=False),
        Head("before"),
        Head("after", follows=True),
        Head("change"),
        Head("", follows=True),
    )
    rows = tuple(
        (
            Cell(total.title),
            Cell(total.before),
            Cell(total.after, "title"),
            Cell(total.change, "zero" if total.change == "-" else ""),
            Cell(total.percent, "dim"),
        )
        for total in totals(difference)
    )
    return Grid(heads, rows)
