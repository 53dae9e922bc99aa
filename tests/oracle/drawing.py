"""Random values that layers take and shapes that they read, from which the kinds draw their cases."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from cnncalc.layers import find_kind
from cnncalc.layers.base import Layer, Shape, Shapes

LONGEST = {1: 20, 2: 11, 3: 7}
ROOMY = {1: (14, 28), 2: (9, 14), 3: (6, 8)}
"""Sizes where a window is to fit well inside, for receptive fields."""

Drawn = tuple[dict[str, Any], Shapes]


class Draw:
    """Random values; `roomy` for sizes and channels that leave no group of a single element."""

    def __init__(self, random: Random, roomy: bool) -> None:
        self.random = random
        self.roomy = roomy

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def between(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, **arguments: Any) -> dict[str, Any]:
        """A part of the arguments, as all have a default."""
        return {name: value for name, value in arguments.items() if self.chance(0.65)}

    def axes(self, rank: int, *choices: Any) -> Any:
        """One value for all axes, or a list."""
        return self.one(*choices) if self.chance(0.4) else [self.one(*choices) for _ in range(rank)]

    def channels(self) -> int:
        return self.between(3, 5) if self.roomy else self.one(1, 2, 3, 4, 6)

    def sizes(self, rank: int) -> Shape:
        least, most = ROOMY[rank] if self.roomy else (1, LONGEST[rank])
        return tuple(self.between(least, most) for _ in range(rank))

    def shape(self, rank: int) -> Shape:
        return (self.channels(), *(self.sizes(rank) if rank else ()))

    def any_rank(self) -> int:
        """A number of spatial axes for the kinds that take any; now and then none."""
        return self.one(1, 2, 2, 3) if self.roomy or self.chance(0.9) else 0

    def padding(self, rank: int, most: int, *words: str) -> Any:
        """All forms of padding: a number, a list, pairs, a word."""
        form = self.one("number", "list", "pairs", *(["word"] if words else []))
        if form == "number":
            return self.between(0, most)
        if form == "list":
            return [self.between(0, most) for _ in range(rank)]
        if form == "pairs":
            return [[self.between(0, most), self.between(0, most)] for _ in range(rank)]
        return self.one(*words)

    def sides(self, rank: int, most: int) -> Any:
        """Cells at the sides of any number of axes."""
        if self.chance(0.3):
            return self.between(0, most)
        cells = range(most + 1)
        return [self.one(self.one(*cells), [self.one(*cells), self.one(*cells)]) for _ in range(rank)]

    def dim(self, rank: int) -> int:
        """A dim of a shape with so many dimensions; one time in ten it may be the batch or none at all."""
        if not self.roomy and self.chance(0.1):
            return self.one(0, rank + 1, -rank - 1, -rank - 2)
        return self.one(*range(1, rank + 1), *range(-rank, 0))


Generator = Callable[[Draw, int], Drawn]
"""What draws a layer's arguments and the shapes it reads, for a number of axes."""


def make_layer(name: str, arguments: dict[str, Any]) -> Layer:
    kind = find_kind(name)
    assert kind is not None
    return kind.make(arguments)
