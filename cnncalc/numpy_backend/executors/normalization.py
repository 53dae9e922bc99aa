"""Normalizations on real arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from cnncalc.layers.normalization import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    Scale,
)
from cnncalc.numpy_backend.arrays import Place, channels_last, part, per_channel
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.blockwise import (
    cut,
    repeated,
    scratch_like,
    sum_of_parts,
    whole_groups,
    within_groups,
)
from cnncalc.numpy_backend.executors.dimensions import place_of
from cnncalc.numpy_backend.executors.elementwise import by_blocks
from cnncalc.numpy_backend.work import CannotRun, Shape, Work

Affine = tuple[Array | None, Array | None]
"""A weight and a bias, or those of them that there are, to be met with the array that is normalized."""


def batch_norm(layer: BatchNorm, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    if layer.track_running_stats:
        return _by_running_statistics(layer, x, work)
    axes = (0, *range(2, x.ndim))
    affine = _of_channels(layer.affine, x.shape[1:2], x.ndim, work)
    return _by_own_statistics(x, axes, layer.eps, affine, work.result(x), work)


def instance_norm(layer: InstanceNorm, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    if x.ndim < 3:
        raise CannotRun("the input has no spatial axes")
    if layer.track_running_stats:
        return _by_running_statistics(layer, x, work)
    if math.prod(x.shape[2:]) == 1:
        raise CannotRun("a channel of a sample has a single position, which is its own mean")
    affine = _of_channels(layer.affine, x.shape[1:2], x.ndim, work)
    return _by_own_statistics(x, tuple(range(2, x.ndim)), layer.eps, affine, work.empty(x.shape), work)


def layer_norm(layer: LayerNorm, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    places = _normalized_places(layer, x)
    shape = tuple(size if place in places else 1 for place, size in enumerate(x.shape))
    sizes = tuple(x.shape[place] for place in places)
    weight = work.weight("weight", sizes, mean=1.0).reshape(shape) if layer.elementwise_affine else None
    there = layer.elementwise_affine and layer.bias
    bias = work.weight("bias", sizes).reshape(shape) if there else None
    return _by_own_statistics(x, places, layer.eps, (weight, bias), work.empty(x.shape), work)


def group_norm(layer: GroupNorm, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    channels, groups = x.shape[1], layer.num_groups
    if channels % groups:
        raise CannotRun(f"{groups} groups do not divide {channels} channels")
    if math.prod(x.shape[1:]) == groups:
        raise CannotRun("a group has a single element, which is its own mean")
    apart = (len(x), groups, channels // groups, *x.shape[2:])
    axes = tuple(range(2, len(apart)))
    affine = _of_channels(layer.affine, apart[1:3], len(apart), work)
    out = work.empty(x.shape)
    target = np.reshape(out, apart, copy=False)
    _by_own_statistics(x.reshape(apart), axes, layer.eps, affine, target, work)
    return out


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def local_response_norm(layer: LocalResponseNorm, inputs: Sequence[Array], work: Work) -> Array:
    """x / (k + alpha/size * sum of squares over `size` channels)**beta; beyond the edge they are zeros."""
    x = inputs[0]
    if x.ndim < 3:
        raise CannotRun("the input has no spatial axes")
    channels, before = x.shape[1], layer.size // 2
    out = work.empty(x.shape)
    for place in cut(out, whole=(1,)):
        block = channels_last(x[place])
        positions = block.shape[:-1]
        squares = work.scratch("squares", (*positions, channels + layer.size - 1))
        squares[..., :before] = squares[..., before + channels :] = 0
        middle = squares[..., before : before + channels]
        work.multiply(block, block, out=middle)
        sums = work.scratch("sums", block.shape)
        sums[...] = squares[..., :channels]
        for start in range(1, layer.size):
            work.add(sums, squares[..., start : start + channels], out=sums)
        work.multiply(sums, layer.alpha / layer.size, out=sums)
        work.add(sums, layer.k, out=sums)
        work.apply(np.power, sums, layer.beta, out=sums)
        work.divide(block, sums, out=channels_last(out[place]))
    return out


def scale(layer: Scale, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    place = place_of(layer.dim, x.ndim)
    length = (x.shape[place],)
    along = [size if here == place else 1 for here, size in enumerate(x.shape)]

    def against(vector: Array) -> Array:
        return per_channel(vector, x.shape) if place == 1 else vector.reshape(along)

    weight = work.weight("weight", length, mean=1.0)
    factors = work.constant(f"factors of {x.shape[-1]}", lambda: against(weight))
    if not layer.bias:
        return by_blocks(lambda x, factors, out: work.multiply(x, factors, out=out), inputs, work, factors)
    bias = work.weight("bias", length)
    summands = work.constant(f"summands of {x.shape[-1]}", lambda: against(bias))
    return _multiplied_and_added(x, factors, summands, work)


def _by_running_statistics(layer: BatchNorm | InstanceNorm, x: Array, work: Work) -> Array:
    """A factor and a summand for each channel, made of the statistics once."""

    def prepared(which: int) -> Array:
        return per_channel(factor_and_summand(layer, x.shape[1], work)[which], x.shape)

    factor = work.constant(f"factor of {x.shape[-1]}", lambda: prepared(0))
    summand = work.constant(f"summand of {x.shape[-1]}", lambda: prepared(1))
    return _multiplied_and_added(x, factor, summand, work)


def _multiplied_and_added(x: Array, factor: Array, summand: Array, work: Work) -> Array:
    def normalize(x: Array, factor: Array, summand: Array, out: Array) -> None:
        work.multiply(x, factor, out=out)
        work.add(out, summand, out=out)

    return by_blocks(normalize, (x,), work, factor, summand)


def factor_and_summand(layer: BatchNorm | InstanceNorm, channels: int, work: Work) -> tuple[Array, Array]:
    """Running mean and variance, weight and bias as one factor and one summand for each channel."""
    mean = work.buffer("running_mean", (channels,))
    variance = work.buffer("running_var", (channels,), mean=work.power, deviation=0.1 * work.power)
    factor = 1 / np.sqrt(variance + layer.eps)
    if not layer.affine:
        return factor, -mean * factor
    factor = work.weight("weight", (channels,), mean=1.0) * factor
    return factor, work.weight("bias", (channels,)) - mean * factor


def _of_channels(affine: bool, channels: Shape, dimensions: int, work: Work) -> Affine:
    """A weight and a bias for each channel, which may be in groups: dimensions behind the batch."""
    if not affine:
        return None, None
    count = (math.prod(channels),)
    shape = (1, *channels, *(1,) * (dimensions - 1 - len(channels)))
    return work.weight("weight", count, mean=1.0).reshape(shape), work.weight("bias", count).reshape(shape)


def _normalized_places(layer: LayerNorm, x: Array) -> tuple[int, ...]:
    """The dimensions of the array that are normalized over, in order."""
    wanted = layer.normalized_shape
    if layer.dim is not None:
        places = sorted(place_of(dim, x.ndim) for dim in layer.dim)
    else:
        places = list(range(1 if wanted is None else x.ndim - len(wanted), x.ndim))
    if len(set(places)) < len(places) or places[0] < 1:
        raise CannotRun(f"dimensions {places} are none, or not one each, of 1 to {x.ndim - 1}")
    there = tuple(x.shape[place] for place in places)
    if wanted is not None and wanted != there:
        raise CannotRun(f"it normalizes over {wanted}, and the input has {there} there")
    return tuple(places)


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def _by_own_statistics(
    x: Array, axes: tuple[int, ...], eps: float, affine: Affine, out: Array, work: Work
) -> Array:
    """(x - mean) / sqrt(variance + eps) with the statistics along axes, then weight and bias; to `out`."""
    weight, bias = (
        None if tensor is None else work.constant(f"{name} over {out.shape}", partial(repeated, tensor, out))
        for name, tensor in zip(("weight", "bias"), affine, strict=True)
    )
    for place in whole_groups(out, axes):
        block = out[place]
        root = _centred(x[place], axes, eps, block, work)
        for inner in within_groups(block, axes):
            target = block[inner]
            work.divide(target, part(root, inner), out=target)
            if weight is not None:
                work.multiply(target, part(part(weight, place), inner), out=target)
            if bias is not None:
                work.add(target, part(part(bias, place), inner), out=target)
    return out


def _centred(x: Array, axes: tuple[int, ...], eps: float, out: Array, work: Work) -> Array:
    """Writes x - mean of whole groups, and gives the root of variance + eps."""
    places = within_groups(out, axes)
    size = math.prod(x.shape[axis] for axis in axes)
    mean = work.divide(sum_of_parts((x[place] for place in places), axes, work), size)
    mean = repeated(mean, out)

    def squared(place: Place) -> Array:
        difference = work.subtract(x[place], part(mean, place), out=out[place])
        return work.multiply(difference, difference, out=scratch_like(difference, work, "squares"))

    variance = work.divide(sum_of_parts(map(squared, places), axes, work), size)
    return repeated(work.apply(np.sqrt, work.add(variance, eps)), out)


EXECUTORS = {
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": instance_norm,
    "local_response_norm": local_response_norm,
    "scale": scale,
}
