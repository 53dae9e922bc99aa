"""Layers done with the blocks of those in front of them give what they give one by one; deep networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.api import load
from cnncalc.layers import all_kinds
from cnncalc.numpy_backend import executors
from cnncalc.numpy_backend.executors import convolution
from cnncalc.numpy_backend.expected_power import expected_powers
from cnncalc.numpy_backend.runner import LayerRun, Runner
from cnncalc.numpy_backend.tensors import RandomTensors, random_inputs

CONV = "conv2d: {out_channels: 4, kernel_size: 3, padding: 1}"

DESIGNS = {
    "batch norms behind all convolutions": """\
input: [4, 9, 8]
layers:
  - conv2d: {out_channels: 8, kernel_size: 3, padding: 1, bias: false}
  - batch_norm
  - relu6
  - depthwise_conv2d: {kernel_size: 3, stride: 2, multiplier: 2}
  - batch_norm: {affine: false}
  - hardswish
  - separable_conv2d: {out_channels: 6, kernel_size: 3, padding: 1}
  - instance_norm: {track_running_stats: true, affine: true}
  - conv2d: {out_channels: 2, kernel_size: 1, groups: 2, padding: 3}
  - batch_norm: {eps: 0.1}
  - batch_norm
  - dropout
""",
    "tables, one axis": """\
input: [3, 20]
layers:
  - conv1d: {out_channels: 2, kernel_size: 3, padding: causal, connection_table: [[0, 2], [1]]}
  - batch_norm
  - prelu
  - depthwise_conv1d: {kernel_size: 2, dilation: 3}
  - scale: {bias: true}
  - flatten
  - linear: 5
  - softplus
  - tanh
""",
    "three axes": """\
input: [2, 4, 5, 6]
layers:
  - conv3d: {out_channels: 4, kernel_size: 2, padding: 1, stride: [1, 2, 1]}
  - batch_norm
  - relu
  - depthwise_conv3d: {kernel_size: 3, padding: 1}
  - elu
""",
    "shared weights": f"""\
input: [4, 6, 6]
layers:
  - {CONV}
    name: one
  - batch_norm:
    name: norm
  - relu
  - {CONV}
    share: one
  - batch_norm:
    share: norm
  - {CONV}
    share: one
  - relu
""",
    "branches": f"""\
input: [4, 6, 6]
layers:
  - {CONV}
    name: stem
  - relu:
    name: left
  - {CONV}
    from: stem
  - batch_norm
  - sigmoid:
    name: right
  - multiply:
    from: [left, right]
    name: gated
  - {CONV}
  - relu
  - add:
    from: [relu_1, stem]
""",
    "several inputs and outputs": f"""\
inputs: {{a: [4, 6, 6], b: [4, 6, 6], unread: [3]}}
outputs: [early, b, flat, late]
layers:
  - {CONV}
    from: a
    name: early
  - relu:
    name: middle
  - {CONV}
    from: b
  - tanh:
    name: late
  - add:
    from: [middle, late]
  - flatten:
    name: flat
""",
    "references": f"""\
input: [4, 8, 8]
layers:
  - {CONV}
    name: first
  - relu
  - max_pool2d: 2
    name: pool
  - {CONV}
  - relu
  - max_unpool2d: {{indices: pool}}
  - conv2d: {{out_channels: 4, kernel_size: 1, padding: 4}}
  - relu
  - center_crop: {{like: first}}
  - conv2d: {{out_channels: 1, kernel_size: 1}}
""",
    "a reference to the last of several done together": f"""\
input: [4, 8, 8]
layers:
  - {CONV}
  - batch_norm
  - relu:
    name: stem
  - max_pool2d: 2
  - center_crop: {{like: max_pool2d_1}}
    from: stem
  - conv2d: {{out_channels: 4, kernel_size: 1, padding: 4}}
  - center_crop: {{like: stem}}
""",
    "own statistics, another dim": f"""\
input: [4, 6, 6]
layers:
  - {CONV}
  - batch_norm: {{track_running_stats: false}}
  - {CONV}
  - scale: {{dim: 2}}
  - {CONV}
  - instance_norm: {{affine: true}}
  - relu
""",
    "other memory orders": f"""\
input: [4, 6, 5]
layers:
  - {CONV}
    name: a
  - batch_norm
  - relu
  - flatten
  - linear: 7
  - {CONV}
    from: a
  - relu
  - permute: {{dims: [3, 1, 2]}}
  - flatten
  - concat:
    from: [linear_1, flatten_2]
