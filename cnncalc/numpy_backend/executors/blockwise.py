"""What executors of several steps work with: memory and choices of a block, groups that stay whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncalc.numpy_backend.arrays import BLOCK_BYTES, Place, part
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import Work

ROW = 256
"""Elements of a row that are many enough for NumPy to walk fast."""


def scratch_like(x: Array, work: Work, purpose: str) -> Array:
    """Scratch memory of the shape of an array, its dimensions lying in the same order."""
    order = _memory_order(x)
    lying = work.scratch(purpose, tuple([x.shape[place] for place in order]))
    return lying.transpose(np.argsort(order))


def choose(where: NDArray[np.bool_], yes: Array, no: Array, out: Array) -> None:
    """Writes `yes` where the condition holds, else `no`, to `out`, which may be `yes`; `no` is used up.

    np.where takes ten times as long, as no processor can foresee which of the two comes next.
    """
    bits: np.dtype[Any] = np.dtype(f"i{yes.itemsize}")
    difference, chosen = no.view(bits), yes.view(bits)
    np.bitwise_xor(difference, chosen, out=difference)
    np.bitwise_and(difference, np.subtract(where.view(np.int8), 1), out=difference)  # all bits of it, or none
    np.bitwise_xor(difference, chosen, out=out.view(bits))


def in_steps(
    function: Callable[..., object], inputs: Sequence[Array], work: Work, *constants: Array
) -> Array:
    """`by_blocks` for functions that need scratch memory: no block is larger than it has to be."""
    out = work.result(*inputs)
    for place in cut(out):
        function(*(part(x, place) for x in inputs), *(part(x, place) for x in constants), out[place])
    return out


def cut(out: Array, whole: Collection[int] = ()) -> Iterator[Place]:
    """Parts of an array that fit the cache, none of them cut along the dimensions that are to stay whole.

    They are cut along the dimension that lies outermost in memory, and within it if that does not do.
    """
    cuttable = [place for place, size in enumerate(out.shape) if size > 1 and place not in whole]
    if out.nbytes <= BLOCK_BYTES or not cuttable:
        yield (slice(None),) * out.ndim
        return
    outermost = max(cuttable, key=lambda place: out.strides[place])
    before, after = (slice(None),) * outermost, (slice(None),) * (out.ndim - outermost - 1)
    size = out.shape[outermost]
    step = size * BLOCK_BYTES // out.nbytes
    for start in range(0, size, max(1, step)):
        here = slice(start, start + max(1, step))
        if step:
            yield (*before, here, *after)
        else:
            for inner in cut(out[(*before, here)], whole):
                yield (*inner[:outermost], here, *inner[outermost + 1 :])


def whole_groups(out: Array, axes: Collection[int]) -> Iterator[Place]:
    """Parts of an array that are cut only outside of what lies, in memory, within these axes."""
    reach = max((out.strides[axis] for axis in axes if out.shape[axis] > 1), default=0)
    return cut(out, [place for place, stride in enumerate(out.strides) if stride <= reach])


def within_groups(out: Array, axes: Collection[int]) -> list[Place]:
    """Parts of whole groups, cut along the axes that make a group."""
    return list(cut(out, [place for place in range(out.ndim) if place not in axes]))


def sum_of_parts(parts: Iterable[Array], axes: Collection[int], work: Work) -> Array:
    """The sums along axes of parts that are cut along them, with size 1 on these axes.

    Each is summed one axis after the other, the outermost in memory first: that adds whole rows.
    """

    def summed(x: Array) -> Array:
        outermost_first = [place for place in _memory_order(x) if place in axes]
        return reduce(lambda left, axis: work.sum(left, axis, keepdims=True), outermost_first, x)

    totals = map(summed, parts)
    first = next(totals)
    return reduce(lambda total, more: work.add(total, more, out=total), totals, first)


def repeated(x: Array, along: Array) -> Array:
    """An array with some dimensions of size 1, repeated to rows that lie in memory as those of another.

    Against rows NumPy computes faster than against a number for each channel. Nothing is repeated that
    would then be about as large as the other array.
    """
    order = _memory_order(along)
    shape = list(x.shape)
    for place in reversed(order):
        if math.prod(along.shape[inner] for inner in order[order.index(place) + 1 :]) < ROW:
            shape[place] = along.shape[place]
    if 4 * math.prod(shape) > along.size:
        shape = list(x.shape)
    lying = np.empty([shape[place] for place in order], x.dtype)
    rows = lying.transpose(np.argsort(order))
    rows[...] = x
    return rows


def _memory_order(x: Array) -> list[int]:
    """The dimensions as they lie in memory, the outermost first."""
    return sorted(range(x.ndim), key=lambda place: -x.strides[place])
