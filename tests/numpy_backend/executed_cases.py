"""The random cases of the oracle, executed: the same ones in every run, and without PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cnncalc.layers import find_kind
from cnncalc.layers.base import Shape
from cnncalc.numpy_backend import arrays
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import CannotRun, Reference
from tests.numpy_backend.helpers import Executed, execute
from tests.oracle.cases import Case

LYING = ("as read", "channels last", "apart")
"""In the order of the dimensions; as N, ..., C; with gaps between elements and backwards along the batch."""


class Refused(NamedTuple):
    reason: str


class Given(NamedTuple):
    """The arrays of a case: what the layer reads, and what it may know of the layers it names."""

    inputs: list[Array]
    references: list[Reference]


def laid(x: Array, lying: str) -> Array:
    """The same numbers, lying in memory in another way."""
    if lying == "as read":
        return np.ascontiguousarray(x)
    if lying == "channels last":
        turned = arrays.empty(x.shape, x.dtype)
    else:
        turned = np.empty((len(x), *x.shape[1:-1], 2 * x.shape[-1]), x.dtype)[::-1, ..., ::2]
    turned[...] = x
    return turned


def numbers(shape: Shape, dtype: str, seed: Sequence[int]) -> Array:
    """Of either sign, or all positive: a power of 1.5 has nothing to say of the others."""
    generator = np.random.default_rng(seed)
    found = generator.standard_normal(shape)
    return (found if seed[0] % 2 else np.abs(found)).astype(dtype)


def given(case: Case, batch: int, dtype: str, lying: str, pooled: Array | None = None) -> Given:
    """Random arrays for a case; for an unpooling what its pool found, in random numbers or in `pooled`."""
    kind = find_kind(case.kind)
    assert kind is not None
    read, known = case.inputs[: kind.inputs], case.inputs[kind.inputs or len(case.inputs) :]
    inputs = [
        laid(numbers((batch, *shape), dtype, (case.seed, place)), lying) for place, shape in enumerate(read)
    ]
    if not known:
        return Given(inputs, [])
    before, after = ((batch, *shape) for shape in known)
    pool = getattr(case.layer, "pool", None)
    if pool is None:
        return Given(inputs, [Reference(before, after, None)])
    numbers_read = numbers(before, dtype, (case.seed, 9)) if pooled is None else pooled
    found = execute(pool, laid(numbers_read, lying), dtype=dtype, keeps_indices=True)
    if found.output.shape == inputs[0].shape:  # windows that find the same cell put the same number there
        inputs = [laid(found.output, lying)]
    return Given(inputs, [Reference(before, found.output.shape, found.indices)])


def executed(case: Case, of: Given, dtype: str, **options: Any) -> Executed | Refused:
    """What came of a case, or why nothing did."""
    try:
        return execute(case.layer, *of.inputs, references=of.references, dtype=dtype, **options)
    except (CannotRun, ValueError, IndexError) as reason:
        return Refused(f"{type(reason).__name__}: {reason}")
