"""Convolutions: conv1d/2d/3d, depthwise_conv1d/2d/3d, separable_conv2d.

Sizes: Dumoulin & Visin, "A guide to convolution arithmetic for deep learning" (2016); `same` padding is
TensorFlow's rule (out = ceil(size / stride), the odd cell after the input).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from cnncalc.arithmetic import exact_div, product
from cnncalc.geometry import Window, grouped_reach
from cnncalc.layers.arguments import ArgumentFault, argument
from cnncalc.layers.base import (
    Kind,
    Layer,
    Misfit,
    Movement,
    Operations,
    Shape,
    Shapes,
    Step,
    Tensors,
    frozen_layer,
)
from cnncalc.layers.readers import Boolean, Choice, Integer, ListOf, Optional, Padding, PerAxis
from cnncalc.layers.shapes import axis_names, by_groups, closest_divisor, output_sizes, rank_misfit, sliding
from cnncalc.layers.windows import padded_windows, window_misfits

PADDING = Padding(words=("same", "valid", "causal"))
PADDING_MODE = Choice(("zeros", "reflect", "replicate", "circular"))


def convolution_check(
    kind: str, inputs: Shapes, rank: int, windows: tuple[Window, ...], padding_mode: str
) -> Iterator[Misfit]:
    """What windows and padding of a convolution ask of the input's sizes."""
    sizes = inputs[0][1:]
    unfit = list(window_misfits(windows, sizes))
    yield from unfit
    limit = {"reflect": 1, "circular": 0}.get(padding_mode)
    if unfit or limit is None:
        return
    for name, window, size in zip(axis_names(rank), windows, sizes, strict=True):
        most = size - limit
        widest = max(window.before, window.after)
        if widest > most:
            clipped = window._replace(before=min(window.before, most), after=min(window.after, most))
            less = f"padding of at most {most}, or " if clipped.output_size(size) > 0 else ""
            yield Misfit(
                "E306",
                f"{padding_mode} padding of {widest} is more than an input {name} of {size} can give",
                argument="padding",
                notes=(f"{kind} can take at most {most} cells from inside the input",),
                help=f"use {less}padding_mode: zeros",
            )
            return


@frozen_layer
class Convolution(Layer):
    """Weight `out_channels x in_channels/groups x kernel`; macs = output positions x weight elements."""

    out_channels: int = argument(Integer(), "channels of the output")
    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    stride: tuple[int, ...] = argument(PerAxis(), "cells the window moves from output to output", 1)
    padding: tuple[tuple[int, int], ...] | str = argument(PADDING, "cells added around the input", 0)
    dilation: tuple[int, ...] = argument(PerAxis(), "distance between the window's taps", 1)
    groups: int = argument(Integer(), "groups of channels that do not see each other", 1)
    bias: bool = argument(Boolean(), "adds a learned number to each output channel", True)
    padding_mode: str = argument(PADDING_MODE, "what the added cells hold", "zeros")
    connection_table: tuple[tuple[int, ...], ...] | None = argument(
        Optional(ListOf(ListOf(Integer(0)))),
        "for each output channel the input channels it reads, as in LeNet-5's C3; null for all",
        None,
    )

    def __post_init__(self) -> None:
        if self.connection_table is None:
            return
        if len(self.connection_table) != self.out_channels:
            raise ArgumentFault(
                f"has {len(self.connection_table)} rows for {self.out_channels} output channels",
                argument="connection_table",
            )
        if self.groups != 1:
            raise ArgumentFault("does not go together with a connection_table", argument="groups")
        if any(len(set(row)) != len(row) for row in self.connection_table):
            raise ArgumentFault("names a channel twice in one row", argument="connection_table")

    def windows(self, sizes: Shape) -> tuple[Window, ...]:
        return padded_windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        rank = self.kind.rank
        misfit = rank_misfit(self.kind.name, inputs[0], rank)
        if misfit:
            yield misfit
            return
        channels = inputs[0][0]
        yield from group_misfits(channels, self.out_channels, self.groups)
        highest = max((max(row) for row in self.connection_table or ()), default=0)
        if highest >= channels:
            yield Misfit(
                "E303",
                f"the connection table reads channel {highest}, and the input has {channels} (from 0)",
                argument="connection_table",
                help=f"use channels from 0 to {channels - 1}",
                fatal=False,
            )
        yield from convolution_check(
            self.kind.name, inputs, rank, self.windows(inputs[0][1:]), self.padding_mode
        )

    def output_shape(self, inputs: Shapes) -> Shape:
        sizes = inputs[0][1:]
        return (self.out_channels, *output_sizes(self.windows(sizes), sizes))

    def weights(self, inputs: Shapes) -> Tensors:
        if self.connection_table is None:
            weight = (self.out_channels, exact_div(inputs[0][0], self.groups), *self.kernel_size)
        else:
            weight = (sum(len(row) for row in self.connection_table), *self.kernel_size)
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        positions = product(output[1:])
        macs = positions * product(self.weights(inputs)["weight"])
        return Operations(macs=macs, adds=positions * self.out_channels if self.bias else 0)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        reaches = (window.reach() for window in self.windows(inputs[0][1:]))
        return sliding(reaches, by_groups(inputs[0][0], self.out_channels, self.groups))


