"""Normalizations on real arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncalc.layers.normalization import BatchNorm
from cnncalc.numpy_backend.arrays import per_channel
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.elementwise import by_blocks
from cnncalc.numpy_backend.work import Work


def batch_norm(layer: BatchNorm, inputs: Sequence[Array], work: Work) -> Array:
    return _by_running_statistics(layer, inputs[0], work)


def _by_running_statistics(layer: BatchNorm, x: Array, work: Work) -> Array:
    """A factor and a summand for each channel, made of the statistics once."""
    factor, summand = _folded(layer, x.shape[1], work)
    width = x.shape[-1]
    factor = work.constant(f"factor of {width}", lambda: per_channel(factor, x))
    summand = work.constant(f"summand of {width}", lambda: per_channel(summand, x))

    def normalize(x: Array, factor: Array, summand: Array, out: Array) -> None:
        work.multiply(x, factor, out=out)
        work.add(out, summand, out=out)

    return by_blocks(normalize, (x,), work, factor, summand)


def _folded(layer: BatchNorm, channels: int, work: Work) -> tuple[Array, Array]:
    """Mean, variance, weight and bias as one factor and one summand."""
    mean = work.buffer("running_mean", (channels,))
    variance = work.buffer("running_var", (channels,), mean=work.power, deviation=0.1 * work.power)
    weight = work.weight("weight", (channels,), mean=1.0) if layer.affine else np.ones_like(mean)
    bias = work.weight("bias", (channels,)) if layer.affine else np.zeros_like(mean)
    factor = work.constant("factor", lambda: weight / np.sqrt(variance + layer.eps))
    return factor, work.constant("summand", lambda: bias - mean * factor)


EXECUTORS = {"batch_norm": batch_norm}