outputs: [concat_1]
""",
}


def runner(text: str, dtype: str = "float64", seed: int = 0) -> Runner:
    return Runner(load(text).graph, RandomTensors(seed, np.dtype(dtype)), dtype)


def inputs_of(of: Runner, batch: int = 2) -> dict[str, Any]:
    return random_inputs(of.graph.inputs, batch, 0, of.dtype)


def outputs_together_and_one_by_one(text: str, dtype: str = "float64") -> tuple[Any, Any]:
    one, other = runner(text, dtype), runner(text, dtype)
    return one.run(inputs_of(one)), other.run(inputs_of(other), lambda _: None)


@pytest.mark.parametrize("text", DESIGNS.values(), ids=DESIGNS)
@pytest.mark.parametrize("block_bytes", [1, 4 << 20])
def test_together_as_one_by_one(text: str, block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convolution, "UNFOLDED_BYTES", block_bytes)
    monkeypatch.setattr(convolution, "DEPTHWISE_BYTES", block_bytes)
    together, one_by_one = outputs_together_and_one_by_one(text)
    assert together.keys() == one_by_one.keys()
    for name, expected in one_by_one.items():
        assert np.abs(expected).max() > 0.01
        assert np.allclose(together[name], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", DESIGNS.values(), ids=DESIGNS)
def test_the_same_runner_runs_either_way(text: str) -> None:
    """What was prepared of the weights for one way does not spoil the other."""
    of = runner(text)
    expected = {name: x.copy() for name, x in of.run(inputs_of(of), lambda _: None).items()}
    for hook in (None, lambda _: None, None):
        for name, found in of.run(inputs_of(of), hook).items():
            assert np.allclose(found, expected[name], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", DESIGNS.values(), ids=DESIGNS)
def test_in_single_precision_within_its_rounding(text: str) -> None:
    together, one_by_one = outputs_together_and_one_by_one(text, "float32")
    for name, expected in one_by_one.items():
        assert together[name].dtype == np.float32
        assert np.abs(together[name] - expected).max() <= 1e-5 * np.abs(expected).max()


ELEMENTWISE = [
    (front, name)
    for name, kind in all_kinds().items()
    if kind.layer.elementwise and kind.inputs == 1
    for front, rank in ((CONV, 2), ("depthwise_conv2d: 3", 2), ("flatten\n  - linear: 6", 0))
    if kind.rank in (0, rank)
]


@pytest.mark.parametrize(("front", "kind"), ELEMENTWISE)
def test_each_elementwise_kind_behind_others(front: str, kind: str) -> None:
    text = f"input: [4, 6, 6]\nlayers:\n  - {front}\n  - {kind}\n"
    together, one_by_one = outputs_together_and_one_by_one(text)
    for name, expected in one_by_one.items():
        assert np.allclose(together[name], expected, rtol=1e-12, atol=1e-12)


def test_every_kind_that_finishes_does_so_with_all_of_its_output() -> None:
    for kind in executors.FINISHING_KINDS:
        shape = all_kinds()[kind].example_inputs[0]
        example = all_kinds()[kind].example
        text = f"input: {list(shape)}\nlayers:\n  - {example if ':' in example else f'{example}:'}\n"
        text += "    name: front\n" + "    from: [input, input]\n" * (all_kinds()[kind].inputs is None)
        text += "  - sigmoid\n"
        of = runner(text)
        found = of.run(inputs_of(of))["sigmoid_1"]
        assert ((found > 0) & (found < 1)).all(), kind


# --- how large numbers are -----------------------------------------------------------------------------


def test_what_is_expected_of_mean_squares() -> None:
    text = """\
input: [4, 6, 6]
layers:
  - relu:
    name: r
  - conv2d: {out_channels: 4, kernel_size: 1}
    name: c
  - add:
    from: [r, c]
  - multiply:
    from: [c, r]
  - subtract:
    from: [r, c]
  - tanh
"""
    # of max(x, 0) the mean is 1/sqrt(2 pi) = 0.399 and the variance 1/2 - 1/(2 pi) = 0.341
    expected = [1, 0.5, 1, 0.1592 + 1.3408, 0.5, 0.1592 + 1.3408, 0.1592 + 1.3408]
    assert expected_powers(load(text).graph) == pytest.approx(expected, abs=1e-3)


# --- deep networks -----------------------------------------------------------------------------------

CONV8 = "conv2d: {out_channels: 8, kernel_size: 3, padding: 1}"
RESIDUAL = f"""\
  - add:
      main:
        - {CONV8}
        - batch_norm
        - relu
        - {CONV8}
        - batch_norm
      shortcut: []
  - relu
"""


def deep(layer: str, activation: str) -> str:
    return f"input: {'[64]' if layer == 'linear: 64' else '[8, 6, 6]'}\nlayers:\n" + (
        f"  - {layer}\n  - {activation}\n" * 200
    )


@pytest.mark.parametrize(
    "text",
    [
        *(deep(CONV8, kind) for kind in ("relu", "tanh", "leaky_relu", "elu", "silu", "identity")),
        *(deep("linear: 64", kind) for kind in ("relu", "gelu", "sigmoid")),
        "input: [8, 6, 6]\nlayers:\n" + RESIDUAL * 100,
    ],
    ids=lambda text: f"{text[17:50]} {text.splitlines()[-1]}",
)
@pytest.mark.parametrize("seed", [0, 1])
def test_deep_networks_neither_vanish_nor_overflow(text: str, seed: int) -> None:
    of = runner(text, "float32", seed)
    powers: list[float] = []

    def note(layer: LayerRun) -> None:
        powers.append(float(np.mean(np.square(layer.output, dtype=np.float64))))

    of.run(random_inputs(of.graph.inputs, 1, seed, of.dtype), note)
    assert len(powers) >= 200
    assert min(powers) > 1e-4
    assert max(powers) < 1e4
