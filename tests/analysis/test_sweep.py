"""The rules are plain arithmetic: with arrays of sizes they give what a loop over the sizes gives.

The loop runs the same rules on ints, whose values other tests hold to literal numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.analysis.examine import examine
from cnncalc.analysis.report import Report
from tests.analysis.designs import BRANCHED

HEIGHTS = np.arange(32, 1032)
WIDTHS = HEIGHTS[::-1].copy()

NETWORKS = {"vgg16": zoo.find_source("vgg16").text, "branched": BRANCHED}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_thousand_input_sizes_at_once(name: str) -> None:
    network = cnncalc.load(NETWORKS[name])
    swept = examine(network.graph, {"input": (3, HEIGHTS, WIDTHS)}).report  # type: ignore[dict-item]
    looped = [
        cnncalc.analyze(network, input=(3, int(height), int(width)))
        for height, width in zip(HEIGHTS, WIDTHS, strict=True)
    ]
    assert [layer.name for layer in swept.layers] == [layer.name for layer in looped[0].layers]
    expected = [figures(report) for report in looped]
    for figure, values in figures(swept).items():
        np.testing.assert_array_equal(
            np.broadcast_to(values, (len(looped),)), [single[figure] for single in expected], figure
        )


def figures(report: Report) -> dict[str, Any]:
    """Every figure of a report by a name of its own."""
    totals = report.totals._asdict() | report.totals.ops._asdict()
    named = {name: value for name, value in totals.items() if name != "ops"}
    for layer in report.layers:
        field = layer.receptive_field
        for axis, size in enumerate(layer.output_shape):
            named[f"{layer.name} shape {axis}"] = size
        for axis in range(2):
            named[f"{layer.name} field {axis}"] = field.size[axis]
            named[f"{layer.name} stride {axis}"] = field.stride[axis]
            named[f"{layer.name} padding {axis}"] = field.padding[axis]
        for figure in ("params", "flops", "output_bytes", "buffer_elements"):
            named[f"{layer.name} {figure}"] = getattr(layer, figure)
        named |= {f"{layer.name} {sort}": count for sort, count in layer.operations._asdict().items()}
    return named
