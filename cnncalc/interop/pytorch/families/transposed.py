"""Transposed convolutions: nn.ConvTranspose1d/2d/3d, whose padding is the same at both sides."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import alike, around, at_one_side, collapsed, first, of_rank
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def transposed(layer: Any, inputs: Shapes) -> Module:
    native = alike(layer.padding)
    cut = Given("padding", at_one_side(layer.padding), 0) if native else Given("sides", around(layer.padding))
    return of_rank(
        "nn.ConvTranspose" if native else "CroppedConvTranspose",
        layer.kind.rank,
        (
            first("in_channels", inputs[0][0]),
            first("out_channels", layer.out_channels),
            Given("kernel_size", collapsed(layer.kernel_size)),
            Given("stride", collapsed(layer.stride), 1),
            cut,
            Given("output_padding", collapsed(layer.output_padding), 0),
            Given("groups", layer.groups, 1),
            Given("bias", layer.bias, True),
            Given("dilation", collapsed(layer.dilation), 1),
        ),
    )


MODULES = dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), transposed)
