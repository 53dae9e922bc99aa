"""What PyTorch has for layers that pad, cut, reshape, rearrange or resize."""

# ruff: noqa: ARG001, ARG005  # all builders have one signature
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.layers.base import Shape, Shapes
from tests.oracle.torch_building import (
    Build,
    Sides,
    alike,
    flat,
    function,
    of_one_side,
    padded,
    plain,
    without_sides,
)


def pad(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    mode = "constant" if layer.mode == "zeros" else layer.mode
    value = layer.value if mode == "constant" else None
    return lambda x: functional.pad(x, flat(sides_over(layer.padding, inputs[0])), mode, value)


def crop(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    return without_sides(sides_over(layer.cropping, inputs[0]))


def sides_over(values: Any, shape: Shape) -> Sides:
    """Refuses what a caller of PyTorch has no way to write: sides for other axes than there are."""
    if not shape[1:] or (not values.every and len(values.values) != len(shape) - 1):
        raise ValueError("as many sides as spatial axes")
    return values.values * (len(shape) - 1) if values.every else values.values


def center_crop(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    axes = len(inputs[0]) - 1
    every = layer.size is not None and layer.size.every
    wanted = inputs[2][1:] if layer.size is None else layer.size.values * (axes if every else 1)
    if not axes or len(wanted) != axes:
        raise ValueError("as many sizes as spatial axes")

    def call(x: Tensor) -> Tensor:
        for axis, (size, kept) in enumerate(zip(inputs[0][1:], wanted, strict=True), start=2):
            x = x.narrow(axis, round((size - kept) / 2.0), kept)
        return x

    return call


def permute(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    dims = layer.dims if layer.dims[0] == 0 else (0, *layer.dims)
    return lambda x: x.permute(dims)


def squeeze(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    dims = tuple(range(1, len(inputs[0]) + 1)) if layer.dim is None else layer.dim
    return lambda x: x.squeeze(dims)


def split(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    if isinstance(layer.sections, int):
        count = layer.sections

        def part(x: Tensor) -> Tensor:
            parts = x.movedim(layer.dim, -1).unflatten(-1, (count, -1))
            return parts.select(-2, layer.index).movedim(-1, layer.dim)

        return part
    return lambda x: torch.split(x, list(layer.sections), layer.dim)[layer.index]


def slice_(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    def call(x: Tensor) -> Tensor:
        along_last = x.movedim(layer.dim, -1)
        return along_last[..., layer.start : layer.stop : layer.step].movedim(-1, layer.dim)

    return call


def unfold(layer: Any, inputs: Shapes) -> nn.Module:
    if alike(layer.padding):
        return nn.Unfold(layer.kernel_size, layer.dilation, of_one_side(layer.padding), layer.stride)
    return padded(layer.padding, nn.Unfold(layer.kernel_size, layer.dilation, 0, layer.stride))


def fold(layer: Any, inputs: Shapes) -> nn.Module:
    if alike(layer.padding):
        padding = of_one_side(layer.padding)
        return nn.Fold(layer.output_size, layer.kernel_size, layer.dilation, padding, layer.stride)
    wide = [
        size + before + after for size, (before, after) in zip(layer.output_size, layer.padding, strict=True)
    ]
    module = nn.Fold(wide, layer.kernel_size, layer.dilation, 0, layer.stride)
    return nn.Sequential(module, without_sides(layer.padding))


def upsample(layer: Any, inputs: Shapes) -> nn.Module:
    def target(values: Any, number: Callable[[Any], Any]) -> Any:
        if values is None:
            return None
        return number(values.values[0]) if values.every else tuple(map(number, values.values))

    factors = target(layer.scale_factor, float)
    if layer.mode == "nearest" and factors is not None:  # where it keeps a size, PyTorch now and then copies
        sizes, values = inputs[0][1:], layer.scale_factor.over(len(inputs[0]) - 1)
        pairs = zip(sizes, values, strict=True)
        factors = tuple(1.0 if int(size * factor) == size else float(factor) for size, factor in pairs)
    return nn.Upsample(
        target(layer.size, int),
        factors,
        layer.mode,
        None if layer.mode == "nearest" else layer.align_corners,
    )


TORCH: dict[str, Build] = {
    "pad": function(pad),
    "crop": function(crop),
    "center_crop": function(center_crop),
    "flatten": plain(nn.Flatten, "start_dim", "end_dim"),
    "reshape": function(lambda layer, inputs: lambda x: x.reshape(len(x), *layer.shape)),
    "permute": function(permute),
    "squeeze": function(squeeze),
    "unsqueeze": function(lambda layer, inputs: lambda x: x.unsqueeze(layer.dim)),
    "split": function(split),
    "slice": function(slice_),
    "pixel_shuffle": plain(nn.PixelShuffle, "upscale_factor"),
    "pixel_unshuffle": plain(nn.PixelUnshuffle, "downscale_factor"),
    "channel_shuffle": plain(nn.ChannelShuffle, "groups"),
    "unfold": unfold,
    "fold": fold,
    "upsample": upsample,
}
