"""Merges: several tensors become one, element by element, end to end or side by side.

Element by element sizes of 1 are stretched to the others', as in PyTorch. All inputs need the same number
of dimensions: shapes here have no batch, and PyTorch would set the batch of the one against a dimension of
the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from operator import add
from typing import ClassVar

from cnncalc.arithmetic import everywhere, maximum, product
from cnncalc.geometry import Reach
from cnncalc.layers.arguments import argument
from cnncalc.layers.base import (
    FREE,
    POINTWISE,
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
from cnncalc.layers.readers import DIM
from cnncalc.layers.shapes import axis_names, dimension, dimension_misfit, written

LARGEST_STRIDE = 8


@frozen_layer
class Elementwise(Layer):
    """add, subtract, multiply, maximum: n - 1 operations each element of n inputs; mean: a mul more."""

    elementwise: ClassVar[bool] = True

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        if self.kind.name == "subtract" and len(inputs) != 2:
            yield Misfit(
                "E302",
                f"subtract takes two inputs, got {len(inputs)}",
                input=2,
                help="add the others first, then subtract their sum",
                fatal=False,
            )
        yield from unequal_shapes(inputs, f"{self.kind.name} needs inputs of one shape", stretch=True)

    def output_shape(self, inputs: Shapes) -> Shape:
        return tuple(reduce(maximum, sizes) for sizes in zip(*inputs, strict=True))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return OPERATIONS[self.kind.name](len(inputs) - 1).times(product(output))

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        """Along a dimension in which an input is stretched, every position reads its one cell."""
        stretched = [
            not all(everywhere(size == stretched_to) for size in sizes)
            for stretched_to, *sizes in zip(output, *inputs, strict=True)
        ]
        if not any(stretched):
            return POINTWISE
        return tuple(Step(place, whole=whole) for place, whole in enumerate(stretched))


@frozen_layer
class Concat(Layer):
    """End to end along a dimension, all other sizes alike; a copy, which costs memory and no arithmetic."""

    dim: int = argument(DIM, "dimension along which they are put together (1: channels)", 1)

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        misfit = dimension_misfit(self.dim, inputs[0])
        if misfit:
            yield misfit
            return
        place = dimension(self.dim, len(inputs[0]))
        needs = f"concat along dim {self.dim} needs inputs alike in all other dims"
        yield from unequal_shapes(inputs, needs, apart=place)

    def output_shape(self, inputs: Shapes) -> Shape:
        first = inputs[0]
        place = dimension(self.dim, len(first))
        return (*first[:place], reduce(add, (shape[place] for shape in inputs)), *first[place + 1 :])

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        """Positions along `dim` come from one input or another, so their fields are not aligned there."""
        place = dimension(self.dim, len(output))
        shifted = Reach(1, (0,), (0,), aligned=False)
        return tuple(Step(axis, shifted if axis == place else None) for axis in range(len(output)))


@frozen_layer
class Stack(Layer):
    """Side by side along a new dimension, all of one shape; a copy."""

    dim: int = argument(DIM, "place of the new dimension in the output (1: before the channels)", 1)

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        misfit = dimension_misfit(self.dim, (len(inputs), *inputs[0]))
        if misfit:
            yield misfit
        yield from unequal_shapes(inputs, "stack needs inputs of one shape")

    def output_shape(self, inputs: Shapes) -> Shape:
        first = inputs[0]
        place = dimension(self.dim, len(first) + 1)
        return (*first[:place], len(inputs), *first[place:])

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        place = dimension(self.dim, len(output))
        steps: list[Step | None] = [Step(axis) for axis in range(len(inputs[0]))]
        steps.insert(place, None)
        return tuple(steps)


def unequal_shapes(
    inputs: Shapes, needs: str, stretch: bool = False, apart: int | None = None
) -> Iterator[Misfit]:
    """A fault for the first input that does not go together with one before it.

    Sizes of 1 fit all others with `stretch`; those at place `apart` need not be alike.
    """
    different: list[Shape] = []  # the shapes so far, each once: many inputs have few shapes
    for later, second in enumerate(inputs):
        if second in different:
            continue
        for first in different if stretch else different[:1]:
            places = _unlike(first, second, stretch, apart)
            if len(first) == len(second) and not places:
                continue
            message = f"{needs}, got {_listed(inputs if len(inputs) > 2 else (first, second))}"
            if len(first) == len(second):
                help = _way_out(first, second, places)
            else:
                fewer, more = sorted((first, second), key=len)
                help = _same_rank(fewer, more, stretch)
            yield Misfit("E302", message, input=later, help=help)
            return
        different.append(second)


def _listed(shapes: Shapes) -> str:
    """The shapes, each once, as `a, b and c`."""
    names = [*dict.fromkeys(written(shape) for shape in shapes)]
    return " and ".join([", ".join(names[:-1]), names[-1]])


def _unlike(first: Shape, second: Shape, stretch: bool, apart: int | None = None) -> list[int]:
    """The places whose sizes do not go together."""
    return [
        place
        for place, (one, other) in enumerate(zip(first, second, strict=False))
        if one != other and place != apart and not (stretch and 1 in (one, other))
    ]


def _same_rank(fewer: Shape, more: Shape, stretch: bool) -> str:
    filled = fewer + (1,) * (len(more) - len(fewer))
    if stretch and not _unlike(filled, more, stretch):
        return f"bring {written(fewer)} to {written(filled)} with reshape"
    return f"bring both to {len(more)} dimensions, for instance with reshape"


def _way_out(first: Shape, second: Shape, places: list[int]) -> str:
    """What to do about two shapes of as many dimensions that differ at `places`."""
    rank = len(first) - 1
    if rank == 0:
        return f"match them with linear: {first[0]} on the path of {second[0]}"
    if rank > 3:
        return "bring both to one shape, for instance with reshape"
    if places == [0]:
        return f"match the channels with {_convolution(first[0], rank)} on the path of {written(second)}"
    larger, smaller = (first, second) if first[places[-1]] > second[places[-1]] else (second, first)
    if any(one < other for one, other in zip(larger[1:], smaller[1:], strict=True)):
        convolved = f", and the channels with {_convolution(first[0], rank)}" if 0 in places else ""
        return f"match {' and '.join(axis_names(rank))} with center_crop and pad{convolved}"
    factors = [larger[place] // smaller[place] if place in places else 1 for place in range(1, rank + 1)]
    if any(larger[place] % smaller[place] for place in places if place):
        odd = _stride(larger[1:], smaller[1:])
        if odd:
            channels = smaller[0] if 0 in places else larger[0]
            return f"shrink the path of {written(larger)} with {_convolution(channels, rank, str(odd))}"
        return _crop(larger, smaller, 0 in places)
    stride = str(factors[0] if len(set(factors)) == 1 else factors)
    channels = smaller[0] if 0 in places else larger[0]
    help = f"shrink the path of {written(larger)} with {_convolution(channels, rank, stride)}"
    if 0 in places:
        return help
    return f"{help}, or enlarge that of {written(smaller)} with upsample: {{scale_factor: {stride}}}"


def _stride(larger: Shape, smaller: Shape) -> int:
    """The stride, up to 8, with which windows of 1 lead from the one to the other; 0 if none does."""
    strides = range(2, LARGEST_STRIDE + 1)
    return next(
        (
            stride
            for stride in strides
            if all((one - 1) // stride + 1 == other for one, other in zip(larger, smaller, strict=True))
        ),
        0,
    )


def _crop(larger: Shape, smaller: Shape, channels_differ: bool) -> str:
    crop = f"crop {written(larger)} with center_crop, `like` naming the layer that gives {written(smaller)}"
    if not channels_differ:
        return f"{crop}, or pad the smaller one"
    return f"{crop}, and match the channels with {_convolution(smaller[0], len(larger) - 1)} there"


def _convolution(channels: int, rank: int, stride: str = "") -> str:
    step = f", stride: {stride}" if stride else ""
    return f"conv{rank}d: {{out_channels: {channels}, kernel_size: 1{step}}}"


OPERATIONS: dict[str, Callable[[int], Operations]] = {
    "add": lambda count: Operations(adds=count),
    "subtract": lambda count: Operations(adds=count),
    "multiply": lambda count: Operations(muls=count),
    "maximum": lambda count: Operations(compares=count),
    "mean": lambda count: Operations(adds=count, muls=1),
}

_ALIKE = ((64, 8, 8), (64, 8, 8))

KINDS: tuple[Kind, ...] = (
    Kind("concat", Concat, "Puts its inputs end to end along a dimension.", "concat: {dim: 1}",
         ((64, 8, 8), (32, 8, 8)), inputs=None),
    Kind("stack", Stack, "Puts its inputs side by side along a new dimension.", "stack: {dim: 1}", _ALIKE,
         inputs=None),
    Kind("add", Elementwise, "The sum of its inputs, element by element.", "add", _ALIKE, inputs=None),
    Kind("subtract", Elementwise, "The first input less the second.", "subtract", _ALIKE, inputs=None),
    Kind("multiply", Elementwise, "The product of its inputs, element by element.", "multiply",
         ((64, 8, 8), (64, 1, 1)), inputs=None),
    Kind("maximum", Elementwise, "The largest of its inputs, element by element.", "maximum", _ALIKE,
         inputs=None),
    Kind("mean", Elementwise, "The mean of its inputs, element by element.", "mean", _ALIKE, inputs=None),
)  # fmt: skip
