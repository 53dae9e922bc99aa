"""Reports as tables of GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnncalc.render.columns import chosen
from cnncalc.render.summary import conventions, flow, name_of, setting, totals
from cnncalc.render.text import clean, padded, width_of
from cnncalc.render.tree import label_of
from cnncalc.render.view import View

COLUMNS = ("name", "kind", "output_shape", "params", "macs", "output_bytes", "receptive_field")

_SPECIAL = re.compile(r"[\\`*\[\]<>#|~!&$]|(?<!\w)_|_(?!\w)")


def render(views: Sequence[View]) -> str:
    return "\n".join("\n".join(_section(view)) + "\n" for view in views)


def escaped(text: str) -> str:
    """A stranger's text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\g<0>", clean(text))


def _section(view: View) -> Iterator[str]:
    columns = view.columns or chosen(COLUMNS)
    yield f"## {escaped(name_of(view.report))}"
    yield ""
    remark = f" ({setting(view)})" if setting(view) else ""
    yield escaped_flow(view) + remark
    yield ""
    rows = [[column.title for column in columns]]
    for row in view.rows:
        cells = [label_of(row.name, row) if column.key == "name" else column.text(row) for column in columns]
        rows.append(
            [escaped(cell) if column.foreign else cell for column, cell in zip(columns, cells, strict=True)]
        )
    yield from table_lines(rows, [column.figure for column in columns])
    yield ""
    yield from table_lines([["total", "", ""], *map(list, totals_escaped(view))], [False, True, False])
    yield ""
    yield escaped(conventions(view))


def escaped_flow(view: View) -> str:
    return escaped(flow(view.report, "→"))


def totals_escaped(view: View) -> list[tuple[str, str, str]]:
    return [(total.label, total.number, escaped(total.remark)) for total in totals(view)]


def table_lines(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> Iterator[str]:
    """The lines of a table whose first row is its header, with the cells below each other."""
    widths = [max(3, *(width_of(row[index]) for row in rows)) for index in range(len(right))]
    ruler = [f"{'-' * (width - 1)}{':' if end else '-'}" for width, end in zip(widths, right, strict=True)]
    for index, row in enumerate(rows):
        cells = [padded(cell, width, end) for cell, width, end in zip(row, widths, right, strict=True)]
        yield f"| {' | '.join(cells)} |"
        if index == 0:
            yield f"| {' | '.join(ruler)} |"
