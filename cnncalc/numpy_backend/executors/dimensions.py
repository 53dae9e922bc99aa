"""Which dimension of an array (N, C, ...) an argument means, and what it says for each spatial axis."""

from __future__ import annotations

from typing import Any

from cnncalc.layers.readers import AxisValues
from cnncalc.numpy_backend.work import CannotRun


def place_of(dim: int, dimensions: int) -> int:
    """The place of a dim among those of an array; the batch, place 0, is none that a layer may name."""
    place = dim + dimensions if dim < 0 else dim
    if not 0 < place < dimensions:
        raise CannotRun(f"dim {dim} is none of 1 to {dimensions - 1}, which come after the batch")
    return place


def for_each_axis(values: AxisValues, axes: int) -> tuple[Any, ...]:
    """One value for each spatial axis of an array."""
    if not axes:
        raise CannotRun("the input has no spatial axes")
    if not values.every and len(values.values) != axes:
        raise CannotRun(f"it has values for {len(values.values)} spatial axes, and the input has {axes}")
    return values.values * axes if values.every else values.values
