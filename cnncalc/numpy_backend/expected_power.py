"""What is expected of the mean square of each tensor, so that random weights can be drawn to fit it.

A layer with weights draws them so that its output comes out at about 1 (variance 1 / (fan_in * power),
after LeCun, Bottou, Orr & Müller, "Efficient BackProp", 1998, and He, Zhang, Ren & Sun, "Delving Deep into
Rectifiers", 2015). However deep the network, its numbers then neither vanish nor overflow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.graph import Graph

RECTIFYING = frozenset(
    ("relu", "relu6", "leaky_relu", "prelu", "elu", "celu", "gelu", "silu", "mish", "hardswish", "softplus")
)
"""Activations that let pass what is above 0, and little of the rest."""
NORMALIZING = frozenset(("linear", "batch_norm", "layer_norm", "group_norm", "instance_norm", "selu"))


class Moments(NamedTuple):
    """What is expected of the elements of a tensor."""

    mean: float = 0.0
    square: float = 1.0

    @property
    def variance(self) -> float:
        return max(self.square - self.mean**2, 0.0)


def expected_powers(graph: Graph) -> list[float]:
    """The expected mean square of every tensor, the inputs first."""
    moments = [Moments()] * len(graph.inputs)
    for node in graph.nodes:
        assert node.layer is not None
        moments.append(_behind(node.layer.kind.name, [moments[tensor] for tensor in node.inputs]))
    return [expected.square for expected in moments]


def _behind(kind: str, inputs: Sequence[Moments]) -> Moments:
    if kind in NORMALIZING or "conv" in kind:
        return Moments()
    if kind in RECTIFYING:
        return _rectified(inputs[0])
    if kind in ("add", "subtract"):
        means = [expected.mean for expected in inputs]
        mean = sum(means) if kind == "add" else means[0] - sum(means[1:])
        return Moments(mean, mean**2 + sum(expected.variance for expected in inputs))
    if kind == "multiply":
        return Moments(*(math.prod(of_all) for of_all in zip(*inputs, strict=True)))
    return max(inputs, key=lambda expected: expected.square)


def _rectified(normal: Moments) -> Moments:
    """max(x, 0) of normally distributed numbers: a half of their mean square only if their mean is 0."""
    mean, deviation = normal.mean, math.sqrt(normal.variance)
    place = mean / deviation if deviation else math.copysign(math.inf, mean)
    above = (1 + math.erf(place / math.sqrt(2))) / 2
    density = deviation * math.exp(-(place**2) / 2) / math.sqrt(2 * math.pi)
    return Moments(mean * above + density, normal.square * above + mean * density)
