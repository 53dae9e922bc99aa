"""What the tests of layer kinds share."""

from __future__ import annotations

from typing import Any

import numpy as np

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


def assert_same_on_arrays(layer: Layer, *cases: tuple[Shape, ...]) -> None:
    """The rules give for NumPy arrays of sizes, all cases at once, what they give for the ints of each."""
    inputs = tuple(
        tuple(np.array(sizes) for sizes in zip(*shapes, strict=True)) for shapes in zip(*cases, strict=True)
    )
    at_once = figures_of(layer, inputs)
    for index, case in enumerate(cases):
        alone = figures(layer, *case)
        assert [int(np.broadcast_to(size, len(cases))[index]) for size in at_once.output_shape] == [
            *alone.output_shape
        ]
        assert [int(np.broadcast_to(count, len(cases))[index]) for count in at_once.operations] == [
            *alone.operations
        ]
        for of_all, own in (
            (at_once.params, alone.params),
            (at_once.buffer_elements, alone.buffer_elements),
        ):
            assert int(np.broadcast_to(of_all, len(cases))[index]) == own
