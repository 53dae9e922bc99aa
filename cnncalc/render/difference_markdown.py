"""A difference as a comment of a pull request: totals first, the changes below, closed if they are many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis.diff import Difference
from cnncalc.render.difference import (
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
from cnncalc.render.markdown import escaped, table_lines

MOST_OPEN = 12
MOST_ROWS = 200
"""A comment on GitHub may have 65,536 characters."""


def render(difference: Difference, all_layers: bool = False) -> str:
    return "".join(f"{line}\n" for line in _lines(difference, all_layers))


def _lines(difference: Difference, all_layers: bool) -> Iterator[str]:
    before, after = (
        escaped(label(name, report))
        for name, report in zip(difference.labels, (difference.before, difference.after), strict=True)
    )
    yield f"### {before} → {after}"
    yield ""
    yield f"{counted(difference).capitalize()}."
    if difference.equal:
        return
    for line in ends(difference, Symbols()):
        yield ""
        yield escaped(line)
    yield ""
    rows = [["", "before", "after", "change", ""]]
    rows += [
        [one.title, one.before, one.after, one.change, escaped(one.percent)] for one in totals(difference)
    ]
    yield from table_lines(rows, [False, True, True, True, True])
    shown = [entry for entry in entries(difference, Symbols(), all_layers) if entry.status != "unchanged"]
    if not shown:
        return
    yield ""
    closed = len(shown) > MOST_OPEN
    if closed:
        yield f"<details><summary>{len(shown):,} changes</summary>"
        yield ""
    yield from _changes(shown[:MOST_ROWS])
    if len(shown) > MOST_ROWS:
        yield ""
        yield f"... and {len(shown) - MOST_ROWS:,} changes more."
    if closed:
        yield ""
        yield "</details>"


def _changes(shown: Sequence[Entry]) -> Iterator[str]:
    rows = [["", "layer", "change", *COST_TITLES]]
    for entry in shown:
        said = ": ".join(filter(None, (entry.text, "; ".join(entry.details))))
        mark = f"`{entry.mark}`" if entry.mark.strip() else ""
        rows.append([mark, escaped(entry.name), escaped(said), *costs_written(entry.costs)])
    yield from table_lines(rows, [False, False, False, True, True, True, True])
