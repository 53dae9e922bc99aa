"""Transposed convolutions: conv_transpose1d/2d/3d.

Sizes: Dumoulin & Visin, "A guide to convolution arithmetic for deep learning" (2016), and
torch.nn.ConvTranspose2d.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.arithmetic import exact_div, product
from cnncalc.geometry import TransposedWindow
from cnncalc.layers.arguments import argument
from cnncalc.layers.base import (
    Kind,
    Layer,
    Misfit,
    Movement,
    Operations,
    Shape,
    Shapes,
    Tensors,
    frozen_layer,
)
from cnncalc.layers.convolution import group_misfits
from cnncalc.layers.readers import Boolean, Integer, Padding, PerAxis
from cnncalc.layers.shapes import axis_names, by_groups, misfits_of_one_rank, output_sizes, sliding


@frozen_layer
class TransposedConvolution(Layer):
    """Weight `in_channels x out_channels/groups x kernel`; macs = input positions x weight elements.

    Every input cell is multiplied with the whole kernel once (the gradient of a convolution); a bias is
    one add for each output element.
    """

    out_channels: int = argument(Integer(), "channels of the output")
    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window that each input cell writes")
    stride: tuple[int, ...] = argument(PerAxis(), "output cells from one input cell's window to the next", 1)
    padding: tuple[tuple[int, int], ...] = argument(Padding(), "cells cut off around the output", 0)
    output_padding: tuple[int, ...] = argument(
        PerAxis(Integer(0)), "cells added after the output, to tell sizes apart that a stride maps alike", 0
    )
    groups: int = argument(Integer(), "groups of channels that do not see each other", 1)
    bias: bool = argument(Boolean(), "adds a learned number to each output channel", True)
    dilation: tuple[int, ...] = argument(PerAxis(), "distance between the window's taps", 1)

    def windows(self) -> tuple[TransposedWindow, ...]:
        return tuple(
            TransposedWindow(kernel, stride, before, after, dilation, more)
            for kernel, stride, (before, after), dilation, more in zip(
                self.kernel_size, self.stride, self.padding, self.dilation, self.output_padding, strict=True
            )
        )

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        shape = inputs[0]
        ranked = list(misfits_of_one_rank(self.kind.name, shape, self.kind.rank))
        if ranked:
            yield from ranked
            return
        yield from group_misfits(shape[0], self.out_channels, self.groups)
        yield from _output_padding_misfits(self.windows())
        yield from _cut_misfits(self.windows(), shape[1:])

    def output_shape(self, inputs: Shapes) -> Shape:
        return (self.out_channels, *output_sizes(self.windows(), inputs[0][1:]))

    def weights(self, inputs: Shapes) -> Tensors:
        weight = (inputs[0][0], exact_div(self.out_channels, self.groups), *self.kernel_size)
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        macs = product(inputs[0][1:]) * product(self.weights(inputs)["weight"])
        return Operations(macs=macs, adds=product(output) if self.bias else 0)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        reaches = (window.reach() for window in self.windows())
        return sliding(reaches, by_groups(inputs[0][0], self.out_channels, self.groups))


def _output_padding_misfits(windows: tuple[TransposedWindow, ...]) -> Iterator[Misfit]:
    """A fault for the first axis with more output padding than PyTorch allows."""
    for axis, window in enumerate(windows):
        limit = max(window.stride, window.dilation)
        if window.output_padding >= limit:
            yield Misfit(
                "E306",
                f"output_padding of {window.output_padding} is not below stride {window.stride} or dilation "
                f"{window.dilation}",
                argument="output_padding",
                index=axis,
                help=f"use output_padding of at most {limit - 1}",
                fatal=False,
            )
            return


def _cut_misfits(windows: tuple[TransposedWindow, ...], sizes: Shape) -> Iterator[Misfit]:
    """A fault for the first axis whose padding cuts the whole output off."""
    for axis, (window, size) in enumerate(zip(windows, sizes, strict=True)):
        output = window.output_size(size)
        if output < 1:
            full = window._replace(before=0, after=0).output_size(size)
            name = axis_names(len(sizes))[axis]
            yield Misfit(
                "E306",
                f"padding cuts {window.before} + {window.after} cells off an output {name} of {full}",
                argument="padding",
                index=axis,
                notes=(
                    f"{full} - {window.before} - {window.after} = {output}, and an output needs at least 1",
                ),
                help=f"use padding of at most {(full - 1) // 2}",
            )
            return


def _example_inputs(rank: int) -> Shapes:
    return ((64, *(8,) * rank),)


KINDS = tuple(
    Kind(
        f"conv_transpose{rank}d",
        TransposedConvolution,
        "Writes learned kernels from each input cell into a larger output (deconvolution).",
        f"conv_transpose{rank}d: {{out_channels: 32, kernel_size: 2, stride: 2}}",
        _example_inputs(rank),
        rank,
    )
    for rank in (1, 2, 3)
)
