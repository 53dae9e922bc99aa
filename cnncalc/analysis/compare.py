"""Networks side by side: their totals, and what they cost at each resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cnncalc.analysis.head import layer_before_head
from cnncalc.analysis.receptive_field import ReceptiveField
from cnncalc.analysis.report import SCHEMA, LayerReport, Report
from cnncalc.analysis.stages import Stage, stages_of


class Compared(NamedTuple):
    """One network of a comparison: its report, and what only a comparison asks for."""

    label: str
    """What the network was called by: a file, a name of the zoo."""
    report: Report
    depth: int
    """Convolutions and linear layers on the longest path from an input to an output."""
    weighted_output_bytes: int
    """Bytes of the outputs of convolutions and linear layers."""
    field_layer: str
    """The last layer that keeps positions; empty if there is none."""
    receptive_field: ReceptiveField | None
    """The receptive field there."""
    stages: dict[int, Stage]

    def to_dict(self) -> dict[str, Any]:
        report = self.report
        return {
            "label": self.label,
            "name": report.name,
            "inputs": {name: list(shape) for name, shape in report.inputs.items()},
            "outputs": {name: list(shape) for name, shape in report.outputs.items()},
            "layers": len(report.layers),
            "depth": self.depth,
            "totals": {
                **report.totals._asdict(),
                "ops": report.totals.ops._asdict(),
                "conv_linear_output_bytes": self.weighted_output_bytes,
            },
            "receptive_field": None
            if self.receptive_field is None
            else {
                "layer": self.field_layer,
                **{
                    field: list(value) if isinstance(value, tuple) else value
                    for field, value in self.receptive_field._asdict().items()
                },
            },
            "stages": [stage.to_dict() for stage in self.stages.values()],
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Networks in the order in which they were given; ratios are to the first."""

    networks: tuple[Compared, ...]

    @property
    def halvings(self) -> list[int]:
        """The stages that any of the networks has, from the input's resolution down."""
        return sorted({count for network in self.networks for count in network.stages})

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain lists, dicts, strings and exact numbers."""
        first = self.networks[0].report
        return {
            "schema": SCHEMA,
            "batch": first.batch,
            "dtype": first.dtype,
            "in_place": first.in_place,
            "networks": [network.to_dict() for network in self.networks],
        }


def comparison_of(reports: Sequence[Report], labels: Sequence[str]) -> Comparison:
    """The comparison of reports that were made with one batch and type."""
    return Comparison(tuple(_compared(report, label) for report, label in zip(reports, labels, strict=True)))


def _compared(report: Report, label: str) -> Compared:
    at = layer_before_head(report)
    return Compared(
        label,
        report,
        depth_of(report),
        sum(layer.output_bytes for layer in report.layers if is_weighted(layer)),
        at.name if at else "",
        at.receptive_field if at else None,
        stages_of(report),
    )


def is_weighted(layer: LayerReport) -> bool:
    """Whether a layer multiplies by weights: convolutions, transposed ones, linear layers.

    Norms do not count, as in the names of networks: ResNet-50, VGG-16.
    """
    return layer.macs > 0 and bool(layer.figures.weights)


def depth_of(report: Report) -> int:
    """The weighted layers on the longest path from an input to an output."""
    depths: dict[str, int] = {}
    for layer in report.layers:  # in the order of the graph, so that its inputs are known
        before = max((depths.get(name, 0) for name in layer.inputs), default=0)
        depths[layer.name] = before + is_weighted(layer)
    return max((depths.get(name, 0) for name in report.outputs), default=0)
