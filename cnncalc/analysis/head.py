"""Where the head of a network begins: behind the last layers with positions, which it pools or flattens."""

from __future__ import annotations

from cnncalc.analysis.report import LayerReport, Report
from cnncalc.arithmetic import product


def layer_before_head(report: Report) -> LayerReport | None:
    """On the ways back from the outputs the first layer with several positions; of several the one that sees
    most. None if there is none, as in a perceptron."""
    rows = {row.name: row for row in report.layers}
    found: list[LayerReport] = []
    waiting, seen = list(report.outputs), set(report.outputs)
    while waiting:
        row = rows.get(waiting.pop())
        if row is None:
            continue
        if product(row.output_shape[1:]) > 1:
            found.append(row)
            continue
        waiting += [name for name in row.inputs if name not in seen]
        seen.update(row.inputs)
    return max(found, key=lambda row: product(row.receptive_field.size), default=None)
