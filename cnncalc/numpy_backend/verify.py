"""`cnncalc.verify`: every figure of a network beside what really happened when it ran.

Nothing is taken from the rules that are verified: shapes, types and bytes are those of the arrays, tensors
those that the executors asked for, operations counted as they were computed, receptive fields measured by
marking inputs. The memory of the whole run is measured a second time, by Python's own allocation tracer.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnncalc.analysis.memory import live_bytes, memories_of_report
from cnncalc.analysis.receptive_field import ReceptiveField
from cnncalc.analysis.report import LayerReport, Report
from cnncalc.api import Network, analyze, loaded
from cnncalc.graph import Graph
from cnncalc.layers.base import Shape, Tensors
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.memory_limit import needed_bytes, refuse_too_large
from cnncalc.numpy_backend.receptive_field import measured_fields
from cnncalc.numpy_backend.run import refuse_seed, runnable_dtype
from cnncalc.numpy_backend.runner import Failure, LayerRun, Runner
from cnncalc.numpy_backend.tensors import RandomTensors, random_inputs

TRACED_TOLERANCE = 0.01
"""The share of the predicted peak by which the traced one may differ, scratch memory apart."""
SCRATCH_BYTES = 1 << 20
"""What a run may take beside its tensors: blocks that executors work on, and Python's own objects."""

Progress = Callable[[int], None]


class Comparison(NamedTuple):
    """A figure of a layer as computed and as measured, in plain data; `layer` is empty for the network's."""

    layer: str
    figure: str
    computed: Any
    measured: Any

    @property
    def equal(self) -> bool:
        return bool(self.computed == self.measured)


class Peak(NamedTuple):
    """The largest sum of live tensors: predicted, summed over the arrays that were there, and traced."""

    computed: int
    measured: int
    traced: int

    @property
    def traced_agrees(self) -> bool:
        """Within 1 % of the prediction, and what a run may take beside its tensors."""
        slack = self.computed * TRACED_TOLERANCE
        return self.computed - slack <= self.traced <= self.computed + slack + SCRATCH_BYTES


@dataclass(frozen=True)
class Verification:
    """All figures of a network beside what was measured."""

    name: str
    layers: int
    comparisons: tuple[Comparison, ...]
    peak: Peak | None
    """None if the network could not be run to its end."""

    @property
    def differences(self) -> tuple[Comparison, ...]:
        return tuple(comparison for comparison in self.comparisons if not comparison.equal)

    @property
    def all_equal(self) -> bool:
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """Plain data: all figures of each layer, and the differences once more by themselves."""
        figures: dict[str, dict[str, Any]] = {}
        for layer, figure, computed, measured in self.comparisons:
            figures.setdefault(layer, {})[figure] = {"computed": computed, "measured": measured}
        return {
            "name": self.name,
            "all_equal": self.all_equal,
            "layer_count": self.layers,
            "figure_count": len(self.comparisons),
            "peak_bytes": self.peak._asdict() if self.peak else None,
            "differences": [comparison._asdict() for comparison in self.differences],
            "layers": [{"name": name, "figures": of_layer} for name, of_layer in figures.items() if name],
        }


def verify(
    network: Network | str | Path,
    input: Shape | Mapping[str, Shape] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    params: Mapping[str, Any] | None = None,
    in_place: bool = False,
    seed: int = 0,
    *,
    allow_large: bool = False,
) -> Verification:
    """Runs a network on random inputs with random weights, and compares all figures of its report.

    Raises ArchitectureError for a faulty network, ValueError for arguments that do not go with it, and
    MemoryError for a run that is too large for the machine, unless `allow_large`.
    """
    network = loaded(network, params)
    report = analyze(network, input, batch, runnable_dtype(dtype), in_place=in_place)
    refuse_seed(seed)
    if not allow_large:
        refuse_too_large(needed_bytes(report), "use smaller inputs or a smaller batch, or allow_large=True")
    return verify_report(network.graph, report, seed)


def verify_report(
    graph: Graph, report: Report, seed: int = 0, progress: Progress | None = None
) -> Verification:
    """The same for a report that was made of the graph; `progress` is told how many layers are done."""
    measured = _Measured(replace(graph, inputs=report.inputs), report, seed)
    comparisons: list[Comparison] = []
    try:
        measured.run(progress)
    except Failure as failure:
        comparisons.append(Comparison(failure.layer, "run", "can be computed", failure.reason))
    comparisons += measured.comparisons()
    peak = None
    if len(measured.layers) == len(report.layers):
        peak = Peak(report.totals.peak_bytes, measured.peak_bytes(), measured.traced_peak())
        totals = [Comparison("", "peak_bytes", peak.computed, peak.measured)]
        if all(comparison.equal for comparison in comparisons):  # else they follow from what differs
            totals += measured.totals()
        comparisons += [total for total in totals if not total.equal]
        if not peak.traced_agrees:
            comparisons.append(Comparison("", "peak_bytes traced", peak.computed, peak.traced))
    return Verification(report.name, len(report.layers), tuple(comparisons), peak)


class _Layer(NamedTuple):
    """What is left of a layer's run once its arrays are gone."""

    output_shape: Shape
    weights: Tensors
    buffers: Tensors
    macs: int
    ops: dict[str, int]
    output_bytes: int
    live_bytes: int
    dtype: str


