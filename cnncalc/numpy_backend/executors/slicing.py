"""Split and slice on real arrays, as views."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from cnncalc.layers.slicing import Slice, Split
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.dimensions import place_of
from cnncalc.numpy_backend.work import CannotRun, Work


def split(layer: Split, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    x = inputs[0]
    place = place_of(layer.dim, x.ndim)
    size, sections = x.shape[place], layer.sections
    parts = (size // sections,) * sections if isinstance(sections, int) else sections
    ends = (0, *accumulate(parts))
    if ends[-1] != size or 0 in parts:
        raise CannotRun(f"the parts do not make up the {size} places of dim {layer.dim}")
    return _along(x, place, slice(ends[layer.index], ends[layer.index + 1]))


def slice_(layer: Slice, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    x = inputs[0]
    kept = _along(x, place_of(layer.dim, x.ndim), slice(layer.start, layer.stop, layer.step))
    if not kept.size:
        raise CannotRun(f"nothing of dim {layer.dim} is kept")
    return kept


def _along(x: Array, place: int, cut: slice) -> Array:
    return x[(slice(None),) * place + (cut,)]


EXECUTORS = {"split": split, "slice": slice_}
