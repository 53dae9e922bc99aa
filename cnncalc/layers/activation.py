"""Activations: one output element from one input element, and softmax along a dimension.

The operations are those of the function as PyTorch computes it, one element each: exp, log, tanh, erf
and arctan are transcendentals, a choice between two values or a bound at one side is a compare, and both
sides of a choice are computed. Taking a sign away (-x, |x|) costs nothing, nor do constants.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from cnncalc.arithmetic import product
from cnncalc.layers.arguments import ArgumentFault, argument
from cnncalc.layers.base import (
    Kind,
    Layer,
    Misfit,
    Movement,
    Operations,
    Shape,
    Shapes,
    Tensors,
    frozen_layer,
)
from cnncalc.layers.readers import LARGEST, Choice, Integer, Number, shown, whole_number
from cnncalc.layers.shapes import dimension, dimension_misfit, whole_along


def per_element(self: Layer, inputs: Shapes, output: Shape) -> Operations:  # noqa: ARG001
    """The rule of all activations whose operations `PER_ELEMENT` tells."""
    return PER_ELEMENT[self.kind.name].times(product(output))


@frozen_layer
class Activation(Layer):
    """A function of each element by itself, without arguments."""

    elementwise: ClassVar[bool] = True
    operations = per_element


@frozen_layer
class LeakyRelu(Layer):
    """x if x > 0, else slope*x: a compare and a mul each element."""

    negative_slope: float = argument(Number(), "slope below 0", 0.01)

    elementwise: ClassVar[bool] = True
    operations = per_element


class ParameterCount:
    """A whole number, or `channels` for as many as the input has."""

    words = ("channels",)

    def read(self, value: Any, rank: int) -> int | str:
        if value in self.words:
            return str(value)
        number = whole_number(value)
        if number is None or not 1 <= number <= LARGEST:
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        return number

    def schema(self, rank: int) -> dict[str, Any]:
        return {"anyOf": [Integer().schema(rank), {"enum": list(self.words)}]}

    def describe(self, rank: int) -> str:
        return f"{Integer().describe(rank)}, or channels"


@frozen_layer
class Prelu(Layer):
    """Leaky relu with learned slopes: one for all, or one for each channel."""

    num_parameters: int | str = argument(
        ParameterCount(), "learned slopes: 1 for all channels, or as many as `channels`", 1
    )

    elementwise: ClassVar[bool] = True

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        channels = inputs[0][0]
        if self.num_parameters not in (1, channels, "channels"):
            yield Misfit(
                "E303",
                f"{self.num_parameters} slopes are neither 1 nor one for each of {channels} channels",
                argument="num_parameters",
                help="use num_parameters: 1, or num_parameters: channels",
                fatal=False,
            )

    def weights(self, inputs: Shapes) -> Tensors:
        return {"weight": (1,) if self.num_parameters == 1 else (inputs[0][0],)}

    operations = per_element


@frozen_layer
class ExponentialUnit(Layer):
    """elu: x if x > 0, else alpha*(exp(x) - 1); celu: the same with exp(x / alpha)."""

    alpha: float = argument(Number(), "the output falls to -alpha", 1.0)

    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.kind.name == "celu" and self.alpha == 0:
            raise ArgumentFault("must not be 0, by which x is divided", argument="alpha")

    operations = per_element


@frozen_layer
class Gelu(Layer):
    """x/2 * (1 + erf(x/sqrt(2))), or x/2 * (1 + tanh(a*(x + b*x*x*x))): Hendrycks & Gimpel 2016."""

    approximate: str = argument(Choice(("none", "tanh")), "computes it by tanh instead of erf", "none")

    elementwise: ClassVar[bool] = True

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return GELU[self.approximate].times(product(output))


@frozen_layer
class Hardtanh(Layer):
    """x within two bounds: two compares each element."""

    min_val: float = argument(Number(), "lower bound", -1.0)
    max_val: float = argument(Number(), "upper bound", 1.0)

    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.max_val <= self.min_val:
            raise ArgumentFault(
                f"must be above min_val, and {self.max_val:g} is not above {self.min_val:g}",
                argument="max_val",
            )

    operations = per_element


@frozen_layer
class Softplus(Layer):
    """log(1 + exp(beta*x)) / beta, and x itself where beta*x is above the threshold."""

    beta: float = argument(Number(), "sharpness", 1.0)
    threshold: float = argument(Number(), "from here on it is x itself", 20.0)

    elementwise: ClassVar[bool] = True
    operations = per_element


@frozen_layer
class Softmax(Layer):
    """exp(x - max) / sum(exp(x - max)) along a dimension; log_softmax is its log, x - max - log(sum).

    A slice of n elements takes n - 1 compares, n subtractions, n exp and n - 1 additions; then softmax
    n divisions, and log_softmax one log and n subtractions.
    """

    dim: int = argument(Integer(-LARGEST), "dimension whose elements add up to 1 (1: channels)", 1)

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
GELU = {
    "none": Operations(adds=1, muls=3, transcendentals=1),
    "tanh": Operations(adds=2, muls=6, transcendentals=1),
}


def _activation(name: str, layer: type[Layer], doc: str, arguments: str = "") -> Kind:
    return Kind(name, layer, doc, f"{name}: {arguments}" if arguments else name, ((64, 8, 8),))


KINDS: tuple[Kind, ...] = (
    _activation("relu", Activation, "max(x, 0)."),
    _activation("relu6", Activation, "min(max(x, 0), 6)."),
    _activation("leaky_relu", LeakyRelu, "x above 0, negative_slope*x below.", "0.2"),
    _activation("prelu", Prelu, "Leaky relu whose slopes are learned.", "{num_parameters: channels}"),
    _activation("elu", ExponentialUnit, "x above 0, alpha*(exp(x) - 1) below.", "{alpha: 0.5}"),
    _activation("selu", Activation, "1.0507 times elu with alpha 1.6733, which keeps mean and variance."),
    _activation("celu", ExponentialUnit, "x above 0, alpha*(exp(x/alpha) - 1) below.", "{alpha: 0.5}"),
    _activation("gelu", Gelu, "x times the share of the normal distribution below x.", "{approximate: tanh}"),
    _activation("silu", Activation, "x*sigmoid(x) = x / (1 + exp(-x)), also called swish."),
    _activation("mish", Activation, "x*tanh(log(1 + exp(x)))."),
    _activation("sigmoid", Activation, "1 / (1 + exp(-x))."),
    _activation("hardsigmoid", Activation, "min(max(x + 3, 0), 6) / 6."),
    _activation("tanh", Activation, "tanh(x)."),
    _activation("hardtanh", Hardtanh, "min(max(x, min_val), max_val).", "{min_val: -2, max_val: 2}"),
    _activation("arctan", Activation, "arctan(x)."),
    _activation("softplus", Softplus, "log(1 + exp(beta*x)) / beta.", "{beta: 2}"),
    _activation("softsign", Activation, "x / (1 + |x|)."),
    _activation("hardswish", Activation, "x*min(max(x + 3, 0), 6) / 6."),
    _activation("binary_step", Activation, "1 from 0 on, 0 below."),
    _activation("softmax", Softmax, "Positive shares along a dimension that add up to 1.", "{dim: 1}"),
    _activation("log_softmax", Softmax, "The logarithm of softmax.", "{dim: 1}"),
)
