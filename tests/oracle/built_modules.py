"""Modules of PyTorch built from what the export says of a layer, by their text. Imports PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from cnncalc.interop.pytorch.module import Given, Merge, Module
from cnncalc.interop.pytorch.piece import read_piece
from cnncalc.interop.pytorch.table import MERGES, MODULES, with_indices
from cnncalc.layers.base import Layer, Shapes


def written(given: Given) -> str:
    text = "float('inf')" if given.value == float("inf") else repr(given.value)
    return text if given.positional else f"{given.name}={text}"


def text_of(module: Module) -> str:
    """The constructor call, without what has its default."""
    arguments = [written(given) for given in module.arguments if given.value != given.default]
    return f"{module.constructor}({', '.join(arguments)})"


def names_for(constructor: str) -> dict[str, Any]:
    """What the text of a constructor may name: its piece is made of the text that an export copies."""
    names: dict[str, Any] = {"nn": nn, "torch": torch, "functional": functional}
    if not constructor.startswith("nn."):
        _define(constructor, names)
    return names


def _define(name: str, names: dict[str, Any]) -> None:
    piece = read_piece(name)
    for other in piece.pieces:
        _define(other, names)
    exec("\n".join([*piece.imports, piece.text]), names)


def evaluated(module: Module) -> nn.Module:
    made = eval(text_of(module), names_for(module.constructor))
    assert isinstance(made, nn.Module)
    return made


class Merged(nn.Module):
    """A merge by its expression."""

    def __init__(self, merge: Merge) -> None:
        super().__init__()
        self.merge = merge

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        names = [f"x{place}" for place in range(len(inputs))]
        values = dict(zip(names, inputs, strict=True))
        result: torch.Tensor = eval(self.merge.expression.format(*names), {"torch": torch, **values})
        return result


def built(layer: Layer, inputs: Shapes) -> nn.Module:
    """The module of a layer."""
    name = layer.kind.name
    if name in MERGES:
        return Merged(MERGES[name](layer, inputs))
    return evaluated(MODULES[name](layer, inputs))


def built_with_indices(pool: Layer, inputs: Shapes) -> nn.Module:
    """The module of a max pool that also says where it found its values."""
    return evaluated(with_indices(MODULES[pool.kind.name](pool, inputs)))


def called_with(layer: Layer, inputs: Shapes) -> tuple[str, ...]:
    """What a module is called with beside its input."""
    name = layer.kind.name
    return () if name in MERGES else tuple(also.text for also in MODULES[name](layer, inputs).also)
