"""Activations without arguments: one output element from one input element.

The operations are those of the function as PyTorch computes it, one element each: exp, log, tanh, erf
and arctan are transcendentals, a choice between two values or a bound at one side is a compare, and both
sides of a choice are computed. Taking a sign away (-x, |x|) costs nothing, nor do constants.
"""

from __future__ import annotations

from typing import ClassVar

from cnncalc.arithmetic import product
from cnncalc.layers.base import Kind, Layer, Operations, Shape, Shapes, frozen_layer


def per_element(self: Layer, inputs: Shapes, output: Shape) -> Operations:  # noqa: ARG001
    """The rule of all activations whose operations `PER_ELEMENT` tells."""
    return PER_ELEMENT[self.kind.name].times(product(output))


@frozen_layer
class Activation(Layer):
    """A function of each element by itself, without arguments."""

    elementwise: ClassVar[bool] = True
    operations = per_element


PER_ELEMENT = {
    "relu": Operations(compares=1),
    "relu6": Operations(compares=2),
    "leaky_relu": Operations(muls=1, compares=1),
    "prelu": Operations(muls=1, compares=1),
    "elu": Operations(adds=1, muls=1, compares=1, transcendentals=1),
    "selu": Operations(adds=1, muls=2, compares=1, transcendentals=1),
    "celu": Operations(adds=1, muls=2, compares=1, transcendentals=1),
    "silu": Operations(adds=1, muls=1, transcendentals=1),
    "mish": Operations(adds=1, muls=1, transcendentals=3),
    "sigmoid": Operations(adds=1, muls=1, transcendentals=1),
    "hardsigmoid": Operations(adds=1, muls=1, compares=2),
    "tanh": Operations(transcendentals=1),
    "hardtanh": Operations(compares=2),
    "arctan": Operations(transcendentals=1),
    "softplus": Operations(adds=1, muls=2, compares=1, transcendentals=2),
    "softsign": Operations(adds=1, muls=1),
    "hardswish": Operations(adds=1, muls=2, compares=2),
    "binary_step": Operations(compares=1),
}


def activation(name: str, layer: type[Layer], doc: str, arguments: str = "") -> Kind:
    """The kind of an activation, with an example."""
    return Kind(name, layer, doc, f"{name}: {arguments}" if arguments else name, ((64, 8, 8),))


KINDS: tuple[Kind, ...] = (
    activation("relu", Activation, "max(x, 0)."),
    activation("relu6", Activation, "min(max(x, 0), 6)."),
    activation("selu", Activation, "1.0507 times elu with alpha 1.6733, which keeps mean and variance."),
    activation("silu", Activation, "x*sigmoid(x) = x / (1 + exp(-x)), also called swish."),
    activation("mish", Activation, "x*tanh(log(1 + exp(x)))."),
    activation("sigmoid", Activation, "1 / (1 + exp(-x))."),
    activation("hardsigmoid", Activation, "min(max(x + 3, 0), 6) / 6."),
    activation("tanh", Activation, "tanh(x)."),
    activation("arctan", Activation, "arctan(x)."),
    activation("softsign", Activation, "x / (1 + |x|)."),
    activation("hardswish", Activation, "x*min(max(x + 3, 0), 6) / 6."),
    activation("binary_step", Activation, "1 from 0 on, 0 below."),
)
