"""Adaptive and global pools: a global pool that keeps its axes is an adaptive one with one output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.interop.pytorch.arguments import collapsed, first, of_rank, plain
from cnncalc.interop.pytorch.families.pooling import INDICES
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def adaptive_avg_pool(layer: Any, inputs: Shapes) -> Module:
    return of_rank("nn.AdaptiveAvgPool", layer.kind.rank, (_output_size(layer, inputs),))


def adaptive_max_pool(layer: Any, inputs: Shapes) -> Module:
    return of_rank("nn.AdaptiveMaxPool", layer.kind.rank, (_output_size(layer, inputs), INDICES))


def _output_size(layer: Any, inputs: Shapes) -> Given:
    wanted = layer.output_size
    if layer.kind.rank == 1:  # for which PyTorch takes no None
        wanted = tuple(size or own for size, own in zip(wanted, inputs[0][1:], strict=True))
    return first("output_size", collapsed(wanted))


def global_pool(adaptive: str, piece: str) -> Callable[[Any, Shapes], Module]:
    def make(layer: Any, inputs: Shapes) -> Module:
        rank = len(inputs[0]) - 1
        if layer.keepdim and rank <= 3:
            return of_rank(adaptive, rank, (first("output_size", 1),))
        return plain(piece, Given("keepdim", layer.keepdim, False))

    return make


_AVG = global_pool("nn.AdaptiveAvgPool", "GlobalAvgPool")
_MAX = global_pool("nn.AdaptiveMaxPool", "GlobalMaxPool")

MODULES = {
    **dict.fromkeys(("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"), adaptive_avg_pool),
    **dict.fromkeys(("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"), adaptive_max_pool),
    **dict.fromkeys(("global_avg_pool", *(f"global_avg_pool{rank}d" for rank in (1, 2, 3))), _AVG),
    **dict.fromkeys(("global_max_pool", *(f"global_max_pool{rank}d" for rank in (1, 2, 3))), _MAX),
}
