"""Transposed convolutions on real arrays: what each input cell writes, for a block of cells at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from numpy.lib.stride_tricks import as_strided

from cnncalc.layers.transposed import TransposedConvolution
from cnncalc.numpy_backend.arrays import channels_last, per_channel
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import CannotRun, Shape, Work

WRITTEN_BYTES = 1 << 22
"""What the cells of a block write, before it is summed, and what they read."""


class Piece(NamedTuple):
    """Some cells of an axis and some taps: tap by tap, cell by cell, the output cells from `start` on."""

    cells: slice
    taps: slice
    start: int


class WritingAxis(NamedTuple):
    """An axis whose every cell writes `kernel` cells of another one."""

    size: int = 1
    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    before: int = 0
    written: int = 1
    """Cells of the output that are left when the padding is cut off."""

    def pieces(self, block: range) -> Iterator[Piece]:
        """All that a block of cells writes inside, in pieces that meet no cell of the output twice.

        As many neighbouring taps as the stride go together: those of the next cell follow behind.
        """
        together = self.stride if self.dilation == 1 else 1
        for tap in range(0, self.kernel, together):
            count = min(together, self.kernel - tap)
            shift = tap * self.dilation - self.before
            # the first cell whose taps all write at 0 or behind, and the first of which one is too far
            low = -(shift // self.stride)
            high = (self.written - count - shift) // self.stride + 1
            inside = range(max(low, block.start), min(high, block.stop))
            if inside:
                taps = slice(tap, tap + count)
                yield Piece(_from(block, inside), taps, inside.start * self.stride + shift)
            for cell in {low - 1, high}:  # those that the ends of the output may cut
                start = cell * self.stride + shift
                first, end = max(start, 0), min(start + count, self.written)
                if cell in block and first < end:
                    taps = slice(tap + first - start, tap + end - start)
                    yield Piece(_from(block, range(cell, cell + 1)), taps, first)


def transposed_convolution(layer: TransposedConvolution, inputs: Sequence[Array], work: Work) -> Array:
    """One matrix product for a block of cells, from their channels to all that their windows write.

    What is written is added to the output: with a multiplication for each channel of the cell comes an
    addition, and this is the last of them, so it is not counted again.
    """
    x = inputs[0]
    axes = _axes(layer, x)
    groups = layer.groups
    if x.shape[1] % groups or layer.out_channels % groups:
        raise CannotRun(f"{groups} groups do not divide {x.shape[1]} and {layer.out_channels} channels")
    matrices = _matrices(layer, x.shape[1], work)
    out = work.empty((len(x), layer.out_channels, *(axis.written for axis in axes)))
    out[...] = 0
    volume = (*(WritingAxis() for _ in range(3 - len(axes))), *axes)
    for cells, image in zip(_as_volume(x, len(axes)), _as_volume(out, len(axes)), strict=True):
        for block in _blocks(volume, WRITTEN_BYTES // ((matrices[:, 0].size + x.shape[1]) * x.itemsize)):
            _write(cells, image, volume, block, matrices, work)
    if layer.bias:
        bias = work.weight("bias", (layer.out_channels,))
        work.add(out, per_channel(bias, out.shape), out=out)
    return out


def _axes(layer: TransposedConvolution, x: Array) -> tuple[WritingAxis, ...]:
    if x.ndim != 2 + len(layer.kernel_size):
        raise CannotRun(f"its window has {len(layer.kernel_size)} axes, and the input {x.ndim - 2}")
    axes = []
    for size, kernel, stride, dilation, (before, after), more in zip(
        x.shape[2:],
        layer.kernel_size,
        layer.stride,
        layer.dilation,
        layer.padding,
        layer.output_padding,
        strict=True,
    ):
        last = (size - 1) * stride + (kernel - 1) * dilation
        written = last + 1 + more - before - after
        if more >= max(stride, dilation):
            raise CannotRun(f"{more} cells of output padding would be a window of their own")
        if written < 1:
            raise CannotRun(f"padding of {before} and {after} leaves nothing of {last + 1 + more} cells")
        axes.append(WritingAxis(size, kernel, stride, dilation, before, written))
    return tuple(axes)


def _matrices(layer: TransposedConvolution, channels: int, work: Work) -> Array:
    """For each group a matrix from the channels of a cell to the taps, output channels innermost."""
    groups, of_group = layer.groups, layer.out_channels // layer.groups
    taps = math.prod(layer.kernel_size)
    terms = channels // groups * max(1, taps // math.prod(layer.stride))
    weight = work.weight("weight", (channels, of_group, *layer.kernel_size), fan_in=terms)
    split = weight.reshape(groups, channels // groups, of_group, taps).swapaxes(2, 3)
    return work.constant("matrices", lambda: split.reshape(groups, channels // groups, taps * of_group))


Cut = tuple[range, range, range]


def _blocks(axes: Sequence[WritingAxis], cells: int) -> Iterator[Cut]:
    """Blocks of at most so many input cells of one plane: whole rows, or parts of one."""
    depth, height, width = axes
    columns = min(width.size, max(1, cells))
    rows = max(1, cells // columns) if columns == width.size else 1
    for plane, top, left in itertools.product(
        range(depth.size), range(0, height.size, rows), range(0, width.size, columns)
    ):
        yield (
            range(plane, plane + 1),
            range(top, min(top + rows, height.size)),
            range(left, min(left + columns, width.size)),
        )


def _write(
    cells: Array, image: Array, axes: Sequence[WritingAxis], block: Cut, matrices: Array, work: Work
) -> None:
    """Adds all that a block of cells (depth, height, width, C) writes to an image of that order."""
    groups, channels, writes = matrices.shape
    sizes = tuple(map(len, block))
    taken = cells[tuple(slice(cut.start, cut.stop) for cut in block)]
    rows = taken.reshape(-1, groups, channels).swapaxes(0, 1)
    written = work.matmul(rows, matrices, out=work.scratch("written", (groups, math.prod(sizes), writes)))
    kernel = tuple(axis.kernel for axis in axes)
    by_axis = written.reshape(groups, *sizes, *kernel, -1).transpose(1, 4, 2, 5, 3, 6, 0, 7)
    shared = image.reshape(*image.shape[:3], groups, -1, copy=False)
    for depth, height, width in itertools.product(*map(WritingAxis.pieces, axes, block)):
        part = by_axis[depth.cells, depth.taps, height.cells, height.taps, width.cells, width.taps]
        target = _under(shared[depth.start :, height.start :, width.start :], part.shape, axes)
        target += part


def _under(shared: Array, shape: Shape, axes: Sequence[WritingAxis]) -> Array:
    """The cells of an image (depth, height, width, ...) that pieces write from its first cell on."""
    steps = [
        (step * axis.stride, step * axis.dilation) for step, axis in zip(shared.strides, axes, strict=False)
    ]
    return as_strided(shared, shape, (*itertools.chain(*steps), *shared.strides[3:]))


def _from(block: range, cells: range) -> slice:
    return slice(cells.start - block.start, cells.stop - block.start)


def _as_volume(x: Array, rank: int) -> Array:
    """An array (N, C, ...) seen as (N, depth, height, width, C)."""
    count, *sizes, channels = channels_last(x).shape
    return channels_last(x).reshape(count, *(1,) * (3 - rank), *sizes, channels, copy=False)


EXECUTORS = {f"conv_transpose{rank}d": transposed_convolution for rank in (1, 2, 3)}
