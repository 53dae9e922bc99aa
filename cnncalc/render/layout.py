"""Which columns fit into a width, and the text of every cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from cnncalc import units
from cnncalc.analysis.fold import Row
from cnncalc.render.columns import Column, chosen
from cnncalc.render.text import bar, padded, shortened, width_of
from cnncalc.render.tree import ASCII, UNICODE, Line, flat_lines, tree_lines
from cnncalc.render.view import View

GAP = "  "
SHORTEST_NAME = 20
SHORTEST_KIND = 14
LONGEST_WORDS = 40

ESSENTIAL = ("name", "kind", "output_shape", "params", "macs", "output_bytes", "receptive_field")
FIRST_TO_GO = ("output_bytes", "receptive_field", "kind", "output_shape", "params")


class Piece(NamedTuple):
    """A part of a line, with the role that decides its colour."""

    text: str
    role: str = ""


class Plan(NamedTuple):
    """How a table is laid out: its columns, the bars' widths, where shares stand, how wide names are."""

    keys: tuple[str, ...]
    bars: tuple[tuple[str, int], ...] = ()
    shares: tuple[str, ...] = ()
    spaced: bool = False
    name_width: int = 10**6
    kind_width: int = LONGEST_WORDS

    def with_bars(self, width: int, *keys: str) -> Plan:
        present = [key for key in keys if key in self.keys]
        return self._replace(bars=tuple((dict(self.bars) | dict.fromkeys(present, width)).items()))

    def with_shares(self, *keys: str) -> Plan:
        return self._replace(shares=tuple(key for key in keys if key in self.keys))

    def with_column(self, key: str, after: str) -> Plan:
        if after not in self.keys:
            return self
        place = self.keys.index(after) + 1
        return self._replace(keys=(*self.keys[:place], key, *self.keys[place:]))


BETTER: tuple[Callable[[Plan], Plan], ...] = (
    lambda plan: plan.with_bars(4, "macs"),
    lambda plan: plan.with_bars(6, "macs"),
    lambda plan: plan.with_bars(4, "macs", "params"),
    lambda plan: plan.with_bars(6, "macs", "params"),
    lambda plan: plan._replace(spaced=True),
    lambda plan: plan.with_shares("macs"),
    lambda plan: plan.with_shares("macs", "params"),
)
MORE: tuple[Callable[[Plan], Plan], ...] = (
    lambda plan: plan.with_column("flops", "macs"),
    lambda plan: plan.with_column("rf_stride", "receptive_field"),
    lambda plan: plan.with_column("arguments", "kind"),
    lambda plan: plan.with_bars(10, "macs", "params"),
)


