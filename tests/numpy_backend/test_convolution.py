"""Convolutions: values worked by hand, what is counted, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import execute

IMAGE = [
    [1, 2, -1, 4, 4, 2],
    [4, -1, 2, 3, 6, 2],
    [2, 1, 4, 1, 3, 3],
    [1, 5, 2, 4, 8, 7],
    [3, 5, 2, 1, 9, 8],
    [6, 5, 7, 6, 6, 6],
]
LAPLACIAN = [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
ROW = [1, 0, -2, 3, 1, 2, -1, 5, -3]
SMOOTHING = [0.5, 1, 0.5]
SMOOTHED = [-0.5, -0.5, 2.5, 3.5, 2, 2.5, 3]  # where the window lies within the row

C3_TABLE = [  # LeCun, Bottou, Bengio & Haffner 1998, Table I
    *([first, first + 1, first + 2] for first in range(4)),
    *([0, 4, 5], [0, 1, 5]),
    *([first, first + 1, first + 2, first + 3] for first in range(3)),
    *([0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]),
    [0, 1, 2, 3, 4, 5],
]


def convolved(text: str, x: Any, *kernel: Any, **options: Any) -> Any:
    """The only sample of a convolution with this weight, and a bias if there are two tensors."""
    weights = dict(zip(("weight", "bias"), map(np.array, kernel), strict=False))
    return execute(text, np.array(x)[None], weights=weights, **options).output[0].tolist()


def conv1d(arguments: str, x: list[float], kernel: list[float]) -> Any:
    """One channel of a single one, without a bias."""
    text = f"conv1d: {{out_channels: 1, kernel_size: {len(kernel)}, bias: false, {arguments}}}"
    return convolved(text, [x], [[kernel]])[0]


# --- windows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stride", "expected"),
    [
        (1, [[-13, 3, -1, 12], [-6, 10, -10, -6], [11, -7, 4, 9], [5, -7, -17, 13]]),
        (3, [[-13, 12], [5, 13]]),
        ([1, 3], [[-13, 12], [-6, -6], [11, 9], [5, 13]]),
    ],
)
def test_the_laplacian_of_an_image(stride: Any, expected: Any) -> None:
    text = f"conv2d: {{out_channels: 1, kernel_size: 3, stride: {stride}, bias: false}}"
    assert convolved(text, [IMAGE], [[LAPLACIAN]]) == [expected]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("padding: valid", SMOOTHED),
        ("padding: 1", [1, *SMOOTHED, -0.5]),
        ("padding: same", [1, *SMOOTHED, -0.5]),
        ("padding: 1, padding_mode: circular", [-0.5, *SMOOTHED, 0]),
        ("padding: 1, padding_mode: replicate", [1.5, *SMOOTHED, -2]),
        ("padding: 1, padding_mode: reflect", [1, *SMOOTHED, 2]),
        # before the row: 5, -3, or behind it: 1, 0
        ("padding: 2, padding_mode: circular", [0, -0.5, *SMOOTHED, 0, -0.5]),
        ("padding: 2, padding_mode: replicate", [2, 1.5, *SMOOTHED, -2, -6]),
        ("padding: 2, padding_mode: reflect", [-0.5, 1, *SMOOTHED, 2, 3]),
        ("padding: [[2, 0]]", [0.5, 1, *SMOOTHED]),
        ("padding: 1, stride: 4", [1, 3.5, -0.5]),
        ("padding: 1, padding_mode: circular, stride: 4", [-0.5, 3.5, 0]),
    ],
)
def test_smoothing_a_row(arguments: str, expected: list[float]) -> None:
    assert conv1d(arguments, ROW, SMOOTHING) == expected


@pytest.mark.parametrize(
    ("arguments", "row", "kernel", "expected"),
    [
        # TensorFlow's `same`: ceil(size / stride) windows, the odd cell of padding behind the input
        ("padding: same, stride: 2", [1, 2, 3, 4, 5], [1, 1, 1], [3, 9, 9]),
        ("padding: same, stride: 2", [1, 2, 3, 4], [1, 1, 1], [6, 7]),
        ("padding: same", [1, 2, 3], [1, 10], [21, 32, 3]),
        ("padding: same, stride: 3", [1, 2, 3, 4], [1], [1, 4]),
        ("padding: same, dilation: 2", [1, 2, 3, 4], [1, 10, 100], [310, 420, 31, 42]),
        # causal: an output sees its own cell and those before it
        ("padding: causal", [1, 2, 3], [1, 10, 100], [100, 210, 321]),
        ("padding: causal, dilation: 2", [1, 2, 3], [1, 10], [10, 20, 31]),
        ("padding: causal, stride: 2", [1, 2, 3], [1, 10], [10, 32]),
        ("dilation: 3", [1, 2, 3, 4, 5], [1, 10], [41, 52]),
        ("dilation: 3, stride: 2", [1, 2, 3, 4, 5, 6], [1, 10], [41, 63]),
        ("stride: 2", [1, 2, 3, 4], [7], [7, 21]),  # a window of one cell that does not read all cells
        ("padding: 1", [1, 2], [7], [0, 7, 14, 0]),
    ],
)
def test_windows_along_a_row(
    arguments: str, row: list[float], kernel: list[float], expected: list[float]
) -> None:
    assert conv1d(arguments, row, kernel) == expected


def test_the_sides_of_each_axis() -> None:
    text = "conv2d: {out_channels: 1, kernel_size: 1, padding: [[1, 0], [0, 2]], bias: false}"
    assert convolved(text, [[[3]]], [[[[2]]]]) == [[[0, 0, 0], [6, 0, 0]]]


def test_three_axes() -> None:
    cube = np.arange(1, 9).reshape(1, 2, 2, 2)
    text = "conv3d: {out_channels: 1, kernel_size: %s, bias: false}"
    assert convolved(text % 2, cube, np.ones((1, 1, 2, 2, 2))) == [[[[36]]]]
    # the front less the back, 4 further on
    assert convolved(text % [2, 1, 1], cube, [[[[[1]], [[-1]]]]]) == [[[[-4, -4], [-4, -4]]]]
    padded = (
        "conv3d: {out_channels: 1, kernel_size: [2, 1, 2], padding: [[0, 1], [0, 0], [0, 0]], bias: false}"
    )
    kernel = [[[[[1, 0]], [[0, 10]]]]]
    assert convolved(padded, cube, kernel) == [[[[1 + 60], [3 + 80]], [[5], [7]]]]


def test_what_is_not_a_number_stays_in_the_windows_that_see_it() -> None:
    with np.errstate(invalid="ignore"):
        found = conv1d("padding: 1", [1, 2, np.nan, 4, 5], [1, 1, 1])
    assert np.isnan(found).tolist() == [False, True, True, True, False]


# --- channels ----------------------------------------------------------------------------------------


def test_channels_are_summed_and_the_bias_is_added() -> None:
    text = "conv2d: {out_channels: 2, kernel_size: 1}"
    weight = np.array([[1, 10, 100], [-1, 0, 0]]).reshape(2, 3, 1, 1)
    x = [[[1, 2]], [[3, 4]], [[5, 6]]]
    assert convolved(text, x, weight, [0.5, 1]) == [[[531.5, 642.5]], [[0, -1]]]


def test_groups_do_not_see_each_other() -> None:
    text = "conv1d: {out_channels: 4, kernel_size: 1, groups: 2, bias: false}"
    weight = np.array([[1, 0], [1, 1], [1, -1], [0, 2]])[..., None]
    assert convolved(text, [[1], [2], [3], [4]], weight) == [[1], [3], [-1], [8]]


def test_the_connections_of_lenet5_c3() -> None:
    """A map of constant c in channel c: each output is 25 times the sum of the channels that it reads."""
    maps = np.broadcast_to(np.arange(6)[:, None, None], (6, 14, 14))
    text = f"conv2d: {{out_channels: 16, kernel_size: 5, connection_table: {C3_TABLE}}}"
    c3 = execute(text, maps[None], weights={"weight": np.ones((60, 5, 5)), "bias": np.zeros(16)})
    assert c3.output.shape == (1, 16, 10, 10)
    sums = [3, 6, 9, 12, 9, 6, 6, 10, 14, 12, 10, 8, 8, 12, 10, 15]
    assert (c3.output == 25 * np.array(sums)[None, :, None, None]).all()
    # the paper: 1,516 trainable parameters and 151,600 connections
    assert sum(tensor.size for tensor in c3.weights.values()) == 1516
    assert c3.operations == Operations(macs=150_000, adds=1_600)


def test_kernels_of_a_connection_table_follow_one_another() -> None:
    text = "conv1d: {out_channels: 2, kernel_size: 2, bias: false, connection_table: [[2, 0], [1]]}"
    kernels = [[1, 10], [100, 1000], [-1, 1]]
    assert convolved(text, [[1, 2], [3, 5], [7, 8]], kernels) == [[7 + 80 + 100 + 2000], [2]]


@pytest.mark.parametrize(
    "kind", ["depthwise_conv1d: {multiplier: 2,", "conv1d: {groups: 2, out_channels: 4,"]
)
def test_channels_by_themselves(kind: str) -> None:
    kernels = [[[1, 1]], [[1, -1]], [[0, 1]], [[2, 0]]]
    x = [[1, 2, 3], [4, 5, 6]]
    expected = [[3, 5], [-1, -1], [5, 6], [8, 10]]
    assert convolved(f"{kind} kernel_size: 2, bias: false}}", x, kernels) == expected
    with_bias = [[4, 6], [1, 1], [8, 9], [12, 14]]
    assert convolved(f"{kind} kernel_size: 2}}", x, kernels, [1, 2, 3, 4]) == with_bias


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("stride: 2", [[16, 24], [56, 64]]),
        ("stride: 3", [[16, 28], [76, 88]]),
        ("dilation: 4", [[1 + 5 + 21 + 25]]),
        ("stride: [2, 3], dilation: 2", [[1 + 3 + 11 + 13], [11 + 13 + 21 + 23]]),
        ("stride: 3, padding: [[1, 0], [0, 1]]", [[3, 9], [11 + 12 + 16 + 17, 14 + 15 + 19 + 20]]),
        ("stride: 4, padding: same", [[1 + 2 + 6 + 7, 5 + 10], [21 + 22, 25]]),
        ("stride: 2, padding: 1, padding_mode: replicate", [[4, 10, 18], [34, 40, 48], [74, 80, 88]]),
    ],
)
def test_sums_of_cells_of_two_channels(arguments: str, expected: list[list[int]]) -> None:
    """An image of 1 to 25, and the same times -10."""
    image = np.arange(1, 26).reshape(5, 5)
    text = f"depthwise_conv2d: {{kernel_size: 2, bias: false, {arguments}}}"
    found = convolved(text, [image, -10 * image], np.ones((2, 1, 2, 2)))
    assert found == [expected, (-10 * np.array(expected)).tolist()]


def test_depthwise_on_three_axes() -> None:
    cube = np.arange(1, 9).reshape(1, 2, 2, 2)
    text = "depthwise_conv3d: {kernel_size: [2, 1, 1], multiplier: 2, bias: false}"
    kernels = np.array([[1, 1], [1, 0]]).reshape(2, 1, 2, 1, 1)
    assert convolved(text, cube, kernels) == [[[[6, 8], [10, 12]]], [[[1, 2], [3, 4]]]]


def test_separable() -> None:
    weights = {
        "depthwise_weight": np.array([[[[1, 1], [1, 1]]], [[[1, 0], [0, -1]]]]),
        "pointwise_weight": np.array([[1, 1], [2, 0]]).reshape(2, 2, 1, 1),
        "bias": np.array([0.5, -1]),
    }
    x = np.array([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]])
    separable = execute("separable_conv2d: {out_channels: 2, kernel_size: 2}", x, weights=weights)
    assert separable.output.tolist() == [[[[10 - 3 + 0.5]], [[20 - 1]]]]
    assert separable.operations == Operations(macs=2 * 4 + 2 * 2, adds=2)


# --- what is counted and asked for -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape", "operations"),
    [
        # ResNet's first convolution: 112 x 112 x 64 x 147 (118,013,952)
        (
            "conv2d: {out_channels: 64, kernel_size: 7, stride: 2, padding: 3, bias: false}",
            (3, 224, 224),
            Operations(macs=118_013_952),
        ),
        # positions in the padding count: 7 x 7 outputs of 9 cells each
        ("conv2d: {out_channels: 1, kernel_size: 3, padding: 4}", (1, 1, 1), Operations(441, 49)),
        ("conv2d: {out_channels: 4, kernel_size: 1, groups: 2}", (4, 3, 3), Operations(72, 36)),
        ("conv1d: {out_channels: 2, kernel_size: 3}", (5, 4), Operations(60, 4)),
        ("depthwise_conv2d: {kernel_size: 3, multiplier: 2}", (5, 4, 3), Operations(180, 20)),
        ("conv3d: {out_channels: 2, kernel_size: 2, bias: false}", (3, 2, 3, 2), Operations(96)),
    ],
)
def test_operations(text: str, shape: tuple[int, ...], operations: Operations) -> None:
    assert execute(text, np.ones((1, *shape)), dtype="float32").operations == operations


# --- what cannot be ----------------------------------------------------------------------------------


def refused() -> Iterator[Any]:
    for text, shape, reason in (
        ("conv2d: {out_channels: 4, kernel_size: 1, groups: 2}", (3, 4, 4), "2 groups do not divide 3 and 4"),
        ("conv2d: {out_channels: 3, kernel_size: 1, groups: 2}", (4, 4, 4), "2 groups do not divide 4 and 3"),
        ("conv2d: {out_channels: 1, kernel_size: 5}", (1, 8, 4), "window of 5 cells does not fit"),
        ("conv1d: {out_channels: 1, kernel_size: 3, dilation: 4}", (1, 8), "window of 9 cells does not fit"),
        ("conv2d: {out_channels: 1, kernel_size: 1}", (1, 4), "has 2 axes, and the input 1"),
        ("conv1d: {out_channels: 1, kernel_size: 1}", (1, 4, 4), "has 1 axes, and the input 2"),
        ("conv3d: {out_channels: 1, kernel_size: 1}", (1, 4, 4), "has 3 axes, and the input 2"),
        ("depthwise_conv2d: 1", (1, 4), "has 2 axes, and the input 1"),
        ("separable_conv2d: {out_channels: 1, kernel_size: 9}", (1, 8, 8), "window of 9 cells"),
        (
            "conv1d: {out_channels: 1, kernel_size: 1, connection_table: [[2]]}",
            (2, 4),
            "reads channel 2 of 2",
        ),
        (
            "conv1d: {out_channels: 1, kernel_size: 1, padding: 4, padding_mode: reflect}",
            (1, 4),
            "reflect padding cannot take 4 cells from 4",
        ),
        (
            "depthwise_conv1d: {kernel_size: 1, padding: 5, padding_mode: circular}",
            (1, 4),
            "circular padding cannot take 5 cells from 4",
        ),
        (
            # also where no window gets as far as the padding behind the input
            "conv1d: {out_channels: 1, kernel_size: 1, stride: 20, padding: [[0, 4]], padding_mode: reflect}",
            (1, 4),
            "reflect padding cannot take 4 cells from 4",
        ),
    ):
        yield pytest.param(text, shape, reason, id=f"{text} {shape}")


@pytest.mark.parametrize(("text", "shape", "reason"), list(refused()))
def test_refusals(text: str, shape: tuple[int, ...], reason: str) -> None:
    with pytest.raises(CannotRun, match=reason):
        execute(text, np.ones((1, *shape)))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("conv1d: {out_channels: 1, kernel_size: 1, padding: 3, padding_mode: reflect}", (1, 4)),
        ("conv1d: {out_channels: 1, kernel_size: 1, padding: 4, padding_mode: circular}", (1, 4)),
        ("conv2d: {out_channels: 1, kernel_size: 4}", (1, 4, 4)),
        ("conv2d: {out_channels: 1, kernel_size: 9, padding: 4}", (1, 1, 1)),
    ],
)
def test_what_just_fits(text: str, shape: tuple[int, ...]) -> None:
    assert execute(text, np.ones((1, *shape))).output.size
