"""Adaptive and global pools: values worked by hand or, where it says so, PyTorch 2.13's."""

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


def test_windows_that_do_not_divide_share_cells() -> None:
    """5 cells for 3: cells 0-1, 1-3 and 3-4."""
    done = execute("adaptive_avg_pool1d: 3", [[[1, 2, 3, 4, 6]]])
    assert done.output.tolist() == [[[1.5, 3, 5]]]
    assert done.operations == Operations(adds=4, muls=3)  # windows of 2, 3 and 2 cells


def test_mean_and_largest_of_a_plane() -> None:
    """Rows 0-1, 1-2, 2-3; columns 0-1, 2-3."""
    mean = execute("adaptive_avg_pool2d: [3, 2]", COUNTED)
    largest = execute("adaptive_max_pool2d: [3, 2]", COUNTED)
    assert mean.output.tolist() == [[[[3.5, 5.5], [7.5, 9.5], [11.5, 13.5]]]]  # PyTorch's
    assert largest.output.tolist() == [[[[6, 8], [10, 12], [14, 16]]]]
    assert mean.operations == Operations(adds=18, muls=6)
    assert largest.operations == Operations(compares=18)


def test_volume() -> None:
    volume = np.arange(24.0).reshape(1, 1, 3, 2, 4)
    done = execute("adaptive_avg_pool3d: [2, 1, 2]", volume)
    # planes 0-1 and 1-2, both rows, columns 0-1 and 2-3: (0+1+4+5 + 8+9+12+13)/8 = 6.5
    assert done.output.tolist() == [[[[[6.5, 8.5]], [[14.5, 16.5]]]]]
    assert done.operations == Operations(adds=28, muls=4)


def test_more_outputs_than_cells() -> None:
    """2 cells for 3: cell 0, both, cell 1."""
    assert execute("adaptive_avg_pool1d: 3", [[[2, 4]]]).output.tolist() == [[[2, 3, 4]]]
    assert execute("adaptive_max_pool1d: 4", [[[2, 4]]]).output.tolist() == [[[2, 2, 4, 4]]]


def test_windows_that_divide() -> None:
    """Two cells for each of four outputs."""
    done = execute("adaptive_avg_pool1d: 4", [[[1, 3, 5, 7, 2, 4, 6, 6]]])
    assert done.output.tolist() == [[[2, 6, 3, 6]]]
    assert done.operations == Operations(adds=4, muls=4)


def test_null_keeps_an_axis() -> None:
    done = execute("adaptive_max_pool2d: [null, 1]", COUNTED)
    assert done.output.tolist() == [[[[4], [8], [12], [16]]]]
    same = execute("adaptive_avg_pool2d: [null, null]", COUNTED)
    assert same.output.tolist() == COUNTED.tolist()
    assert same.operations == Operations(muls=16)


def test_places_of_windows_that_share_cells() -> None:
    done = execute("adaptive_max_pool2d: 3", IMAGE, keeps_indices=True)
    np.testing.assert_equal(done.output, [[[[5, HOLE, HOLE], [5, HOLE, HOLE], [0, 0, -1]]]])
    assert done.indices is not None
    assert done.indices.dtype == np.int64
    assert done.indices.tolist() == [[[[1, 6, 6], [4, 6, 6], [8, 9, 10]]]]  # PyTorch's
    assert done.operations == Operations(compares=27)


def test_places_of_windows_alike() -> None:
    done = execute("adaptive_max_pool2d: [4, 2]", COUNTED, keeps_indices=True)
    assert done.indices is not None
    assert done.indices.tolist() == [[[[1, 3], [5, 7], [9, 11], [13, 15]]]]


