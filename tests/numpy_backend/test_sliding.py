"""Windows over real arrays: how many there are on an axis, and what each of them sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.numpy_backend.sliding import (
    Axis,
    axes_over,
    axis_over,
    row_window_blocks,
    rows_within,
    window_blocks,
)
from cnncalc.numpy_backend.tensors import RandomTensors
from cnncalc.numpy_backend.work import CannotRun, Scratch, Work


def work() -> Work:
    chosen = np.dtype("float64")
    return Work("layer", chosen, RandomTensors(0, chosen), Scratch())


# --- an axis -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "places", "before", "after"),
    [
        # size, kernel, stride, dilation, sides
        ((224, 7, 2, 1, (3, 3)), 112, 3, 3),  # ResNet's first convolution
        ((5, 3, 1, 1, (0, 0)), 3, 0, 0),
        ((5, 3, 2, 1, (0, 0)), 2, 0, 0),
        ((6, 3, 2, 1, (0, 0)), 2, 0, 0),
        ((7, 3, 1, 3, (0, 0)), 1, 0, 0),
        ((1, 1, 1, 1, (4, 2)), 7, 4, 2),
        ((5, 3, 1, 1, "valid"), 3, 0, 0),
        ((5, 3, 1, 1, "same"), 5, 1, 1),
        ((5, 4, 1, 1, "same"), 5, 1, 2),
        ((5, 3, 2, 1, "same"), 3, 1, 1),
        ((4, 3, 2, 1, "same"), 2, 0, 1),
        ((4, 1, 3, 1, "same"), 2, 0, 0),  # the windows start at 0 and 3, and none is missing anything
        ((5, 3, 1, 2, "causal"), 5, 4, 0),
        ((5, 3, 2, 1, "causal"), 3, 2, 0),
    ],
)
def test_the_windows_of_an_axis(arguments: tuple[Any, ...], places: int, before: int, after: int) -> None:
    axis = axis_over(*arguments)
    assert (axis.places, axis.before, axis.after) == (places, before, after)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "sides", "places"),
    [
        (6, 3, 2, (0, 0), 3),  # starts at 0, 2, 4: the last one hangs over the end by a cell
        (5, 3, 2, (0, 0), 2),
        (5, 2, 2, (1, 1), 3),  # starts at -1, 1, 3
        (4, 2, 2, (1, 1), 3),  # at -1, 1, 3; rounding up gives no more
        (3, 2, 3, (1, 1), 2),  # at -1 and 2
        (2, 2, 3, (1, 1), 1),  # the second would start at 2, behind the input
        (1, 1, 5, (0, 0), 1),
    ],
)
def test_a_last_window_may_hang_over_if_it_starts_in_front_of_the_end(
    size: int, kernel: int, stride: int, sides: tuple[int, int], places: int
) -> None:
    assert axis_over(size, kernel, stride, 1, sides, ceil_mode=True).places == places


@pytest.mark.parametrize(
    ("axis", "extent", "covered", "padded"),
    [
        (axis_over(5, 3, 1, 1, (0, 0)), 3, 5, False),
        (axis_over(6, 3, 2, 1, (0, 0)), 3, 5, False),  # the last cell is not looked at
        (axis_over(6, 2, 2, 3, (0, 0)), 4, 6, False),
        (axis_over(5, 3, 1, 1, (1, 1)), 3, 7, True),
        (axis_over(4, 3, 2, 1, "same"), 3, 5, True),
        (axis_over(5, 2, 5, 1, (0, 3)), 2, 7, True),
        (axis_over(5, 2, 5, 1, (0, 1)), 2, 2, False),  # no window gets as far as the padding
        (axis_over(6, 3, 2, 1, (0, 0), ceil_mode=True), 3, 7, True),
    ],
)
def test_the_cells_that_windows_cover(axis: Axis, extent: int, covered: int, padded: bool) -> None:
    assert (axis.extent, axis.covered, axis.padded) == (extent, covered, padded)


@pytest.mark.parametrize(
    ("mode", "sides", "cells"),
    [
        ("reflect", (2, 1), [2, 1, 0, 1, 2, 3, 2]),
        ("replicate", (2, 3), [0, 0, 0, 1, 2, 3, 3, 3, 3]),
        ("circular", (2, 4), [2, 3, 0, 1, 2, 3, 0, 1, 2, 3]),
        ("reflect", (3, 0), [3, 2, 1, 0, 1, 2, 3]),
    ],
)
def test_where_padding_comes_from(mode: str, sides: tuple[int, int], cells: list[int]) -> None:
    assert axis_over(4, 1, 1, 1, sides).source(mode).tolist() == cells


@pytest.mark.parametrize(
    ("mode", "sides"), [("reflect", (4, 0)), ("reflect", (0, 4)), ("circular", (5, 0)), ("circular", (0, 5))]
)
def test_padding_that_there_are_no_cells_for(mode: str, sides: tuple[int, int]) -> None:
    with pytest.raises(CannotRun, match=f"{mode} padding cannot take {max(sides)} cells from 4"):
        axis_over(4, 1, 1, 1, sides).source(mode)


@pytest.mark.parametrize(
    ("size", "kernel", "dilation", "sides"),
    [(4, 5, 1, (0, 0)), (4, 3, 2, (0, 0)), (1, 4, 1, (1, 1)), (4, 5, 1, "valid")],
)
def test_a_window_that_does_not_fit(size: int, kernel: int, dilation: int, sides: Any) -> None:
    for ceil_mode in (False, True):
        with pytest.raises(CannotRun, match="does not fit"):
            axis_over(size, kernel, 1, dilation, sides, ceil_mode)


def test_axes_together() -> None:
    axes = axes_over((5, 6), (3, 2), (2, 1), ((1, 1), (0, 3)), (1, 2))
    assert [axis.places for axis in axes] == [3, 7]
    assert [axis.places for axis in axes_over((5, 4), (3, 3), (2, 2), "same", (1, 1))] == [3, 2]
    with pytest.raises(CannotRun, match="its window has 1 axes, and the input 2"):
        axes_over((5, 6), (3,), (1,), "same", (1,))


def test_the_rows_of_a_block() -> None:
    axes = axes_over((50, 10), (1, 1), (1, 1), "valid", (1, 1))
    assert rows_within(4000, axes, 100) == 4  # ten positions of 100 bytes in a row
    assert rows_within(999, axes, 100) == 1  # a row that is too large is a block by itself
    assert rows_within(400, axes_over((50,), (1,), (1,), "valid", (1,)), 100) == 4


# --- windows -----------------------------------------------------------------------------------------


def seen(x: Any, sizes: Any, rows_at_a_time: int, **options: Any) -> dict[tuple[int, ...], list[float]]:
    """By output position (sample, ...) the cells of its window, channels innermost."""
    found = {}
    axes = axes_over(x.shape[2:], *sizes)
    for block in window_blocks(x, axes, work(), rows_at_a_time, **options):
        sample, _, *along = block.place
        planes = [along[0].start] if len(along) == 2 else []
        for row, of_row in enumerate(block.windows):
            for column, window in enumerate(of_row):
                width = [column] if x.ndim > 3 else []
                place = (sample.start, *planes, along[-1].start + row, *width)
                assert place not in found
                found[place] = window.ravel().tolist()
    return found


def image(*shape: int) -> Any:
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@pytest.mark.parametrize("rows_at_a_time", [1, 2, 99])
def test_windows_of_an_image(rows_at_a_time: int) -> None:
    """1 2 3 / 4 5 6 / 7 8 9 with a cell of 0.5 in front of each axis."""
    sizes = ((2, 2), (2, 1), ((1, 0), (1, 0)), (1, 1))
    assert seen(image(1, 1, 3, 3), sizes, rows_at_a_time, fill=0.5) == {
        (0, 0, 0): [0.5, 0.5, 0.5, 1],
        (0, 0, 1): [0.5, 0.5, 1, 2],
        (0, 0, 2): [0.5, 0.5, 2, 3],
        (0, 1, 0): [0.5, 4, 0.5, 7],
        (0, 1, 1): [4, 5, 7, 8],
        (0, 1, 2): [5, 6, 8, 9],
    }


@pytest.mark.parametrize("rows_at_a_time", [1, 99])
def test_windows_that_lie_wholly_in_the_padding(rows_at_a_time: int) -> None:
    sizes = ((1, 2), (1, 1), ((2, 1), (0, 3)), (1, 1))
    found = seen(image(1, 1, 1, 2), sizes, rows_at_a_time)
    middle = {(0, 2, 0): [1, 2], (0, 2, 1): [2, 0]}
    places = [(0, row, column) for row in range(4) for column in range(4)]
    assert found == {place: middle.get(place, [0, 0]) for place in places}


def test_windows_along_one_axis_of_two_samples_and_channels() -> None:
    found = seen(image(2, 2, 3), ((2,), (1,), "valid", (2,)), 99)
    assert found == {(0, 0): [1, 4, 3, 6], (1, 0): [7, 10, 9, 12]}


@pytest.mark.parametrize("rows_at_a_time", [1, 99])
def test_windows_over_three_axes(rows_at_a_time: int) -> None:
    sizes = ((2, 1, 2), (1, 1, 1), ((0, 1), (0, 0), (0, 0)), (1, 1, 1))
    assert seen(image(1, 1, 2, 2, 2), sizes, rows_at_a_time) == {
        (0, 0, 0, 0): [1, 2, 5, 6],
        (0, 0, 1, 0): [3, 4, 7, 8],
        (0, 1, 0, 0): [5, 6, 0, 0],
        (0, 1, 1, 0): [7, 8, 0, 0],
    }


def test_padding_by_another_mode() -> None:
    sizes = ((1, 3), (1, 1), ((0, 1), (1, 1)), (1, 1))
    assert seen(image(1, 1, 2, 2), sizes, 1, mode="circular") == {
        (0, 0, 0): [2, 1, 2],
        (0, 0, 1): [1, 2, 1],
        (0, 1, 0): [4, 3, 4],
        (0, 1, 1): [3, 4, 3],
        (0, 2, 0): [2, 1, 2],
        (0, 2, 1): [1, 2, 1],
    }


@pytest.mark.parametrize(
    "sizes",
    [
        ((3, 3), (1, 1), "valid", (1, 1)),  # nothing is padded
        ((1, 1), (1, 1), "valid", (1, 1)),
        ((1, 1), (1, 1), ((2, 2), (2, 2)), (1, 1)),
    ],
)
def test_windows_of_an_unpadded_input_are_its_own_memory(sizes: Any) -> None:
    x = image(1, 4, 4, 2).transpose(0, 3, 1, 2)
    blocks = list(window_blocks(x, axes_over((4, 4), *sizes), work(), 99))
    assert np.shares_memory(blocks[0].windows, x) == (sizes[2] == "valid")


@pytest.mark.parametrize("rows_at_a_time", [1, 99])
@pytest.mark.parametrize(
    "sizes",
    [
        ((3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1)),
        ((3, 2), (2, 3), ((4, 5), (6, 3)), (1, 2)),
        ((1, 3), (3, 2), "same", (1, 3)),
        ((2, 2), (2, 2), ((0, 0), (1, 2)), (2, 2)),
    ],
)
def test_rows_of_windows_are_the_same_windows(sizes: Any, rows_at_a_time: int) -> None:
    """(rows, depth, height, width, position and channel) against (rows, position, ..., channel)."""
    x = image(2, 3, 5, 4)
    axes = axes_over((5, 4), *sizes)
    positions = axes[1].places
    one, other = work(), work()
    pairs = zip(
        window_blocks(x, axes, one, rows_at_a_time),
        row_window_blocks(x, axes, other, rows_at_a_time),
        strict=True,
    )
    for block, of_rows in pairs:
        assert of_rows.place == block.place
        apart = of_rows.windows.reshape(*of_rows.windows.shape[:4], positions, 3)
        assert np.moveaxis(apart, 4, 1).tolist() == block.windows.tolist()


def test_rows_of_windows_are_runs_of_memory() -> None:
    axes = axes_over((5, 4), (3, 2), (2, 3), ((1, 1), (1, 1)), (1, 1))
    for block in row_window_blocks(image(1, 3, 5, 4), axes, work(), 99):
        assert block.windows.strides[-1] == block.windows.itemsize
        assert block.windows.shape[-1] == 2 * 3  # two positions, three channels
