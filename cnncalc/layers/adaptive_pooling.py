"""Pools that are told their output: adaptive_avg/max_pool1d/2d/3d and the global pools.

Output `u` of an axis of `n` cells pooled to `m` takes the cells from floor(u*n/m) up to ceil((u+1)*n/m)
(torch.nn.AdaptiveAvgPool2d). Neighbouring windows share a cell where they do not meet at a whole one, so
all windows of an axis together take n + m - gcd(n, m) cells.
"""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.arithmetic import gcd, product
from cnncalc.geometry import adaptive_reach
from cnncalc.layers.arguments import argument
from cnncalc.layers.base import Kind, Layer, Misfit, Movement, Operations, Shape, Shapes, Step, frozen_layer
from cnncalc.layers.readers import Boolean, Integer, Optional, PerAxis
from cnncalc.layers.shapes import CHANNEL_BY_CHANNEL, misfits_of_one_rank, spatial_misfit


def pooling_operations(kind: str, cells: int, elements: int) -> Operations:
    """Windows of `cells` cells together make `elements`: each cell after a window's first is one step."""
    if "max" in kind:
        return Operations(compares=cells - elements)
    return Operations(adds=cells - elements, muls=elements)


@frozen_layer
class AdaptivePool(Layer):
    """Mean or largest of windows spread evenly over the input.

    Adds or compares: cells of all windows - output elements; for the mean a division for each of these.
    """

    output_size: tuple[int | None, ...] = argument(
        PerAxis(Optional(Integer())), "size of the output; null for that of the input"
    )

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        return misfits_of_one_rank(self.kind.name, inputs[0], self.kind.rank)

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, *sizes = inputs[0]
        wanted = zip(self.output_size, sizes, strict=True)
        return (channels, *(size if output is None else output for output, size in wanted))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        channels, *sizes = inputs[0]
        cells = product(
            size + pooled - gcd(size, pooled) for size, pooled in zip(sizes, output[1:], strict=True)
        )
        return pooling_operations(self.kind.name, channels * cells, product(output))

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return (
            CHANNEL_BY_CHANNEL,
            *(
                self._step(axis, inputs[0][axis], pooled)
                for axis, pooled in enumerate(self.output_size, start=1)
            ),
        )

    def _step(self, axis: int, size: int, pooled: int | None) -> Step:
        if pooled is None or pooled == 1:
            return Step(axis, whole=pooled == 1)
        return Step(axis, adaptive_reach(size, pooled))


@frozen_layer
class GlobalPool(Layer):
    """Mean or largest of each channel: positions - 1 adds or compares, and a division for the mean."""

    keepdim: bool = argument(Boolean(), "keeps each pooled axis, with size 1", True)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        if self.kind.rank:
            return misfits_of_one_rank(self.kind.name, inputs[0], self.kind.rank)
        misfit = spatial_misfit(self.kind.name, inputs[0])
        return () if misfit is None else (misfit,)

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, *sizes = inputs[0]
        return (channels, *(1 for _ in sizes)) if self.keepdim else (channels,)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return pooling_operations(self.kind.name, product(inputs[0]), inputs[0][0])

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return (CHANNEL_BY_CHANNEL, *(Step(axis, whole=True) for axis in range(1, len(output))))


INPUTS = {0: ((64, 7, 7),), 1: ((64, 50),), 2: ((64, 14, 14),), 3: ((64, 4, 14, 14),)}


def _adaptive(name: str, doc: str) -> tuple[Kind, ...]:
    return tuple(
        Kind(f"{name}{rank}d", AdaptivePool, doc, f"{name}{rank}d: 7", INPUTS[rank], rank)
        for rank in (1, 2, 3)
    )


def _global(name: str, doc: str) -> tuple[Kind, ...]:
    """The pool for any number of axes, and those that insist on theirs."""
    names = {0: name, 1: f"{name}1d", 2: f"{name}2d", 3: f"{name}3d"}
    return tuple(Kind(names[rank], GlobalPool, doc, names[rank], INPUTS[rank], rank) for rank in names)


KINDS = (
    *_adaptive("adaptive_avg_pool", "The mean of evenly spread windows, for an output of a given size."),
    *_adaptive(
        "adaptive_max_pool", "The largest value of evenly spread windows, for an output of a given size."
    ),
    *_global("global_avg_pool", "The mean of each channel."),
    *_global("global_max_pool", "The largest value of each channel."),
)
