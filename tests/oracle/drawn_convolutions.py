"""Random convolutions and layers on the last dimension."""

# ruff: noqa: ARG001  # all generators have one signature
from __future__ import annotations

from typing import Any

from tests.oracle.drawing import Draw, Drawn, Generator


def convolution(draw: Draw, rank: int) -> Drawn:
    inputs = draw.shape(rank)
    channels = inputs[0]
    groups = draw.one(1, 1, draw.one(2, 3), channels) if not draw.chance(0.08) else draw.between(1, 5)
    arguments = {
        "out_channels": groups * draw.between(1, 3) if not draw.chance(0.08) else draw.between(1, 6),
        "kernel_size": draw.axes(rank, 1, 2, 3, 4, 5),
        **_sliding(draw, rank),
    }
    if groups > 1:
        arguments["groups"] = groups
    elif draw.chance(0.15):
        highest = channels if draw.chance(0.1) else channels - 1
        arguments["connection_table"] = [
            draw.random.sample(range(highest + 1), draw.between(1, highest + 1))
            for _ in range(arguments["out_channels"])
        ]
    return arguments, (inputs,)


def _sliding(draw: Draw, rank: int) -> dict[str, Any]:
    """The arguments that all convolutions have beside kernel and channels."""
    return draw.some(
        stride=draw.axes(rank, 1, 1, 2, 3),
        padding=draw.padding(rank, 3, "same", "valid", "causal"),
        dilation=draw.axes(rank, 1, 1, 2, 3),
        bias=draw.one(True, False),
        padding_mode=draw.one("zeros", "zeros", "reflect", "replicate", "circular"),
    )


def depthwise(draw: Draw, rank: int) -> Drawn:
    arguments = {"kernel_size": draw.axes(rank, 1, 2, 3, 4, 5), **_sliding(draw, rank)}
    return {**arguments, **draw.some(multiplier=draw.between(1, 3))}, (draw.shape(rank),)


def separable(draw: Draw, rank: int) -> Drawn:
    arguments, inputs = depthwise(draw, rank)
    return {"out_channels": draw.between(1, 5), **arguments}, inputs


def transposed(draw: Draw, rank: int) -> Drawn:
    inputs = draw.shape(rank)
    if not draw.roomy:
        inputs = (inputs[0], *(min(size, {1: 12, 2: 6, 3: 4}[rank]) for size in inputs[1:]))
    groups = draw.one(1, 1, inputs[0]) if not draw.chance(0.08) else draw.between(1, 5)
    return {
        "out_channels": groups * draw.between(1, 3) if not draw.chance(0.08) else draw.between(1, 6),
        "kernel_size": draw.axes(rank, 1, 2, 3, 4, 5),
        "groups": groups,
        **draw.some(
            stride=draw.axes(rank, 1, 2, 3),
            padding=draw.padding(rank, 2),
            output_padding=draw.axes(rank, 0, 0, 0, 1, 2) if draw.chance(0.5) else 0,
            bias=draw.one(True, False),
            dilation=draw.axes(rank, 1, 2, 3),
        ),
    }, (inputs,)


def last_dimension(draw: Draw, rank: int) -> Drawn:
    return {"out_features": draw.between(1, 9)}, (draw.shape(draw.one(0, 0, 1, 2)),)


def linear(draw: Draw, rank: int) -> Drawn:
    arguments, inputs = last_dimension(draw, rank)
    return {**arguments, **draw.some(bias=draw.one(True, False))}, inputs


BY_STEM: dict[str, Generator] = {
    "conv": convolution,
    "depthwise_conv": depthwise,
    "separable_conv": separable,
    "conv_transpose": transposed,
    "linear": linear,
    "rbf": last_dimension,
}
