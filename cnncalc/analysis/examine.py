"""The walk over the graph that works out every figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cnncalc.analysis.figures import DTYPE_BYTES, Figures, all_operations, figures_of
from cnncalc.analysis.memory import all_memories, peak_of
from cnncalc.analysis.placement import Placement, placed
from cnncalc.analysis.receptive_field import State, input_state, joined, moved
from cnncalc.analysis.report import LayerReport, Report, Totals
from cnncalc.analysis.warnings import Distinct, warnings_of
from cnncalc.arithmetic import maximum, product, without_derivation
from cnncalc.diagnostics import Diagnostic
from cnncalc.graph import Graph, Node
from cnncalc.layers.base import FREE, Layer, Misfit, Operations, Shape, Shapes
from cnncalc.layers.shapes import written
from cnncalc.memory_pause import paused_garbage_collector

MOST_BYTES = 2**63


class Examined(NamedTuple):
    """The report of what could be worked out, and what was found wrong or doubtful."""

    report: Report
    diagnostics: list[Diagnostic]


def examine(
    graph: Graph,
    inputs: Mapping[str, Shape] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    in_place: bool = False,
) -> Examined:
    """Works out all figures of a network, optionally for other input shapes than the file's.

    A layer that does not fit, and those that read it, have no row in the report.
    """
    with paused_garbage_collector():
        walk = _Walk(graph, inputs or graph.inputs, batch, DTYPE_BYTES[dtype])
        for node in graph.nodes:
            walk.visit(node)
        return Examined(walk.report(dtype, in_place), walk.diagnostics + walk.warnings())


class _Walk:
    """The tensors known so far, by number: their shapes and receptive fields."""

    def __init__(self, graph: Graph, inputs: Mapping[str, Shape], batch: int, itemsize: int) -> None:
        self.graph = graph
        self.inputs = dict(inputs)
        self.batch = batch
        self.itemsize = itemsize
        self.diagnostics: list[Diagnostic] = []
        self.names = [*inputs, *(node.name for node in graph.nodes)]
        self.shapes: list[Shape | None] = [shape or None for shape in inputs.values()]
        self.states: list[State] = [input_state(shape) for shape in inputs.values()]
        self.network_sizes = _network_sizes(self.inputs)
        self.rows: list[LayerReport] = []
        self.known: dict[tuple[int, Shapes], Figures] = {}
        self.distinct: list[Distinct] = []
        # arrays of sizes and traced numbers are not checked, and cannot be looked up
        self.plain = all(type(size) is int for shape in inputs.values() for size in shape)

    def visit(self, node: Node) -> None:
        """Adds the row of a node, or nothing if it or a layer before it is faulty."""
        shapes = self.read_shapes(node)
        figures = None
        if node.layer is not None and shapes is not None:
            figures = self.figures(node, shapes)
        if figures is None or shapes is None or node.layer is None:
            self.shapes.append(None)
            self.states.append(())
            return
        tensors = node.inputs
        names = self.names
        if len(tensors) == 1:
            state = self.states[tensors[0]]
            input_names: tuple[str, ...] = (names[tensors[0]],)
            input_shapes = shapes if len(shapes) == 1 else shapes[:1]
        else:
            state = joined([self.states[tensor] for tensor in tensors])
            input_names = tuple([names[tensor] for tensor in tensors])
            input_shapes = shapes[: len(tensors)]
        if figures.movement is not None:
            state = moved(state, figures.movement)
        self.shapes.append(figures.output_shape if self.plain else without_derivation(figures.output_shape))
        self.states.append(state)
        share = None if node.share is None else names[node.share]
        self.rows.append(
            LayerReport(
                node.name, node.layer, input_names, input_shapes, figures, state, self.network_sizes, share
            )
        )

    def read_shapes(self, node: Node) -> Shapes | None:
        """The shapes a node reads (for each reference: what that layer read, and what it gave)."""
        shapes = self.shapes
        found = [shapes[tensor] for tensor in node.inputs]
        for tensor in node.references:
            producer = self.graph.producer(tensor)
            if producer is not None and not producer.inputs:  # a layer that could not be made
                return None
            found.append(shapes[tensor if producer is None else producer.inputs[0]])
            found.append(shapes[tensor])
        return None if None in found or not found else tuple(found)  # type: ignore[arg-type]

    def figures(self, node: Node, shapes: Shapes) -> Figures | None:
        """The figures of a node; layers and shapes met before are not worked out again."""
        layer = node.layer
        assert layer is not None
        if not self.plain:
            return figures_of(layer, shapes, self.batch, self.itemsize)
        figures = self.known.get((id(layer), shapes))
        if figures is None:
            figures = self.checked_figures(node, layer, shapes)
        if figures is not None and node.share is not None and not self.shares_well(node, layer, shapes):
            return None
        return figures

    def checked_figures(self, node: Node, layer: Layer, shapes: Shapes) -> Figures | None:
        misfits = list(layer.check(shapes))
        for misfit in misfits:
            self.report_misfit(node, misfit, shapes)
        if any(misfit.fatal for misfit in misfits):
            return None
        figures = figures_of(layer, shapes, self.batch, self.itemsize)
        if min(figures.output_shape, default=1) < 1:
            misfit = Misfit("E306", f"its output would be {written(figures.output_shape)}")
            self.report_misfit(node, misfit, shapes)
            return None
        if figures.tensor_bytes > MOST_BYTES:
            misfit = Misfit("E306", "its output would have more than 2**63 bytes", help="use smaller sizes")
            self.report_misfit(node, misfit, shapes)
            return None
        if not misfits:
            self.known[id(layer), shapes] = figures
            self.distinct.append((layer, shapes, figures))
        return figures

    def report_misfit(self, node: Node, misfit: Misfit, shapes: Shapes) -> None:
        from cnncalc.analysis.faults import shape_fault  # only a fault needs it

        self.diagnostics.append(shape_fault(self.graph, node, misfit, shapes))

    def shares_well(self, node: Node, layer: Layer, shapes: Shapes) -> bool:
        """Whether the weights fit those of the source; False also where that is faulty itself."""
        assert node.share is not None
        source = self.graph.producer(node.share)
        source_shapes = self.read_shapes(source) if source is not None else None
        if source_shapes is None or self.shapes[node.share] is None:
            return False
        from cnncalc.analysis.faults import share_fault  # few networks share weights

        fault = share_fault(self.graph, node, layer, shapes, source_shapes)
        if fault is not None:
            self.diagnostics.append(fault)
        return fault is None

    def report(self, dtype: str, in_place: bool) -> Report:
        placement = placed(self.graph, self.shapes, in_place)
        rows = self.rows = self.placed_rows(placement)
        input_bytes = [product(shape) * (self.batch * self.itemsize) for shape in self.inputs.values()]
        tensor_bytes = input_bytes + self.output_bytes()
        memories = all_memories(self.graph, placement, tensor_bytes, self.itemsize)
        peak = peak_of(self.graph, memories, sum(input_bytes))
        params = sum(row.params for row in rows)
        buffers = sum(row.buffer_elements for row in rows)
        operations = _summed([row.figures.operations for row in rows])
        totals = Totals(
            params,
            buffers,
            operations.macs,
            all_operations(operations),
            operations,
            params * self.itemsize,
            buffers * self.itemsize,
            sum(row.figures.output_bytes for row in rows),
            peak.bytes,
        )
        outputs = {
            self.names[tensor]: shape
            for tensor in self.graph.outputs
            if (shape := self.shapes[tensor]) is not None
        }
        graph = self.graph
        return Report(
            graph.name,
            self.batch,
            dtype,
            "all",
            self.inputs,
            outputs,
            totals,
            peak,
            tuple(rows),
            graph.about,
            in_place,
        )

    def placed_rows(self, placement: Placement) -> list[LayerReport]:
        """The rows, with the bytes of those flattens and reshapes that have to copy."""
        if len(self.rows) < len(self.graph.nodes):  # faulty, so that no figure of it is shown
            return self.rows
        return [
            row._replace(figures=row.figures._replace(view=False))
            if row.figures.view and placement.holder[tensor] == tensor
            else row
            for tensor, row in enumerate(self.rows, start=len(self.inputs))
        ]

    def output_bytes(self) -> list[int]:
        """The bytes of the output of each node; 0 where a fault leaves them unknown."""
        if len(self.rows) == len(self.graph.nodes):
            return [row.figures.tensor_bytes for row in self.rows]
        bytes_of = {row.name: row.figures.tensor_bytes for row in self.rows}
        return [bytes_of.get(node.name, 0) for node in self.graph.nodes]

    def warnings(self) -> list[Diagnostic]:
        """Doubtful things; not looked for in a network that is faulty."""
        if not self.plain or self.diagnostics or len(self.rows) < len(self.graph.nodes):
            return []
        return warnings_of(self.graph, self.rows, self.distinct)


def _network_sizes(inputs: Mapping[str, Shape]) -> Shape:
    """The sizes along the axes of the network's inputs; of several inputs the largest each."""
    sizes: list[int] = []
    for shape in inputs.values():
        for axis, size in enumerate(shape[1:]):
            if axis < len(sizes):
                sizes[axis] = maximum(sizes[axis], size)
            else:
                sizes.append(size)
    return tuple(sizes)


def _summed(operations: list[Operations]) -> Operations:
    """The sum of all operations, by sort."""
    if not operations:
        return FREE
    return Operations(*(sum(counts) for counts in zip(*operations, strict=True)))
