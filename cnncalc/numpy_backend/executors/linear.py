"""Linear layers on real arrays; they work on the last dimension."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.layers.linear import Linear
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import Work


def linear(layer: Linear, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    features = x.shape[-1]
    weight = work.weight("weight", (layer.out_features, features), fan_in=features)
    out = work.empty((*x.shape[:-1], layer.out_features))
    work.matmul(x, weight.T, out=out)
    if layer.bias:
        work.add(out, work.weight("bias", (layer.out_features,)), out=out)
    work.finish(out)
    return out


EXECUTORS = {"linear": linear}