def group_misfits(in_channels: int, out_channels: int, groups: int) -> Iterator[Misfit]:
    """A fault if the groups do not divide the channels of input and output."""
    for channels, side in ((in_channels, "input"), (out_channels, "output")):
        if channels % groups:
            closest = closest_divisor(math.gcd(in_channels, out_channels), groups)
            yield Misfit(
                "E303",
                f"{groups} groups do not divide {channels} {side} channels",
                argument="groups",
                notes=(f"{channels} / {groups} leaves {channels % groups}",),
                help=f"use groups: {closest}, which divides {in_channels} and {out_channels}",
                fatal=False,
            )
            return


@frozen_layer
class DepthwiseConvolution(Layer):
    """Each input channel has `multiplier` windows of its own: a convolution with groups = in_channels."""

    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    stride: tuple[int, ...] = argument(PerAxis(), "cells the window moves from output to output", 1)
    padding: tuple[tuple[int, int], ...] | str = argument(PADDING, "cells added around the input", 0)
    dilation: tuple[int, ...] = argument(PerAxis(), "distance between the window's taps", 1)
    multiplier: int = argument(Integer(), "output channels made of each input channel", 1)
    bias: bool = argument(Boolean(), "adds a learned number to each output channel", True)
    padding_mode: str = argument(PADDING_MODE, "what the added cells hold", "zeros")

    def windows(self, sizes: Shape) -> tuple[Window, ...]:
        return padded_windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        rank = self.kind.rank
        misfit = rank_misfit(self.kind.name, inputs[0], rank)
        if misfit:
            yield misfit
            return
        windows = self.windows(inputs[0][1:])
        yield from convolution_check(self.kind.name, inputs, rank, windows, self.padding_mode)

    def output_shape(self, inputs: Shapes) -> Shape:
        sizes = inputs[0][1:]
        return (inputs[0][0] * self.multiplier, *output_sizes(self.windows(sizes), sizes))

    def weights(self, inputs: Shapes) -> Tensors:
        channels = inputs[0][0] * self.multiplier
        weight = {"weight": (channels, 1, *self.kernel_size)}
        return {**weight, "bias": (channels,)} if self.bias else weight

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        elements = product(output)
        return Operations(macs=elements * product(self.kernel_size), adds=elements if self.bias else 0)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        reaches = (window.reach() for window in self.windows(inputs[0][1:]))
        return sliding(reaches, Step(0, grouped_reach(1, self.multiplier)))


@frozen_layer
class SeparableConvolution(Layer):
    """A depthwise convolution without bias, then a 1x1 convolution over its channels (Chollet 2017)."""

    out_channels: int = argument(Integer(), "channels of the output")
    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    stride: tuple[int, ...] = argument(PerAxis(), "cells the window moves from output to output", 1)
    padding: tuple[tuple[int, int], ...] | str = argument(PADDING, "cells added around the input", 0)
    dilation: tuple[int, ...] = argument(PerAxis(), "distance between the window's taps", 1)
    multiplier: int = argument(Integer(), "depthwise channels made of each input channel", 1)
    bias: bool = argument(Boolean(), "adds a learned number to each output channel", True)
    padding_mode: str = argument(PADDING_MODE, "what the added cells hold", "zeros")

    @property
    def depthwise(self) -> DepthwiseConvolution:
        return DepthwiseConvolution(
            kind=self.kind,
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            multiplier=self.multiplier,
            bias=False,
            padding_mode=self.padding_mode,
        )

    @property
    def pointwise(self) -> Convolution:
        ones = (1,) * self.kind.rank
        return Convolution(
            kind=self.kind,
            out_channels=self.out_channels,
            kernel_size=ones,
            stride=ones,
            padding="valid",
            dilation=ones,
            groups=1,
            bias=self.bias,
            padding_mode="zeros",
            connection_table=None,
        )

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        return self.depthwise.check(inputs)

    def output_shape(self, inputs: Shapes) -> Shape:
        return (self.out_channels, *self.depthwise.output_shape(inputs)[1:])

    def weights(self, inputs: Shapes) -> Tensors:
        kernels = self.depthwise.weights(inputs)
        mixing = dict(self.pointwise.weights((self.depthwise.output_shape(inputs),)))
        return {
            "depthwise_weight": kernels["weight"],
            "pointwise_weight": mixing.pop("weight"),
            **mixing,
        }

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        between = (self.depthwise.output_shape(inputs)[0], *output[1:])
        own = self.depthwise.operations(inputs, between)
        return own.plus(self.pointwise.operations((between,), output))

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return sliding((window.reach() for window in self.depthwise.windows(inputs[0][1:])), channels=None)


def _by_rank(layer: type[Layer], name: str, doc: str, example: str) -> tuple[Kind, ...]:
    inputs = {1: ((16, 100),), 2: ((3, 32, 32),), 3: ((3, 8, 32, 32),)}
    return tuple(
        Kind(f"{name}{rank}d", layer, doc, f"{name}{rank}d: {example}", inputs[rank], rank)
        for rank in (1, 2, 3)
    )


KINDS = (
    *_by_rank(
        Convolution,
        "conv",
        "Slides learned kernels over all input channels (cross-correlation).",
        "{out_channels: 64, kernel_size: 3, padding: 1}",
    ),
    *_by_rank(
        DepthwiseConvolution,
        "depthwise_conv",
        "Slides learned kernels over each channel by itself.",
        "{kernel_size: 3, padding: 1}",
    ),
    Kind(
        "separable_conv2d",
        SeparableConvolution,
        "A depthwise convolution followed by a 1x1 convolution.",
        "separable_conv2d: {out_channels: 64, kernel_size: 3, padding: 1}",
        ((3, 32, 32),),
        2,
    ),
)
