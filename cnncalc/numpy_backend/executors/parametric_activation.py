"""Activations with arguments or weights on real arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnncalc.layers.parametric_activation import ExponentialUnit, Gelu, Hardtanh, LeakyRelu, Prelu, Softplus
from cnncalc.numpy_backend.arrays import per_channel
from cnncalc.numpy_backend.counting import Array, Operand
from cnncalc.numpy_backend.erf import erf
from cnncalc.numpy_backend.executors.activation import falling_exponential
from cnncalc.numpy_backend.executors.blockwise import choose, in_steps, scratch_like
from cnncalc.numpy_backend.executors.elementwise import by_blocks
from cnncalc.numpy_backend.work import CannotRun, Work


def leaky_relu(layer: LeakyRelu, inputs: Sequence[Array], work: Work) -> Array:
    slope = layer.negative_slope
    return in_steps(lambda x, out: _sloped(work, x, slope, 0 < slope <= 1, out), inputs, work)


def prelu(layer: Prelu, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    channels = x.shape[1]
    count = channels if layer.num_parameters == "channels" else layer.num_parameters
    if count not in (1, channels):
        raise CannotRun(f"{count} slopes are neither 1 nor one for each of {channels} channels")
    weight = work.weight("weight", (int(count),), mean=0.25)
    slopes = work.constant(
        f"slopes for {x.ndim - 2} axes, {x.shape[-1]} wide",
        lambda: per_channel(weight, x.shape) if len(weight) > 1 else weight.reshape((1,) * x.ndim),
    )
    flat = bool(np.all((weight > 0) & (weight <= 1)))
    return in_steps(lambda x, slopes, out: _sloped(work, x, slopes, flat, out), inputs, work, slopes)


@np.errstate(invalid="ignore")
def _sloped(work: Work, x: Array, slope: Operand, flat: bool, out: Array) -> None:
    """x above 0, slope*x below; if the slope is between 0 and 1 that is the larger of the two."""
    below = work.multiply(x, slope, out=scratch_like(out, work, "first step"))
    if flat:
        work.maximum(x, below, out=out)
    else:
        choose(work.greater(x, 0.0), x, below, out)


@np.errstate(over="ignore", invalid="ignore")
def exponential_unit(layer: ExponentialUnit, inputs: Sequence[Array], work: Work) -> Array:
    """elu: x above 0, alpha*(exp(x) - 1) below; celu has x/alpha for x in it."""

    def function(x: Array, out: Array) -> None:
        below = scratch_like(out, work, "first step")
        exponent = x if layer.kind.name == "elu" else work.multiply(x, 1 / layer.alpha, out=below)
        falling_exponential(work, exponent, layer.alpha, below)
        choose(work.greater(x, 0.0), x, below, out)

    return in_steps(function, inputs, work)


@np.errstate(over="ignore", invalid="ignore")
def gelu(layer: Gelu, inputs: Sequence[Array], work: Work) -> Array:
    """x/2 * (1 + erf(x/sqrt(2))), or x/2 * (1 + tanh(sqrt(2/pi)*(x + 0.044715*x*x*x)))."""

    def function(x: Array, out: Array) -> None:
        step = scratch_like(out, work, "first step")
        if layer.approximate == "tanh":
            work.multiply(x, x, out=step)
            work.multiply(step, x, out=step)
            work.multiply(step, 0.044715, out=step)
            work.add(x, step, out=step)
            work.multiply(step, math.sqrt(2 / math.pi), out=step)
            work.apply(np.tanh, step, out=step)
        else:
            work.multiply(x, math.sqrt(0.5), out=step)
            work.apply(erf, step, out=step)
        work.add(step, 1.0, out=step)
        work.multiply(x, 0.5, out=out)
        work.multiply(out, step, out=out)

    return in_steps(function, inputs, work)


def hardtanh(layer: Hardtanh, inputs: Sequence[Array], work: Work) -> Array:
    """min(max(x, min_val), max_val)."""
    return by_blocks(lambda x, out: work.bound(x, layer.min_val, layer.max_val, out=out), inputs, work)


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def softplus(layer: Softplus, inputs: Sequence[Array], work: Work) -> Array:
    """log(1 + exp(beta*x)) / beta, and x where beta*x is above the threshold."""

    def function(x: Array, out: Array) -> None:
        step = work.multiply(x, layer.beta, out=scratch_like(out, work, "first step"))
        linear = work.greater(step, layer.threshold)
        work.apply(np.exp, step, out=step)
        work.log_of_one_and(step, out=step)
        work.divide(step, layer.beta, out=step)
        choose(linear, x, step, out)

    return in_steps(function, inputs, work)


EXECUTORS = {
    "leaky_relu": leaky_relu,
    "prelu": prelu,
    "elu": exponential_unit,
    "celu": exponential_unit,
    "gelu": gelu,
    "hardtanh": hardtanh,
    "softplus": softplus,
}
