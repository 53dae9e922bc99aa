"""The same elements seen otherwise: flatten, reshape, permute, squeeze, unsqueeze.

All of them are views that compute nothing. Only where a flatten or reshape reads an input that does not lie
in order (a reshape behind a permute) it copies, as in PyTorch.
`dim` is counted as in PyTorch: 0 is the batch, which stays as it is, 1 the channels, -1 the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from cnncalc.arithmetic import everywhere, exact_div, product
from cnncalc.layers.arguments import ArgumentFault, argument
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
from cnncalc.layers.readers import DIM, Integer, ListOf, Optional
from cnncalc.layers.shapes import dimension, dimension_misfit, written

MOST_DIMENSIONS = 8


@frozen_layer
class Flatten(Layer):
    """Merges the dims from `start_dim` to `end_dim` into one, in which the spatial axes are mixed."""

    view: ClassVar[bool] = True
    reshapes: ClassVar[bool] = True

    start_dim: int = argument(DIM, "the first dim that is merged", 1)
    end_dim: int = argument(DIM, "the last dim that is merged", -1)

    def places(self, inputs: Shapes) -> tuple[int, int]:
        """Where the merged dims start and end in the shape, both included."""
        rank = len(inputs[0])
        return dimension(self.start_dim, rank), dimension(self.end_dim, rank)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        misfits = [
            dimension_misfit(self.start_dim, inputs[0], "start_dim"),
            dimension_misfit(self.end_dim, inputs[0], "end_dim"),
        ]
        if any(misfits):
            return filter(None, misfits)
        first, last = self.places(inputs)
        if first <= last:
            return ()
        return [
            Misfit(
                "E307",
                f"start_dim {self.start_dim} comes after end_dim {self.end_dim} in {written(inputs[0])}",
                argument="start_dim",
                help=f"use start_dim: {last + 1}, end_dim: {first + 1}",
            )
        ]

    def output_shape(self, inputs: Shapes) -> Shape:
        first, last = self.places(inputs)
        shape = inputs[0]
        return (*shape[:first], product(shape[first : last + 1]), *shape[last + 1 :])

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        first, last = self.places(inputs)
        if first == last:
            return POINTWISE
        before, after = range(first), range(last + 1, len(inputs[0]))
        return (*map(Step, before), None, *map(Step, after))


@frozen_layer
class Reshape(Layer):
    """The elements in their order under another shape.

    A dim that keeps its size, with as much in front of it, also keeps its positions, and so its receptive
    field (C x H x W to G x C/G x H x W); the axes of all others are mixed. Of arrays of sizes a dim counts as
    kept only if it is so for all of them.
    """

    view: ClassVar[bool] = True
    reshapes: ClassVar[bool] = True

    shape: tuple[int, ...] = argument(
        ListOf(Integer(-1)), "the new sizes without the batch; one may be -1, for whatever is left"
    )

    def __post_init__(self) -> None:
        if len(self.shape) > MOST_DIMENSIONS:
            raise ArgumentFault(f"has {len(self.shape)} sizes, more than {MOST_DIMENSIONS}", argument="shape")
        for index, size in enumerate(self.shape):
            if size == 0:
                raise ArgumentFault("holds a size of 0", "use sizes of at least 1, or one -1", index, "shape")
            if size == -1 and -1 in self.shape[:index]:
                raise ArgumentFault(
                    "holds -1 twice", "leave one -1, and give the other sizes", index, "shape"
                )

    def given(self) -> int:
        """The product of the sizes that are given."""
        return product(size for size in self.shape if size != -1)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        elements = product(inputs[0])
        given = self.given()
        if elements % given == 0 if -1 in self.shape else elements == given:
            return ()
        shown = f"[{', '.join(map(str, self.shape))}]"
        return [
            Misfit(
                "E305",
                f"{written(inputs[0])} cannot be reshaped to {shown}",
                argument="shape",
                notes=(
                    f"{written(inputs[0])} = {elements} elements, and "
                    + (f"{given} does not divide them" if -1 in self.shape else f"{shown} has {given}"),
                ),
                help=self.way_out(elements),
            )
        ]

    def way_out(self, elements: int) -> str:
        """The given shape with one size put right, if that can be done."""
        sizes = list(self.shape)
        free = sizes.index(-1) if -1 in sizes else None
        for index, size in enumerate(sizes):
            rest = self.given() // size if size != -1 else 0
            if rest and elements % rest == 0 and free is None:
                fitting = [*sizes[:index], elements // rest, *sizes[index + 1 :]]
                return f"use shape: [{', '.join(map(str, fitting))}]"
        return f"use sizes whose product {'divides' if free is not None else 'is'} {elements}"

    def output_shape(self, inputs: Shapes) -> Shape:
        given = self.given()
        return tuple(exact_div(product(inputs[0]), given) if size == -1 else size for size in self.shape)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        shape = inputs[0]
        if len(shape) == len(output) and all(map(_alike, shape, output)):
            return POINTWISE
        places = [_place(shape, dim) for dim in range(len(shape))]
        return tuple(_kept(places, _place(output, dim)) for dim in range(len(output)))


class _Place(NamedTuple):
    """Where a dim is in a shape. Of single cells side by side each is told by those before and after it."""

    size: int
    in_front: int
    """Elements that all dims before it have together."""
    single_before: int
    single_after: int


def _place(shape: Shape, dim: int) -> _Place:
    size, in_front = shape[dim], product(shape[:dim])
    if not _alike(size, 1):
        return _Place(size, in_front, 0, 0)
    return _Place(size, in_front, _single_cells(shape[:dim][::-1]), _single_cells(shape[dim + 1 :]))


def _single_cells(sizes: Shape) -> int:
    """How many of the first sizes are 1."""
    return next((count for count, size in enumerate(sizes) if not _alike(size, 1)), len(sizes))


def _kept(places: Sequence[_Place], made: _Place) -> Step | None:
    """The dim whose positions an output's dim has kept."""
    return next((Step(dim) for dim, place in enumerate(places) if all(map(_alike, place, made))), None)


