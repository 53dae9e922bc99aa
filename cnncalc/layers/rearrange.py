"""Elements moved between channels and positions: pixel and channel shuffles, unfold, fold.

They make a new tensor and, but for the sums of fold, compute nothing. Shapes are those of torch.nn's modules
of these names (`PixelShuffle`, `ChannelShuffle`, `Unfold`, ...).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.arithmetic import everywhere, exact_div, product
from cnncalc.geometry import TransposedWindow, Window, grouped_reach
from cnncalc.layers.arguments import argument
from cnncalc.layers.base import (
    FREE,
    POINTWISE,
    Kind,
    Layer,
    Misfit,
    Movement,
    Operations,
    Shape,
    Shapes,
    Step,
    frozen_layer,
)
from cnncalc.layers.readers import Integer, Padding, PerAxis
from cnncalc.layers.shapes import (
    axis_names,
    closest_divisor,
    misfits_of_one_rank,
    output_sizes,
    rank_misfit,
    sliding,
    spatial_misfit,
    written,
)
from cnncalc.layers.windows import padded_windows, window_misfits


@frozen_layer
class PixelShuffle(Layer):
    """C*r*r x H x W to C x H*r x W*r (Shi et al. 2016): output position u comes from floor(u / r)."""

    upscale_factor: int = argument(Integer(), "how many times larger height and width become")

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        misfit = rank_misfit(self.kind.name, inputs[0], self.kind.rank)
        channels = inputs[0][0]
        square = self.upscale_factor**2
        if misfit:
            yield misfit
        elif channels % square:
            fitting = channels + square - channels % square
            yield Misfit(
                "E303",
                f"pixel_shuffle by {self.upscale_factor} cannot share out {channels} channels",
                argument="upscale_factor",
                notes=(
                    f"it takes {self.upscale_factor}*{self.upscale_factor} channels for each of the output, "
                    f"and {channels} / {square} leaves {channels % square}",
                ),
                help=f"give it a multiple of {square} channels, for instance {fitting}",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, height, width = inputs[0]
        factor = self.upscale_factor
        return (exact_div(channels, factor * factor), height * factor, width * factor)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        spread = TransposedWindow(self.upscale_factor, self.upscale_factor).reach()
        return sliding([spread] * self.kind.rank, Step(0, grouped_reach(self.upscale_factor**2, 1)))


@frozen_layer
class PixelUnshuffle(Layer):
    """C x H x W to C*r*r x H/r x W/r, the inverse of pixel_shuffle (space to depth)."""

    downscale_factor: int = argument(Integer(), "how many times smaller height and width become")

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        misfit = rank_misfit(self.kind.name, inputs[0], self.kind.rank)
        if misfit:
            yield misfit
            return
        factor = self.downscale_factor
        for name, size in zip(axis_names(self.kind.rank), inputs[0][1:], strict=True):
            if size % factor:
                rest = size % factor
                yield Misfit(
                    "E305",
                    f"pixel_unshuffle by {factor} does not divide an input {name} of {size}",
                    argument="downscale_factor",
                    notes=(f"{size} / {factor} leaves {rest}",),
                    help=f"pad or resize the {name} to {size + factor - rest}"
                    + (f", or crop it to {size - rest}" if size > factor else ""),
                )
                return

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, height, width = inputs[0]
        factor = self.downscale_factor
        return (channels * (factor * factor), exact_div(height, factor), exact_div(width, factor))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        gathered = Window(self.downscale_factor, self.downscale_factor).reach()
        return sliding([gathered] * self.kind.rank, Step(0, grouped_reach(1, self.downscale_factor**2)))


@frozen_layer
class ChannelShuffle(Layer):
    """Deals the channels of each group out over all groups (Zhang et al. 2018, ShuffleNet)."""

    groups: int = argument(Integer(), "the number of groups that are mixed")

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        channels = inputs[0][0]
        misfit = spatial_misfit(self.kind.name, inputs[0])
        if misfit:
            yield misfit
        elif channels % self.groups:
            yield Misfit(
                "E303",
                f"{self.groups} groups do not divide {channels} channels",
                argument="groups",
                notes=(f"{channels} / {self.groups} leaves {channels % self.groups}",),
                help=f"use groups: {closest_divisor(channels, self.groups)}, which divides {channels}",
                fatal=False,
            )

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        """Channels are dealt out, so that no stride leads from one to the next, but by 1 or by all groups."""
        channels = output[0]
        if self.groups == 1 or everywhere(channels == self.groups):
            return POINTWISE
        return (None, *map(Step, range(1, len(output))))


@frozen_layer
class Unfold(Layer):
    """C x H x W to C*kh*kw x L: each of the L windows becomes a column (im2col)."""

    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    dilation: tuple[int, ...] = argument(PerAxis(), "distance between the window's taps", 1)
    padding: tuple[tuple[int, int], ...] = argument(Padding(), "cells added around the input", 0)
    stride: tuple[int, ...] = argument(PerAxis(), "cells the window moves from column to column", 1)

    def windows(self, sizes: Shape) -> tuple[Window, ...]:
        return padded_windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        if len(inputs[0]) != self.kind.rank + 1:
            return misfits_of_one_rank(self.kind.name, inputs[0], self.kind.rank)
        return window_misfits(self.windows(inputs[0][1:]), inputs[0][1:])

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, *sizes = inputs[0]
        columns = product(output_sizes(self.windows(tuple(sizes)), tuple(sizes)))
        return (channels * product(self.kernel_size), columns)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        # height and width are mixed into one dimension
        return (Step(0, grouped_reach(1, product(self.kernel_size))), None)


@frozen_layer
class Fold(Layer):
    """C*kh*kw x L to C x H x W: each column is a window, and where windows overlap they are summed (col2im).

    Every value of the columns is added once to an output that starts at zero; those that land in the
    padding count too, as they do in a convolution.
    """

    output_size: tuple[int, ...] = argument(PerAxis(), "height and width of the output")
    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    dilation: tuple[int, ...] = argument(PerAxis(), "distance between the window's taps", 1)
    padding: tuple[tuple[int, int], ...] = argument(Padding(), "cells of the windows outside the output", 0)
    stride: tuple[int, ...] = argument(PerAxis(), "cells the window moves from column to column", 1)

    def windows(self) -> tuple[Window, ...]:
        return padded_windows(self.output_size, self.kernel_size, self.stride, self.padding, self.dilation)

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        if len(inputs[0]) != 2:
            yield Misfit(
                "E304",
                f"fold needs an input of C*kh*kw x L (columns of windows), got {written(inputs[0])}",
                input=0,
                help="use it on what unfold gives, or bring the input to 2 dimensions with reshape",
            )
            return
        unfitting = list(window_misfits(self.windows(), self.output_size))
        if unfitting:
            message = unfitting[0].message.replace("an input", "an output")
            yield unfitting[0]._replace(message=message)
            return
        yield from self.columns_misfits(inputs[0])

    def columns_misfits(self, shape: Shape) -> Iterator[Misfit]:
        """Faults if the columns are not as long or as many as the windows over the output."""
        rows, columns = shape
        taps = product(self.kernel_size)
        rest = rows % taps
        if rest:
            yield Misfit(
                "E303",
                f"windows of {written(self.kernel_size)} do not divide columns of {rows} values",
                argument="kernel_size",
                notes=(f"{rows} / {taps} leaves {rest}",),
                help=f"use the kernel_size of the unfold, or an input of {rows + taps - rest} x {columns}",
            )
        blocks = output_sizes(self.windows(), self.output_size)
        if product(blocks) != columns:
            yield Misfit(
                "E305",
                f"an output of {written(self.output_size)} has {product(blocks)} windows, "
                f"and the input {columns} columns",
                argument="output_size",
                notes=(f"{written(blocks)} = {product(blocks)} windows",),
                help="use the output_size, padding, dilation and stride of the unfold",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        return (exact_div(inputs[0][0], product(self.kernel_size)), *self.output_size)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return Operations(adds=product(inputs[0]))

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        # which columns a position sums does not follow from one axis
        return (Step(0, grouped_reach(product(self.kernel_size), 1)), None, None)


KINDS = (
    Kind(
        "pixel_shuffle",
        PixelShuffle,
        "Spreads groups of channels over a finer grid (depth to space).",
        "pixel_shuffle: 2",
        ((16, 8, 8),),
        2,
    ),
    Kind(
        "pixel_unshuffle",
        PixelUnshuffle,
        "Gathers blocks of positions into channels (space to depth).",
        "pixel_unshuffle: 2",
        ((4, 16, 16),),
        2,
    ),
    Kind(
        "channel_shuffle",
        ChannelShuffle,
        "Deals the channels of each group out over all groups.",
        "channel_shuffle: 2",
        ((8, 16, 16),),
    ),
    Kind(
        "unfold",
        Unfold,
        "Writes each window as a column (im2col).",
        "unfold: {kernel_size: 3, padding: 1}",
        ((3, 32, 32),),
        2,
    ),
    Kind(
        "fold",
        Fold,
        "Sums columns back into an image (col2im).",
        "fold: {output_size: 32, kernel_size: 3, padding: 1}",
        ((27, 1024),),
        2,
    ),
)
