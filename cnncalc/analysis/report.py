"""The result of an analysis as plain data; renderers only read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.analysis.figures import Figures
from cnncalc.analysis.memory import Peak
from cnncalc.analysis.receptive_field import ReceptiveField, State, described
from cnncalc.layers.base import NO_TENSORS, Layer, Operations, Shape, Shapes, Tensors

if TYPE_CHECKING:
    from cnncalc.graph import Graph

SCHEMA = 1


class LayerReport(NamedTuple):
    """The figures of one layer in its network."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    input_shapes: Shapes
    figures: Figures
    state: State
    network_sizes: Shape
    """The sizes of the network's input along its axes."""
    share: str | None = None
    """The layer whose weights are used; they are counted there."""

    @property
    def kind(self) -> str:
        return self.layer.kind.name

    @property
    def output_shape(self) -> Shape:
        return self.figures.output_shape

    @property
    def weights(self) -> Tensors:
        """The weight tensors, empty where they are another layer's."""
        return NO_TENSORS if self.share else self.figures.weights

    @property
    def buffers(self) -> Tensors:
        return NO_TENSORS if self.share else self.figures.buffers

    @property
    def params(self) -> int:
        return 0 if self.share else self.figures.params

    @property
    def buffer_elements(self) -> int:
        return 0 if self.share else self.figures.buffer_elements

    @property
    def operations(self) -> Operations:
        return self.figures.operations

    @property
    def macs(self) -> int:
        return self.figures.operations.macs

    @property
    def flops(self) -> int:
        return self.figures.flops

    @property
    def output_bytes(self) -> int:
        return self.figures.output_bytes

    @property
    def receptive_field(self) -> ReceptiveField:
        return described(self.state, self.network_sizes)

    def to_dict(self) -> dict[str, Any]:
        """The layer as the JSON contract has it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "inputs": list(self.inputs),
            "input_shapes": [list(shape) for shape in self.input_shapes],
            "output_shape": list(self.output_shape),
            "weights": {name: list(shape) for name, shape in self.weights.items()},
            "params": self.params,
            "buffers": self.buffer_elements,
            "macs": self.macs,
            "flops": self.flops,
            "ops": self.operations._asdict(),
            "output_bytes": self.output_bytes,
            "view": self.figures.view,
            "receptive_field": {
                field: list(value) if isinstance(value, tuple) else value
                for field, value in self.receptive_field._asdict().items()
            },
            **({"shares": self.share} if self.share else {}),
        }


class Totals(NamedTuple):
    """The sums over all layers; bytes at the dtype of the report."""

    params: int
    buffers: int
    macs: int
    flops: int
    ops: Operations
    param_bytes: int
    buffer_bytes: int
    activation_bytes: int
    peak_bytes: int


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """All figures of a network. Operations, activations and peak are those of the whole batch."""

    name: str
    batch: int
    dtype: str
    convention: str
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    totals: Totals
    peak: Peak
    layers: tuple[LayerReport, ...]
    about: Mapping[str, Any]
    in_place: bool = False

    def layer(self, name: str) -> LayerReport:
        """The layer of this name; raises KeyError."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """The report as the JSON contract has it: plain lists, dicts, strings and exact numbers."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "batch": self.batch,
            "dtype": self.dtype,
            "convention": self.convention,
            "inputs": {name: list(shape) for name, shape in self.inputs.items()},
            "outputs": {name: list(shape) for name, shape in self.outputs.items()},
            "totals": {**self.totals._asdict(), "ops": self.totals.ops._asdict()},
            "peak": {"layer": self.peak.layer, "tensors": list(self.peak.tensors)},
            "layers": [layer.to_dict() for layer in self.layers],
        }

    def _repr_html_(self) -> str:
        """The table, for notebooks."""
        from cnncalc.render.html import render_fragment

        return render_fragment(self)


def shapes_read(graph: Graph, report: Report) -> list[Shapes]:
    """What each layer's rules read: the inputs, and for each reference what that layer reads and gives."""
    tensors: list[Shape] = [*report.inputs.values(), *(row.output_shape for row in report.layers)]
    read = []
    for node in graph.nodes:
        shapes = [tensors[tensor] for tensor in node.inputs]
        for tensor in node.references:
            producer = graph.producer(tensor)
            shapes += [tensors[tensor if producer is None else producer.inputs[0]], tensors[tensor]]
        read.append(tuple(shapes))
    return read
