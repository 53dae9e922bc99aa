"""Sliding pools: values worked by hand or, where it says so, PyTorch 2.13's."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import execute

COUNTED = np.arange(1.0, 17).reshape(1, 1, 4, 4)
"""1 to 16, row by row."""

HOLE = float("nan")
IMAGE = np.array([[[[1, 5, 2, 5], [5, 3, HOLE, 0], [0, 0, -1, -2], [0, 0, -3, -1]]]])
"""Has equal largest values, a cell that is not a number and a corner of negative ones."""


# Maximum


def test_largest_of_each_window() -> None:
    done = execute("max_pool2d: 2", COUNTED)
    assert done.output.tolist() == [[[[6, 8], [14, 16]]]]
    assert done.operations == Operations(compares=12)  # 4 outputs of 4 cells
    assert done.indices is None


def test_padding_is_never_the_largest() -> None:
    done = execute("max_pool2d: {kernel_size: 3, stride: 2, padding: 1}", -COUNTED)
    assert done.output.tolist() == [[[[-1, -2], [-5, -6]]]]
    assert done.operations == Operations(compares=32)


def test_dilation() -> None:
    done = execute("max_pool1d: {kernel_size: 2, dilation: 3, stride: 1}", [[[9, 1, 2, 3, 0, 5]]])
    assert done.output.tolist() == [[[9, 1, 5]]]


def test_last_window_hangs_over() -> None:
    done = execute("max_pool1d: {kernel_size: 2, ceil_mode: true}", [[[1, 2, -3]]])
    assert done.output.tolist() == [[[2, -3]]]
    assert execute("max_pool1d: 2", [[[1, 2, -3]]]).output.tolist() == [[[2]]]


def test_window_that_would_start_in_the_padding_is_dropped() -> None:
    """floor would give 2 windows, ceil 3, of which the third starts behind the input (PyTorch's rule)."""
    done = execute("max_pool1d: {kernel_size: 2, stride: 2, padding: 1, ceil_mode: true}", [[[4, 3, 2]]])
    assert done.output.tolist() == [[[4, 3]]]


def test_same_padding_puts_the_odd_cell_behind() -> None:
    done = execute("max_pool1d: {kernel_size: 2, stride: 1, padding: same}", [[[1, 3, 2]]])
    assert done.output.tolist() == [[[3, 3, 2]]]


def test_unequal_sides() -> None:
    done = execute("max_pool1d: {kernel_size: 2, stride: 2, padding: [[1, 0]]}", [[[7, 3, 2, 1, 9]]])
    assert done.output.tolist() == [[[7, 3, 9]]]


def test_volume() -> None:
    volume = np.arange(32.0).reshape(1, 1, 2, 4, 4)
    done = execute("max_pool3d: {kernel_size: [2, 2, 4], stride: 2}", volume)
    assert done.output.tolist() == [[[[[23], [31]]]]]
    assert done.operations == Operations(compares=30)


def test_volume_padded_in_depth() -> None:
    volume = np.arange(8.0).reshape(1, 1, 2, 2, 2)
    done = execute("max_pool3d: {kernel_size: 2, stride: 2, padding: [1, 0, 0]}", volume)
    assert done.output.ravel().tolist() == [3, 7]


def test_single_cell_is_a_copy() -> None:
    done = execute("max_pool2d: {kernel_size: 1, stride: 3}", COUNTED)
    assert done.output.tolist() == [[[[1, 4], [13, 16]]]]
    assert done.operations == Operations()


def test_not_a_number_stays() -> None:
    np.testing.assert_equal(execute("max_pool2d: 2", IMAGE).output, [[[[5, HOLE], [0, -1]]]])


# Where the maximum is: PyTorch's return_indices


def test_places_of_the_largest() -> None:
    done = execute("max_pool2d: 2", IMAGE, keeps_indices=True)
    np.testing.assert_equal(done.output, [[[[5, HOLE], [0, -1]]]])
    assert done.indices is not None
    assert done.indices.dtype == np.int64
    assert done.indices.tolist() == [[[[1, 6], [8, 10]]]]  # the first of two 5s and of four 0s
    assert done.operations == Operations(compares=12)


def test_places_with_padding() -> None:
    done = execute("max_pool2d: {kernel_size: 3, stride: 2, padding: 1}", IMAGE, keeps_indices=True)
    assert done.indices is not None
    assert done.indices.tolist() == [[[[1, 6], [4, 6]]]]  # PyTorch's


def test_place_behind_padding_is_a_cell_even_if_all_is_minus_infinity() -> None:
    nothing = np.full((1, 1, 2, 2), -np.inf)
    done = execute("max_pool2d: {kernel_size: 2, stride: 2, padding: 1}", nothing, keeps_indices=True)
    assert done.indices is not None
    assert done.indices.tolist() == [[[[0, 1], [2, 3]]]]


def test_window_in_the_padding_has_no_place() -> None:
    """A dilated window looks past an input of one cell on both sides."""
    text = "max_pool1d: {kernel_size: 2, dilation: 2, padding: 1}"
    done = execute(text, [[[5]]], keeps_indices=True)
    assert done.output.tolist() == [[[-np.inf]]]
    assert done.indices is not None
    assert done.indices.tolist() == [[[-1]]]


def test_places_in_lines_and_volumes() -> None:
    line = execute(
        "max_pool1d: {kernel_size: 2, dilation: 2, stride: 1}", [[[1, 9, 3, 0]]], keeps_indices=True
    )
    volume = np.zeros((1, 1, 4, 2, 3))
    volume[0, 0, [1, 2], [1, 0], [2, 0]] = 1  # at 1*6 + 1*3 + 2 = 11 and at 2*6 = 12
    pooled = execute("max_pool3d: {kernel_size: [2, 2, 3]}", volume, keeps_indices=True)
    assert line.indices is not None
    assert pooled.indices is not None
    assert line.indices.tolist() == [[[2, 1]]]
    assert pooled.indices.tolist() == [[[[[11]], [[12]]]]]


def test_places_of_each_channel_and_sample() -> None:
    x = np.zeros((2, 2, 2, 2))
    for sample, channel, row, column in ((0, 0, 0, 1), (0, 1, 1, 0), (1, 0, 1, 1), (1, 1, 0, 0)):
        x[sample, channel, row, column] = 1
    done = execute("max_pool2d: 2", x, keeps_indices=True)
    assert done.indices is not None
    assert done.indices.ravel().tolist() == [1, 2, 3, 0]


def test_places_over_several_blocks() -> None:
    x = np.zeros((1, 3, 400, 600))
    x[:, :, 399, 599] = x[:, :, 200, 300] = 1
    done = execute("max_pool2d: 2", x, keeps_indices=True)
    assert done.indices is not None
    assert done.indices[0, :, 100, 150].tolist() == [120300] * 3  # 200*600 + 300
    assert done.indices[0, :, 199, 299].tolist() == [239999] * 3


# Mean


def test_mean_of_each_window() -> None:
    done = execute("avg_pool2d: 2", COUNTED)
    assert done.output.tolist() == [[[[3.5, 5.5], [11.5, 13.5]]]]
    assert done.operations == Operations(adds=12, muls=4)


def test_padding_counts() -> None:
    """Corners (1+2+5+6)/9, edges (3+4+7+8+2+6)/9; what hangs over behind the padding does not count."""
    done = execute("avg_pool2d: {kernel_size: 3, stride: 2, padding: 1, ceil_mode: true}", COUNTED)
    expected = [[14 / 9, 30 / 9, 12 / 6], [57 / 9, 11, 36 / 6], [27 / 6, 45 / 6, 16 / 4]]  # PyTorch's
    np.testing.assert_allclose(done.output[0, 0], expected, rtol=1e-14)
    assert done.operations == Operations(adds=72, muls=9)


def test_padding_does_not_count() -> None:
    text = "avg_pool2d: {kernel_size: 3, stride: 2, padding: 1, ceil_mode: true, count_include_pad: false}"
    expected = [[3.5, 5, 6], [9.5, 11, 12], [13.5, 15, 16]]  # PyTorch's
    np.testing.assert_allclose(execute(text, COUNTED).output[0, 0], expected, rtol=1e-14)


def test_divisor_override() -> None:
    text = "avg_pool2d: {kernel_size: 3, stride: 2, padding: 1, ceil_mode: true, divisor_override: 2}"
    expected = [[7, 15, 6], [28.5, 49.5, 18], [13.5, 22.5, 8]]  # PyTorch's
    assert execute(text, COUNTED).output.tolist() == [[expected]]


def test_mean_of_unequal_sides() -> None:
    text = "avg_pool1d: {kernel_size: 2, stride: 2, padding: [[1, 0]], count_include_pad: %s}"
    assert execute(text % "true", [[[6, 2, 4]]]).output.tolist() == [[[3, 3]]]
    assert execute(text % "false", [[[6, 2, 4]]]).output.tolist() == [[[6, 3]]]


def test_mean_over_a_volume() -> None:
    volume = np.arange(16.0).reshape(1, 1, 2, 2, 4)
    done = execute("avg_pool3d: {kernel_size: 2}", volume)
    assert done.output.tolist() == [[[[[6.5, 8.5]]]]]  # (0+1+4+5+8+9+12+13)/8


# Norm


def test_norm_of_each_window() -> None:
    done = execute("lp_pool1d: {norm_type: 2, kernel_size: 2}", [[[3, 4, -5, 12]]])
    assert done.output.tolist() == [[[5, 13]]]
    assert done.operations == Operations(adds=2, transcendentals=6)  # each cell a power, each output a root


def test_norms_of_one_and_three() -> None:
    x = [[[[1, 2], [3, 4]]]]
    assert execute("lp_pool2d: {norm_type: 1, kernel_size: 2}", x).output.item() == 10
    assert execute("lp_pool2d: {norm_type: 3, kernel_size: 2}", x).output.item() == pytest.approx(
        100 ** (1 / 3)
    )


def test_norm_of_what_is_there_where_a_window_hangs_over() -> None:
    """PyTorch gives 5 * sqrt(2) for the second: the mean times the cells of a whole window."""
    done = execute("lp_pool1d: {norm_type: 2, kernel_size: 2, ceil_mode: true}", [[[3, 4, 5]]])
    assert done.output.tolist() == [[[5, 5]]]
    assert done.operations == Operations(adds=2, transcendentals=6)


# Arrays of all kinds


@pytest.mark.parametrize(
    "text", ["max_pool2d: 2", "avg_pool2d: 2", "lp_pool2d: {norm_type: 1, kernel_size: 2}"]
)
def test_any_strides(text: str) -> None:
    """Samples and channels of 1 to 4 in each window, read from views: cropped, reversed, transposed."""
    x = np.empty((2, 3, 2, 4))
    x[...] = np.array([[1, 2, 1, 2], [3, 4, 3, 4]]) * np.arange(1, 7).reshape(2, 3, 1, 1)
    once = {"max_pool2d": 4, "avg_pool2d": 2.5, "lp_pool2d": 10}[text.split(":")[0]]
    expected = once * np.repeat(np.arange(1, 7), 2).reshape(2, 3, 1, 2)
    wide = np.full((4, 5, 4, 6), HOLE)
    wide[1:3, 1:4, 1:3, 1:5] = x
    by_position = np.ascontiguousarray(x.transpose(3, 2, 0, 1)).transpose(2, 3, 1, 0)
    for view in (x, wide[1:3, 1:4, 1:3, 1:5], by_position, x[:, :, ::-1, ::-1]):
        np.testing.assert_allclose(execute(text, view).output, expected, rtol=1e-14)


@pytest.mark.parametrize(
    "text", ["max_pool2d: 2", "avg_pool2d: 2", "lp_pool2d: {norm_type: 2, kernel_size: 2}"]
)
def test_single_precision_stays(text: str) -> None:
    assert execute(text, COUNTED, dtype="float32").output.dtype == np.float32


# Refusals


@pytest.mark.parametrize(
    "text",
    [
        "max_pool2d: {kernel_size: 3, padding: 2}",
        "avg_pool2d: {kernel_size: [2, 3], padding: [[0, 0], [0, 2]]}",
        "max_pool1d: 2",
        "avg_pool3d: 1",
        "max_pool2d: 5",
        "avg_pool2d: [1, 5]",
        "lp_pool2d: {norm_type: 2, kernel_size: 5}",
        "max_pool2d: {kernel_size: 3, dilation: 2}",
    ],
)
def test_windows_that_do_not_run(text: str) -> None:
    with pytest.raises(CannotRun):
        execute(text, COUNTED)


@pytest.mark.parametrize("kind", ["avg_pool3d: {", "lp_pool3d: {norm_type: 2, "])
@pytest.mark.parametrize(
    "more", ["kernel_size: [1, 1, 3], ceil_mode: true", "kernel_size: [3, 1, 1], padding: 1"]
)
def test_volumes_smaller_than_their_window(kind: str, more: str) -> None:
    """PyTorch counts neither padding nor ceil_mode there, and only for means of volumes."""
    text = kind + (more if "lp" not in kind else more.replace(", padding: 1", "")) + ", stride: 2}"
    with pytest.raises(CannotRun):
        execute(text, np.ones((1, 1, 2, 2, 2)))
    plane = "avg_pool2d: {kernel_size: [1, 3], ceil_mode: true, stride: 2}"
    assert execute(plane, np.ones((1, 1, 2, 2))).output.shape == (1, 1, 1, 1)


def test_same_padding_makes_up_for_a_small_volume() -> None:
    done = execute("avg_pool3d: {kernel_size: 3, stride: 2, padding: same}", np.full((1, 1, 2, 2, 2), 27.0))
    assert done.output.tolist() == [[[[[8]]]]]
