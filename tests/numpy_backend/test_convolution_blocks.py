"""Convolutions give the same numbers however they are cut into blocks and however their input lies in memory.

On whole numbers, whose sums are the same in any order; `test_convolution` has literal values.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.numpy_backend.executors import convolution
from tests.numpy_backend.executed_cases import LYING, laid
from tests.numpy_backend.helpers import execute


@pytest.fixture
def _single_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convolution, "UNFOLDED_BYTES", 1)
    monkeypatch.setattr(convolution, "DEPTHWISE_BYTES", 1)


LAYERS = [
    "conv1d: {out_channels: 2, kernel_size: 3, padding: 1}",
    "conv1d: {out_channels: 4, kernel_size: 2, stride: 2, groups: 2, dilation: 2}",
    "conv1d: {out_channels: 1, kernel_size: 1, padding: 4, stride: 3}",
    "depthwise_conv1d: {kernel_size: 3, padding: 5, multiplier: 3}",
    "conv2d: {out_channels: 3, kernel_size: 1}",
    "conv2d: {out_channels: 3, kernel_size: 1, stride: 2}",
    "conv2d: {out_channels: 3, kernel_size: 3, padding: 7, stride: 2}",
    "conv2d: {out_channels: 3, kernel_size: 3, padding: [[0, 9], [5, 0]], dilation: 2}",
    "conv2d: {out_channels: 3, kernel_size: 2, padding: 2, padding_mode: reflect}",
    "conv2d: {out_channels: 3, kernel_size: 3, padding: 3, padding_mode: circular, stride: 2}",
    "conv2d: {out_channels: 3, kernel_size: 3, padding: 9, padding_mode: replicate}",
    "conv2d: {out_channels: 2, kernel_size: 3, padding: 4, connection_table: [[0, 3], [2]]}",
    "conv2d: {out_channels: 4, kernel_size: 3, padding: 6, groups: 4, stride: 2}",
    "depthwise_conv2d: {kernel_size: 3, padding: 7, stride: 3}",
    "depthwise_conv2d: {kernel_size: 2, padding: 8, multiplier: 2, dilation: 3}",
    "depthwise_conv2d: {kernel_size: 1, stride: 2}",
    "depthwise_conv2d: {kernel_size: 3, padding: 9, padding_mode: replicate, stride: 2}",
    "separable_conv2d: {out_channels: 3, kernel_size: 3, padding: 7, multiplier: 2}",
    "conv3d: {out_channels: 2, kernel_size: 2, padding: 4, stride: [1, 2, 3]}",
    "conv3d: {out_channels: 2, kernel_size: [1, 3, 2], padding: 2, padding_mode: circular}",
    "depthwise_conv3d: {kernel_size: 2, padding: 5, stride: [2, 1, 3], multiplier: 2}",
]


def whole_numbers(text: str, batch: int = 2) -> Any:
    """An input for a layer of LAYERS: sums of whole numbers are the same in any order."""
    rank = int(text.split("d:")[0][-1])
    shape = (batch, 4, *(5, 4, 3)[3 - rank :])
    return np.random.default_rng(1).integers(-9, 9, shape).astype(float)


def whole_weights(text: str, x: Any) -> dict[str, Any]:
    asked = execute(text, x).weights
    generator = np.random.default_rng(2)
    return {name: generator.integers(-9, 9, tensor.shape) for name, tensor in asked.items()}


@pytest.mark.parametrize("text", LAYERS)
def test_blocks_of_a_row_that_may_lie_inside_the_padding(text: str, request: pytest.FixtureRequest) -> None:
    x = whole_numbers(text)
    weights = whole_weights(text, x)
    at_once = execute(text, x, weights=weights)
    request.getfixturevalue("_single_rows")
    by_rows = execute(text, x, weights=weights)
    assert by_rows.output.tolist() == at_once.output.tolist()
    assert by_rows.operations == at_once.operations


@pytest.mark.usefixtures("_single_rows")
def test_rows_of_padding_alone_hold_the_bias() -> None:
    text = "conv2d: {out_channels: 1, kernel_size: 1, padding: 2}"
    done = execute(text, [[[[5]]]], weights={"weight": [[[[3]]]], "bias": [1]})
    assert done.output[0, 0].tolist() == [[1] * 5, [1] * 5, [1, 1, 16, 1, 1], [1] * 5, [1] * 5]


@pytest.mark.parametrize("text", LAYERS)
@pytest.mark.parametrize("lying", [*LYING, "sliced", "permuted"])
def test_any_layout_of_the_input(text: str, lying: str) -> None:
    x = whole_numbers(text)
    weights = whole_weights(text, x)
    expected = execute(text, x, weights=weights).output.tolist()
    assert execute(text, in_layout(x, lying), weights=weights).output.tolist() == expected


def in_layout(x: Any, lying: str) -> Any:
    if lying in LYING:
        return laid(x, lying)
    if lying == "sliced":
        return np.pad(x, 2, constant_values=np.nan)[(slice(2, -2),) * x.ndim]
    backwards = tuple(reversed(range(x.ndim)))
    return x.transpose(backwards).copy().transpose(backwards)


@pytest.mark.parametrize("text", LAYERS)
def test_samples_of_a_batch_are_by_themselves(text: str) -> None:
    x = whole_numbers(text, batch=3)
    weights = whole_weights(text, x)
    together = execute(text, x, weights=weights)
    alone = [execute(text, x[place : place + 1], weights=weights) for place in range(3)]
    assert together.output.tolist() == [one.output[0].tolist() for one in alone]
    assert together.operations == alone[0].operations.times(3)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("text", LAYERS)
def test_the_type_is_kept(text: str, dtype: str) -> None:
    x = np.sign(whole_numbers(text))  # sums stay below 2048, which float16 holds exactly
    weights = {name: np.sign(tensor) for name, tensor in whole_weights(text, x).items()}
    done = execute(text, x, weights=weights, dtype=dtype)
    assert done.output.dtype == dtype
    assert done.output.tolist() == execute(text, x, weights=weights).output.tolist()
