"""What PyTorch has for convolutions and layers on the last dimension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.layers.base import Shape, Shapes
from tests.oracle.torch_building import (
    Build,
    alike,
    by_rank,
    of_one_side,
    of_rank,
    padded,
    sides_of,
    without_sides,
)


class TableConvolution(nn.Module):
    """A convolution for each output channel over the input channels in its row of the table."""

    def __init__(self, table: Sequence[Sequence[int]], convolution: Callable[[int, int], nn.Module]) -> None:
        super().__init__()
        self.table = table
        self.convolutions = nn.ModuleList(convolution(len(row), 1) for row in table)

    def forward(self, x: Tensor) -> Tensor:
        rows = zip(self.table, self.convolutions, strict=True)
        return torch.cat([convolution(x[:, list(row)]) for row, convolution in rows], dim=1)


def windowed(layer: Any, sizes: Shape, convolution: Callable[..., nn.Module]) -> nn.Module:
    """`convolution` with the layer's window; its own padding where it has that of the layer."""
    window = {"kernel_size": layer.kernel_size, "stride": layer.stride, "dilation": layer.dilation}
    if layer.padding == "valid" or (layer.padding == "same" and set(layer.stride) == {1}):
        return convolution(**window, padding=layer.padding, padding_mode=layer.padding_mode)
    if alike(layer.padding):
        padding = of_one_side(layer.padding)
        return convolution(**window, padding=padding, padding_mode=layer.padding_mode)
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    return padded(sides_of(layer, sizes, layer.dilation), convolution(**window), mode)


def convolution(layer: Any, inputs: Shapes) -> nn.Module:
    make = partial(of_rank("Conv", layer.kind.rank), bias=layer.bias)
    sizes = inputs[0][1:]
    if layer.connection_table is not None:
        return TableConvolution(
            layer.connection_table, lambda read, made: windowed(layer, sizes, partial(make, read, made))
        )
    return windowed(layer, sizes, partial(make, inputs[0][0], layer.out_channels, groups=layer.groups))


def depthwise(layer: Any, inputs: Shapes, bias: bool | None = None) -> nn.Module:
    channels = inputs[0][0]
    make = of_rank("Conv", layer.kind.rank)
    bias = layer.bias if bias is None else bias
    own = partial(make, channels, channels * layer.multiplier, groups=channels, bias=bias)
    return windowed(layer, inputs[0][1:], own)


def separable(layer: Any, inputs: Shapes) -> nn.Module:
    between = inputs[0][0] * layer.multiplier
    mixing = nn.Conv2d(between, layer.out_channels, 1, bias=layer.bias)
    return nn.Sequential(depthwise(layer, inputs, bias=False), mixing)


def transposed(layer: Any, inputs: Shapes) -> nn.Module:
    native = alike(layer.padding)
    module = of_rank("ConvTranspose", layer.kind.rank)(
        inputs[0][0],
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        of_one_side(layer.padding) if native else 0,
        layer.output_padding,
        layer.groups,
        layer.bias,
        layer.dilation,
    )
    return module if native else nn.Sequential(module, without_sides(layer.padding))


def linear(layer: Any, inputs: Shapes) -> nn.Module:
    return nn.Linear(inputs[0][-1], layer.out_features, bias=layer.bias)


class RadialBasis(nn.Module):
    def __init__(self, features: int, centers: int) -> None:
        super().__init__()
        self.register_buffer("centers", torch.rand(centers, features))

    def forward(self, x: Tensor) -> Tensor:
        return (x.unsqueeze(-2) - self.centers).square().sum(-1)


TORCH: dict[str, Build] = {
    **by_rank("conv", convolution),
    **by_rank("depthwise_conv", depthwise),
    "separable_conv2d": separable,
    **by_rank("conv_transpose", transposed),
    "linear": linear,
    "rbf": lambda layer, inputs: RadialBasis(inputs[0][-1], layer.out_features),
}
