"""Windows over real arrays: the padded input in slabs, block by block of output rows.

One, two or three spatial axes are all worked on as three (depth, height, width); a missing one is an axis
of one cell. How many windows there are is what comes out of walking the padded array.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def rows_within(block_bytes: int, axes: Sequence[Axis], position_bytes: int) -> int:
    """The output rows of a block that stays within so many bytes, each position taking its share."""
    width = axes[-1].places if len(axes) > 1 else 1
    return max(1, block_bytes // (width * position_bytes))


def window_blocks(
    x: Array,
    axes: Sequence[Axis],
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
    depth, height, width = _three(axes)
    columns = range(-width.before, width.covered - width.before)
    single_cells = all(axis.kernel == axis.stride == 1 for axis in axes)
    outside = Outside(fill, mode, depth, height, width)
    for place, sample, planes, rows in _regions(len(volume), axes, rows_at_a_time):
        if depth.padded or height.padded or width.padded:
            shape = (len(planes), len(rows), len(columns), volume.shape[-1])
            slab = work.scratch("slab", shape)
            _copy(volume[sample], planes, rows, columns, slab, outside)
        else:
            slab = volume[sample, _slice(planes), _slice(rows)]
        if single_cells:
            yield Block(place, slab[0, :, :, None, None, None])
            continue
        plane, row, cell, channel = slab.strides
        windows = as_strided(
            slab,
            (
                (len(rows) - height.extent) // height.stride + 1,
                width.places,
                *(depth.kernel, height.kernel, width.kernel),
                slab.shape[-1],
            ),
            (
                row * height.stride,
                cell * width.stride,
                *(plane, row * height.dilation, cell * width.dilation),
                channel,
            ),
            writeable=False,
        )
        yield Block(place, windows)


def row_window_blocks(
    x: Array, axes: Sequence[Axis], work: Work, rows_at_a_time: int, mode: str = "zeros"
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
    for place, sample, planes, rows in _regions(len(volume), axes, rows_at_a_time):
        slab = work.scratch("slab", (len(planes), len(rows), len(runs) * len(runs[0]), channels))
        for number, columns in enumerate(runs):
            part = slab[:, :, number * len(columns) : (number + 1) * len(columns)]
            _copy(volume[sample], planes, rows, columns, part, outside)
        plane, row, cell, channel = slab.strides
        windows = as_strided(
            slab,
            (
                (len(rows) - height.extent) // height.stride + 1,
                *(depth.kernel, height.kernel, width.kernel),
                width.places * channels,
            ),
            (row * height.stride, plane, row * height.dilation, cell * step, channel),
            writeable=False,
        )
        yield Block(place, windows)


def _as_volume(x: Array) -> Array:
    """The input as (N, depth, height, width, C); a single axis is the height."""
    last = channels_last(x)
    if x.ndim == 3:
        return last[:, None, :, None]
    return last[:, None] if x.ndim == 4 else last


def _three(axes: Sequence[Axis]) -> tuple[Axis, Axis, Axis]:
    if len(axes) == 1:
        return Axis(), axes[0], Axis()
    return (Axis(), axes[0], axes[1]) if len(axes) == 2 else (axes[0], axes[1], axes[2])


def _regions(
    samples: int, axes: Sequence[Axis], rows_at_a_time: int
) -> Iterator[tuple[Place, int, range, range]]:
    """For each block its place in the output, the sample, and the planes and rows that it reads.

    These are cells of the input, with those in the padding below 0 or beyond its size.
    """
    depth, height, _ = _three(axes)
    for sample in range(samples):
        for plane in range(depth.places):
            top = plane * depth.stride - depth.before
            planes = range(top, top + depth.extent, depth.dilation)
            for start in range(0, height.places, rows_at_a_time):
                stop = min(start + rows_at_a_time, height.places)
                first = start * height.stride - height.before
                rows = range(first, first + (stop - start - 1) * height.stride + height.extent)
                along = (slice(plane, plane + 1),) if len(axes) == 3 else ()
                place = (slice(sample, sample + 1), slice(None), *along, slice(start, stop))
                yield place, sample, planes, rows


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
    inner_rows, inner_columns = _inside(rows, volume.shape[1]), _inside(columns, volume.shape[2])
    for target, plane in zip(slab, planes, strict=True):
        if not 0 <= plane < len(volume):
            target[...] = outside.fill
            continue
        target[: inner_rows.start] = outside.fill
        target[inner_rows.stop :] = outside.fill
        middle = target[inner_rows]
        middle[:, : inner_columns.start] = outside.fill
        middle[:, inner_columns.stop :] = outside.fill
        middle[:, inner_columns] = volume[plane, _slice(rows[inner_rows]), _slice(columns[inner_columns])]


def _inside(cells: range, size: int) -> slice:
    """The places of a range whose cells are within the input, of which there may be none."""
    first = min(max(0, -(cells.start // cells.step)), len(cells))
    last = len(range(cells.start, min(cells.stop, size), cells.step))
    return slice(first, max(first, last))


def _slice(cells: range) -> slice:
    """A range of cells that are there, as NumPy takes them."""
    return slice(cells.start, cells.stop, cells.step) if len(cells) else slice(0, 0)
