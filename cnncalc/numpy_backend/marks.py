"""Which outputs of a layer change when cells of its input are marked: its executor is run and asked.

A mark is a perturbation of a whole hyperplane (one index of one dimension, all channels). Answers hold for
any weights: they are random, and two fillings with opposite marks see to it that no kind swallows them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnncalc.layers.adaptive_pooling import AdaptivePool
from cnncalc.layers.unpooling import MaxUnpool
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors import EXECUTORS
from cnncalc.numpy_backend.tensors import RandomTensors
from cnncalc.numpy_backend.work import CannotRun, Reference, Scratch, Shape, Work

Shapes = tuple[Shape, ...]
Masks: TypeAlias = NDArray[np.bool_]
"""(samples, cells): which cells of a dimension are marked in each sample."""

FLOAT64 = np.dtype("float64")
NOTICEABLE = 1e-9
"""Far above the rounding of float64, far below what a mark changes."""
ELEMENTS_AT_A_TIME = 1 << 21
PICKED_CHANNELS = 600
"""So many that each cell of a pool's windows is the largest of any one of them in some channel."""


class Filling(NamedTuple):
    """The range of the calm numbers, and of what a mark adds to them."""

    calm: tuple[float, float]
    mark: tuple[float, float]


FILLINGS = (Filling((-0.4, -0.2), (30, 80)), Filling((0.2, 0.4), (-80, -30)))
"""A maximum, a ReLU and a step see the first; where that is saturated or no number, the second is seen."""


class Subject(NamedTuple):
    """A layer with the shapes that it reads (no batch) and what it knows of the layers it names."""

    layer: Any
    shapes: Shapes
    references: tuple[Reference, ...] = ()
    """With shapes without batch, and indices (1, C, ...)."""


def subject(layer: Any, shapes: Shapes, referenced: Shapes) -> Subject | None:
    """The layer as it is asked; `referenced` are for each reference the shapes read and given there.

    For an unpooling `shapes` has what its pool reads: that is run first, on random numbers.
    """
    if isinstance(layer, MaxUnpool):
        return _behind_its_pool(layer, shapes[0])
    pairs = zip(referenced[::2], referenced[1::2], strict=True)
    return Subject(layer, shapes, tuple(Reference(read, given, None) for read, given in pairs))


def _behind_its_pool(layer: MaxUnpool, shape: Shape) -> Subject | None:
    shape = (PICKED_CHANNELS, *shape[1:])
    work = _work((), keeps_indices=True)
    pooled = _executed(layer.pool, [np.random.default_rng(1).random((1, *shape))], work)
    if pooled is None:
        return None
    return Subject(layer, (pooled.shape[1:],), (Reference(shape, pooled.shape[1:], work.indices),))


def output_shape(asked: Subject) -> Shape | None:
    """The shape (no batch) that comes out of a run; None if the executor refuses."""
    out = _run(asked, [np.zeros((1, *shape)) for shape in asked.shapes])
    return None if out is None else out.shape[1:]


def answers(asked: Subject, which: int, dim: int, masks: Masks) -> list[Masks]:
    """For each dimension of the output (samples, positions): is anything at the position changed?

    The cells of `dim` of input number `which` are marked. The output has to exist, see `output_shape`.
    """
    found: list[Masks] = []
    for seed, filling in enumerate(FILLINGS):
        random = np.random.default_rng(seed)
        calm = [random.uniform(*filling.calm, (1, *shape)) for shape in asked.shapes]
        mark = random.uniform(*filling.mark, (1, *asked.shapes[which]))
        seen = _changed(asked, which, dim, masks, calm, mark)
        found = [one | other for one, other in zip(found, seen, strict=True)] if found else seen
    return found


