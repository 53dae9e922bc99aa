"""Rows of a report: one for each layer, or one for all layers of a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cnncalc.analysis.receptive_field import ReceptiveField
from cnncalc.analysis.report import LayerReport
from cnncalc.layers.base import FREE, Operations, Shape

_DIGITS = "0123456789"


class Row(NamedTuple):
    """Consecutive layers with their figures added up: one layer, a block, or `times` equal blocks."""

    name: str
    layers: tuple[LayerReport, ...]
    times: int = 1

    @property
    def last(self) -> LayerReport:
        return self.layers[-1]

    @property
    def kind(self) -> str:
        return self.last.kind if len(self.layers) == 1 else f"{len(self.layers)} layers"

    @property
    def read(self) -> dict[str, Shape]:
        """The tensors from outside that are read, with their shapes."""
        own = {layer.name for layer in self.layers}
        return {
            name: shape
            for layer in self.layers
            for name, shape in zip(layer.inputs, layer.input_shapes, strict=True)
            if name not in own
        }

    @property
    def output_shape(self) -> Shape:
        return self.last.output_shape

    @property
    def params(self) -> int:
        return sum(layer.params for layer in self.layers)

    @property
    def buffers(self) -> int:
        return sum(layer.buffer_elements for layer in self.layers)

    @property
    def operations(self) -> Operations:
        total = FREE
        for layer in self.layers:
            total = total.plus(layer.operations)
        return total

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def flops(self) -> int:
        return sum(layer.flops for layer in self.layers)

    @property
    def output_bytes(self) -> int:
        return sum(layer.output_bytes for layer in self.layers)

    @property
    def receptive_field(self) -> ReceptiveField:
        return self.last.receptive_field


def rows_of(layers: Sequence[LayerReport], depth: int = 0) -> tuple[Row, ...]:
    """The layers as rows, in their order.

    With a `depth`, consecutive layers whose dotted names agree in the first `depth` parts are one row,
    and so are equal blocks that only differ in their number (`deep.0` to `deep.5`).
    """
    if depth < 1:
        return tuple(Row(layer.name, (layer,)) for layer in layers)
    blocks = [
        Row(name, tuple(block))
        for name, block in groupby(layers, key=lambda layer: ".".join(layer.name.split(".")[:depth]))
    ]
    return tuple(_joined(run) for run in _runs(blocks))


def _runs(blocks: Iterable[Row]) -> Iterator[list[Row]]:
    """The blocks in runs that can be one row each."""
    run: list[Row] = []
    for block in blocks:
        if run and not _continues(run[-1], block):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _continues(block: Row, following: Row) -> bool:
    """Whether the second is the first once more, under the next number."""
    (stem, number), (following_stem, following_number) = numbered(block.name), numbered(following.name)
    if number is None or following_number != number + 1 or stem != following_stem:
        return False
    repeated = stem.endswith(".")
    return (repeated or len(block.layers) > 1) and _figures(block) == _figures(following)


def numbered(name: str) -> tuple[str, int | None]:
    """A name without the number at its end, and the number."""
    stem = name.rstrip(_DIGITS)
    digits = name[len(stem) :]
    return stem, int(digits) if 0 < len(digits) < 10 else None


def _figures(block: Row) -> list[tuple[object, ...]]:
    return [
        (layer.kind, layer.output_shape, layer.params, layer.buffer_elements, layer.operations)
        for layer in block.layers
    ]


def _joined(run: Sequence[Row]) -> Row:
    if len(run) == 1:
        return run[0]
    return Row(
        f"{run[0].name}-{numbered(run[-1].name)[1]}",
        tuple(layer for row in run for layer in row.layers),
        len(run),
    )
