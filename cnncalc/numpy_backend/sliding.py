"""Windows over real arrays: the padded input in slabs, block by block of output rows.

One, two or three spatial axes are all worked on as three (depth, height, width); a missing one is an axis
of one cell. How many windows there are is what comes out of walking the padded array.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnncalc.numpy_backend.arrays import Place, channels_last
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import CannotRun, Shape, Work

NUMPY_MODES: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


class Axis(NamedTuple):
    """The places of a window along one axis of `size` cells, with `before` and `after` cells around it."""

    size: int = 1
    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    places: int = 1
    """Windows on the axis."""

    @property
    def extent(self) -> int:
        """From the first to the last cell of a window."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def covered(self) -> int:
        """From the first cell of the first window to the last cell of the last one."""
        return (self.places - 1) * self.stride + self.extent

    @property
    def padded(self) -> bool:
        """Whether any window reaches outside of the input."""
        return self.before > 0 or self.covered > self.size

    def source(self, mode: str) -> NDArray[np.intp]:
        """For each cell of the padded axis the cell of the input that it repeats."""
        most = max(self.before, self.after)
        if most > self.size - (mode == "reflect") and mode != "replicate":
            raise CannotRun(f"{mode} padding cannot take {most} cells from {self.size}")
        return np.pad(np.arange(self.size), (self.before, self.after), NUMPY_MODES[mode])


def axis_over(
    size: int, kernel: int, stride: int, dilation: int, sides: tuple[int, int] | str, ceil_mode: bool = False
) -> Axis:
    """The places of a window that walks an axis; raises CannotRun if there is none.

    With ceil_mode there is also one that hangs over the end, if it starts in front of it.
    """
    spread = (kernel - 1) * dilation
    before, after = _sides_of_word(sides, size, spread, stride) if isinstance(sides, str) else sides
    room = before + size + after - spread
    starts = range(0, room + stride - 1 if ceil_mode else room, stride)
    if ceil_mode and starts and starts[-1] >= before + size:
        starts = starts[:-1]
    if not starts:
        raise CannotRun(f"a window of {spread + 1} cells does not fit {before} + {size} + {after}")
    return Axis(size, kernel, stride, dilation, before, after, len(starts))


@lru_cache(maxsize=4096)
def axes_over(
    sizes: Shape,
    kernel_size: Shape,
    stride: Shape,
    padding: tuple[tuple[int, int], ...] | str,
    dilation: Shape,
    ceil_mode: bool = False,
) -> tuple[Axis, ...]:
    """The places of a layer's window on each axis; raises CannotRun if there is none on one of them."""
    if len(sizes) != len(kernel_size):
        raise CannotRun(f"its window has {len(kernel_size)} axes, and the input {len(sizes)}")
    axes = []
    for place, (size, kernel, step, gap) in enumerate(zip(sizes, kernel_size, stride, dilation, strict=True)):
        sides = padding if isinstance(padding, str) else padding[place]
        axes.append(axis_over(size, kernel, step, gap, sides, ceil_mode))
    return tuple(axes)


def _sides_of_word(word: str, size: int, spread: int, stride: int) -> tuple[int, int]:
    """Cells before and after an axis for `same`, `valid` or `causal` padding."""
    if word == "causal":
        return spread, 0
    if word == "valid":
        return 0, 0
    last_start = range(0, size, stride)[-1]  # a window starts at every stride of the input
    missing = max(last_start + spread + 1 - size, 0)
    return missing // 2, missing - missing // 2


class Block(NamedTuple):
    """Some output rows of one sample at one depth, and the windows that they look through."""

    place: Place
    """Where in the output (N, C, ...) the block is."""
    windows: Array
    """A view of the padded input, see `window_blocks` and `row_window_blocks`."""


