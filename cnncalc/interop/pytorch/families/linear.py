"""Layers whose outputs depend on all features."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import first, plain
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def linear(layer: Any, inputs: Shapes) -> Module:
    features = first("in_features", inputs[0][-1]), first("out_features", layer.out_features)
    return plain("nn.Linear", *features, Given("bias", layer.bias, True))


def radial_basis(layer: Any, inputs: Shapes) -> Module:
    return plain(
        "RadialBasis", first("in_features", inputs[0][-1]), first("out_features", layer.out_features)
    )


MODULES = {"linear": linear, "rbf": radial_basis}
