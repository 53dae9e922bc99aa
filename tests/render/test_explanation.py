"""Explanations on narrow terminals."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.render.explanation import render
from cnncalc.render.text import width_of

NESTED = """
input: [1, 8, 8]
layers:
  - sequence:
      - sequence:
          - conv2d: {out_channels: 2, kernel_size: 3}
            name: convolution
        name: a_block_inside
    name: a_block_with_a_long_name
"""


def test_what_to_ask_next_has_room_for_its_words() -> None:
    lines = render(cnncalc.explain(NESTED), 80, asked="nested.yaml").splitlines()
    at = lines.index("more")
    assert lines[at + 1 :] == [  # commands are not broken
        "  cnncalc explain nested.yaml a_block_with_a_long_name.a_block_inside.convolution",
        "    all figures of a layer",
        "  cnncalc explain nested.yaml a_block_with_a_long_name.a_block_inside.convolution macs",
        "    one of them (shape, params, buffers, macs, ops, flops, bytes,",
        "    receptive_field, peak)",
    ]


@pytest.mark.parametrize(
    ("layer", "remark"),
    [
        (
            "max_pool2d: 2",
            "The largest of each window: kernel positions - 1 compares for each output element.",
        ),
        ("relu", "max(x, 0). A function of each element by itself, without arguments."),
    ],
)
def test_how_a_kind_counts_is_said_once(layer: str, remark: str) -> None:
    network = cnncalc.explain(
        f"input: [1, 8, 8]\nlayers:\n  - {layer}", f"{layer.partition(':')[0]}_1", "ops"
    )
    assert f" {remark} " in "  " + " ".join(str(network).split())


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
