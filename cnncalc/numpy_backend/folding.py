"""A batch-norm behind a convolution, taken into the convolution's weights.

With running statistics it is a factor and a summand for each channel, and so is what the weights and the
bias of the convolution do: W*x + b becomes (f*W)*x + (f*b + s), which costs nothing.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from cnncalc.layers.base import Layer
from cnncalc.layers.convolution import Convolution, DepthwiseConvolution, SeparableConvolution
from cnncalc.layers.normalization import BatchNorm, InstanceNorm
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.normalization import factor_and_summand
from cnncalc.numpy_backend.work import Shape, Work

SCALED = {Convolution: "weight", DepthwiseConvolution: "weight", SeparableConvolution: "pointwise_weight"}
"""The tensor that takes the factor: its first dimension are the output channels."""


def can_fold(layer: Layer, behind: Layer) -> bool:
    """Whether the weights of a layer can take in the one behind it."""
    if not isinstance(behind, (BatchNorm, InstanceNorm)) or not behind.track_running_stats:
        return False
    return type(layer) in SCALED and getattr(layer, "connection_table", None) is None


def folded(layer: Layer, work: Work, norm: Layer, norm_work: Work) -> tuple[Layer, Work]:
    """The layer and its work as they are when the norm behind it is taken in."""
    assert isinstance(norm, (BatchNorm, InstanceNorm))
    biased: Layer = dataclasses.replace(layer, bias=True)  # type: ignore[call-arg]  # all in SCALED have it
    return biased, _FoldedWork(layer, work, norm, norm_work)


class _FoldedWork(Work):
    """Asks for the tensors of both layers, and gives those of the one that does what both do."""

    def __init__(self, layer: Any, work: Work, norm: BatchNorm | InstanceNorm, norm_work: Work) -> None:
        super().__init__(work.layer, work.dtype, work.tensors, work.scratch_memory, work.order, work.power)
        self.own, self.own_layer = work, layer
        self.norm, self.norm_work = norm, norm_work

    def weight(self, name: str, shape: Shape, mean: float = 0.0, fan_in: int | None = None) -> Array:
        if name not in self.weights:
            self.weights[name] = self._both(name, shape, mean, fan_in)
        return self.weights[name]

    def _both(self, name: str, shape: Shape, mean: float, fan_in: int | None) -> Array:
        scaled = SCALED[type(self.own_layer)]
        if name not in (scaled, "bias"):
            return self.own.weight(name, shape, mean, fan_in)
        factor, summand = factor_and_summand(self.norm, shape[0], self.norm_work)
        if name == scaled:
            weight = self.own.weight(name, shape, mean, fan_in)
            return weight * factor.reshape(-1, *(1,) * (len(shape) - 1))
        return summand + factor * self.own.weight(name, shape, mean) if self.own_layer.bias else summand
