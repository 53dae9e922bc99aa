"""Softmax and its logarithm, along a dimension."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.arithmetic import product
from cnncalc.layers.activation import activation
from cnncalc.layers.arguments import argument
from cnncalc.layers.base import Kind, Layer, Misfit, Movement, Operations, Shape, Shapes, frozen_layer
from cnncalc.layers.readers import DIM
from cnncalc.layers.shapes import dimension, dimension_misfit, whole_along


@frozen_layer
class Softmax(Layer):
    """exp(x - max) / sum(exp(x - max)) along a dimension; log_softmax is its log, x - max - log(sum).

    A slice of n elements takes n - 1 compares, n subtractions, n exp and n - 1 additions; then softmax
    n divisions, and log_softmax one log and n subtractions.
    """

    dim: int = argument(DIM, "dimension whose elements add up to 1 (1: channels)", 1)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        misfit = dimension_misfit(self.dim, inputs[0])
        if misfit:
            yield misfit._replace(fatal=False)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        place = dimension(self.dim, len(output))
        elements = product(output)
        slices = product(output[:place] + output[place + 1 :])
        compares = elements - slices
        if self.kind.name == "softmax":
            return Operations(
                adds=elements * 2 - slices, muls=elements, compares=compares, transcendentals=elements
            )
        return Operations(adds=elements * 3 - slices, compares=compares, transcendentals=elements + slices)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(output)
        return whole_along((dimension(self.dim, rank),), rank)


KINDS: tuple[Kind, ...] = (
    activation("softmax", Softmax, "Positive shares along a dimension that add up to 1.", "{dim: 1}"),
    activation("log_softmax", Softmax, "The logarithm of softmax.", "{dim: 1}"),
)
