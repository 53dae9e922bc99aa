"""Layers whose outputs each depend on all features: linear, and LeNet-5's radial basis functions.

Both work on the last dimension of a shape, as in PyTorch; the dimensions before it stay.
"""

from __future__ import annotations

from cnncalc.arithmetic import product
from cnncalc.layers.arguments import argument
from cnncalc.layers.base import Kind, Layer, Movement, Operations, Shape, Shapes, Tensors, frozen_layer
from cnncalc.layers.readers import Boolean, Integer
from cnncalc.layers.shapes import whole_along


@frozen_layer
class Linear(Layer):
    """Weight `out_features x in_features`; macs = leading positions x weight elements."""

    out_features: int = argument(Integer(), "size of the last dimension of the output")
    bias: bool = argument(Boolean(), "adds a learned number to each output feature", True)

    def output_shape(self, inputs: Shapes) -> Shape:
        return (*inputs[0][:-1], self.out_features)

    def weights(self, inputs: Shapes) -> Tensors:
        weight = (self.out_features, inputs[0][-1])
        return {"weight": weight, "bias": (self.out_features,)} if self.bias else {"weight": weight}

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        outputs = product(output)
        return Operations(macs=outputs * inputs[0][-1], adds=outputs if self.bias else 0)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(output)
        return whole_along((rank - 1,), rank)


@frozen_layer
class RadialBasis(Layer):
    """Squared distances to fixed centres: y[i] = sum over j of (x[j] - center[i][j])**2.

    The centres are buffers `out_features x in_features`, set by hand (LeCun, Bottou, Bengio & Haffner 1998,
    section II.B). Each output takes, for n features, n subtractions, n squarings and n - 1 additions.
    """

    out_features: int = argument(Integer(), "centres, one for each output")

    def output_shape(self, inputs: Shapes) -> Shape:
        return (*inputs[0][:-1], self.out_features)

    def buffers(self, inputs: Shapes) -> Tensors:
        return {"centers": (self.out_features, inputs[0][-1])}

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        outputs, features = product(output), inputs[0][-1]
        return Operations(adds=outputs * (2 * features - 1), muls=outputs * features)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(output)
        return whole_along((rank - 1,), rank)


KINDS: tuple[Kind, ...] = (
    Kind("linear", Linear, "Every output a weighted sum of all features.", "linear: 10", ((84,),)),
    Kind("rbf", RadialBasis, "Every output the squared distance to a fixed centre.", "rbf: 10", ((84,),)),
)
