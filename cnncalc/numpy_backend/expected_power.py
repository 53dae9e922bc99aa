"""What is expected of the mean square of each tensor, so that random weights can be drawn to fit it.

A layer with weights draws them so that its output comes out at about 1 (variance 1 / (fan_in * power),
after LeCun, Bottou, Orr & Müller, "Efficient BackProp", 1998, and He, Zhang, Ren & Sun, "Delving Deep into
Rectifiers", 2015). However deep the network, its numbers then neither vanish nor overflow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnncalc.graph import Graph

HALVING = frozenset(
    ("relu", "relu6", "leaky_relu", "prelu", "elu", "celu", "gelu", "silu", "mish", "hardswish", "softplus")
)
"""Activations that let about half of the numbers through."""
NORMALIZING = frozenset(("linear", "batch_norm", "layer_norm", "group_norm", "instance_norm", "selu"))
SUMMING = frozenset(("add", "subtract"))


def expected_powers(graph: Graph) -> list[float]:
    """The expected mean square of every tensor, the inputs first."""
    powers = [1.0] * len(graph.inputs)
    for node in graph.nodes:
        assert node.layer is not None
        powers.append(_power_behind(node.layer.kind.name, [powers[tensor] for tensor in node.inputs]))
    return powers


def _power_behind(kind: str, powers: Sequence[float]) -> float:
    if kind in NORMALIZING or "conv" in kind:
        return 1.0
    if kind in HALVING:
        return powers[0] / 2
    if kind in SUMMING:
        return sum(powers)
    if kind == "multiply":
        return math.prod(powers)
    return max(powers)
