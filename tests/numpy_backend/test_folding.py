"""A batch-norm taken into the weights of the layer in front of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.api import load
from cnncalc.numpy_backend.folding import can_fold
from cnncalc.numpy_backend.runner import Runner
from cnncalc.numpy_backend.tensors import GivenTensors
from tests.numpy_backend.helpers import layer_of

STATISTICS = {"norm.running_mean": [1, -2], "norm.running_var": [4, 0.25]}
AFFINE = {"norm.weight": [3, 1], "norm.bias": [0.5, 0]}


def run(front: str, norm: str, x: Any, weights: dict[str, Any]) -> tuple[Any, Runner]:
    """The output of two layers on one sample, done together."""
    shape = list(np.shape(x))
    text = f"input: {shape}\nlayers:\n  - {front}\n    name: front\n  - {norm}\n    name: norm\n"
    float64 = np.dtype("float64")
    of = Runner(
        load(text).graph, GivenTensors({k: np.array(v) for k, v in weights.items()}, float64), "float64"
    )
    return of.run({"input": np.array([x], float)})["norm"][0].tolist(), of


@pytest.mark.parametrize(
    ("bias", "norm", "more", "expected"),
    [
        # channels 10 x and -x of x = 1, 2; (y - mean) / sqrt(variance)
        ("false", "batch_norm: {eps: 0, affine: false}", {}, [[4.5, 9.5], [2, 0]]),
        ("false", "batch_norm: {eps: 0}", AFFINE, [[14, 29], [2, 0]]),
        ("true", "batch_norm: {eps: 0}", AFFINE, [[20, 35], [12, 10]]),
        ("true", "batch_norm: {eps: 0, affine: false}", {}, [[6.5, 11.5], [12, 10]]),
        # a variance of 4 + 12 and of 0.25 + 12
        ("false", "batch_norm: {eps: 12, affine: false}", {}, [[2.25, 4.75], [1 / 3.5, 0]]),
        (
            "false",
            "instance_norm: {eps: 0, track_running_stats: true, affine: true}",
            AFFINE,
            [[14, 29], [2, 0]],
        ),
    ],
)
def test_values(bias: str, norm: str, more: dict[str, Any], expected: Any) -> None:
    weights = {"front.weight": [[[10]], [[-1]]], "front.bias": [4, 5], **STATISTICS, **more}
    found, _ = run(f"conv1d: {{out_channels: 2, kernel_size: 1, bias: {bias}}}", norm, [[1, 2]], weights)
    assert np.allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("front", "weights", "x", "expected"),
    [
        # 10 x, -x as above; the norm of the second layer's outputs
        (
            "depthwise_conv1d: {kernel_size: 1, multiplier: 2, bias: false}",
            {"front.weight": [[[10]], [[-1]]]},
            [[1, 2]],
            [[14, 29], [2, 0]],
        ),
        (
            "conv2d: {out_channels: 2, kernel_size: 1, groups: 2, bias: false}",
            {"front.weight": [[[[10]]], [[[-1]]]]},
            [[[1, 2]], [[1, 2]]],
            [[[14, 29]], [[2, 0]]],
        ),
        (
            "separable_conv2d: {out_channels: 2, kernel_size: 1}",
            {
                "front.depthwise_weight": [[[[2]]]],
                "front.pointwise_weight": [[[[5]]], [[[-0.5]]]],
                "front.bias": [4, 5],
            },
            [[[1, 2]]],
            [[[20, 35]], [[12, 10]]],
        ),
        (
            "conv2d: {out_channels: 2, kernel_size: 1, bias: false, connection_table: [[0], [0]]}",
            {"front.weight": [[[10]], [[-1]]]},
            [[[1, 2]]],
            [[[14, 29]], [[2, 0]]],
        ),
        (
            "linear: {out_features: 2, bias: false}",
            {"front.weight": [[10], [-1]]},
            [2],
            [29, 0],
        ),
    ],
)
def test_behind_other_layers(front: str, weights: dict[str, Any], x: Any, expected: Any) -> None:
    found, _ = run(front, "batch_norm: {eps: 0}", x, {**weights, **STATISTICS, **AFFINE})
    assert np.allclose(found, expected, rtol=1e-14)


def test_given_weights_stay_as_they_are() -> None:
    weights = {"front.weight": np.array([[[10.0]], [[-1.0]]]), "front.bias": np.array([4.0, 5.0])}
    before = {name: tensor.copy() for name, tensor in weights.items()}
    _, of = run(
        "conv1d: {out_channels: 2, kernel_size: 1}",
        "batch_norm: {affine: true}",
        [[1, 2]],
        {**weights, **STATISTICS, **AFFINE},
    )
    of.run({"input": np.ones((1, 1, 2))})
    for name, tensor in before.items():
        assert np.array_equal(weights[name], tensor)
        assert np.array_equal(of.works[0].weights[name.removeprefix("front.")], tensor)


@pytest.mark.parametrize(
    ("front", "behind", "folds"),
    [
        ("conv2d: {out_channels: 2, kernel_size: 1}", "batch_norm", True),
        ("depthwise_conv3d: 1", "batch_norm: {affine: false}", True),
        ("separable_conv2d: {out_channels: 2, kernel_size: 1}", "batch_norm", True),
        ("conv1d: {out_channels: 2, kernel_size: 1}", "instance_norm: {track_running_stats: true}", True),
        ("conv1d: {out_channels: 2, kernel_size: 1}", "instance_norm", False),
        ("conv1d: {out_channels: 2, kernel_size: 1}", "batch_norm: {track_running_stats: false}", False),
        ("conv1d: {out_channels: 2, kernel_size: 1}", "relu", False),
        ("conv1d: {out_channels: 2, kernel_size: 1}", "scale", False),
        ("linear: 3", "batch_norm", False),
        # its tensor is not one kernel for each output
        ("conv2d: {out_channels: 1, kernel_size: 1, connection_table: [[0]]}", "batch_norm", False),
        ("conv_transpose2d: {out_channels: 2, kernel_size: 1}", "batch_norm", False),
    ],
)
def test_what_can_be_taken_in(front: str, behind: str, folds: bool) -> None:
    assert can_fold(layer_of(front), layer_of(behind)) == folds
