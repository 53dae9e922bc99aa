"""A part of one dim."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import first, plain
from cnncalc.interop.pytorch.families.activation import taking
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def split(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    parts = first("sections", layer.sections)
    return plain("Split", parts, Given("index", layer.index), Given("dim", layer.dim, 1))


MODULES = {"split": split, "slice": taking("Slice", start=0, stop=None, step=1, dim=1)}
