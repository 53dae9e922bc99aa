"""Merges: an expression of several tensors, and the piece for branches of one."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from cnncalc.interop.pytorch.module import Given, Merge
from cnncalc.layers.base import Shapes


def _places(inputs: Shapes) -> list[str]:
    return [f"{{{place}}}" for place in range(len(inputs))]


def joined(sign: str, piece: str) -> Callable[[Any, Shapes], Merge]:
    """The inputs with an operator between them."""
    return lambda layer, inputs: Merge(f" {sign} ".join(_places(inputs)), piece)  # noqa: ARG005


def add(layer: Any, inputs: Shapes) -> Merge:  # noqa: ARG001
    return Merge(" + ".join(_places(inputs)), "Add", of_list="sum([{}])")


def mean(layer: Any, inputs: Shapes) -> Merge:  # noqa: ARG001
    count = len(inputs)
    return Merge(f"({' + '.join(_places(inputs))}) / {count}", "Mean", of_list=f"sum([{{}}]) / {count}")


def maximum(layer: Any, inputs: Shapes) -> Merge:  # noqa: ARG001
    largest = reduce("torch.maximum({}, {})".format, _places(inputs))
    return Merge(largest, "Maximum")


def along(function: str, piece: str) -> Callable[[Any, Shapes], Merge]:
    """A function of a list of tensors and a dim."""

    def make(layer: Any, inputs: Shapes) -> Merge:
        of_list = f"torch.{function}([{{}}], dim={layer.dim})"
        return Merge(
            of_list.format(", ".join(_places(inputs))), piece, (Given("dim", layer.dim, 1),), of_list
        )

    return make


MERGES = {
    "concat": along("cat", "Concat"),
    "stack": along("stack", "Stack"),
    "add": add,
    "subtract": joined("-", "Subtract"),
    "multiply": joined("*", "Multiply"),
    "maximum": maximum,
    "mean": mean,
}
