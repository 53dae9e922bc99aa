"""Elements moved between channels and positions of real arrays; only fold computes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnncalc.layers.rearrange import ChannelShuffle, Fold, PixelShuffle, PixelUnshuffle, Unfold
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.sliding import Axis, axes_over, rows_within, window_blocks
from cnncalc.numpy_backend.work import CannotRun, Work

BLOCK_BYTES = 1 << 20


def pixel_shuffle(layer: PixelShuffle, inputs: Sequence[Array], work: Work) -> Array:
    """Channel c*r*r + i*r + j of position (h, w) becomes channel c of position (h*r + i, w*r + j)."""
    x, factor = inputs[0], layer.upscale_factor
    count, channels, height, width = _image_of(x)
    if channels % factor**2:
        raise CannotRun(f"{channels} channels are no multiple of {factor} * {factor}")
    fewer = channels // factor**2
    out = work.empty((count, fewer, height * factor, width * factor))
    target = out.reshape(count, fewer, height, factor, width, factor, copy=False)
    target[...] = x.reshape(count, fewer, factor, factor, height, width).transpose(0, 1, 4, 2, 5, 3)
    return out


def pixel_unshuffle(layer: PixelUnshuffle, inputs: Sequence[Array], work: Work) -> Array:
    """Channel c of position (h*r + i, w*r + j) becomes channel c*r*r + i*r + j of position (h, w)."""
    x, factor = inputs[0], layer.downscale_factor
    count, channels, height, width = _image_of(x)
    if height % factor or width % factor:
        raise CannotRun(f"{height} and {width} are no multiples of {factor}")
    fewer = (height // factor, width // factor)
    out = work.empty((count, channels * factor**2, *fewer))
    target = out.reshape(count, channels, factor, factor, *fewer, copy=False)
    target[...] = x.reshape(count, channels, fewer[0], factor, fewer[1], factor).transpose(0, 1, 3, 5, 2, 4)
    return out


def channel_shuffle(layer: ChannelShuffle, inputs: Sequence[Array], work: Work) -> Array:
    """Channel g*(C/groups) + c becomes channel c*groups + g."""
    x, groups = inputs[0], layer.groups
    count, channels, *sizes = x.shape
    if not sizes or channels % groups:
        raise CannotRun(f"{groups} groups cannot share out {channels} channels over {len(sizes)} axes")
    out = work.empty(x.shape)
    target = out.reshape(count, channels // groups, groups, *sizes, copy=False)
    target[...] = x.reshape(count, groups, channels // groups, *sizes).swapaxes(1, 2)
    return out


def unfold(layer: Unfold, inputs: Sequence[Array], work: Work) -> Array:
    """Cell (i, j) of channel c of each window becomes the value c*kh*kw + i*kw + j of a column."""
    x = inputs[0]
    axes = axes_over(x.shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    count, channels = x.shape[:2]
    rows, columns = (axis.places for axis in axes)
    out = work.empty((count, channels * math.prod(layer.kernel_size), rows * columns))
    target = out.reshape(count, channels, *layer.kernel_size, rows, columns, copy=False)
    for block in window_blocks(x, axes, work, rows_within(BLOCK_BYTES, axes, out.shape[1] * x.itemsize)):
        sample, _, cut = block.place
        target[sample, :, :, :, cut] = block.windows[:, :, 0].transpose(4, 2, 3, 0, 1)
    return out


def fold(layer: Fold, inputs: Sequence[Array], work: Work) -> Array:
    """Adds each value of the columns to the cell of the padded output that its window has it from."""
    columns = inputs[0]
    taps = math.prod(layer.kernel_size)
    axes = axes_over(layer.output_size, layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    places = [axis.places for axis in axes]
    if columns.ndim != 3 or columns.shape[1] % taps or columns.shape[2] != math.prod(places):
        raise CannotRun(
            f"{columns.shape[1:]} are not {math.prod(places)} columns for windows of {taps} cells"
        )
    channels = columns.shape[1] // taps
    out = work.empty((len(columns), channels, *layer.output_size))
    windows = columns.reshape(len(columns), channels, *layer.kernel_size, *places)
    for sample, image in zip(windows, out, strict=True):
        _sum(sample, image, axes, work)
    return out


def _sum(windows: Array, image: Array, axes: tuple[Axis, ...], work: Work) -> None:
    """Sums windows (C, kh, kw, rows, columns) to an image (C, H, W), some channels at a time."""
    height, width = axes
    padded = [axis.before + axis.size + axis.after for axis in axes]
    step = max(1, BLOCK_BYTES // (math.prod(padded) * image.itemsize))
    for start in range(0, len(image), step):
        block, target = windows[start : start + step], image[start : start + step]
        sums = work.scratch("sums", (*padded, len(block))).transpose(2, 0, 1)
        sums[...] = 0
        for i in range(height.kernel):
            for j in range(width.kernel):
                cells = sums[:, _under(height, i), _under(width, j)]
                work.add(cells, block[:, i, j], out=cells)
        target[...] = sums[:, height.before :, width.before :][:, : height.size, : width.size]


def _under(axis: Axis, tap: int) -> slice:
    """The cells of a padded axis that lie under one cell of all windows."""
    first = tap * axis.dilation
    return slice(first, first + (axis.places - 1) * axis.stride + 1, axis.stride)


def _image_of(x: Array) -> tuple[int, int, int, int]:
    if x.ndim != 4:
        raise CannotRun(f"it moves channels and two spatial axes, and the input has {x.ndim - 2}")
    count, channels, height, width = x.shape
    return count, channels, height, width


EXECUTORS = {
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "channel_shuffle": channel_shuffle,
    "unfold": unfold,
    "fold": fold,
}
