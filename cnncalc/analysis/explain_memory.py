"""The memory of a run: which tensors live while a layer runs, and their sum."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.explain_data import Figure, Part, Remark, Row, Table, sum_of
from cnncalc.analysis.explain_formula import derivation_of
from cnncalc.analysis.memory import Memory, live_bytes, memories_of_report
from cnncalc.analysis.report import Report
from cnncalc.graph import Graph
from cnncalc.layers.base import Shape
from cnncalc.layers.shapes import written

MOST_TERMS = 8


class Memories:
    """The pieces of memory of a run."""

    def __init__(self, graph: Graph, report: Report) -> None:
        self.graph = graph
        self.report = report
        self.first = len(report.inputs)
        self.memories = memories_of_report(graph, report)
        self.live = live_bytes(self.memories, len(graph.nodes))

    def figure(self, index: int) -> Figure:
        """The memory while one layer runs."""
        return Figure(
            "peak", "live bytes while it runs", self.live[index], tuple(self.parts(index)), is_bytes=True
        )

    def parts(self, index: int) -> Iterator[Part]:
        yield from self.table(index)
        peak = self.report.peak
        if self.live[index] == peak.bytes:
            yield Remark("this is the peak of the whole network")
        else:
            yield Remark(f"the peak of the network is {peak.bytes:,} bytes, at `{peak.layer}`")

    def network_parts(self) -> Iterator[Part]:
        names = [row.name for row in self.report.layers]
        if not names:
            return
        at = names.index(self.report.peak.layer)
        yield Remark(f"reached while `{self.report.peak.layer}` runs, when these tensors live:")
        yield from self.table(at)

    def table(self, index: int) -> Iterator[Part]:
        live = [memory for memory in self.memories if memory.made <= index <= memory.last]
        rows = [self.row(memory, index) for memory in live]
        yield Table("", ("tensor", "shape", "bytes", "why"), tuple(rows))
        sizes = [memory.bytes for memory in live]
        if len(sizes) > MOST_TERMS:
            rest = len(sizes) - MOST_TERMS
            yield Remark(f"the last {rest} of these {len(sizes)} are one number in the sum")
            sizes = [*sizes[:MOST_TERMS], sum(sizes[MOST_TERMS:])]
        yield derivation_of("sum", sum_of(sizes))

    def row(self, memory: Memory, index: int) -> Row:
        name = self.graph.tensor_name(memory.tensor) + memory.suffix
        shape = written(self.shape(memory.tensor))
        return Row(name, (shape, f"{memory.bytes:,}", self.why(memory, index)))

    def shape(self, tensor: int) -> Shape:
        if tensor < self.first:
            return list(self.report.inputs.values())[tensor]
        return self.report.layers[tensor - self.first].output_shape

    def why(self, memory: Memory, index: int) -> str:
        if memory.suffix:
            return f"8 bytes each, kept for {self.graph.nodes[memory.last].name}"
        if memory.made == index:
            return "made here"
        if memory.tensor in self.graph.nodes[index].inputs:
            return "read here"
        if memory.last == index:
            return "read here, through a view"
        if memory.tensor in self.graph.outputs:
            return "an output"
        return f"kept for {self.graph.nodes[memory.last].name}"
