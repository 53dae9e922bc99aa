"""Merges on real arrays: inputs become one, element by element, end to end or side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np

from cnncalc.layers.merge import Concat, Elementwise, Stack
from cnncalc.numpy_backend.arrays import owner, same_elements
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.dimensions import place_of
from cnncalc.numpy_backend.executors.elementwise import by_blocks
from cnncalc.numpy_backend.work import CannotRun, Work

Function = Callable[[Work, Array, Array, Array], object]
"""Writes what becomes of two blocks to a third."""

FUNCTIONS: dict[str, Function] = {
    "add": lambda work, a, b, out: work.add(a, b, out=out),
    "subtract": lambda work, a, b, out: work.subtract(a, b, out=out),
    "multiply": lambda work, a, b, out: work.multiply(a, b, out=out),
    "maximum": lambda work, a, b, out: work.maximum(a, b, out=out),
    "mean": lambda work, a, b, out: work.add(a, b, out=out),
}


def elementwise(layer: Elementwise, inputs: Sequence[Array], work: Work) -> Array:
    name, function = layer.kind.name, FUNCTIONS[layer.kind.name]
    if len({x.ndim for x in inputs}) > 1:
        raise CannotRun(f"{' and '.join(str(x.ndim) for x in inputs)} dimensions do not go together")
    if name == "subtract" and len(inputs) != 2:
        raise CannotRun(f"there is no difference of {len(inputs)} inputs")

    def merge(first: Array, second: Array, *others_and_out: Array) -> None:
        *others, out = others_and_out
        function(work, first, second, out)
        for other in others:
            function(work, out, other, out)
        if name == "mean":
            work.divide(out, len(inputs), out=out)

    return by_blocks(merge, _safe_in_place(inputs, work), work)


def _safe_in_place(inputs: Sequence[Array], work: Work) -> Sequence[Array]:
    """The inputs in an order in which one may be written over: of more than two it has to be the first.

    One is not if another one looks at the same memory, as that would change under it, but in the same way.
    """
    twice = len(inputs) == 2 and same_elements(*inputs)
    if not twice:
        looks = Counter(id(owner(x)) for x in inputs)
        work.reusable = tuple(
            reusable and looks[id(owner(x))] == 1 for x, reusable in zip(inputs, work.reusable, strict=False)
        )
    if len(inputs) == 2:
        return inputs
    shape = np.broadcast_shapes(*(x.shape for x in inputs))
    for place, reusable in enumerate(work.reusable):
        if reusable and inputs[place].shape == shape:
            work.reusable = (True,)
            return [inputs[place], *inputs[:place], *inputs[place + 1 :]]
    return inputs


def concat(layer: Concat, inputs: Sequence[Array], work: Work) -> Array:
    place = place_of(layer.dim, inputs[0].ndim)
    around = {(x.shape[:place], x.shape[place + 1 :]) for x in inputs}
    if len(around) > 1:
        raise CannotRun(f"{' and '.join(str(x.shape) for x in inputs)} differ beside dim {layer.dim}")
    before, after = around.pop()
    ends = (0, *accumulate(x.shape[place] for x in inputs))
    out = work.empty((*before, ends[-1], *after))
    for x, start, end in zip(inputs, ends, ends[1:], strict=False):
        out[(slice(None),) * place + (slice(start, end),)] = x
    return out


def stack(layer: Stack, inputs: Sequence[Array], work: Work) -> Array:
    if len({x.shape for x in inputs}) > 1:
        raise CannotRun(f"{' and '.join(str(x.shape) for x in inputs)} are not of one shape")
    shape = inputs[0].shape
    place = place_of(layer.dim, len(shape) + 1)
    out = work.empty((*shape[:place], len(inputs), *shape[place:]))
    for index, x in enumerate(inputs):
        out[(slice(None),) * place + (index,)] = x
    return out


EXECUTORS = {**dict.fromkeys(FUNCTIONS, elementwise), "concat": concat, "stack": stack}
