"""Regularizations on real arrays: in inference each gives its input as it is."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.layers.regularization import Dropout, Identity
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import CannotRun, Work


def same(layer: Dropout | Identity, inputs: Sequence[Array], work: Work) -> Array:  # noqa: ARG001
    return inputs[0]


def over_channels(layer: Dropout, inputs: Sequence[Array], work: Work) -> Array:
    """Would drop channels in training, so it has to know which dimensions they have."""
    axes = inputs[0].ndim - 2
    if axes != layer.kind.rank:
        raise CannotRun(f"it drops channels of {layer.kind.rank} axes, and those of the input have {axes}")
    return same(layer, inputs, work)


EXECUTORS = {
    **dict.fromkeys(("dropout1d", "dropout2d", "dropout3d"), over_channels),
    **dict.fromkeys(("dropout", "alpha_dropout", "feature_alpha_dropout"), same),
    **dict.fromkeys(("stochastic_depth", "identity"), same),
}
