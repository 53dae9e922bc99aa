"""Activations with arguments or weights: leaky_relu, prelu, elu, celu, gelu, hardtanh, softplus.

Their operations are counted as those of `activation`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from cnncalc.arithmetic import product
from cnncalc.layers.activation import activation, per_element
from cnncalc.layers.arguments import ArgumentFault, argument
from cnncalc.layers.base import Kind, Layer, Misfit, Operations, Shape, Shapes, Tensors, frozen_layer
from cnncalc.layers.readers import LARGEST, Choice, Integer, Number, shown, whole_number


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

    def __post_init__(self) -> None:
        if self.beta == 0:
            raise ArgumentFault("must not be 0, by which the logarithm is divided", argument="beta")

    operations = per_element


GELU = {
    "none": Operations(adds=1, muls=3, transcendentals=1),
    "tanh": Operations(adds=2, muls=6, transcendentals=1),
}


KINDS: tuple[Kind, ...] = (
    activation("leaky_relu", LeakyRelu, "x above 0, negative_slope*x below.", "0.2"),
    activation("prelu", Prelu, "Leaky relu whose slopes are learned.", "{num_parameters: channels}"),
    activation("elu", ExponentialUnit, "x above 0, alpha*(exp(x) - 1) below.", "{alpha: 0.5}"),
    activation("celu", ExponentialUnit, "x above 0, alpha*(exp(x/alpha) - 1) below.", "{alpha: 0.5}"),
    activation("gelu", Gelu, "x times the share of the normal distribution below x.", "{approximate: tanh}"),
    activation("hardtanh", Hardtanh, "min(max(x, min_val), max_val).", "{min_val: -2, max_val: 2}"),
    activation("softplus", Softplus, "log(1 + exp(beta*x)) / beta.", "{beta: 2}"),
)
