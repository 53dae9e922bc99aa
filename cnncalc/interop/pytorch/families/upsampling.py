"""Resizing: nn.Upsample, whose sizes and places are those of binary fractions."""

from __future__ import annotations

import math
from typing import Any

from cnncalc.interop.pytorch.arguments import collapsed, number, plain
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def upsample(layer: Any, inputs: Shapes) -> Module:
    sizes, wanted = inputs[0][1:], layer.output_shape(inputs)[1:]
    if layer.size is not None:
        target = Given("size", collapsed(wanted))
    else:
        factors = layer.scale_factor.over(len(sizes))
        scaled = [math.floor(size * float(factor)) for size, factor in zip(sizes, factors, strict=True)]
        if scaled == list(wanted):
            target = Given("scale_factor", collapsed([number(float(factor)) for factor in factors]))
        else:  # PyTorch makes 28 of 100 * 0.29
            target = Given("size", collapsed(wanted))
    return plain(
        "nn.Upsample",
        target,
        Given("mode", layer.mode, "nearest"),
        Given("align_corners", True if layer.align_corners else None, None),
    )


MODULES = {"upsample": upsample}
