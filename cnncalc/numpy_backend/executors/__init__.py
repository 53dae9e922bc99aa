"""The executor of each layer kind, one file for each family as in `cnncalc.layers`.

An executor takes a layer, the arrays it reads (N, C, ...) and its `Work`, and gives its output. It reads
the layer's fields and the arrays alone, never the rules of shapes and counts: sizes are what the arrays
turn out to be, and tensors are asked for in the shape in which they are needed. Where it cannot do what
the layer asks it raises CannotRun.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from cnncalc.layers import FAMILIES
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import Work

Executor: TypeAlias = Callable[[Any, Sequence[Array], Work], Array]

EXECUTORS: dict[str, Executor] = {
    name: executor
    for family in FAMILIES
    for name, executor in import_module(f"{__name__}.{family}").EXECUTORS.items()
}
"""By the name of the kind."""

FINISHING_KINDS = frozenset(
    (
        *(f"conv{rank}d" for rank in (1, 2, 3)),
        *(f"depthwise_conv{rank}d" for rank in (1, 2, 3)),
        "separable_conv2d",
        "linear",
        *("add", "subtract", "multiply", "maximum", "mean"),
    )
)
"""Kinds whose executors call `Work.finish` for each block of their output."""
