"""A layer on shapes that are cheap to ask: few channels, short axes, whatever its executor takes.

What a layer does along one dimension does not hang on how long the others are. Where that cannot be had, as
its arguments are made for one shape, the real shape is asked.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from cnncalc.layers.normalization import LayerNorm
from cnncalc.layers.reshape import Reshape
from cnncalc.layers.transposed import TransposedConvolution
from cnncalc.layers.unpooling import MaxUnpool
from cnncalc.numpy_backend.marks import Shapes, Subject, output_shape, subject
from cnncalc.numpy_backend.work import Shape

LEAST_LARGEST = 4
"""Of the sizes that are tried along the other dimensions."""


class Question(NamedTuple):
    """A layer in its network, with the real shapes (no batch) of what it reads and gives."""

    layer: Any
    shapes: Shapes
    referenced: Shapes
    output: Shape
    which: int
    dim: int


def narrowed(layer: Any, dim: int) -> Any:
    """The layer with few channels in its output, of which its windows do not know.

    Not where it is asked what the channels do, dimension 0.
    """
    changes: dict[str, Any] = {}
    if dim and hasattr(layer, "out_channels"):
        changes["out_channels"] = getattr(layer, "groups", 1)
    if getattr(layer, "connection_table", None) is not None:
        changes["connection_table"] = None
    if hasattr(layer, "out_features"):
        changes["out_features"] = 2
    return dataclasses.replace(layer, **changes) if changes else layer


def subjects(question: Question, length: int | None, larger: bool = False) -> Iterator[Subject]:
    """The layer on shapes that its executor takes, the smallest first, so long along the dimension.

    With `larger` all other sizes are larger, if the executor takes that.
    """
    count = 1 if isinstance(question.layer, MaxUnpool) else len(question.shapes)
    real = question.referenced[:1] if isinstance(question.layer, MaxUnpool) else question.shapes
    real += question.referenced if count == len(question.shapes) and real == question.shapes else ()
    fixed = isinstance(question.layer, Reshape)  # its sizes are those of one shape alone
    for tried in [real] if fixed else smaller(real, question.dim, length):
        asked = _accepted(question, tried, count)
        if asked is not None:
            more = enlarged(tried, question.dim, _step(question.layer)) if larger and not fixed else ()
            yield next(filter(None, (_accepted(question, shapes, count) for shapes in more)), asked)


def _step(layer: Any) -> int:
    """So many cells more have room for one more window."""
    return 1 if isinstance(layer, TransposedConvolution) else max(getattr(layer, "stride", None) or (1,))


def _accepted(question: Question, shapes: Shapes, count: int) -> Subject | None:
    """The layer on shapes of its inputs, so many, and its references; None if its executor refuses."""
    dim = question.dim
    referenced = tuple(  # `like`: its length is what it is about
        (*shape[:dim], *real[dim : dim + 1], *shape[dim + 1 :])
        for shape, real in zip(shapes[count:], question.referenced, strict=False)
    )
    asked = subject(_fitted(question.layer, shapes[0]), shapes[:count], referenced)
    output = None if asked is None else output_shape(asked)
    return asked if output is not None and len(output) == len(question.output) else None


def _fitted(layer: Any, shape: Shape) -> Any:
    """A layer-norm with the sizes that the shape has where it goes over it; any other layer as it is."""
    if not isinstance(layer, LayerNorm) or layer.normalized_shape is None:
        return layer
    count = len(layer.normalized_shape)
    over = layer.dim or range(-count, 0)
    sizes = (1, *shape)  # dimensions are counted with the batch
    return dataclasses.replace(layer, normalized_shape=tuple(sizes[dim] for dim in over))


def resized(shapes: Shapes, dim: int, length: int | None, least: int, divides: bool) -> Shapes:
    """The shapes with `length` along one dimension and as little as `least` along all others.

    Where `divides`, the others get the smallest divisor of their size that is not below `least`. An input
    whose single cell is stretched to the others' size keeps it.
    """
    if len(set(map(len, shapes))) > 1:
        return shapes
    columns = []
    for place, sizes in enumerate(zip(*shapes, strict=True)):
        largest = max(sizes)
        if place == dim:
            target = length
        elif divides:
            target = next(
                (least_one for least_one in range(least, largest) if largest % least_one == 0), largest
            )
        else:
            target = least
        columns.append([size if target is None or 1 == size < largest else target for size in sizes])
    return tuple(zip(*columns, strict=True))


def smaller(shapes: Shapes, dim: int, length: int | None) -> Iterator[Shapes]:
    """Shapes to be tried, the smallest first, the real ones last (but for the length along `dim`)."""
    sizes = [size for shape in shapes for place, size in enumerate(shape) if place != dim]
    seen: set[Shapes] = set()
    # also a few larger than they are: on one cell a window may see nothing but padding
    for exponent in range(1, 2 + math.ceil(math.log2(max([LEAST_LARGEST, *sizes])))):
        for divides in (False, True):
            tried = resized(shapes, dim, length, 2**exponent, divides)
            if tried not in seen:
                seen.add(tried)
                yield tried
    yield tuple(
        tuple(length if place == dim and length else size for place, size in enumerate(shape))
        for shape in shapes
    )


def enlarged(shapes: Shapes, dim: int, step: int) -> Iterator[Shapes]:
    """The shapes with larger sizes but for one dimension, by a step or twice; single cells stay single."""
    for factor, more in ((1, step), (2, 0)):
        yield tuple(
            tuple(
                size if place == dim or size == 1 else factor * size + more
                for place, size in enumerate(shape)
            )
            for shape in shapes
        )
