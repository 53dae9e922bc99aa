"""How every layer kind is made in PyTorch: by the kinds with one input, and by those that merge several.

Both take a layer and the shapes it reads; a layer with references gets two more for each of them, what the
layer it names reads and what that gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.interop.pytorch.families import (
    activation,
    adaptive_pooling,
    convolution,
    linear,
    merge,
    normalization,
    padding,
    pooling,
    rearrange,
    regularization,
    reshape,
    slicing,
    transposed,
    unpooling,
    upsampling,
)
from cnncalc.interop.pytorch.module import Merge, Module
from cnncalc.layers.base import Shapes

MODULES: dict[str, Callable[[Any, Shapes], Module]] = {
    **convolution.MODULES,
    **transposed.MODULES,
    **linear.MODULES,
    **pooling.MODULES,
    **adaptive_pooling.MODULES,
    **unpooling.MODULES,
    **normalization.MODULES,
    **activation.MODULES,
    **regularization.MODULES,
    **padding.MODULES,
    **reshape.MODULES,
    **slicing.MODULES,
    **rearrange.MODULES,
    **upsampling.MODULES,
}

MERGES: dict[str, Callable[[Any, Shapes], Merge]] = merge.MERGES


def with_indices(pool: Module) -> Module:
    """The max pool that gives its values and where it found them."""
    arguments = tuple(
        given._replace(value=True) if given.name == "return_indices" else given for given in pool.arguments
    )
    return pool._replace(arguments=arguments)
