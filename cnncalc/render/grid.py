"""A plain table of texts, with bars where they help, for any format.

Commands that show something else than the layers of one report say it as a `Grid`; this module lays it
out for a terminal, `render.sheet` writes it as Markdown, LaTeX and HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.render.layout import GAP, Piece
from cnncalc.render.text import bar, padded, shortened, width_of

NARROWEST_FLEXIBLE = 12
NARROWEST_TITLE = 12
SHORTEST_BAR = 6

_NUMBER = re.compile(r"(-|[+-]?\d[\d.,]*)(?P<unit> [A-Za-z]{1,3})?")


class Cell(NamedTuple):
    """A text; what it is for colours (`zero`, `added`, ...); and, for a bar, the part of what is full."""

    text: str
    role: str = ""
    part: int = 0
    full: int = 0


class Head(NamedTuple):
    """A column: its title, whether it is of figures (at the right), whether it has bars, and whether it stays
    beside the column before it where a wide grid is folded. `flexible` ones give way where room is short."""

    title: str
    figure: bool = True
    bar: str = ""
    follows: bool = False
    flexible: bool = False


class Grid(NamedTuple):
    """Rows of cells below their heads. An empty row is a gap between groups.

    So many of the first columns as `repeated` says tell whose a row is, and stand in each part of a folded
    grid.
    """

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    repeated: int = 1


def cell(text: str, role: str = "") -> Cell:
    """A cell, with the role of one that says nothing for `-`."""
    return Cell(text, "zero" if text == "-" else role)


def lines(grid: Grid, width: int, ascii: bool = False) -> Iterator[list[Piece]]:
    """The grid within a width: bars as long as there is room, flexible columns shortened, and what still does
    not fit folded below with the first columns again."""
    for index, part in enumerate(_folded(grid, width)):
        if index:
            yield []
        yield from _laid_out(part, width, ascii)


def _folded(grid: Grid, width: int) -> Iterator[Grid]:
    """The grid in parts of so many columns as fit, each with the first columns."""
    first = range(grid.repeated)
    groups = _groups(grid)
    narrow = any(_least_width(grid, [*first, *group], narrow=True) > width for group in groups)
    if narrow:  # not even without bars
        groups = [[index] for group in groups for index in group]
    place = 0
    while place < len(groups):
        taken = list(groups[place])
        place += 1
        while place < len(groups) and _least_width(grid, [*first, *taken, *groups[place]], narrow) <= width:
            taken += groups[place]
            place += 1
        kept = (*first, *taken)
        yield Grid(
            tuple(grid.heads[index] for index in kept),
            tuple(tuple(row[index] for index in kept) if row else () for row in grid.rows),
        )


def _groups(grid: Grid) -> list[list[int]]:
    """The columns behind the first ones, those together that are best not parted."""
    groups: list[list[int]] = []
    for index in range(grid.repeated, len(grid.heads)):
        if grid.heads[index].follows and groups:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _least_width(grid: Grid, kept: Sequence[int], narrow: bool) -> int:
    """What columns need: the first ones in full if the grid is folded; a narrow grid goes without bars."""
    columns = [_Column(grid, index) for index in kept]
    if narrow:
        widths = [column.least_text for column in columns]
    else:
        whole = len(kept) == len(grid.heads)
        first, others = columns[: grid.repeated], columns[grid.repeated :]
        widths = [column.least if whole else column.natural for column in first]
        widths += [column.least for column in others]
    return sum(widths) + len(GAP) * (len(widths) - 1)


class _Column:
    """The texts of a column, aligned, and how wide it is."""

    def __init__(self, grid: Grid, index: int) -> None:
        self.head = grid.heads[index]
        cells = [row[index] if row else Cell("") for row in grid.rows]
        texts = [one.text for one in cells]
        self.cells = cells
        self.texts = units_aligned(texts) if self.head.figure else texts
        longest = max(map(width_of, self.texts), default=0)
        self.natural = max(longest, width_of(self.head.title))
        shortest = NARROWEST_FLEXIBLE if self.head.flexible else max(longest, NARROWEST_TITLE)
        self.least_text = min(self.natural, shortest)
        self.least = self.least_text + (1 + SHORTEST_BAR if self.head.bar else 0)
        self.text_width = self.natural
        self.bar_width = SHORTEST_BAR if self.head.bar else 0

    @property
    def width(self) -> int:
        return self.text_width + (1 + self.bar_width if self.bar_width else 0)


def _laid_out(grid: Grid, width: int, ascii: bool) -> Iterator[list[Piece]]:
    columns = [_Column(grid, index) for index in range(len(grid.heads))]
    _share_room(columns, width)
    ellipsis = "..." if ascii else "…"
    yield _head_pieces(columns, ellipsis)
    total = sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)
    yield [Piece(("-" if ascii else "─") * total, "dim")]
    for index, row in enumerate(grid.rows):
        pieces: list[Piece] = []
        for column in columns if row else ():
            text = shortened(column.texts[index], column.text_width, ellipsis)
            one = column.cells[index]
            pieces.append(Piece(padded(text, column.text_width, column.head.figure), one.role))
            if column.bar_width:
                drawn = bar(one.part, one.full, column.bar_width, ascii)
                pieces.append(Piece(" " + padded(drawn, column.bar_width), f"bar {column.head.bar}"))
            pieces.append(Piece(GAP))
        yield pieces


def _head_pieces(columns: Sequence[_Column], ellipsis: str) -> list[Piece]:
    pieces = []
    for column in columns:
        title = shortened(column.head.title, column.text_width, ellipsis)
        title = padded(title, column.text_width, column.head.figure)
        pieces += [Piece(padded(title, column.width), "header"), Piece(GAP)]
    return pieces


def _share_room(columns: Sequence[_Column], width: int) -> None:
    """Shortens titles and flexible columns, the widest first, until all fit; then lengthens the bars.

    Where there is no room for bars there are none.
    """
    gaps = len(GAP) * (len(columns) - 1)
    if sum(column.least for column in columns) + gaps > width:
        for column in columns:
            column.least -= column.width - column.text_width
            column.bar_width = 0
    room = width - sum(column.width for column in columns) - gaps
    while room < 0:
        yielding = [column for column in columns if column.width > column.least]
        if not yielding:
            break
        widest = max(yielding, key=lambda column: column.text_width)
        widest.text_width -= 1
        room += 1
    bars = [column for column in columns if column.bar_width]
    for column in bars:
        column.bar_width += max(min(room // len(bars), 14), 0)


def units_aligned(texts: Sequence[str]) -> list[str]:
    """Numbers of which some have a unit (`1.79 k`), so that the digits stand below each other."""
    matches = [_NUMBER.fullmatch(text) for text in texts]
    longest = max((len(match["unit"] or "") for match in matches if match), default=0)
    return [
        text + " " * (longest - len(match["unit"] or "")) if match else text
        for text, match in zip(texts, matches, strict=True)
    ]
