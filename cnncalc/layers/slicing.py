"""A part of one dim: split, slice. Both are views that compute nothing.

`dim` is counted as in PyTorch: 0 is the batch, which stays as it is, 1 the channels, -1 the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from cnncalc.arithmetic import ceil_div, exact_div, maximum, minimum
from cnncalc.geometry import Window
from cnncalc.layers.arguments import ArgumentFault, argument
from cnncalc.layers.base import (
    FREE,
    Kind,
    Layer,
    Misfit,
    Movement,
    Operations,
    Shape,
    Shapes,
    Step,
    frozen_layer,
)
from cnncalc.layers.readers import DIM, Integer, ListOf, Optional
from cnncalc.layers.shapes import closest_divisor, dimension, dimension_misfit, written


class Sections(NamedTuple):
    """The number of equal parts, or a list with the size of each part."""

    words: tuple[str, ...] = ()

    def read(self, value: Any, rank: int) -> int | tuple[int, ...]:
        if isinstance(value, (list, tuple)):
            sizes: tuple[int, ...] = ListOf(Integer()).read(value, rank)
            return sizes
        return Integer().read(value, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        return ListOf(Integer()).schema(rank)

    def describe(self, rank: int) -> str:
        return f"{Integer().describe(rank)}, or a list of them"


def _along(dim: int, rank: int, window: Window) -> Movement:
    """The movement of a window along one dimension, each other one staying as it is."""
    return tuple(
        Step(place, window.reach() if place == dimension(dim, rank) else None) for place in range(rank)
    )


@frozen_layer
class Split(Layer):
    """One of the parts that a dim is cut into, as a view.

    As `sections`, a number is the number of equal parts (torch.chunk where it divides the dim; for
    torch.split it would be their size), and a list holds the sizes of all parts (torch.split).
    """

    view: ClassVar[bool] = True

    sections: int | tuple[int, ...] = argument(
        Sections(), "the number of equal parts, or the sizes of all parts"
    )
    index: int = argument(Integer(0), "which part this is, from 0")
    dim: int = argument(DIM, "the dim that is cut", 1)

    def __post_init__(self) -> None:
        parts = self.sections if isinstance(self.sections, int) else len(self.sections)
        if self.index >= parts:
            raise ArgumentFault(
                f"is {self.index}, and there {'are' if parts > 1 else 'is'} {parts} "
                f"part{'s' if parts > 1 else ''} (from 0)",
                f"use an index from 0 to {parts - 1}",
                argument="index",
            )

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        shape = inputs[0]
        misfit = dimension_misfit(self.dim, shape)
        if misfit:
            yield misfit
            return
        size = shape[dimension(self.dim, len(shape))]
        if isinstance(self.sections, int):
            if size % self.sections:
                yield Misfit(
                    "E303",
                    f"{self.sections} equal parts do not divide dim {self.dim} of {written(shape)}",
                    argument="sections",
                    notes=(f"{size} / {self.sections} leaves {size % self.sections}",),
                    help=f"use sections: {closest_divisor(size, self.sections)}, "
                    f"or a list of sizes that add up to {size}",
                )
        elif sum(self.sections) != size:
            terms = " + ".join(map(str, self.sections))
            yield Misfit(
                "E305",
                f"the parts make {sum(self.sections)}, and dim {self.dim} of {written(shape)} has {size}",
                argument="sections",
                notes=(f"{terms} = {sum(self.sections)}",) if len(self.sections) > 1 else (),
                help=f"use sizes that add up to {size}",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        shape = inputs[0]
        place = dimension(self.dim, len(shape))
        sections = self.sections
        part = sections[self.index] if isinstance(sections, tuple) else exact_div(shape[place], sections)
        return (*shape[:place], part, *shape[place + 1 :])

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(inputs[0])
        if isinstance(self.sections, tuple):
            start = sum(self.sections[: self.index])
        else:
            start = output[dimension(self.dim, rank)] * self.index
        return _along(self.dim, rank, Window(1, before=-start))


@frozen_layer
class Slice(Layer):
    """`[start:stop:step]` along one dim, as a view; negative places count from the end, as in Python."""

    view: ClassVar[bool] = True

    dim: int = argument(DIM, "the dim that is cut")
    start: int = argument(DIM, "the first place that is kept", 0)
    stop: int | None = argument(Optional(DIM), "the place before which it ends; null for the end", None)
    step: int = argument(Integer(), "every how many places one is kept", 1)

    def bounds(self, inputs: Shapes) -> tuple[int, int]:
        """Start and stop as places of the dim, within its size."""
        size = inputs[0][dimension(self.dim, len(inputs[0]))]
        return _within(self.start, size), size if self.stop is None else _within(self.stop, size)

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        shape = inputs[0]
        misfit = dimension_misfit(self.dim, shape)
        if misfit:
            yield misfit
            return
        start, stop = self.bounds(inputs)
        if stop > start:
            return
        size = shape[dimension(self.dim, len(shape))]
        yield Misfit(
            "E306",
            f"[{self.start}:{'' if self.stop is None else self.stop}] keeps nothing of dim {self.dim} "
            f"of {written(shape)}",
            argument="stop" if start < size else "start",
            notes=(f"of {size} places it starts at {start} and stops before {stop}",),
            help=_way_out(start, stop, size),
        )

    def output_shape(self, inputs: Shapes) -> Shape:
        shape = inputs[0]
        place = dimension(self.dim, len(shape))
        start, stop = self.bounds(inputs)
        return (*shape[:place], ceil_div(stop - start, self.step), *shape[place + 1 :])

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        start, _ = self.bounds(inputs)
        return _along(self.dim, len(inputs[0]), Window(1, self.step, before=-start))


def _way_out(start: int, stop: int, size: int) -> str:
    """What to write for an empty slice, given its bounds as places of the dim."""
    if start < size:
        return f"use a stop from {start + 1} to {size}"
    if stop > 0:
        return f"use a start from 0 to {stop - 1}"
    return f"use a start from 0 to {size - 1}, and leave stop out"


def _within(place: int, size: int) -> int:
    """A place of a Python slice, counted from the front and not outside of the size."""
    return maximum(size + place, 0) if place < 0 else minimum(size, place)


KINDS = (
    Kind(
        "split",
        Split,
        "One of the parts that a dim is cut into.",
        "split: {sections: 2, index: 0}",
        ((64, 8, 8),),
    ),
    Kind(
        "slice",
        Slice,
        "The places from start to stop of one dim.",
        "slice: {dim: 1, stop: 32}",
        ((64, 8, 8),),
    ),
)
