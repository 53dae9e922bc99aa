"""Activations, softmax among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.interop.pytorch.arguments import first, number, plain
from cnncalc.interop.pytorch.module import REQUIRED, Given, Module, Required, Value
from cnncalc.layers.base import Shapes


def taking(constructor: str, **defaults: Value | Required) -> Callable[[Any, Shapes], Module]:
    """A module that takes fields of the layer by their names, with PyTorch's defaults."""

    def make(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
        return plain(constructor, *(Given(name, _field(layer, name), defaults[name]) for name in defaults))

    return make


def _field(layer: Any, name: str) -> Value:
    value: Value = getattr(layer, name)
    return number(value) if isinstance(value, float) else value


def prelu(layer: Any, inputs: Shapes) -> Module:
    slopes = inputs[0][0] if layer.num_parameters == "channels" else layer.num_parameters
    return plain("nn.PReLU") if slopes == 1 else plain("nn.PReLU", first("num_parameters", slopes))


MODULES = {
    "relu": taking("nn.ReLU"),
    "relu6": taking("nn.ReLU6"),
    "selu": taking("nn.SELU"),
    "silu": taking("nn.SiLU"),
    "mish": taking("nn.Mish"),
    "sigmoid": taking("nn.Sigmoid"),
    "hardsigmoid": taking("nn.Hardsigmoid"),
    "tanh": taking("nn.Tanh"),
    "arctan": taking("Arctan"),
    "softsign": taking("nn.Softsign"),
    "hardswish": taking("nn.Hardswish"),
    "binary_step": taking("BinaryStep"),
    "leaky_relu": taking("nn.LeakyReLU", negative_slope=0.01),
    "prelu": prelu,
    "elu": taking("nn.ELU", alpha=1.0),
    "celu": taking("nn.CELU", alpha=1.0),
    "gelu": taking("nn.GELU", approximate="none"),
    "hardtanh": taking("nn.Hardtanh", min_val=-1.0, max_val=1.0),
    "softplus": taking("nn.Softplus", beta=1.0, threshold=20.0),
    "softmax": taking("nn.Softmax", dim=REQUIRED),
    "log_softmax": taking("nn.LogSoftmax", dim=REQUIRED),
}
