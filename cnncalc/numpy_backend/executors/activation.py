"""Activations on real arrays, each by the formula that its operations are counted by.

All steps of a function are done on one block after the other, in its output and in scratch memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cnncalc.layers.base import Layer
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.blockwise import choose, in_steps, scratch_like
from cnncalc.numpy_backend.executors.elementwise import by_blocks
from cnncalc.numpy_backend.work import Work

Function = Callable[[Work, Array, Array], object]
"""Writes the function of a block to another block, which may be the same one."""

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
"""Klambauer, Unterthiner, Mayr & Hochreiter, "Self-Normalizing Neural Networks", 2017."""


@np.errstate(over="ignore", invalid="ignore")
def activation(layer: Layer, inputs: Sequence[Array], work: Work) -> Array:
    function = FUNCTIONS[layer.kind.name]
    return in_steps(lambda x, out: function(work, x, out), inputs, work)


def relu(layer: Layer, inputs: Sequence[Array], work: Work) -> Array:
    """max(x, 0), or min(max(x, 0), 6)."""
    high = 6 if layer.kind.name == "relu6" else None
    return by_blocks(lambda x, out: work.bound(x, 0, high, out=out), inputs, work)


def sigmoid(work: Work, x: Array, out: Array) -> None:
    """1 / (1 + exp(-x))."""
    work.divide(1.0, _one_and_exp(work, x, out), out=out)


def silu(work: Work, x: Array, out: Array) -> None:
    """x / (1 + exp(-x))."""
    work.divide(x, _one_and_exp(work, x, scratch_like(out, work, "first step")), out=out)


def mish(work: Work, x: Array, out: Array) -> None:
    """x*tanh(log(1 + exp(x)))."""
    step = work.apply(np.exp, x, out=scratch_like(out, work, "first step"))
    work.log_of_one_and(step, out=step)
    work.apply(np.tanh, step, out=step)
    work.multiply(x, step, out=out)


def _one_and_exp(work: Work, x: Array, out: Array) -> Array:
    """1 + exp(-x)."""
    work.apply(np.exp, np.negative(x, out=out), out=out)
    return work.add(out, 1.0, out=out)


def selu(work: Work, x: Array, out: Array) -> None:
    """scale*x above 0, scale*alpha*(exp(x) - 1) below."""
    below = scratch_like(out, work, "first step")
    falling_exponential(work, x, SELU_SCALE * SELU_ALPHA, below)
    above = work.greater(x, 0.0)
    choose(above, work.multiply(x, SELU_SCALE, out=out), below, out)


def falling_exponential(work: Work, x: Array, depth: float, out: Array) -> None:
    """depth*(exp(x) - 1)."""
    work.exp_less_one(x, out=out)
    work.multiply(out, depth, out=out)


def hardsigmoid(work: Work, x: Array, out: Array) -> None:
    """min(max(x + 3, 0), 6) / 6."""
    work.add(x, 3.0, out=out)
    work.bound(out, 0, 6, out=out)
    work.divide(out, 6.0, out=out)


def hardswish(work: Work, x: Array, out: Array) -> None:
    """x*min(max(x + 3, 0), 6) / 6."""
    step = scratch_like(out, work, "first step")
    work.add(x, 3.0, out=step)
    work.bound(step, 0, 6, out=step)
    work.multiply(x, step, out=out)
    work.divide(out, 6.0, out=out)


def softsign(work: Work, x: Array, out: Array) -> None:
    """x / (1 + |x|)."""
    step = np.abs(x, out=scratch_like(out, work, "first step"))
    work.divide(x, work.add(step, 1.0, out=step), out=out)


def binary_step(work: Work, x: Array, out: Array) -> None:
    """1 from 0 on, 0 below (and for NaN, as torch.heaviside)."""
    out[...] = work.at_least(x, 0.0)


FUNCTIONS: dict[str, Function] = {
    "selu": selu,
    "silu": silu,
    "mish": mish,
    "sigmoid": sigmoid,
    "hardsigmoid": hardsigmoid,
    "tanh": lambda work, x, out: work.apply(np.tanh, x, out=out),
    "arctan": lambda work, x, out: work.apply(np.arctan, x, out=out),
    "softsign": softsign,
    "hardswish": hardswish,
    "binary_step": binary_step,
}

EXECUTORS = {"relu": relu, "relu6": relu, **dict.fromkeys(FUNCTIONS, activation)}
