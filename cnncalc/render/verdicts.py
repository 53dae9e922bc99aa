"""Limits beside what networks have: a table for each network, in text and Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc import units
from cnncalc.analysis.budget import Checked, Spender, Verdict
from cnncalc.budget import BYTE_UNITS, BYTES, COUNT_UNITS, Limit
from cnncalc.layers.base import Shape
from cnncalc.render.grid import Cell, Grid, Head
from cnncalc.render.sheet import Section, Sheet
from cnncalc.render.summary import flow, name_of, setting
from cnncalc.render.text import clean
from cnncalc.render.view import View

HEADS = (
    Head("", figure=False),
    Head("figure", figure=False, flexible=True),
    Head("value", figure=False),
    Head("limit", figure=False),
    Head("margin", figure=False),
)


def sheet_of(found: Checked, label: str, spenders: bool = False, arrow: str = "→") -> Sheet:
    """The table of a network called `label`; with the layers that `spenders` says, of broken limits."""
    rows = tuple(_row(verdict) for verdict in found.verdicts)
    remarks = [*_replaced(found)]
    if spenders:
        remarks += _spenders(found)
    remarks.append(_summary(found))
    name = name_of(found.report)
    title = clean(label) if name == clean(label) else f"{clean(label)}: {name}"
    about = flow(found.report, arrow)
    given = setting(View(found.report, ()))
    section = Section(
        f"{about}  ({given})" if given else about, Grid(HEADS, rows, repeated=2), tuple(remarks)
    )
    return Sheet(title, "", (section,))


def _row(verdict: Verdict) -> tuple[Cell, ...]:
    limit = verdict.limit
    word = Cell("ok", "added") if verdict.holds else Cell("BROKEN", "removed")
    figure = f"{limit.figure} of {clean(limit.pattern)}" if limit.pattern else limit.figure
    bound = f"{limit.comparison} {amount(limit, limit.bound)}"
    return (
        word,
        Cell(figure),
        Cell(_value(limit, verdict.value)),
        Cell(bound if limit.figure != "output" else amount(limit, limit.bound)),
        Cell(_margin(verdict), "dim" if verdict.holds else ""),
    )


def _value(limit: Limit, value: int | Shape) -> str:
    if not isinstance(value, int):
        return units.shape(value) or "-"
    return units.size(value) if limit.figure in BYTES else units.exact(value)


def amount(limit: Limit, bound: int | Shape) -> str:
    """A bound in the largest unit that it is a multiple of."""
    if not isinstance(bound, int):
        return units.shape(bound)
    known = BYTE_UNITS if limit.figure in BYTES else COUNT_UNITS
    for unit, scale in reversed(known.items()):
        if bound and bound % scale == 0:
            return f"{bound // scale:,} {unit}"
    return units.exact(bound)


def _margin(verdict: Verdict) -> str:
    """`used 83.0 %, 54.0 k left` or `12.0 % too much`."""
    limit, margin, bound = verdict.limit, verdict.margin, verdict.limit.bound
    if margin is None or not isinstance(bound, int):
        return "" if verdict.holds else "another shape" if limit.figure == "output" else "has none"
    of_bytes = limit.figure in BYTES
    number = (units.size if of_bytes else units.count)(abs(margin))
    share = units.share(abs(margin), bound)
    match limit.comparison, verdict.holds:
        case "<=", True:
            used = units.share(verdict.measured or 0, bound) or "0 %"
            return f"used {used}, {number} left"
        case "<=", False:
            return f"{share} too much" if share else f"{number} too much"
        case ">=", True:
            return f"{number} more than needed" if margin else "just enough"
        case ">=", False:
            return f"{share} too little"
    return "" if verdict.holds else f"{number} off"


def _replaced(found: Checked) -> Iterator[str]:
    for verdict in found.verdicts:
        limit = verdict.limit
        for old in limit.replaces:
            line = f" in line {old.span.line}" if old.span else ""
            there = f"{old.comparison} {amount(old, old.bound)}{line}"
            yield f"{limit.option} takes the place of {old.figure} {there}"


def _spenders(found: Checked) -> Iterator[str]:
    for verdict in found.broken:
        if verdict.spenders:
            figure = f"{verdict.limit.figure} of {clean(verdict.limit.pattern)}".removesuffix(" of ")
            most = ", ".join(_spent(verdict, spender) for spender in verdict.spenders)
            yield f"{figure}: most in {most}"


def _spent(verdict: Verdict, spender: Spender) -> str:
    share = units.share(spender.amount, verdict.measured or 0)
    return f"{clean(spender.name)} {_value(verdict.limit, spender.amount)}" + (f" ({share})" if share else "")


def _summary(found: Checked) -> str:
    count, broken = len(found.verdicts), len(found.broken)
    if broken and count == 1:
        return "the limit is broken"
    if broken:
        return f"{broken} of {count} limit{'s' * (count > 1)} broken"
    return f"all {count} limits kept" if count > 1 else "the limit is kept" if count else "nothing is limited"
