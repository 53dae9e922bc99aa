"""Reports as CSV: one row a layer, exact integers, shapes as 64x112x112."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cnncalc.render.columns import chosen
from cnncalc.render.view import View

COLUMNS = (
    *("name", "kind", "inputs", "input_shape", "output_shape", "params", "buffers", "macs", "flops"),
    *("adds", "muls", "compares", "transcendentals", "output_bytes"),
    *("receptive_field", "rf_stride", "rf_padding", "rf_status", "arguments"),
)


def render(views: Sequence[View]) -> str:
    """All rows; of several networks each row begins with the name of its network."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    several = len(views) > 1
    for index, view in enumerate(views):
        columns = view.columns or chosen(COLUMNS)
        if index == 0:
            writer.writerow([*(["network"] if several else []), *(column.key for column in columns)])
        network = [harmless(view.report.name)] if several else []
        for row in view.rows:
            cells = (column.exact(row) for column in columns)
            texts = (
                harmless(cell) if column.foreign else cell
                for column, cell in zip(columns, cells, strict=True)
            )
            writer.writerow([*network, *texts])
    return stream.getvalue()


def harmless(text: str) -> str:
    """The text such that a spreadsheet does not take it for a formula."""
    from cnncalc.render.text import clean

    text = clean(text)
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text
