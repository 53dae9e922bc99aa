"""Activations on real arrays, each by the formula that its operations are counted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnncalc.layers.base import Layer
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.elementwise import by_blocks
from cnncalc.numpy_backend.work import Work

Function = Callable[[Work, Array, Array], object]
"""Writes the function of a block to another block."""

FUNCTIONS: dict[str, Function] = {
    "relu": lambda work, x, out: work.bound(x, low=0, out=out),
    "relu6": lambda work, x, out: work.bound(x, 0, 6, out=out),
}


def activation(layer: Layer, inputs: Sequence[Array], work: Work) -> Array:
    function = FUNCTIONS[layer.kind.name]
    return by_blocks(lambda x, out: function(work, x, out), inputs, work)


EXECUTORS = dict.fromkeys(FUNCTIONS, activation)