def test_places_in_lines_and_volumes() -> None:
    line = execute("adaptive_max_pool1d: 2", [[[1, 9, 3, 0, 4]]], keeps_indices=True)
    volume = np.zeros((2, 1, 3, 2, 2))
    volume[0, 0, 2, 1, 0] = volume[1, 0, 1, 0, 1] = 1
    whole = execute("adaptive_max_pool3d: 1", volume, keeps_indices=True)
    assert line.indices is not None
    assert whole.indices is not None
    assert line.indices.tolist() == [[[1, 4]]]
    assert whole.indices.ravel().tolist() == [10, 5]  # 2*4 + 1*2 and 1*4 + 1


# Global pools


@pytest.mark.parametrize("kind", ["global_avg_pool", "global_avg_pool2d", "adaptive_avg_pool2d: 1"])
def test_global_mean(kind: str) -> None:
    done = execute(kind, np.stack([COUNTED[0], -COUNTED[0]]))
    assert done.output.tolist() == [[[[8.5]]], [[[-8.5]]]]
    assert done.operations == Operations(adds=30, muls=2)


@pytest.mark.parametrize("kind", ["global_max_pool", "global_max_pool2d", "adaptive_max_pool2d: 1"])
def test_global_maximum(kind: str) -> None:
    done = execute(kind, np.stack([COUNTED[0], -COUNTED[0]]))
    assert done.output.tolist() == [[[[16]]], [[[-1]]]]
    assert done.operations == Operations(compares=30)


@pytest.mark.parametrize("sizes", [(6,), (2, 3), (1, 6), (6, 1), (1, 2, 3), (1, 1, 6), (1, 2, 1, 3)])
def test_any_number_of_axes(sizes: tuple[int, ...]) -> None:
    x = np.arange(12.0).reshape(1, 2, *sizes)
    kept = execute("global_avg_pool", x)
    gone = execute("global_max_pool: {keepdim: false}", x)
    assert kept.output.shape == (1, 2, *(1 for _ in sizes))
    assert kept.output.ravel().tolist() == [2.5, 8.5]
    assert kept.operations == Operations(adds=10, muls=2)
    assert gone.output.tolist() == [[5, 11]]
    assert gone.operations == Operations(compares=10)


@pytest.mark.parametrize("kind", ["global_avg_pool", "global_max_pool", "adaptive_max_pool2d: 3"])
def test_not_a_number_stays(kind: str) -> None:
    assert np.isnan(execute(kind, IMAGE).output).any()


def test_single_precision_is_exact_enough() -> None:
    """A running sum of 0.1 over a million cells would be off by a percent."""
    done = execute("global_avg_pool", np.full((1, 2, 1000, 1000), 0.1), dtype="float32")
    assert done.output.dtype == np.float32
    np.testing.assert_allclose(done.output.ravel(), 0.1, rtol=1e-5)


def test_any_strides() -> None:
    x = np.arange(2 * 3 * 5 * 4.0).reshape(2, 3, 5, 4)
    wide = np.full((2, 3, 7, 8), HOLE)
    wide[:, :, 1:6, ::2] = x
    by_position = np.ascontiguousarray(x.transpose(2, 3, 0, 1)).transpose(2, 3, 0, 1)
    for view in (wide[:, :, 1:6, ::2], by_position):
        mean = execute("adaptive_avg_pool2d: [3, 4]", view).output
        assert mean[1, 2, :, 3].tolist() == [105, 111, 117]  # rows 0-1, 1-3 and 3-4 of 103, 107, ..., 119
        assert execute("global_max_pool", view).output.ravel().tolist() == [19, 39, 59, 79, 99, 119]


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("adaptive_avg_pool2d: 1", 1),
        ("adaptive_max_pool1d: 1", 2),
        ("adaptive_max_pool3d: 1", 2),
        ("global_avg_pool1d", 2),
        ("global_max_pool3d", 2),
        ("global_avg_pool", 0),
        ("global_max_pool", 0),
    ],
)
def test_axes_that_do_not_fit(text: str, axes: int) -> None:
    with pytest.raises(CannotRun):
        execute(text, np.ones((1, 2, *(4,) * axes)))
