"""Pools that slide a window over real arrays.

All windows of a block are looked at together, one of their cells at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import gt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnncalc.layers.pooling import AveragePool, LpPool, MaxPool
from cnncalc.numpy_backend import arrays
from cnncalc.numpy_backend.arrays import channels_last
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.sliding import Axis, Block, axes_over, rows_within, window_blocks
from cnncalc.numpy_backend.work import CannotRun, Work

BLOCK_BYTES = 1 << 19
"""Of a block of the output: it stays in the cache while one cell of its windows after the other is met."""

Axes: TypeAlias = tuple[Axis, ...]
Cells: TypeAlias = NDArray[np.int64]
"""For windows along an axis which cell of the input each of their cells is (windows, kernel)."""


def max_pool(layer: MaxPool, inputs: Sequence[Array], work: Work) -> Array:
    """The largest of each window; around the input there is minus infinity."""
    x = inputs[0]
    _refuse_wide_padding(layer)
    axes = axes_over(
        x.shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.ceil_mode
    )
    return largest_of_windows(x, axes, work)


def avg_pool(layer: AveragePool, inputs: Sequence[Array], work: Work) -> Array:
    """The sum of each window over a number of cells; around the input there is zero."""
    x = inputs[0]
    _refuse_wide_padding(layer)
    axes = _undilated(layer, x, layer.padding)
    return mean_of_windows(x, axes, _divisors(layer, axes), work)


def lp_pool(layer: LpPool, inputs: Sequence[Array], work: Work) -> Array:
    """(sum of x^p)^(1/p) over each window.

    Where ceil_mode lets a window hang over the end that is the sum of the cells that there are. PyTorch
    takes their mean there times all cells of a window, against the formula of its documentation.
    """
    x = inputs[0]
    axes = _undilated(layer, x, "valid")
    out = _output(x, axes, work)
    for block in _blocks(x, axes, work):
        target = _rows(out, block)
        power = work.scratch("power", target.shape)
        for number, cell in enumerate(_taps(block.windows)):
            work.apply(np.power, cell, layer.norm_type, out=power if number else target)
            if number:
                work.add(target, power, out=target)
        work.apply(np.power, target, 1 / layer.norm_type, out=target)
    return out


def largest_of_windows(x: Array, axes: Axes, work: Work) -> Array:
    """The largest of all windows over an input, and where it is if a later layer asks."""
    out = _output(x, axes, work)
    if work.keeps_indices:
        work.indices = arrays.empty(out.shape, np.dtype(np.int64))
    for block in _blocks(x, axes, work, fill=-np.inf):
        if work.indices is None:
            _combine(work.maximum, block.windows, _rows(out, block))
        else:
            cells, sizes = _cells(axes, block), _sizes(x)
            find_largest(block.windows, cells, sizes, _rows(out, block), _rows(work.indices, block), work)
    return out


def mean_of_windows(x: Array, axes: Axes, divisors: Array, work: Work) -> Array:
    """The sums of all windows over an input, each divided by the number in its place."""
    out = _output(x, axes, work)
    divisors = divisors.astype(x.dtype)
    for block in _blocks(x, axes, work):
        target = _rows(out, block)
        _combine(work.add, block.windows, target)
        work.divide(target, divisors[block.place[2:]].reshape(*target.shape[:2], 1), out=target)
    return out


def find_largest(
    windows: Array,
    cells: tuple[Cells, Cells, Cells],
    sizes: Sequence[int],
    target: Array,
    places: Array,
    work: Work,
) -> None:
    """Writes the largest cell of each window and its place in the flattened axes of the input.

    As PyTorch takes them: the first of equals, and the last that is not a number. The place is -1 for a
    window that meets padding alone.
    """
    first, *others = _taps(windows)
    target[...] = first
    places[...] = _place(cells, (0, 0, 0), sizes)
    taps = itertools.product(*map(range, windows.shape[2:5]))
    for tap, cell in zip(itertools.islice(taps, 1, None), others, strict=True):
        is_taken = work.greater(cell, target)
        is_taken |= np.isnan(cell)
        is_taken |= places < 0
        np.copyto(target, cell, where=is_taken)
        np.copyto(places, _place(cells, tap, sizes), where=is_taken)


def _place(cells: tuple[Cells, Cells, Cells], tap: Sequence[int], sizes: Sequence[int]) -> Cells:
    """The place of one cell of each window, laid out as (rows, width, 1); -1 in the padding."""
    depth, height, width = (axis[:, at] for axis, at in zip(cells, tap, strict=True))
    place = np.zeros((1, 1), np.int64)
    inside = np.ones((1, 1), np.bool_)
    for cell, size in zip((depth, height[:, None], width), sizes, strict=True):
        place = place * size + cell
        inside = inside & (cell >= 0) & (cell < size)
    return np.where(inside, place, -1)[..., None]


def _cells(axes: Axes, block: Block) -> tuple[Cells, Cells, Cells]:
    """Depth, height and width: which cells the windows of a block look at."""
    if len(axes) == 1:
        return NO_AXIS, _cells_along(axes[0], block.place[2]), NO_AXIS
    if len(axes) == 2:
        return NO_AXIS, _cells_along(axes[0], block.place[2]), _cells_along(axes[1])
    depth, rows = block.place[2:]
    return _cells_along(axes[0], depth), _cells_along(axes[1], rows), _cells_along(axes[2])


NO_AXIS: Cells = np.zeros((1, 1), np.int64)


def _cells_along(axis: Axis, places: slice = slice(None)) -> Cells:
    starts = np.arange(axis.places)[places] * axis.stride - axis.before
    return starts[:, None] + np.arange(axis.kernel) * axis.dilation


def _sizes(x: Array) -> tuple[int, int, int]:
    """Depth, height and width of an array (N, C, ...); a single axis is the height."""
    sizes = x.shape[2:]
    depth, height, width = (1, *sizes, 1) if len(sizes) == 1 else (1, 1, *sizes)[-3:]
    return depth, height, width


def _divisors(layer: AveragePool, axes: Axes) -> Array:
    """What the sum of each window is divided by: its cells on the input and, if they count, its padding.

    What hangs over behind the padding never counts.
    """
    places = tuple(axis.places for axis in axes)
    if layer.divisor_override is not None:
        return np.broadcast_to(layer.divisor_override, places)
    counts = []
    for axis in axes:
        cells = _cells_along(axis)
        first, end = (-axis.before, axis.size + axis.after) if layer.count_include_pad else (0, axis.size)
        counts.append(((cells >= first) & (cells < end)).sum(axis=1))
    return reduce(np.multiply.outer, counts)


def _undilated(layer: AveragePool | LpPool, x: Array, padding: tuple[tuple[int, int], ...] | str) -> Axes:
    if layer.kind.rank == 3 and padding != "same" and any(map(gt, layer.kernel_size, x.shape[2:])):
        raise CannotRun(f"a window of {layer.kernel_size} does not lie within an input of {x.shape[2:]}")
    ones = (1,) * len(layer.kernel_size)
    return axes_over(x.shape[2:], layer.kernel_size, layer.stride, padding, ones, layer.ceil_mode)


def _refuse_wide_padding(layer: MaxPool | AveragePool) -> None:
    """As PyTorch: windows that see more of the padding than of the input do not run."""
    if isinstance(layer.padding, str):
        return
    for kernel, sides in zip(layer.kernel_size, layer.padding, strict=True):
        if max(sides) * 2 > kernel:
            raise CannotRun(f"padding of {max(sides)} is over half a window of {kernel}")


def _output(x: Array, axes: Axes, work: Work) -> Array:
    return work.empty((*x.shape[:2], *(axis.places for axis in axes)))


def _blocks(x: Array, axes: Axes, work: Work, fill: float = 0.0) -> Iterator[Block]:
    return window_blocks(x, axes, work, rows_within(BLOCK_BYTES, axes, x.shape[1] * x.itemsize), fill=fill)


def _rows(out: Array, block: Block) -> Array:
    """A block of an output as (rows, width, C)."""
    return channels_last(out[block.place]).reshape(*block.windows.shape[:2], -1, copy=False)


def _taps(windows: Array) -> list[Array]:
    """The first cells of all windows (rows, width, C), the second ones, and so on."""
    return [windows[:, :, d, h, w] for d, h, w in itertools.product(*map(range, windows.shape[2:5]))]


def _combine(step: Callable[..., Array], windows: Array, target: Array) -> None:
    """Writes the sum or maximum of each window: one step fewer than it has cells."""
    first, *others = _taps(windows)
    if not others:
        target[...] = first
        return
    step(first, others[0], out=target)
    for cell in others[1:]:
        step(target, cell, out=target)


EXECUTORS = {
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), max_pool),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), avg_pool),
    **dict.fromkeys(("lp_pool1d", "lp_pool2d", "lp_pool3d"), lp_pool),
}
