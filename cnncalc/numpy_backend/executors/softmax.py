"""Softmax and its logarithm on real arrays, along a dimension."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncalc.layers.softmax import Softmax
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.blockwise import (
    scratch_like,
    sum_of_parts,
    whole_groups,
    within_groups,
)
from cnncalc.numpy_backend.executors.dimensions import place_of
from cnncalc.numpy_backend.work import Work


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def softmax(layer: Softmax, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    axis = place_of(layer.dim, x.ndim)
    out = work.empty(x.shape)
    finish = _shares if layer.kind.name == "softmax" else _logarithms
    for place in whole_groups(out, (axis,)):
        block = out[place]
        work.subtract(x[place], work.max(x[place], axis, keepdims=True), out=block)
        finish(block, axis, work)
    return out


def _shares(block: Array, axis: int, work: Work) -> None:
    """exp(x) / sum(exp(x)), in place."""
    work.apply(np.exp, block, out=block)
    work.divide(block, work.sum(block, axis, keepdims=True), out=block)


def _logarithms(block: Array, axis: int, work: Work) -> None:
    """x - log(sum(exp(x))), in place."""
    parts = (block[place] for place in within_groups(block, (axis,)))
    exponentials = (work.apply(np.exp, x, out=scratch_like(x, work, "exponentials")) for x in parts)
    total = sum_of_parts(exponentials, (axis,), work)
    work.subtract(block, work.apply(np.log, total), out=block)


EXECUTORS = {"softmax": softmax, "log_softmax": softmax}
