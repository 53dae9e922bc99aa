"""Convolutions on real arrays, block by block of output rows.

Windows are unfolded to rows and go through one matrix product; those of a single cell are rows as they
lie. Where every channel is by itself (depthwise), the windows' cells are multiplied and summed as they
stand, without being unfolded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from cnncalc.layers.convolution import Convolution, DepthwiseConvolution, SeparableConvolution
from cnncalc.numpy_backend.arrays import channels_last, is_view_of, merged, per_channel
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.sliding import (
    Axis,
    Block,
    axes_over,
    row_window_blocks,
    rows_within,
    window_blocks,
)
from cnncalc.numpy_backend.work import CannotRun, Shape, Work

AnyConvolution: TypeAlias = Convolution | DepthwiseConvolution | SeparableConvolution
Product: TypeAlias = Callable[[Array, Array], None]
"""Makes output rows (positions, channels) of the windows of a block."""

UNFOLDED_BYTES = 4 << 20
"""What the unfolded windows of a block and its output take together."""
DEPTHWISE_BYTES = 1 << 20
"""What input and output of a block take: smaller, as each output is added to for every cell of a window."""


class _Prepared(NamedTuple):
    """A convolution of inputs of one shape: all that does not hang on their numbers."""

    axes: tuple[Axis, ...]
    output_shape: Shape
    rows_at_a_time: int
    blocks: Callable[..., Iterator[Block]]
    product: Product
    bias: Array | None


def convolution(layer: Convolution, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    return _slid(layer, x, work.prepared(x.shape, lambda: _of_convolution(layer, x, work)), work)


def depthwise_convolution(layer: DepthwiseConvolution, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    return _slid(layer, x, work.prepared(x.shape, lambda: _of_depthwise(layer, x, work)), work)


def separable_convolution(layer: SeparableConvolution, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    return _slid(layer, x, work.prepared(x.shape, lambda: _of_separable(layer, x, work)), work)


def _slid(layer: AnyConvolution, x: Array, prepared: _Prepared, work: Work) -> Array:
    """The output, block by block: rows from the windows, the bias, and what is done with finished blocks."""
    axes, output_shape, rows_at_a_time, blocks, product, bias = prepared
    out = work.empty(output_shape)
    for block in blocks(x, axes, work, rows_at_a_time, mode=layer.padding_mode):
        target = out[block.place]
        last = channels_last(target)
        rows = merged(last, -1, output_shape[1])
        if rows is None:  # the output lies in another order
            rows = work.scratch("rows", (last.size // output_shape[1], output_shape[1]))
            product(block.windows, rows)
            last[...] = rows.reshape(last.shape)
        else:
            product(block.windows, rows)
        if bias is not None:
            work.add(target, bias, out=target)
        work.finish(target)
    return out


def _of_convolution(layer: Convolution, x: Array, work: Work) -> _Prepared:
    channels, groups = x.shape[1], layer.groups
    if channels % groups or layer.out_channels % groups:
        raise CannotRun(f"{groups} groups do not divide {channels} and {layer.out_channels} channels")
    if layer.connection_table is not None:
        product = _by_table(layer.connection_table, layer, x, work)
        return _prepared(layer, x, layer.out_channels, product, work)
    shape = (layer.out_channels, channels // groups, *layer.kernel_size)
    weight = work.weight("weight", shape, fan_in=math.prod(shape[1:]))
    if groups == channels:
        return _prepared(layer, x, layer.out_channels, _by_channel(weight, work), work, unfolds=False)
    return _prepared(layer, x, layer.out_channels, _unfolded(weight, groups, work), work)


def _of_depthwise(layer: DepthwiseConvolution, x: Array, work: Work) -> _Prepared:
    out_channels = x.shape[1] * layer.multiplier
    weight = work.weight("weight", (out_channels, 1, *layer.kernel_size), fan_in=math.prod(layer.kernel_size))
    return _prepared(layer, x, out_channels, _by_channel(weight, work), work, unfolds=False)


def _of_separable(layer: SeparableConvolution, x: Array, work: Work) -> _Prepared:
    """The depthwise part of a block stays in scratch memory."""
    between = x.shape[1] * layer.multiplier
    kernels = work.weight(
        "depthwise_weight", (between, 1, *layer.kernel_size), fan_in=math.prod(layer.kernel_size)
    )
    mixing_shape = (layer.out_channels, between, *(1 for _ in layer.kernel_size))
    mixing = work.weight("pointwise_weight", mixing_shape, fan_in=between)
    depthwise = _by_channel(kernels, work, "depthwise")
    matrix = work.constant("pointwise", lambda: mixing.reshape(layer.out_channels, between).T.copy())

    def product(windows: Array, rows: Array) -> None:
        middle = work.scratch("between", (len(rows), between))
        depthwise(windows, middle)
        work.matmul(middle, matrix, out=rows)

    return _prepared(layer, x, layer.out_channels, product, work, unfolds=False)


def _prepared(
    layer: AnyConvolution, x: Array, out_channels: int, product: Product, work: Work, unfolds: bool = True
) -> _Prepared:
    axes = axes_over(x.shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    output_shape = (len(x), out_channels, *(axis.places for axis in axes))
    bias = None
    if layer.bias:
        vector = work.weight("bias", (out_channels,))
        bias = work.constant(f"bias over {output_shape}", lambda: per_channel(vector, output_shape))
    numbers = math.prod(layer.kernel_size) * x.shape[1] if unfolds else x.shape[1]
    block_bytes = UNFOLDED_BYTES if unfolds else DEPTHWISE_BYTES
    rows_at_a_time = rows_within(block_bytes, axes, (numbers + out_channels) * x.itemsize)
    blocks = window_blocks if unfolds else row_window_blocks
    return _Prepared(axes, output_shape, rows_at_a_time, blocks, product, bias)


def _unfolded(weight: Array, groups: int, work: Work) -> Product:
    """Each window as a row, for each group one matrix product."""
    out_channels, channels = len(weight) // groups, weight.shape[1]
    matrices = [
        work.constant(
            f"matrix {group}", partial(_matrix, weight[group * out_channels : (group + 1) * out_channels])
        )
        for group in range(groups)
    ]

    def product(windows: Array, rows: Array) -> None:
        for group, matrix in enumerate(matrices):
            of_group = windows[..., group * channels : (group + 1) * channels]
            unfolded = merged(of_group, len(rows), len(matrix))
            if unfolded is None:
                unfolded = work.scratch("unfolded", (len(rows), len(matrix)))
                np.copyto(unfolded.reshape(of_group.shape, copy=False), of_group)
            work.matmul(unfolded, matrix, out=rows[:, group * out_channels :][:, :out_channels])

    return product


def _matrix(weight: Array) -> Array:
    """Weights (out, in, ...) as a matrix from the cells of a window, its channels innermost, to outputs."""
    return np.moveaxis(weight, (0, 1), (-1, -2)).reshape(-1, len(weight)).copy()


def _by_channel(weight: Array, work: Work, name: str = "weight") -> Product:
    """Every channel with kernels of its own: sums over a window's cells, for whole rows at once."""
    out_channels = len(weight)
    kernel = _as_volume(weight)

    def tiled(turn: int, width: int, multiplier: int) -> Array:
        return np.tile(np.moveaxis(kernel[turn::multiplier], 0, -1), width)

    def product(windows: Array, rows: Array) -> None:
        height, *_, run = windows.shape
        width = len(rows) // height
        multiplier = out_channels * width // run
        sums = merged(rows, height, run, multiplier)
        if sums is None:  # the rows are no runs of memory
            sums = work.scratch("sums", (height, run, multiplier))
        for turn in range(multiplier):
            row = work.constant(f"{name} {turn} of {width}", partial(tiled, turn, width, multiplier))
            work.sum_of_products("ydhwk,dhwk->yk", windows, row, out=sums[..., turn])
        if not is_view_of(sums, rows):
            rows[...] = sums.reshape(rows.shape)

    return product