def rows_within(block_bytes: int, axes: tuple[Axis, ...], position_bytes: int) -> int:
    """The output rows of a block that stays within so many bytes, each position taking its share."""
    width = axes[-1].places if len(axes) > 1 else 1
    return max(1, block_bytes // (width * position_bytes))


def window_blocks(
    x: Array,
    axes: tuple[Axis, ...],
    work: Work,
    rows_at_a_time: int,
    fill: float = 0.0,
    mode: str = "zeros",
) -> Iterator[Block]:
    """All windows of an input (N, C, ...), in blocks of at most so many output rows.

    The windows are (rows, width, kernel depth, kernel height, kernel width, C). `fill` stands in the
    padding, if `mode` does not say where its cells come from.
    """
    volume = _as_volume(x)
    regions = _regions(len(volume), axes, rows_at_a_time)
    if all(axis == Axis(axis.size, places=axis.size) for axis in axes):  # each cell is a window
        for place, sample, planes, rows, _ in regions:
            cells = volume[sample, planes.start, rows.start : rows.stop]
            yield Block(place, cells[:, :, None, None, None])
        return
    depth, height, width = _three(axes)
    columns = range(-width.before, width.covered - width.before)
    outside = Outside(fill, mode, depth, height, width)
    for place, sample, planes, rows, count in regions:
        if depth.padded or height.padded or width.padded:
            slab = work.scratch("slab", (len(planes), len(rows), len(columns), volume.shape[-1]))
            _copy(volume[sample], planes, rows, columns, slab, outside)
        else:
            slab = volume[sample, _slice(planes), _slice(rows)]
        plane, row, cell, channel = slab.strides
        shape = (count, width.places, depth.kernel, height.kernel, width.kernel, slab.shape[-1])
        along = (row * height.stride, cell * width.stride)
        within = (plane, row * height.dilation, cell * width.dilation, channel)
        yield Block(place, _seen(slab, shape, along + within))


def row_window_blocks(
    x: Array, axes: tuple[Axis, ...], work: Work, rows_at_a_time: int, mode: str = "zeros"
) -> Iterator[Block]:
    """The same, for what is done with each channel by itself: whole rows of positions at once.

    The windows are (rows, kernel depth, kernel height, kernel width, width * C), each row of positions one
    run of memory. With a stride they only are that if the columns of the input are sorted by the cell of
    the window that reads them.
    """
    volume = _as_volume(x)
    depth, height, width = _three(axes)
    outside = Outside(0.0, mode, depth, height, width)
    channels = volume.shape[-1]
    if width.stride == 1:
        runs, step = [range(-width.before, width.covered - width.before)], width.dilation
    else:
        starts = range(-width.before, width.extent - width.before, width.dilation)
        runs = [range(start, start + width.covered - width.extent + 1, width.stride) for start in starts]
        step = width.places
    for place, sample, planes, rows, count in _regions(len(volume), axes, rows_at_a_time):
        slab = work.scratch("slab", (len(planes), len(rows), len(runs) * len(runs[0]), channels))
        for number, columns in enumerate(runs):
            part = slab[:, :, number * len(columns) : (number + 1) * len(columns)]
            _copy(volume[sample], planes, rows, columns, part, outside)
        plane, row, cell, channel = slab.strides
        shape = (count, depth.kernel, height.kernel, width.kernel, width.places * channels)
        strides = (row * height.stride, plane, row * height.dilation, cell * step, channel)
        yield Block(place, _seen(slab, shape, strides))


def _seen(slab: Array, shape: Shape, strides: Shape) -> Array:
    """A slab under other strides; cells may come up several times."""
    if slab.flags.c_contiguous:  # several times faster than as_strided, and does not reach beyond the slab
        return np.ndarray(shape, slab.dtype, slab, 0, strides)
    return as_strided(slab, shape, strides, writeable=False)


def _as_volume(x: Array) -> Array:
    """The input as (N, depth, height, width, C); a single axis is the height."""
    last = channels_last(x)
    if x.ndim == 3:
        return last[:, None, :, None]
    return last[:, None] if x.ndim == 4 else last


def _three(axes: tuple[Axis, ...]) -> tuple[Axis, Axis, Axis]:
    if len(axes) == 1:
        return Axis(), axes[0], Axis()
    return (Axis(), axes[0], axes[1]) if len(axes) == 2 else (axes[0], axes[1], axes[2])


class _Region(NamedTuple):
    """A block: its place in the output, the sample, the planes and rows that it reads, its output rows.

    Planes and rows are cells of the input; those in the padding are below 0 or beyond its size.
    """

    place: Place
    sample: int
    planes: range
    rows: range
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs here


@lru_cache(maxsize=1024)
def _regions(samples: int, axes: tuple[Axis, ...], rows_at_a_time: int) -> tuple[_Region, ...]:
    """All blocks of an output, one after the other."""
    depth, height, _ = _three(axes)
    regions = []
    for sample, plane, start in itertools.product(
        range(samples), range(depth.places), range(0, height.places, rows_at_a_time)
    ):
        top = plane * depth.stride - depth.before
        planes = range(top, top + depth.extent, depth.dilation)
        count = min(rows_at_a_time, height.places - start)
        first = start * height.stride - height.before
        rows = range(first, first + (count - 1) * height.stride + height.extent)
        along = (slice(plane, plane + 1),) if len(axes) == 3 else ()
        place = (slice(sample, sample + 1), slice(None), *along, slice(start, start + count))
        regions.append(_Region(place, sample, planes, rows, count))
    return tuple(regions)


class Outside(NamedTuple):
    """What stands in the padding: a number, or by another mode than `zeros` cells of the input."""

    fill: float
    mode: str
    depth: Axis
    height: Axis
    width: Axis


def _copy(volume: Array, planes: range, rows: range, columns: range, slab: Array, outside: Outside) -> None:
    """Copies cells (depth, height, width, C), also those in the padding."""
    if outside.mode != "zeros":
        index = np.ix_(
            *(
                axis.source(outside.mode)[np.asarray(cells) + axis.before]
                for axis, cells in zip(outside[2:], (planes, rows, columns), strict=True)
            )
        )
        slab[...] = volume[index]
        return
    into_rows, of_rows = _inside(rows, volume.shape[1])
    into_columns, of_columns = _inside(columns, volume.shape[2])
    for target, plane in zip(slab, planes, strict=True):
        if not 0 <= plane < len(volume):
            target[...] = outside.fill
            continue
        target[into_rows, into_columns] = volume[plane, of_rows, of_columns]
        for around in (slice(into_rows.start), slice(into_rows.stop, None)):
            target[around] = outside.fill
        for around in (slice(into_columns.start), slice(into_columns.stop, None)):
            target[into_rows, around] = outside.fill


@lru_cache(maxsize=1024)
def _inside(cells: range, size: int) -> tuple[slice, slice]:
    """Of a range of cells those within the input, if any: their places in the range, and themselves."""
    first = min(max(0, -(cells.start // cells.step)), len(cells))
    last = len(range(cells.start, min(cells.stop, size), cells.step))
    into = slice(first, max(first, last))
    return into, _slice(cells[into])


def _slice(cells: range) -> slice:
    """A range of cells that are there, as NumPy takes them."""
    return slice(cells.start, cells.stop, cells.step) if len(cells) else slice(0, 0)
