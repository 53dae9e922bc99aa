"""Convolutions: nn.Conv1d/2d/3d, and pieces for padding and tables that these do not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cnncalc.geometry import Window
from cnncalc.interop.pytorch.arguments import Sides, alike, around, at_one_side, collapsed, first, of_rank
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shape, Shapes


def convolution(layer: Any, inputs: Shapes) -> Module:
    rank = layer.kind.rank
    if layer.connection_table is not None:
        return _of_table(layer, inputs[0][1:])
    channels = (first("in_channels", inputs[0][0]), first("out_channels", layer.out_channels))
    return _padded(layer, rank, channels, layer.groups)


def depthwise(layer: Any, inputs: Shapes) -> Module:
    channels = inputs[0][0]
    made = (first("in_channels", channels), first("out_channels", channels * layer.multiplier))
    return _padded(layer, layer.kind.rank, made, channels)


def separable(layer: Any, inputs: Shapes) -> Module:
    padding = layer.padding
    if padding != "same":
        sides = _sides(layer.depthwise.windows(inputs[0][1:]))
        padding = collapsed(around(sides))
    return Module(
        "SeparableConv2d",
        (
            first("in_channels", inputs[0][0]),
            first("out_channels", layer.out_channels),
            *_window(layer),
            Given("padding", padding, 0),
            Given("dilation", collapsed(layer.dilation), 1),
            Given("multiplier", layer.multiplier, 1),
            *_bias_and_mode(layer),
        ),
    )


def _of_table(layer: Any, sizes: Shape) -> Module:
    sides = around(_sides(layer.windows(sizes)))
    bias, mode = _bias_and_mode(layer)
    return of_rank(
        "TableConv",
        layer.kind.rank,
        (
            first("connection_table", layer.connection_table),
            *_window(layer),
            Given("sides", sides if any(sides) else (), ()),
            Given("dilation", collapsed(layer.dilation), 1),
            bias,
            *([mode] if any(sides) else []),
        ),
    )


def _padded(layer: Any, rank: int, channels: tuple[Given, ...], groups: int) -> Module:
    """The convolution that has the layer's padding."""
    stem, padding = _stem_and_padding(layer)
    return of_rank(
        stem,
        rank,
        (
            *channels,
            *_window(layer),
            *padding,
            Given("dilation", collapsed(layer.dilation), 1),
            Given("groups", groups, 1),
            *_bias_and_mode(layer),
        ),
    )


def _stem_and_padding(layer: Any) -> tuple[str, tuple[Given, ...]]:
    padding = layer.padding
    if padding == "valid" or (isinstance(padding, str) and set(layer.kernel_size) == {1}):
        return "nn.Conv", ()
    if padding == "same":
        return ("nn.Conv", (Given("padding", "same", 0),)) if set(layer.stride) == {1} else ("SameConv", ())
    if padding == "causal":
        return "CausalConv", ()
    if alike(padding):
        return "nn.Conv", (Given("padding", at_one_side(padding), 0),)
    return "PaddedConv", (Given("sides", around(padding)),)


def _window(layer: Any) -> tuple[Given, ...]:
    return (
        Given("kernel_size", collapsed(layer.kernel_size)),
        Given("stride", collapsed(layer.stride), 1),
    )


def _bias_and_mode(layer: Any) -> tuple[Given, Given]:
    return Given("bias", layer.bias, True), Given("padding_mode", layer.padding_mode, "zeros")


def _sides(windows: Iterable[Window]) -> Sides:
    """The padding of windows in cells."""
    return [(window.before, window.after) for window in windows]


MODULES = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution),
    **dict.fromkeys(("depthwise_conv1d", "depthwise_conv2d", "depthwise_conv3d"), depthwise),
    "separable_conv2d": separable,
}
