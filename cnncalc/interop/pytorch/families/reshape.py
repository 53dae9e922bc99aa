"""The same elements seen otherwise: nn.Flatten, nn.Unflatten, and pieces."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import first, plain
from cnncalc.interop.pytorch.families.activation import taking
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def reshape(layer: Any, inputs: Shapes) -> Module:
    """nn.Flatten and nn.Unflatten where they do the same for inputs of every size."""
    if layer.shape == (-1,):
        return plain("nn.Flatten", Given("start_dim", 1, 1), Given("end_dim", -1, -1))
    if len(inputs[0]) == 1:
        return plain("nn.Unflatten", first("dim", 1), first("unflattened_size", layer.shape))
    return plain("Reshape", first("shape", layer.shape))


def permute(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    dims = layer.dims if layer.dims[0] == 0 else (0, *layer.dims)
    return plain("Permute", first("dims", dims))


def unsqueeze(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    return plain("Unsqueeze", first("dim", layer.dim))


MODULES = {
    "flatten": taking("nn.Flatten", start_dim=1, end_dim=-1),
    "reshape": reshape,
    "permute": permute,
    "squeeze": taking("Squeeze", dim=None),
    "unsqueeze": unsqueeze,
}
