"""What the tests of layer kinds share."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.figures import Figures, figures_of
from cnncalc.layers import find_kind
from cnncalc.layers.base import Layer, Misfit, Shape


def make(name: str, /, **arguments: Any) -> Layer:
    """A layer of the kind `name`, with arguments as the language would give them."""
    kind = find_kind(name)
    assert kind is not None, f"there is no kind {name}"
    return kind.make(arguments)


def figures(layer: Layer, *inputs: Shape) -> Figures:
    """The figures of a layer, after its check has passed."""
    assert list(layer.check(inputs)) == []
    return figures_of(layer, inputs)


def misfits(layer: Layer, *inputs: Shape) -> list[Misfit]:
    return list(layer.check(inputs))
