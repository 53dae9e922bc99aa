"""Flatten, reshape, permute, squeeze and unsqueeze on real arrays.

They are views of the input's memory. Only where a flatten or reshape does not read its input in the order
in which it lies is it NumPy that copies.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncalc.layers.reshape import Flatten, Permute, Reshape, Squeeze, Unsqueeze
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.dimensions import place_of
from cnncalc.numpy_backend.work import CannotRun, Work


def flatten(layer: Flatten, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    x = inputs[0]
    first, last = place_of(layer.start_dim, x.ndim), place_of(layer.end_dim, x.ndim)
    if first > last:
        raise CannotRun(f"dim {layer.start_dim} does not come before dim {layer.end_dim}")
    return x.reshape(*x.shape[:first], -1, *x.shape[last + 1 :])


def reshape(layer: Reshape, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    return inputs[0].reshape(len(inputs[0]), *layer.shape)


def permute(layer: Permute, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    dims = layer.dims if layer.dims[0] == 0 else (0, *layer.dims)
    return inputs[0].transpose(dims)


def squeeze(layer: Squeeze, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    x = inputs[0]
    asked = range(1, x.ndim) if layer.dim is None else (place_of(layer.dim, x.ndim),)
    dropped = tuple(place for place in asked if x.shape[place] == 1)
    if len(dropped) == x.ndim - 1:
        raise CannotRun("no dimension beside the batch would be left")
    return np.squeeze(x, dropped)


def unsqueeze(layer: Unsqueeze, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    x = inputs[0]
    return np.expand_dims(x, place_of(layer.dim, x.ndim + 1))


EXECUTORS = {
    "flatten": flatten,
    "reshape": reshape,
    "permute": permute,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
}
