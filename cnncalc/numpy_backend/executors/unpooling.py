"""Unpooling on real arrays: values are put to the places that a max pool kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncalc.layers.unpooling import MaxUnpool
from cnncalc.numpy_backend.arrays import merged
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import CannotRun, Work

BLOCK = 1 << 16
"""Values that are put at a time: NumPy writes out which channel each of them belongs to."""


def max_unpool(layer: MaxUnpool, inputs: Sequence[Array], work: Work) -> Array:
    """Zeros, but for the values that have a place; of those with one place the last stays, as in PyTorch.

    What the pool found in its padding alone has the place -1, and goes nowhere.
    """
    x, pool = inputs[0], work.references[0]
    indices = pool.indices
    if x.ndim != 2 + layer.kind.rank:
        raise CannotRun(f"{layer.kind.name} cannot fill {x.ndim - 2} spatial axes")
    if indices is None or indices.shape != x.shape:
        raise CannotRun("the pool it undoes has not kept an index for each of its values")
    out = work.empty((*x.shape[:2], *pool.input_shape[2:]))
    out[...] = 0
    for values, places, target in zip(x, indices, out, strict=True):
        _put(values, places, target)
    return out


def _put(values: Array, places: Array, target: Array) -> None:
    """Puts the values of one sample (C, ...) to their places in another one."""
    channels = len(values)
    flat = merged(target, channels, -1)
    all_values, all_places = values.reshape(channels, -1).T, places.reshape(channels, -1).T
    step = max(1, BLOCK // channels)
    for start in range(0, len(all_values), step):
        cut = slice(start, start + step)
        value, place = all_values[cut], all_places[cut]
        channel = np.broadcast_to(np.arange(channels), place.shape)
        if place.min() < 0:
            found = place >= 0
            value, place, channel = value[found], place[found], channel[found]
        if flat is None:  # the axes lie in another order
            target[channel, *np.unravel_index(place, target.shape[1:])] = value
        else:
            flat[channel, place] = value


EXECUTORS = {f"max_unpool{rank}d": max_unpool for rank in (1, 2, 3)}
