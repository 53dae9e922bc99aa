"""Activations: one output element from one input element, and softmax along a dimension.

The operations are those of the function as it is usually computed, one element each; exp, log, tanh,
erf and roots are transcendentals, a comparison or clipping at one side is a compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnncalc.arithmetic import product
from cnncalc.layers.base import (
    Kind,
    Layer,
    Operations,
    Shape,
    Shapes,
)


@dataclass(frozen=True)
class Activation(Layer):
    """A function of each element by itself."""

    elementwise: ClassVar[bool] = True

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return PER_ELEMENT[self.kind.name].times(product(output))


PER_ELEMENT = {
    "relu": Operations(compares=1),
}

KINDS: tuple[Kind, ...] = (Kind("relu", Activation, "max(x, 0).", "relu", ((64, 8, 8),)),)
