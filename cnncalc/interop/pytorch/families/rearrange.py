"""Elements moved between channels and positions."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import alike, around, at_one_side, collapsed, first, plain
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def pixel_shuffle(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    return plain("nn.PixelShuffle", first("upscale_factor", layer.upscale_factor))


def pixel_unshuffle(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    return plain("nn.PixelUnshuffle", first("downscale_factor", layer.downscale_factor))


def channel_shuffle(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    return plain("nn.ChannelShuffle", first("groups", layer.groups))


def unfold(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    return plain("nn.Unfold" if alike(layer.padding) else "PaddedUnfold", *_windows(layer))


def fold(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    size = first("output_size", collapsed(layer.output_size))
    return plain("nn.Fold" if alike(layer.padding) else "CroppedFold", size, *_windows(layer))


def _windows(layer: Any) -> tuple[Given, ...]:
    is_alike = alike(layer.padding)
    return (
        Given("kernel_size", collapsed(layer.kernel_size)),
        Given("dilation", collapsed(layer.dilation), 1),
        Given("padding", at_one_side(layer.padding), 0)
        if is_alike
        else Given("sides", around(layer.padding)),
        Given("stride", collapsed(layer.stride), 1),
    )


MODULES = {
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "channel_shuffle": channel_shuffle,
    "unfold": unfold,
    "fold": fold,
}
