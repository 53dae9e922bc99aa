"""Linear layers and radial basis functions on real arrays; they work on the last dimension."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.layers.linear import Linear, RadialBasis
from cnncalc.numpy_backend.arrays import BLOCK_BYTES, channels_last
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors.blockwise import cut
from cnncalc.numpy_backend.work import Work


def linear(layer: Linear, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    features = x.shape[-1]
    weight = work.weight("weight", (layer.out_features, features), fan_in=features)
    out = work.empty((*x.shape[:-1], layer.out_features))
    if x.ndim > 2:
        # as the channels lie innermost, the features are the rows of the matrices
        work.matmul(weight, channels_last(x), out=channels_last(out))
    else:
        work.matmul(x, weight.T, out=out)
    if layer.bias:
        work.add(out, work.weight("bias", (layer.out_features,)), out=out)
    work.finish(out)
    return out


def radial_basis(layer: RadialBasis, inputs: Sequence[Array], work: Work) -> Array:
    """Sums of squared differences to the centres, some positions and some centres at a time."""
    x = inputs[0]
    last = x.ndim - 1
    centers = work.buffer("centers", (layer.out_features, x.shape[last]), deviation=1.0)
    out = work.empty((*x.shape[:-1], layer.out_features))
    for place in cut(x, whole=(last,)):
        positions, target = x[place][..., None, :], out[place[:-1]]
        together = max(1, BLOCK_BYTES // x[place].nbytes)
        for start in range(0, layer.out_features, together):
            some = centers[start : start + together]
            differences = work.scratch("differences", (*positions.shape[:-2], *some.shape))
            work.subtract(positions, some, out=differences)
            work.multiply(differences, differences, out=differences)
            target[..., start : start + together] = work.sum(differences, -1)
    return out


EXECUTORS = {"linear": linear, "rbf": radial_basis}
