"""Shuffles, unfold and fold: values worked by hand or, where it says so, PyTorch 2.13's."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import execute

CORNERS = np.arange(4.0).reshape(1, 4, 1, 1)


def test_pixel_shuffle() -> None:
    done = execute("pixel_shuffle: 2", CORNERS)
    assert done.output.tolist() == [[[[0, 1], [2, 3]]]]
    assert done.operations == Operations()


def test_pixel_shuffle_of_many_channels() -> None:
    """Shi et al. 2016, equation 4: channels c*4 + i*2 + j fill the place (i, j) of the cells of channel c."""
    x = np.arange(2 * 8 * 2 * 3.0).reshape(2, 8, 2, 3)
    output = execute("pixel_shuffle: 2", x).output
    assert output.shape == (2, 2, 4, 6)
    assert output[0, 0, 0].tolist() == [0, 6, 1, 7, 2, 8]
    assert output[1, 1, 3].tolist() == [87, 93, 88, 94, 89, 95]  # channels 6 and 7, their second rows


def test_pixel_unshuffle() -> None:
    done = execute("pixel_unshuffle: 2", np.arange(16.0).reshape(1, 1, 4, 4))
    assert done.output.tolist() == [
        [[[0, 2], [8, 10]], [[1, 3], [9, 11]], [[4, 6], [12, 14]], [[5, 7], [13, 15]]]
    ]
    assert done.operations == Operations()


def test_channel_shuffle() -> None:
    """Two groups of three: 0 1 2 | 3 4 5 is dealt out as 0 3 1 4 2 5."""
    done = execute("channel_shuffle: 2", np.arange(12.0).reshape(1, 6, 2))
    assert done.output[0, :, 0].tolist() == [0, 6, 2, 8, 4, 10]
    assert done.operations == Operations()


def test_shuffles_of_views() -> None:
    x = np.arange(2 * 8 * 2 * 2.0).reshape(2, 8, 2, 2)
    wide = np.zeros((2, 8, 4, 4))
    wide[:, :, ::2, 1:3] = x
    by_position = np.ascontiguousarray(x.transpose(2, 3, 0, 1)).transpose(2, 3, 0, 1)
    for view in (wide[:, :, ::2, 1:3], by_position):
        assert execute("pixel_shuffle: 2", view).output[1, 1, 0].tolist() == [48, 52, 49, 53]
        assert execute("channel_shuffle: 4", view).output[0, :, 0, 0].tolist() == [
            0,
            8,
            16,
            24,
            4,
            12,
            20,
            28,
        ]
        assert execute("pixel_unshuffle: 2", view).output[1, 28:, 0, 0].tolist() == [60, 61, 62, 63]


def test_unfold() -> None:
    done = execute("unfold: 2", np.arange(1.0, 13).reshape(1, 1, 3, 4))
    columns = [[1, 2, 3, 5, 6, 7], [2, 3, 4, 6, 7, 8], [5, 6, 7, 9, 10, 11], [6, 7, 8, 10, 11, 12]]
    assert done.output.tolist() == [columns]
    assert done.operations == Operations()


def test_unfold_with_padding_stride_and_dilation() -> None:
    text = "unfold: {kernel_size: [1, 2], padding: [[0, 0], [1, 0]], stride: [2, 1], dilation: [1, 2]}"
    x = np.arange(1.0, 13).reshape(1, 2, 2, 3)
    # columns -1 and 1, 0 and 2 of row 0
    assert execute(text, x).output.tolist() == [[[0, 1], [2, 3], [0, 7], [8, 9]]]


def test_fold_sums_where_windows_overlap() -> None:
    """2 x 4 x 6 blocks (samples, cells of a 2 x 2 window, windows) to 3 x 4."""
    columns = np.stack([np.ones((4, 6)), np.arange(24.0).reshape(4, 6)])
    done = execute("fold: {output_size: [3, 4], kernel_size: 2}", columns)
    assert done.output.shape == (2, 1, 3, 4)
    assert done.output[0, 0].tolist() == [[1, 2, 2, 1], [2, 4, 4, 2], [1, 2, 2, 1]]
    assert done.output[1, 0].tolist() == [[0, 7, 9, 8], [15, 44, 48, 31], [15, 37, 39, 23]]  # PyTorch's
    assert done.operations == Operations(adds=48)


def test_fold_of_two_channels() -> None:
    columns = np.concatenate([np.ones((1, 4, 6)), np.full((1, 4, 6), 3.0)], axis=1)
    output = execute("fold: {output_size: [3, 4], kernel_size: 2}", columns).output
    assert output.shape == (1, 2, 3, 4)
    assert output[0, 1].tolist() == [[3, 6, 6, 3], [6, 12, 12, 6], [3, 6, 6, 3]]


def test_unfold_then_fold_gives_each_cell_times_its_windows() -> None:
    x = np.arange(1.0, 13).reshape(1, 1, 3, 4)
    columns = execute("unfold: 2", x).output
    output = execute("fold: {output_size: [3, 4], kernel_size: 2}", columns).output
    assert output[0, 0].tolist() == [[1, 4, 6, 4], [10, 24, 28, 16], [9, 20, 22, 12]]


def test_unfold_then_fold_with_padding_and_stride() -> None:
    """Windows of 3 with padding 1 and stride 2 lie over rows 0-1 and 1-3: row 1 is in both."""
    window = "kernel_size: 3, padding: 1, stride: 2"
    x = np.ones((2, 5, 4, 4))
    columns = execute(f"unfold: {{{window}}}", x)
    assert columns.output.shape == (2, 45, 4)
    folded = execute(f"fold: {{output_size: 4, {window}}}", columns.output)
    assert folded.output.shape == (2, 5, 4, 4)
    assert folded.output[1, 4].tolist() == [[1, 2, 1, 1], [2, 4, 2, 2], [1, 2, 1, 1], [1, 2, 1, 1]]
    assert folded.operations == Operations(adds=360)  # every value of the columns, in the padding too


def test_fold_cuts_unequal_padding_off() -> None:
    text = "fold: {output_size: [1, 2], kernel_size: [1, 3], padding: [[0, 0], [0, 1]]}"
    assert execute(text, [[[1], [2], [4]]]).output.tolist() == [[[[1, 2]]]]


def test_fold_with_dilation() -> None:
    text = "fold: {output_size: [1, 4], kernel_size: [1, 2], dilation: 2}"
    assert execute(text, [[[1, 2], [4, 8]]]).output.tolist() == [[[[1, 2, 4, 8]]]]


def test_fold_over_blocks_of_channels() -> None:
    output = execute(
        "fold: {output_size: 300, kernel_size: 1}", np.ones((1, 4, 90000)) * [[[1], [2], [3], [4]]]
    )
    assert (
        output.output.min(axis=(2, 3)).tolist() == output.output.max(axis=(2, 3)).tolist() == [[1, 2, 3, 4]]
    )


def test_single_precision_stays() -> None:
    for text in ("unfold: 1", "pixel_shuffle: 2", "pixel_unshuffle: 1", "channel_shuffle: 2"):
        assert execute(text, CORNERS, dtype="float32").output.dtype == np.float32
    folded = execute("fold: {output_size: 1, kernel_size: 1}", [[[1]]], dtype="float32")
    assert folded.output.dtype == np.float32


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("pixel_shuffle: 2", (1, 6, 2, 2)),
        ("pixel_shuffle: 2", (1, 4, 2)),
        ("pixel_unshuffle: 2", (1, 1, 3, 4)),
        ("pixel_unshuffle: 2", (1, 1, 4, 1)),
        ("pixel_unshuffle: 2", (1, 1, 4)),
        ("channel_shuffle: 3", (1, 4, 2)),
        ("channel_shuffle: 2", (1, 4)),
        ("unfold: 3", (1, 1, 2, 5)),
        ("unfold: 1", (1, 1, 4)),
        ("fold: {output_size: 3, kernel_size: 2}", (1, 6, 4)),
        ("fold: {output_size: 3, kernel_size: 2}", (1, 4, 6)),
        ("fold: {output_size: 3, kernel_size: 4}", (1, 16, 1)),
        ("fold: {output_size: 3, kernel_size: 2}", (1, 4)),
        ("fold: {output_size: 3, kernel_size: 2}", (1, 4, 2, 2)),
    ],
)
def test_shapes_that_do_not_fit(text: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(CannotRun):
        execute(text, np.ones(shape))
