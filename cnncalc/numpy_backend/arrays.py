"""Arrays as the backend holds them: dimensions (N, C, ...) as everywhere, memory in another order.

Tensors with spatial axes lie in memory as N, H, W, C, so that a window's row is one run of memory and a
convolution's result comes out of the matrix product in place. `x.shape` is (N, C, H, W) all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cnncalc.numpy_backend.counting import Array

Order = tuple[int, ...]
"""The dimensions of an array as they lie in memory, the outermost first."""

AS_READ: Order = ()
"""The dimensions lie in their own order (N, C, H, W)."""

BLOCK_BYTES = 1 << 18
"""What an elementwise step works on at a time: it stays in the second-level cache."""


def empty(shape: tuple[int, ...], dtype: np.dtype, order: Order | None = None) -> Array:
    """A new array of this shape whose dimensions lie in memory in the given order, or as N, ..., C."""
    if order == AS_READ or len(shape) < 3:
        return np.empty(shape, dtype)
    if order is None:
        batch, channels, *sizes = shape
        return channels_first(np.empty((batch, *sizes, channels), dtype))
    lying = np.empty(tuple([shape[place] for place in order]), dtype)
    return lying.transpose(np.argsort(order))


def channels_last(x: Array) -> Array:
    """The array seen as (N, ..., C)."""
    return x.transpose(0, *range(2, x.ndim), 1)


def channels_first(x: Array) -> Array:
    """An array (N, ..., C) seen as (N, C, ...)."""
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1))


def owner(x: Array) -> Array:
    """The array whose memory this one looks at."""
    while isinstance(x.base, np.ndarray):
        x = x.base
    return x


def is_view_of(x: Array, other: Array) -> bool:
    return owner(x) is owner(other)


def same_elements(x: Array, other: Array) -> bool:
    """Whether two arrays look at the same elements in the same way."""
    if x.shape != other.shape or x.ctypes.data != other.ctypes.data:
        return False
    distances = zip(x.strides, other.strides, x.shape, strict=True)
    return all(stride == its or size == 1 for stride, its, size in distances)


Place = tuple[slice, ...]


def blocks(out: Array) -> Iterator[Place]:
    """Parts of an array that fit the cache, cut along the dimension that lies outermost in memory."""
    outermost = max(
        (place for place in range(out.ndim) if out.shape[place] > 1),
        key=lambda place: out.strides[place],
        default=0,
    )
    size = out.shape[outermost]
    step = max(1, size * BLOCK_BYTES // max(1, out.nbytes))
    for start in range(0, size, step):
        yield (slice(None),) * outermost + (slice(start, start + step),)


def part(x: Array, place: Place) -> Array:
    """A block of an operand; a dimension of size 1 goes with every block of the others."""
    return x[tuple([slice(None) if size == 1 else cut for size, cut in zip(x.shape, place, strict=False)])]


def per_channel(vector: Array, shape: Sequence[int]) -> Array:
    """One number for each channel, to be met with an array of this shape (N, C, ...).

    Behind a last of several spatial axes it is repeated along that axis, so that NumPy walks whole rows of
    a channels-last array instead of one position's channels at a time.
    """
    if len(shape) < 4:
        return vector.reshape(1, -1, *(1,) * (len(shape) - 2))
    row = np.broadcast_to(vector, (shape[-1], len(vector))).copy()
    return row.T.reshape(1, len(vector), *(1,) * (len(shape) - 3), shape[-1])


def merged(x: Array, *shape: int) -> Array | None:
    """The array under another shape, if that can be seen without a copy."""
    try:
        return x.reshape(shape, copy=False)
    except ValueError:
        return None