def _changed(
    asked: Subject, which: int, dim: int, masks: Masks, calm: list[Array], mark: Array
) -> list[Masks]:
    """What one filling finds."""
    expected = _ran(asked, calm)
    elements = expected.size + sum(x.size for x in calm)
    at_a_time = max(1, ELEMENTS_AT_A_TIME // elements)
    parts: list[list[Masks]] = []
    start = 0
    while start < len(masks):
        chosen = masks[start : start + at_a_time]
        out = _ran(asked, _marked(calm, mark, which, dim, chosen, at_a_time > 1))
        if at_a_time > 1 and _differs(out[-1:], expected).any():
            at_a_time = 1  # the samples of a batch know of each other: without running statistics
            continue
        differs = _differs(out if at_a_time == 1 else out[:-1], expected)
        parts.append([_at_any_other(differs, place) for place in range(1, differs.ndim)])
        start += len(chosen)
    return [np.concatenate(of_dim) for of_dim in zip(*parts, strict=True)]


def _marked(
    calm: list[Array], mark: Array, which: int, dim: int, masks: Masks, and_calm: bool
) -> list[Array]:
    """A batch of samples, each marked by its mask, and one without marks behind them if asked for."""
    rows = np.concatenate([masks, np.zeros_like(masks[:1])]) if and_calm else masks
    batch = [np.repeat(x, len(rows), axis=0) for x in calm]
    spread = (len(rows), *(1,) * dim, -1, *(1,) * (mark.ndim - dim - 2))
    batch[which] += rows.reshape(spread) * mark
    return batch


def _at_any_other(differs: NDArray[np.bool_], place: int) -> Masks:
    """For each sample and each position along one dimension: anything, wherever along the others?"""
    others = tuple(other for other in range(1, differs.ndim) if other != place)
    seen: Masks = np.any(differs, axis=others)
    return seen


def _differs(a: Array, b: Array) -> NDArray[np.bool_]:
    """Elements that are not alike; no number is like no number."""
    with np.errstate(invalid="ignore"):
        alike: NDArray[np.bool_] = (a == b) | (np.abs(a - b) <= NOTICEABLE) | (np.isnan(a) & np.isnan(b))
    return ~alike


def _ran(asked: Subject, inputs: Sequence[Array]) -> Array:
    out = _run(asked, inputs)
    if out is None:
        raise CannotRun(
            f"{asked.layer.kind.name} ran on {asked.shapes}, and does not on {len(inputs[0])} of them"
        )
    return out


def _run(asked: Subject, inputs: Sequence[Array]) -> Array | None:
    batch = len(inputs[0])
    references = tuple(
        Reference(
            (batch, *reference.input_shape),
            (batch, *reference.output_shape),
            None if reference.indices is None else np.repeat(reference.indices, batch, axis=0),
        )
        for reference in asked.references
    )
    if isinstance(asked.layer, MaxUnpool) and isinstance(asked.layer.pool, AdaptivePool):
        inputs, references = _in_any_order(inputs[0], references[0])
    return _executed(asked.layer, inputs, _work(references))


def _in_any_order(x: Array, pool: Reference) -> tuple[list[Array], tuple[Reference, ...]]:
    """What an unpooling reads, its cells put in an order of its own for each channel.

    PyTorch leaves open which of several values that go to one place stays. So each is the last one in some
    channel; where the values go does not change. Only the windows of an adaptive pool can lie within each
    other, so that in their own order one would always write over another.
    """
    assert pool.indices is not None
    cells = math.prod(x.shape[2:])
    order = np.random.default_rng(2).permuted(np.tile(np.arange(cells), (x.shape[1], 1)), axis=1)

    def reordered(array: Array) -> Array:
        flat = array.reshape(len(array), -1, cells)
        return np.take_along_axis(flat, order[None], axis=2).reshape(array.shape)

    return [reordered(x)], (pool._replace(indices=reordered(pool.indices)),)


def _executed(layer: Any, inputs: Sequence[Array], work: Work) -> Array | None:
    """The output, None if the executor cannot do it."""
    try:
        with np.errstate(all="ignore"):
            return EXECUTORS[layer.kind.name](layer, inputs, work)
    except (CannotRun, ValueError, IndexError):
        return None


def _work(references: tuple[Reference, ...], keeps_indices: bool = False) -> Work:
    work = Work("probed", FLOAT64, RandomTensors(0, FLOAT64), Scratch())
    work.references, work.keeps_indices = references, keeps_indices
    return work
