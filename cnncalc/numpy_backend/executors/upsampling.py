"""Resizing of real arrays: each output element is the weighted sum of its taps, block by block of rows.

Where an output element lies among the cells of the input is worked out in whole numbers, for the ratio
that was written. Kernels as in PyTorch: linear is a tent; cubic is that of Keys, "Cubic Convolution
Interpolation for Digital Image Processing", 1981, with a = -0.75. Cells outside are those of the border.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncalc.layers.upsampling import Upsample
from cnncalc.numpy_backend.arrays import BLOCK_BYTES, channels_last
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.dimensions import for_each_axis
from cnncalc.numpy_backend.work import CannotRun, Work

AXES_OF_MODE = {
    "nearest": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "bicubic": (2,),
    "trilinear": (3,),
}
LINEAR = ("linear", "bilinear", "trilinear")
KEYS_A = -0.75


class Taps(NamedTuple):
    """What the outputs along one axis read: (taps, outputs)."""

    cells: NDArray[np.intp]
    weights: Array

    def cut(self, along: slice) -> Taps:
        return Taps(self.cells[:, along], self.weights[:, along])


def upsample(layer: Upsample, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    taps = _taps_of_axes(layer, x.shape[2:], work.dtype)
    out = work.empty((*x.shape[:2], *(along.cells.shape[1] for along in taps)))
    for source, target in zip(channels_last(x), channels_last(out), strict=True):
        for place in _blocks(target):
            of_block = [along.cut(cut) for along, cut in zip(taps, place, strict=True)]
            _weighted_sum(source, of_block, target[place], work)
    return out


def _weighted_sum(source: Array, taps: Sequence[Taps], target: Array, work: Work) -> None:
    """Writes a block (..., C) of the output; a single tap is copied."""
    choices = [range(len(along.cells)) for along in taps]
    for number, chosen in enumerate(itertools.product(*choices)):
        cells = np.ix_(*(along.cells[tap] for along, tap in zip(taps, chosen, strict=True)))
        if math.prod(map(len, choices)) == 1:
            target[...] = source[cells]
            return
        along_axes = np.ix_(*(along.weights[tap] for along, tap in zip(taps, chosen, strict=True)))
        weights = reduce(np.multiply, along_axes)[..., None]
        if number == 0:
            work.multiply(source[cells], weights, out=target)
        else:
            read = source[cells]
            work.add(target, work.multiply(read, weights, out=read), out=target)


def _blocks(target: Array) -> Iterator[tuple[slice, ...]]:
    """Places of an output (..., C) without its channels: some rows each, of planes one after the other."""
    *planes, rows = target.shape[: max(target.ndim - 2, 1)]
    width = () if target.ndim == 2 else (slice(None),)
    row_bytes = target.nbytes // math.prod((*planes, rows))
    step = max(1, BLOCK_BYTES // row_bytes)
    for plane in itertools.product(*map(range, planes)):
        for start in range(0, rows, step):
            yield (*(slice(index, index + 1) for index in plane), slice(start, start + step), *width)


def _taps_of_axes(layer: Upsample, sizes: tuple[int, ...], dtype: np.dtype[Any]) -> list[Taps]:
    if len(sizes) not in AXES_OF_MODE[layer.mode]:
        raise CannotRun(f"mode {layer.mode} is not for {len(sizes)} spatial axes")
    if layer.size is not None:
        resized = for_each_axis(layer.size, len(sizes))
        ratios = [Fraction(size, wanted) for size, wanted in zip(sizes, resized, strict=True)]
    else:
        assert layer.scale_factor is not None
        factors = for_each_axis(layer.scale_factor, len(sizes))
        resized = tuple(math.floor(size * factor) for size, factor in zip(sizes, factors, strict=True))
        ratios = [1 / factor for factor in factors]
    if 0 in resized:
        raise CannotRun(f"nothing is left of {sizes}")
    if layer.align_corners:
        ratios = [Fraction(size - 1, max(wanted - 1, 1)) for size, wanted in zip(sizes, resized, strict=True)]
    return [_taps(layer, *axis, dtype) for axis in zip(sizes, resized, ratios, strict=True)]


def _taps(layer: Upsample, size: int, resized: int, ratio: Fraction, dtype: np.dtype[Any]) -> Taps:
    """Where outputs lie is a number of cells, counted in parts of `denominator`."""
    outputs = np.arange(resized)
    if layer.mode in LINEAR and size == resized:  # PyTorch copies, whatever the scale factor
        return Taps(np.stack((outputs, outputs)), _tent(np.zeros(size)).astype(dtype))
    if layer.mode == "nearest":
        cells = outputs if size == resized else outputs * ratio.numerator // ratio.denominator
        return Taps(cells[None], np.ones((1, resized), dtype))
    denominator = 2 * ratio.denominator
    if layer.align_corners:
        places = 2 * outputs * ratio.numerator
    else:  # centres lie half a cell from the edges
        places = (2 * outputs + 1) * ratio.numerator - ratio.denominator
    if layer.mode != "bicubic":
        places = np.maximum(places, 0)
    cells, rest = np.divmod(places, denominator)
    weights = _cubic(rest / denominator) if layer.mode == "bicubic" else _tent(rest / denominator)
    first = 1 - len(weights) // 2
    read = cells + np.arange(first, first + len(weights))[:, None]
    return Taps(np.clip(read, 0, size - 1), weights.astype(dtype))


def _tent(fraction: Array) -> Array:
    """The weights of the cells before and after, for how far an output is between them."""
    return np.stack((1 - fraction, fraction))


def _cubic(fraction: Array) -> Array:
    """The weights of two cells before and two after."""

    near = np.poly1d((KEYS_A + 2, -(KEYS_A + 3), 0, 1))
    far = np.poly1d((KEYS_A, -5 * KEYS_A, 8 * KEYS_A, -4 * KEYS_A))
    return np.stack((far(fraction + 1), near(fraction), near(1 - fraction), far(2 - fraction)))


EXECUTORS = {"upsample": upsample}
