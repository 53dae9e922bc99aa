"""What is to be shown of a report, in whatever format."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.analysis.fold import Row, rows_of
from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column, in_order


class View(NamedTuple):
    """The rows and columns of one report; without `columns` the format chooses.

    `partial` says that a fault ended the analysis, so that layers and their figures are missing.
    """

    report: Report
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = ()
    sorted: bool = False
    partial: bool = False

    def fullest(self, column: Column) -> int:
        """The largest figure of a column, whose bar is full."""
        return max((int(column.order(row)) for row in self.rows), default=0)


def view_of(
    report: Report,
    depth: int = 0,
    columns: tuple[Column, ...] = (),
    sort: Column | None = None,
    partial: bool = False,
) -> View:
    """The view of a report with blocks folded and rows sorted."""
    rows = rows_of(report.layers, depth)
    if sort is not None:
        rows = in_order(rows, sort)
    return View(report, rows, columns, sort is not None, partial)