class _Measured:
    """A network as it ran, beside its report."""

    def __init__(self, graph: Graph, report: Report, seed: int) -> None:
        self.graph = graph
        self.report = report
        self.seed = seed
        self.dtype = np.dtype(report.dtype)
        self.runner = Runner(graph, RandomTensors(seed, self.dtype), report.dtype, report.in_place)
        self.layers: list[_Layer] = []
        self.weights: dict[int, Array] = {}
        self.buffers: dict[int, Array] = {}

    def run(self, progress: Progress | None) -> None:
        """Runs the network layer by layer; raises Failure at the first that cannot be run."""

        def note(layer: LayerRun) -> None:
            self.layers.append(_remembered(layer, self.report.batch))
            self.weights.update((id(tensor), tensor) for tensor in layer.weights.values())
            self.buffers.update((id(tensor), tensor) for tensor in layer.buffers.values())
            if progress is not None:
                progress(len(self.layers))

        self.layers.clear()
        self.runner.run(self.inputs(), note)

    def inputs(self) -> Mapping[str, Array]:
        return _DrawnWhenRead(self.report, self.seed)

    def peak_bytes(self) -> int:
        return max((layer.live_bytes for layer in self.layers), default=self.report.totals.peak_bytes)

    def traced_peak(self) -> int:
        """Bytes that a second run allocates at most: weights and scratch memory are there by then."""
        tracemalloc.start()
        try:
            self.runner.run(self.inputs(), lambda _: None)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def comparisons(self) -> Iterator[Comparison]:
        """Eight figures of each layer that was run."""
        fields = measured_fields(self.graph, self.report.inputs, self._tensor_shapes())
        live = live_bytes(memories_of_report(self.graph, self.report), len(self.graph.nodes))
        rows = zip(self.report.layers, self.layers, fields, live, strict=False)
        for row, layer, field, computed_live in rows:
            for figure, computed, measured in _figures(row, layer, field, computed_live, self.report.dtype):
                yield Comparison(row.name, figure, computed, measured)

    def totals(self) -> Iterator[Comparison]:
        """The sums of the report beside those of what was measured; a tensor that is shared counts once."""
        totals = self.report.totals
        sums = {
            "params": (totals.params, sum(tensor.size for tensor in self.weights.values())),
            "buffers": (totals.buffers, sum(tensor.size for tensor in self.buffers.values())),
            "macs": (totals.macs, sum(layer.macs for layer in self.layers)),
            "activation_bytes": (totals.activation_bytes, sum(layer.output_bytes for layer in self.layers)),
        }
        for figure, (computed, measured) in sums.items():
            yield Comparison("", figure, computed, measured)

    def _tensor_shapes(self) -> list[Shape]:
        """Those of the arrays, and beyond the last layer that was run those of the report."""
        ran = [layer.output_shape for layer in self.layers]
        return [
            *self.report.inputs.values(),
            *ran,
            *(row.output_shape for row in self.report.layers[len(ran) :]),
        ]


class _DrawnWhenRead(Mapping[str, Array]):
    """Random inputs that nobody holds but who has read them, so that they can be freed."""

    def __init__(self, report: Report, seed: int) -> None:
        self.report = report
        self.seed = seed

    def __getitem__(self, name: str) -> Array:
        shape = {name: self.report.inputs[name]}
        return random_inputs(shape, self.report.batch, self.seed, np.dtype(self.report.dtype))[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.report.inputs)

    def __len__(self) -> int:
        return len(self.report.inputs)


def _remembered(layer: LayerRun, batch: int) -> _Layer:
    output = layer.output
    macs, *others = layer.operations
    return _Layer(
        tuple(output.shape[1:]) if len(output) == batch else tuple(output.shape),
        {name: tensor.shape for name, tensor in layer.weights.items()},
        {name: tensor.shape for name, tensor in layer.buffers.items()},
        macs,
        dict(zip(layer.operations._fields[1:], others, strict=True)),
        0 if layer.is_view else output.nbytes,
        layer.live_bytes,
        output.dtype.name,
    )


def _figures(
    row: LayerReport, layer: _Layer, field: ReceptiveField, live: int, dtype: str
) -> Iterator[tuple[str, Any, Any]]:
    """Each figure of a layer as the report has it and as it was measured."""
    yield "output_shape", list(row.output_shape), list(layer.output_shape)
    # a layer that uses another's tensors asks for them too, and the report counts them there
    yield (
        "tensors",
        _tensors(row.figures.weights, row.figures.buffers),
        _tensors(layer.weights, layer.buffers),
    )
    yield "macs", row.macs, layer.macs
    yield "ops", dict(zip(row.operations._fields[1:], row.operations[1:], strict=True)), layer.ops
    yield "output_bytes", row.output_bytes, layer.output_bytes
    yield "live_bytes", live, layer.live_bytes
    yield "receptive_field", _plain(row.receptive_field), _plain(field)
    yield "dtype", dtype, layer.dtype


def _tensors(weights: Tensors, buffers: Tensors) -> dict[str, dict[str, list[int]]]:
    return {
        "weights": {name: list(shape) for name, shape in weights.items()},
        "buffers": {name: list(shape) for name, shape in buffers.items()},
    }


def _plain(field: ReceptiveField) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in field._asdict().items()
    }
