"""Explanations on narrow terminals."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.render.explanation import render
from cnncalc.render.text import width_of


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize(
    ("network", "layer"),
    [
        *(("alexnet", ""), ("alexnet", "conv2"), ("deconvnet", "fc6_deconv"), ("r3d_18", "layer1.1.relu")),
        *(("resnet101", ""), ("resnet101", "layer1.0.add.main.conv2"), ("wavenet", "block1.1.add")),
    ],
)
def test_every_line_fits(network: str, layer: str, width: int) -> None:
    lines = render(cnncalc.explain(network, layer), width).splitlines()
    assert [line for line in lines if width_of(line) > width] == []


def test_a_reason_that_does_not_fit_goes_on_below() -> None:
    lines = render(cnncalc.explain("r3d_18", "layer2.0.add.main.bn1", "peak"), 80).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  layer1.1.relu"))
    assert lines[at : at + 2] == [
        "  layer1.1.relu      64 x 16 x 56 x 56  12,845,056  kept for",
        "                                                    layer2.0.add.shor...ion.conv",
    ]
