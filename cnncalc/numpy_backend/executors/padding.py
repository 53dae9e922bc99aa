"""Cells around the spatial axes of real arrays: pad copies, crop and center_crop are views."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncalc.layers.padding import CenterCrop, Crop, Pad
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.dimensions import for_each_axis
from cnncalc.numpy_backend.work import CannotRun, Work

MOST_AXES_FROM_INPUT = 3
"""PyTorch fills from inside the input over no more axes than these."""
ALL = slice(None)


def pad(layer: Pad, inputs: Sequence[Array], work: Work) -> Array:
    """The input in the middle, then axis by axis what is before and after it.

    An axis is filled over the cells that those in front of it have got: these are the corners.
    """
    x = inputs[0]
    sides = for_each_axis(layer.padding, x.ndim - 2)
    from_input = layer.mode not in ("constant", "zeros")
    if from_input and len(sides) > MOST_AXES_FROM_INPUT:
        raise CannotRun(f"{layer.mode} padding takes no more than {MOST_AXES_FROM_INPUT} spatial axes")
    ends = [before + size for size, (before, _) in zip(x.shape[2:], sides, strict=True)]
    out = work.empty((*x.shape[:2], *(end + after for end, (_, after) in zip(ends, sides, strict=True))))
    middle = tuple(slice(before, end) for end, (before, _) in zip(ends, sides, strict=True))
    out[(ALL, ALL, *middle)] = x
    for axis, ((before, after), end) in enumerate(zip(sides, ends, strict=True)):
        filled = out[(ALL, ALL, *(ALL,) * (axis + 1), *middle[axis + 1 :])]
        along = np.moveaxis(filled, axis + 2, 0)
        if from_input:
            first, last = _sources(layer.mode, before, end, after)
            turn = -1 if layer.mode == "reflect" else 1
            along[:before] = along[first][::turn]
            along[end:] = along[last][::turn]
        else:
            along[:before] = along[end:] = layer.value
    return out


def _sources(mode: str, before: int, end: int, after: int) -> tuple[slice, slice]:
    """Which of the cells from `before` to `end` those before and after them repeat."""
    most, size = max(before, after), end - before
    if mode == "replicate":
        return slice(before, before + 1), slice(end - 1, end)
    if most > size - (mode == "reflect"):
        raise CannotRun(f"{mode} padding cannot take {most} cells from {size}")
    if mode == "circular":
        return slice(end - before, end), slice(before, before + after)
    return slice(before + 1, 2 * before + 1), slice(end - 1 - after, end - 1)


def crop(layer: Crop, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    x = inputs[0]
    sides = for_each_axis(layer.cropping, x.ndim - 2)
    kept = [size - before - after for size, (before, after) in zip(x.shape[2:], sides, strict=True)]
    return _part(x, [before for before, _ in sides], kept)


def center_crop(layer: CenterCrop, inputs: Sequence[Array], work: Work) -> Array:
    """The middle; `round`, to even, says on which side an odd number of cells takes off one more."""
    x = inputs[0]
    if layer.size is not None:
        wanted = for_each_axis(layer.size, x.ndim - 2)
    else:
        wanted = work.references[0].output_shape[2:]
    if not wanted or len(wanted) != x.ndim - 2:
        raise CannotRun(f"{wanted} are not the sizes of the input's {x.ndim - 2} spatial axes")
    return _part(
        x, [round((size - kept) / 2) for size, kept in zip(x.shape[2:], wanted, strict=True)], wanted
    )


def _part(x: Array, starts: Sequence[int], sizes: Sequence[int]) -> Array:
    """So many cells of each spatial axis, as a view."""
    cells = list(zip(starts, sizes, x.shape[2:], strict=True))
    if any(start < 0 or kept < 1 or start + kept > size for start, kept, size in cells):
        raise CannotRun(f"there is no part of {tuple(sizes)} cells in {x.shape[2:]}")
    return x[(ALL, ALL, *(slice(start, start + kept) for start, kept, _ in cells))]


EXECUTORS = {"pad": pad, "crop": crop, "center_crop": center_crop}