def _as_volume(weight: Array) -> Array:
    """Kernels (out, 1, ...) as (out, depth, height, width), a single axis being the height."""
    kernel = weight[:, 0]
    if kernel.ndim == 2:
        return kernel[:, None, :, None]
    return kernel[:, None] if kernel.ndim == 3 else kernel


def _by_table(table: tuple[tuple[int, ...], ...], layer: Convolution, x: Array, work: Work) -> Product:
    """For each output channel the windows of the channels that it reads."""
    connections = sum(map(len, table))
    cells = math.prod(layer.kernel_size)
    weight = work.weight(
        "weight", (connections, *layer.kernel_size), fan_in=cells * connections // len(table)
    )
    if max(map(max, table)) >= x.shape[1]:
        raise CannotRun(f"the table reads channel {max(map(max, table))} of {x.shape[1]}")
    kernels = np.split(weight.reshape(connections, cells), np.cumsum([len(row) for row in table])[:-1])

    def product(windows: Array, rows: Array) -> None:
        for place, (channels, kernel) in enumerate(zip(table, kernels, strict=True)):
            unfolded = windows[..., list(channels)].reshape(len(rows), -1)
            work.matmul(unfolded, kernel.T.reshape(-1, 1), out=rows[:, place : place + 1])

    return product


EXECUTORS = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution),
    **dict.fromkeys(("depthwise_conv1d", "depthwise_conv2d", "depthwise_conv3d"), depthwise_convolution),
    "separable_conv2d": separable_convolution,
}
