"""Windows over real arrays: the padded input in slabs, block by block of output rows.

One, two or three spatial axes are all worked on as three (depth, height, width); a missing one is an axis
of one cell. How many windows there are is what comes out of walking the padded array.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def axes_over(
    sizes: Shape,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: tuple[tuple[int, int], ...] | str,
    dilation: Sequence[int],
    ceil_mode: bool = False,
) -> tuple[Axis, ...]:
    """The places of a layer's window on each axis; raises CannotRun if there is none on one of them."""
    if len(sizes) != len(kernel_size):
        raise CannotRun(f"its window has {len(kernel_size)} axes, and the input {len(sizes)}")
    sides = [padding] * len(sizes) if isinstance(padding, str) else padding
    return tuple(
        axis_over(*walk, ceil_mode) for walk in zip(sizes, kernel_size, stride, dilation, sides, strict=True)
    )


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
    """(rows, width, kernel depth, kernel height, kernel width, C), a view of the padded input."""


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

    `fill` stands in the padding, if `mode` does not say where its cells come from.
    """
    volume, (depth, height, width) = _as_volume(x, axes)
    in_place = not (depth.padded or height.padded or width.padded)
    for sample in range(len(volume)):
        for plane in range(depth.places):
            for start in range(0, height.places, rows_at_a_time):
                rows = min(rows_at_a_time, height.places - start)
                slab = (
                    _part(volume[sample], depth, height, plane, start, rows)
                    if in_place
                    else _padded(volume[sample], (depth, height, width), plane, start, rows, work, fill, mode)
                )
                windows = _windows(slab, depth, height, width, rows)
                yield Block(_place(sample, plane, start, rows, len(axes)), windows)


def _as_volume(x: Array, axes: Sequence[Axis]) -> tuple[Array, tuple[Axis, Axis, Axis]]:
    """The input as (N, depth, height, width, C) and its axes; a single axis is the height."""
    last = channels_last(x)
    if len(axes) == 1:
        return last[:, None, :, None], (Axis(), axes[0], Axis())
    if len(axes) == 2:
        return last[:, None], (Axis(), axes[0], axes[1])
    return last, (axes[0], axes[1], axes[2])


def _place(sample: int, plane: int, start: int, rows: int, rank: int) -> Place:
    cut = slice(start, start + rows)
    along = (slice(plane, plane + 1), cut) if rank == 3 else (cut,)
    return (slice(sample, sample + 1), slice(None), *along)


def _part(volume: Array, depth: Axis, height: Axis, plane: int, start: int, rows: int) -> Array:
    """The planes and rows (planes, rows, width, C) of an unpadded input that a block's windows cover."""
    planes = slice(plane * depth.stride, plane * depth.stride + depth.extent, depth.dilation)
    top = start * height.stride
    return volume[planes, top : top + (rows - 1) * height.stride + height.extent]


def _padded(
    volume: Array,
    axes: tuple[Axis, Axis, Axis],
    plane: int,
    start: int,
    rows: int,
    work: Work,
    fill: float,
    mode: str,
) -> Array:
    """The same part of the padded input, as a copy."""
    depth, height, width = axes
    covered = (rows - 1) * height.stride + height.extent
    length = max(width.before + width.size, width.covered)
    slab = work.scratch("slab", (depth.kernel, covered, length, volume.shape[-1]))
    planes = range(
        plane * depth.stride - depth.before,
        plane * depth.stride - depth.before + depth.extent,
        depth.dilation,
    )
    top = start * height.stride - height.before
    if mode == "zeros":
        for target, source in zip(slab, planes, strict=True):
            _fill_plane(target, volume[source] if 0 <= source < depth.size else None, top, width, fill)
        return slab
    rows_from = height.source(mode)[top + height.before :][:covered]
    columns_from = width.source(mode)[:length]
    depth_from = depth.source(mode)
    for target, source in zip(slab, planes, strict=True):
        target[...] = volume[depth_from[source + depth.before]][rows_from[:, None], columns_from]
    return slab


def _fill_plane(target: Array, plane: Array | None, top: int, width: Axis, fill: float) -> None:
    """Writes rows of a plane from `top` on, and `fill` wherever there is none."""
    if plane is None:
        target[...] = fill
        return
    first = min(max(-top, 0), len(target))
    last = max(first, min(len(plane) - top, len(target)))
    target[:first] = fill
    target[last:] = fill
    middle = target[first:last]
    middle[:, : width.before] = fill
    middle[:, width.before : width.before + width.size] = plane[top + first : top + last]
    middle[:, width.before + width.size :] = fill


def _windows(slab: Array, depth: Axis, height: Axis, width: Axis, rows: int) -> Array:
    planes, row, cell, channel = slab.strides
    return as_strided(
        slab,
        (rows, width.places, depth.kernel, height.kernel, width.kernel, slab.shape[-1]),
        (
            row * height.stride,
            cell * width.stride,
            planes,
            row * height.dilation,
            cell * width.dilation,
            channel,
        ),
        writeable=False,
    )