def _alike(size: int, other: int) -> bool:
    return everywhere(size == other)


@frozen_layer
class Permute(Layer):
    """The dims in another order; a view, as in PyTorch."""

    view: ClassVar[bool] = True

    dims: tuple[int, ...] = argument(
        ListOf(DIM), "the dims in their new order, with or without the batch's 0"
    )

    def places(self, inputs: Shapes) -> tuple[int, ...]:
        """For each dimension of the output where it is in the input's shape."""
        return tuple(dimension(dim, len(inputs[0])) for dim in self.dims[self.dims[0] == 0 :])

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        shape = inputs[0]
        dims = self.dims[self.dims[0] == 0 :]
        if len(dims) != len(shape):
            yield Misfit(
                "E304",
                f"dims names {len(dims)} dims beside the batch, and {written(shape)} has {len(shape)}",
                argument="dims",
                help=f"name each dim from 1 to {len(shape)} once",
            )
            return
        for index, dim in enumerate(dims, start=len(self.dims) - len(dims)):
            misfit = dimension_misfit(dim, shape, "dims")
            if misfit:
                yield misfit._replace(index=index)
                return
        places = self.places(inputs)
        for index, place in enumerate(places):
            if place in places[:index]:
                yield Misfit(
                    "E307",
                    f"dims names dim {place + 1} twice",
                    argument="dims",
                    index=index + len(self.dims) - len(dims),
                    help=f"name each dim from 1 to {len(shape)} once",
                )
                return

    def output_shape(self, inputs: Shapes) -> Shape:
        return tuple(inputs[0][place] for place in self.places(inputs))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return tuple(map(Step, self.places(inputs)))


@frozen_layer
class Squeeze(Layer):
    """Drops a dim of size 1, or all of them; a `dim` of another size stays, as in PyTorch."""

    view: ClassVar[bool] = True

    dim: int | None = argument(Optional(DIM), "the dim to drop if its size is 1; null for all such", None)

    def kept(self, inputs: Shapes) -> list[int]:
        """The places of the dimensions that stay."""
        shape = inputs[0]
        asked = range(len(shape)) if self.dim is None else (dimension(self.dim, len(shape)),)
        return [place for place, size in enumerate(shape) if place not in asked or not everywhere(size == 1)]

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        misfit = None if self.dim is None else dimension_misfit(self.dim, inputs[0])
        if misfit:
            yield misfit
        elif not self.kept(inputs):
            yield Misfit(
                "E304",
                f"squeeze leaves no dimension of {written(inputs[0])}",
                argument=None if self.dim is None else "dim",
                help="name one dim to drop" if len(inputs[0]) > 1 else "leave this squeeze out",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        return tuple(inputs[0][place] for place in self.kept(inputs))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return tuple(map(Step, self.kept(inputs)))


@frozen_layer
class Unsqueeze(Layer):
    """Puts in a dim of size 1, which is then at `dim`."""

    view: ClassVar[bool] = True

    dim: int = argument(DIM, "where the new dim is in the output")

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        misfit = dimension_misfit(self.dim, (*inputs[0], 1))
        if misfit and self.dim:
            message = f"a new dim cannot be put at {self.dim} into a shape of {written(inputs[0])}"
            misfit = misfit._replace(message=message)
        if misfit:
            yield misfit

    def output_shape(self, inputs: Shapes) -> Shape:
        place = dimension(self.dim, len(inputs[0]) + 1)
        return (*inputs[0][:place], 1, *inputs[0][place:])

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        place = dimension(self.dim, len(inputs[0]) + 1)
        return (*map(Step, range(place)), None, *map(Step, range(place, len(inputs[0]))))


def _kind(name: str, layer: type[Layer], doc: str, example: str) -> Kind:
    return Kind(name, layer, doc, example, ((64, 8, 8),))


KINDS = (
    _kind("flatten", Flatten, "Merges dims into one, all but the batch if not told otherwise.", "flatten"),
    _kind(
        "reshape",
        Reshape,
        "The same elements in their order, under another shape.",
        "reshape: {shape: [2, 32, 8, -1]}",
    ),
    _kind("permute", Permute, "Puts the dims in another order.", "permute: {dims: [0, 2, 3, 1]}"),
    Kind("squeeze", Squeeze, "Drops dims of size 1.", "squeeze: {dim: -1}", ((64, 8, 1),)),
    _kind("unsqueeze", Unsqueeze, "Puts in a dim of size 1.", "unsqueeze: {dim: 1}"),
)
