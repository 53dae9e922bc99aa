"""Regularizations: layers that change training alone. In inference each is its input, seen as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from cnncalc.layers.arguments import argument
from cnncalc.layers.base import FREE, Kind, Layer, Misfit, Operations, Shape, Shapes, frozen_layer
from cnncalc.layers.readers import Number
from cnncalc.layers.shapes import rank_misfit


@frozen_layer
class Dropout(Layer):
    """Zeroes elements, channels or the whole sample in training; free in inference.

    PyTorch only warns where dropout2d or dropout3d reads other dimensions, but then drops what is no
    channel; here it is a fault.
    """

    p: float = argument(Number(0, 1), "probability to be dropped", 0.5)

    view: ClassVar[bool] = True
    elementwise: ClassVar[bool] = True

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        shape, rank = inputs[0], self.kind.rank
        misfit = rank_misfit(self.kind.name, shape, rank) if rank else None
        if misfit:
            fitting = f"dropout{len(shape) - 1}d" if 2 <= len(shape) <= 4 else "dropout"
            yield misfit._replace(help=f"use {fitting}", fatal=False)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE


@frozen_layer
class Identity(Layer):
    """The input as it is; free."""

    view: ClassVar[bool] = True
    elementwise: ClassVar[bool] = True

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE


_INPUTS = ((64, 8, 8),)

KINDS: tuple[Kind, ...] = (
    Kind("dropout", Dropout, "Drops single elements in training.", "dropout: 0.5", _INPUTS),
    Kind("dropout1d", Dropout, "Drops whole channels of C x L in training.", "dropout1d: 0.2", ((64, 8),), 1),
    Kind("dropout2d", Dropout, "Drops whole channels of C x H x W in training.", "dropout2d: 0.2",
         _INPUTS, 2),
    Kind("dropout3d", Dropout, "Drops whole channels of C x D x H x W in training.", "dropout3d: 0.2",
         ((64, 4, 8, 8),), 3),
    Kind("alpha_dropout", Dropout, "Drops single elements and keeps mean and variance (for selu).",
         "alpha_dropout: 0.1", _INPUTS),
    Kind("feature_alpha_dropout", Dropout, "Drops whole channels and keeps mean and variance (for selu).",
         "feature_alpha_dropout: 0.1", _INPUTS),
    Kind("stochastic_depth", Dropout, "Drops a residual branch of a sample in training.",
         "stochastic_depth: 0.2", _INPUTS),
    Kind("identity", Identity, "The input as it is.", "identity", _INPUTS),
)  # fmt: skip
