"""Random layers and input shapes, many of which fit and some of which do not.

A case follows from its kind and its seed alone: `case_of("conv2d", 17)` makes again what a failure names.
PyTorch is not needed here.
"""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from cnncalc.layers import find_kind
from cnncalc.layers.base import Layer, Shapes
from tests.oracle import drawn_convolutions, drawn_elementwise, drawn_merges, drawn_pools, drawn_shapes
from tests.oracle.drawing import Draw, Generator, make_layer


class Case(NamedTuple):
    """A layer with the shapes it reads (for each reference two more, as the rules want them)."""

    kind: str
    seed: int
    arguments: dict[str, Any]
    inputs: Shapes
    layer: Layer

    def __str__(self) -> str:
        return f"{self.kind} seed {self.seed}: {self.arguments} on {list(self.inputs)}"


BY_STEM: dict[str, Generator] = {
    **drawn_convolutions.BY_STEM,
    **drawn_pools.BY_STEM,
    **drawn_elementwise.BY_STEM,
    **drawn_shapes.BY_STEM,
    **drawn_merges.BY_STEM,
}
"""By the name of the kind without `1d`, `2d`, `3d`."""


def stem(name: str) -> str:
    """The name of a kind without its number of axes."""
    return name[:-2] if name[-2:] in ("1d", "2d", "3d") else name


def case_of(name: str, seed: int, roomy: bool = False) -> Case:
    """The case of a kind and a seed."""
    draw = Draw(Random(f"{name} {seed} {roomy}"), roomy)
    kind = find_kind(name)
    assert kind is not None
    generator = BY_STEM[stem(name)]
    arguments, inputs = generator(draw, kind.rank)
    if kind.rank and kind.inputs == 1 and not roomy and draw.chance(0.05):
        inputs = (draw.shape(draw.one(*({0, 1, 2, 3} - {kind.rank}))), *inputs[1:])
    pool = arguments.get("pool")
    layer = make_layer(name, {key: value for key, value in arguments.items() if key != "pool"})
    if pool is not None:
        layer = layer.referring((make_layer(*pool),))
    return Case(name, seed, arguments, inputs, layer)