class Table:
    """The cells of one view, made as they are needed."""

    def __init__(self, view: View, ascii: bool = False) -> None:
        self.view = view
        self.ascii = ascii
        self.ellipsis = "..." if ascii else "…"
        self.known: dict[tuple[str, bool], tuple[list[str], int]] = {}

    @cached_property
    def lines(self) -> list[Line]:
        if self.view.sorted:
            return list(flat_lines(self.view.rows))
        return list(tree_lines(self.view.rows, ASCII if self.ascii else UNICODE))

    @cached_property
    def name_width(self) -> int:
        return max((width_of(line.marks + line.label) for line in self.lines), default=0)

    def plan(self, width: int) -> Plan:
        """The most that fits: first what is essential, then one thing after the other that has room."""
        if self.view.columns:
            plan = self.with_shorter_names(Plan(tuple(column.key for column in self.view.columns)), width)
        else:
            plan = self.with_shorter_names(Plan(ESSENTIAL), width)
            for key in FIRST_TO_GO:
                if self.width(plan) > width:
                    plan = plan._replace(keys=tuple(kept for kept in plan.keys if kept != key))
            with_bar = self.with_shorter_names(plan.with_bars(4, "macs"), width)
            plan = with_bar if self.width(with_bar) <= width else plan
        for better in BETTER:
            changed = better(plan)
            plan = changed if self.width(changed) <= width else plan
        for more in () if self.view.columns else MORE:
            changed = more(plan)
            if self.width(changed) > width:
                break
            plan = changed
        return plan

    def with_shorter_names(self, plan: Plan, width: int) -> Plan:
        excess = self.width(plan) - width
        if excess <= 0:
            return plan
        shortest = min(SHORTEST_NAME, self.name_width)
        plan = plan._replace(name_width=max(self.name_width - excess, shortest))
        excess = self.width(plan) - width
        if excess <= 0 or "kind" not in plan.keys:
            return plan
        return plan._replace(kind_width=max(self.column_width("kind", plan) - excess, SHORTEST_KIND))

    def width(self, plan: Plan) -> int:
        """The width of the whole table."""
        return sum(self.column_width(key, plan) for key in plan.keys) + len(GAP) * (len(plan.keys) - 1)

    def column_width(self, key: str, plan: Plan) -> int:
        width = self.cells(key, plan.spaced)[1]
        if key == "name":
            return min(width, plan.name_width)
        if key == "kind":
            return min(width, plan.kind_width)
        if key in plan.shares:
            width += 1 + len("<0.1 %")
        return width + (1 + dict(plan.bars)[key] if key in dict(plan.bars) else 0)

    def cells(self, key: str, spaced: bool) -> tuple[list[str], int]:
        """The texts of a column, and the width of the widest or of the title."""
        if (key, spaced) not in self.known:
            self.known[key, spaced] = self.made(key, spaced)
        return self.known[key, spaced]

    def made(self, key: str, spaced: bool) -> tuple[list[str], int]:
        (column,) = chosen((key,))
        if key == "name":
            return [], max(self.name_width, len(column.title))
        narrow = key in ("output_shape", "input_shape") and not spaced
        text = column.exact if narrow else column.text
        texts = ["" if line.row is None else text(line.row) for line in self.lines]
        if column.padded_units:
            texts = _units_aligned(texts, column.padded_units)
        elif not column.figure:
            texts = [shortened(text, LONGEST_WORDS, self.ellipsis) for text in texts]
        return texts, max(len(column.title), *map(width_of, texts), 0)

    # --- lines -------------------------------------------------------------------------------------

    def header(self, plan: Plan) -> list[Piece]:
        pieces: list[Piece] = []
        for column in chosen(plan.keys):
            width = self.column_width(column.key, plan)
            number = self.cells(column.key, plan.spaced)[1] if column.figure else width
            title = padded(column.title, number, right=column.figure)
            pieces += [Piece(padded(title, width), "header"), Piece(GAP)]
        return pieces

    def body(self, plan: Plan) -> Iterator[list[Piece]]:
        columns = chosen(plan.keys)
        fullest = {key: self.view.fullest(column) for key, _ in plan.bars for column in chosen((key,))}
        adorned = {*fullest, *plan.shares}
        for index, line in enumerate(self.lines):
            pieces: list[Piece] = []
            for column in columns:
                if column.key == "name":
                    pieces += self.name(line, self.column_width("name", plan))
                else:
                    texts, width = self.cells(column.key, plan.spaced)
                    text = texts[index]
                    if column.key == "kind":
                        width = self.column_width("kind", plan)
                        text = shortened(text, width, self.ellipsis)
                    pieces.append(_cell(text, width, column))
                    if column.key in adorned:
                        pieces += self.extras(line.row, column, plan, fullest)
                pieces.append(Piece(GAP))
            yield pieces

    def name(self, line: Line, width: int) -> list[Piece]:
        room = max(width - len(line.marks), 6)
        label = shortened(line.label, room, self.ellipsis)
        role = "block" if line.row is None else "name"
        return [Piece(line.marks, "mark"), Piece(padded(label, width - len(line.marks)), role)]

    def extras(self, row: Row | None, column: Column, plan: Plan, fullest: dict[str, int]) -> Iterator[Piece]:
        """The share of the total and the bar of a figure."""
        value = column.order(row) if row is not None else 0
        total = column.total(self.view.report.totals) if column.total else 0
        assert isinstance(value, int) or not column.total
        number = value if isinstance(value, int) else 0
        if column.key in plan.shares:
            said = units.share(number, total)
            yield Piece(" " + padded(said, len("<0.1 %"), right=True), "share" if said else "")
        width = dict(plan.bars).get(column.key)
        if width is not None:
            drawn = bar(number, fullest[column.key], width, self.ascii)
            yield Piece(" " + padded(drawn, width), f"bar {column.key}" if drawn else "")


def _cell(text: str, width: int, column: Column) -> Piece:
    role = "zero" if text.strip() == "-" else "figure" if column.figure else column.key
    return Piece(padded(text, width, right=column.figure), role)


def _units_aligned(texts: Sequence[str], width: int) -> list[str]:
    """Numbers of which some have a unit (`1.79 k`), so that the digits stand below each other."""
    split = [text.partition(" ") for text in texts]
    if not any(unit for _, _, unit in split):
        return list(texts)
    return [f"{number} {unit:<{width}}" if number else "" for number, _, unit in split]
