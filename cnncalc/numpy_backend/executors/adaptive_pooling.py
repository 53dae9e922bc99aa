"""Pools that are told their output, on real arrays: adaptive and global ones.

A window is combined row by row, then along what has become one row. Where windows are alike and small
they slide as those of other pools.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from cnncalc.layers.adaptive_pooling import AdaptivePool, GlobalPool
from cnncalc.numpy_backend import arrays
from cnncalc.numpy_backend.arrays import channels_last
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.pooling import find_largest, largest_of_windows, mean_of_windows
from cnncalc.numpy_backend.sliding import Axis
from cnncalc.numpy_backend.work import CannotRun, Shape, Work


def adaptive_avg_pool(layer: AdaptivePool, inputs: Sequence[Array], work: Work) -> Array:
    """The mean of windows that are spread evenly over the input."""
    x = inputs[0]
    pooled = _pooled(layer, x)
    axes = _sliding(x.shape[2:], pooled)
    if axes:
        cells = math.prod(axis.kernel for axis in axes)
        return mean_of_windows(x, axes, np.broadcast_to(cells, pooled), work)
    out = work.empty((*x.shape[:2], *pooled))
    for position, window in _windows(x.shape[2:], pooled):
        for sample, means in zip(channels_last(x), channels_last(out), strict=True):
            _mean(sample[window], means[position], work)
    return out


def adaptive_max_pool(layer: AdaptivePool, inputs: Sequence[Array], work: Work) -> Array:
    """The largest of windows that are spread evenly over the input."""
    x = inputs[0]
    pooled = _pooled(layer, x)
    axes = _sliding(x.shape[2:], pooled)
    if axes:
        return largest_of_windows(x, axes, work)
    out = work.empty((*x.shape[:2], *pooled))
    if work.keeps_indices:
        work.indices = arrays.empty(out.shape, np.dtype(np.int64))
    for position, window in _windows(x.shape[2:], pooled):
        for number, sample in enumerate(channels_last(x)):
            largest = channels_last(out)[number][position]
            if work.indices is None:
                largest[...] = _combined(work.max, sample[window])
            else:
                _find(sample, window, largest, channels_last(work.indices)[number][position], work)
    return out


def global_avg_pool(layer: GlobalPool, inputs: Sequence[Array], work: Work) -> Array:
    """The mean of each channel."""
    out = _one_for_each_channel(layer, inputs[0], work)
    for sample, means in zip(channels_last(inputs[0]), out.reshape(out.shape[:2], copy=False), strict=True):
        _mean(sample, means, work)
    return out


def global_max_pool(layer: GlobalPool, inputs: Sequence[Array], work: Work) -> Array:
    """The largest of each channel."""
    out = _one_for_each_channel(layer, inputs[0], work)
    for sample, largest in zip(channels_last(inputs[0]), out.reshape(out.shape[:2], copy=False), strict=True):
        largest[...] = _combined(work.max, sample)
    return out


def _pooled(layer: AdaptivePool, x: Array) -> Shape:
    """The spatial sizes of the output."""
    if x.ndim != 2 + len(layer.output_size):
        raise CannotRun(f"it pools {len(layer.output_size)} axes, and the input has {x.ndim - 2}")
    return tuple(size or own for size, own in zip(layer.output_size, x.shape[2:], strict=True))


def _sliding(sizes: Shape, pooled: Shape) -> tuple[Axis, ...]:
    """The windows as those of a pool, if they are all alike and have fewer cells than they are many."""
    lengths = tuple(size // places for size, places in zip(sizes, pooled, strict=True))
    alike = all(length * places == size for length, places, size in zip(lengths, pooled, sizes, strict=True))
    if not alike or math.prod(lengths) >= math.prod(pooled):
        return ()
    return tuple(
        Axis(size, length, length, places=places)
        for size, length, places in zip(sizes, lengths, pooled, strict=True)
    )


def _windows(sizes: Shape, pooled: Shape) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Each position of the output and its window: the cells that the position's share of the axis touches."""
    cuts = [
        [slice(place * size // places, -(-(place + 1) * size // places)) for place in range(places)]
        for size, places in zip(sizes, pooled, strict=True)
    ]
    return zip(itertools.product(*map(range, pooled)), itertools.product(*cuts), strict=True)


def _mean(window: Array, out: Array, work: Work) -> None:
    work.divide(_combined(work.sum, window), math.prod(window.shape[:-1]), out=out)


def _combined(reduction: Callable[..., Array], window: Array) -> Array:
    """The sum or maximum of a window (..., C) for each channel."""
    *rows, row, channels = window.shape
    across = window.reshape(row, channels) if math.prod(rows) == 1 else _over_rows(reduction, window)
    return reduction(across, axis=0)


def _over_rows(reduction: Callable[..., Array], window: Array) -> Array:
    return reduction(window, axis=tuple(range(window.ndim - 2)))


def _find(sample: Array, window: tuple[slice, ...], largest: Array, places: Array, work: Work) -> None:
    """Writes the largest of a window of a sample (..., C), and where it is in the sample."""
    sizes = sample.shape[:-1]
    missing = (1,) * (3 - len(sizes))
    depth, height, width = (_cells(cut) for cut in (*(slice(0, 1) for _ in missing), *window))
    find_largest(
        sample[window].reshape(1, 1, *missing, *sample[window].shape),
        (depth, height, width),
        (*missing, *sizes),
        largest[None, None],
        places[None, None],
        work,
    )


def _cells(cut: slice) -> Array:
    return np.arange(cut.start, cut.stop)[None]


def _one_for_each_channel(layer: GlobalPool, x: Array, work: Work) -> Array:
    if x.ndim < 3 or (layer.kind.rank and x.ndim != 2 + layer.kind.rank):
        raise CannotRun(f"{layer.kind.name} cannot pool an input of {x.ndim - 2} spatial axes")
    return work.empty((*x.shape[:2], *(1 for _ in x.shape[2:])) if layer.keepdim else x.shape[:2])


EXECUTORS = {
    **{f"adaptive_avg_pool{rank}d": adaptive_avg_pool for rank in (1, 2, 3)},
    **{f"adaptive_max_pool{rank}d": adaptive_max_pool for rank in (1, 2, 3)},
    **dict.fromkeys(("global_avg_pool", *(f"global_avg_pool{rank}d" for rank in (1, 2, 3))), global_avg_pool),
    **dict.fromkeys(("global_max_pool", *(f"global_max_pool{rank}d" for rank in (1, 2, 3))), global_max_pool),
}
