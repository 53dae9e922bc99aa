"""Unpooling: nn.MaxUnpool for the pools that it can undo by their window, a piece for all others."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import at_one_side, collapsed, of_rank
from cnncalc.interop.pytorch.families.pooling import native_sides
from cnncalc.interop.pytorch.module import Also, Given, Module
from cnncalc.layers.base import Shapes
from cnncalc.layers.pooling import MaxPool

ALSO = (Also("indices"), Also("input", "output_size={}.shape"))


def max_unpool(layer: Any, inputs: Shapes) -> Module:
    pool = layer.pool
    if isinstance(pool, MaxPool) and set(pool.dilation) == {1}:
        sides = native_sides(pool, inputs[1][1:])
        if sides is not None:
            window = (
                Given("kernel_size", collapsed(pool.kernel_size)),
                Given("stride", collapsed(pool.stride)),
                Given("padding", at_one_side(sides), 0),
            )
            return of_rank("nn.MaxUnpool", layer.kind.rank, window)._replace(also=ALSO)
    return Module("MaxUnpool", also=ALSO)


MODULES = dict.fromkeys(("max_unpool1d", "max_unpool2d", "max_unpool3d"), max_unpool)
