"""Cells added around the spatial axes or taken off."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import around, collapsed, first, number, of_rank, plain
from cnncalc.interop.pytorch.module import Also, Given, Module
from cnncalc.layers.base import Shapes

STEMS = {"reflect": "nn.ReflectionPad", "replicate": "nn.ReplicationPad", "circular": "nn.CircularPad"}


def pad(layer: Any, inputs: Shapes) -> Module:
    rank = len(inputs[0]) - 1
    sides = around(layer.padding.over(rank))
    if rank > 3:
        return plain("Pad", first("padding", sides), Given("value", number(layer.value), 0))
    padding = first("padding", collapsed(sides))
    if layer.mode in STEMS:
        return of_rank(STEMS[layer.mode], rank, (padding,))
    if layer.value:
        return of_rank("nn.ConstantPad", rank, (padding, Given("value", number(layer.value))))
    return of_rank("nn.ZeroPad", rank, (padding,))


def crop(layer: Any, inputs: Shapes) -> Module:
    sides = around(layer.cropping.over(len(inputs[0]) - 1))
    return plain("Crop", first("cropping", collapsed(sides)))


def center_crop(layer: Any, inputs: Shapes) -> Module:
    if layer.size is None:
        return Module("CenterCropLike", also=(Also("output"),))
    return plain("CenterCrop", first("size", collapsed(layer.size.over(len(inputs[0]) - 1))))


MODULES = {"pad": pad, "crop": crop, "center_crop": center_crop}
