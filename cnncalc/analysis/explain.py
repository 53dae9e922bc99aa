"""Where a number comes from (`cnncalc.explain`): the derivation of every figure of a layer or a network.

Nothing is worked out by formulas of its own: the rules that `analyze` runs are run once more on numbers
that remember how they were made (`cnncalc.tracing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cnncalc.analysis.explain_data import Explanation, Figure, symbols_of
from cnncalc.analysis.explain_field import MEANINGS, Fields
from cnncalc.analysis.explain_layer import (
    buffers_figure,
    bytes_figure,
    flops_figure,
    macs_figure,
    ops_figure,
    params_figure,
    shape_figure,
)
from cnncalc.analysis.explain_memory import Memories
from cnncalc.analysis.explain_network import total_figures
from cnncalc.analysis.explain_symbols import Meaning, TracedLayer, traced
from cnncalc.analysis.report import Report, shapes_read
from cnncalc.diagnostics import nearest
from cnncalc.graph import Graph

FIGURES = ("shape", "params", "buffers", "macs", "ops", "flops", "bytes", "receptive_field", "peak")
ALIASES = {
    "weights": "params",
    "parameters": "params",
    "size": "shape",
    "output_shape": "shape",
    "operations": "ops",
    "output_bytes": "bytes",
    "memory": "bytes",
    "field": "receptive_field",
    "rf": "receptive_field",
    "live": "peak",
}
OVERVIEW = ("params", "macs", "flops", "bytes", "peak")
"""The totals that are explained where none is asked for; `buffers` too, where there are any."""
MOST_CANDIDATES = 5


class UnknownName(ValueError):
    """A layer or figure that does not exist, or a word that several layers end with."""


def explained(graph: Graph, report: Report, layer: str = "", figure: str = "") -> Explanation:
    """The explanation of a report without faults; raises UnknownName."""
    source = Source(graph, report)
    if layer and not figure and layer not in source.names and _figure_of(layer):
        layer, figure = "", layer  # a total of the network
    name = ""
    if figure:
        name = _figure_of(figure)
        if not name:
            near = nearest(figure, [*FIGURES, *ALIASES])
            hint = f"did you mean `{near}`?" if near else f"there are {', '.join(FIGURES)}"
            raise UnknownName(f"there is no figure `{figure}`; {hint}")
    if layer:
        return source.layer(find_layer(source.names, list(report.inputs), layer), name)
    if name in ("shape", "receptive_field") and report.outputs:
        return source.layer(source.names.index(next(iter(report.outputs))), name)
    return source.network(name)


def _figure_of(word: str) -> str:
    folded = word.lower().replace("-", "_")
    return folded if folded in FIGURES else ALIASES.get(folded, "")


def find_layer(names: Sequence[str], inputs: Sequence[str], word: str) -> int:
    """The place of the layer that a word means: its name, or an ending of one name alone."""
    if word in names:
        return names.index(word)
    ends = [at for at, name in enumerate(names) if name.endswith(f".{word}")]
    ends = ends or [at for at, name in enumerate(names) if name.endswith(word)]
    if len(ends) == 1:
        return ends[0]
    if word in inputs:
        raise UnknownName(f"`{word}` is an input of the network, whose shape is given; name a layer")
    inside = [name for name in names if name.startswith(f"{word}.")]
    if inside:
        raise UnknownName(f"`{word}` is a block of {len(inside)} layers; name one: {_listed(inside)}")
    if ends:
        found = _listed([names[at] for at in ends])
        raise UnknownName(f"{len(ends)} layers end with `{word}`; name one: {found}")
    near = nearest(word, names) or nearest(word, {name.rpartition(".")[2] for name in names})
    hint = f"did you mean `{near}`?" if near else f"there are {_listed(names)}"
    raise UnknownName(f"there is no layer `{word}`; {hint}")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_CANDIDATES
    return ", ".join(names[:MOST_CANDIDATES]) + (f" and {more:,} more" if more > 0 else "")


class Source:
    """A report and the graph that it is of, from which single figures are explained."""

    def __init__(self, graph: Graph, report: Report) -> None:
        self.graph = graph
        self.report = report
        self.names = [row.name for row in report.layers]
        self.shapes = shapes_read(graph, report)

    @cached_property
    def fields(self) -> Fields:
        return Fields(self.graph, self.report, self.shapes)

    @cached_property
    def memories(self) -> Memories:
        return Memories(self.graph, self.report)

    def traced(self, index: int) -> TracedLayer:
        report = self.report
        return traced(report.layers[index].layer, self.shapes[index], report.batch, report.dtype)

    def figure(self, index: int, name: str, source: TracedLayer) -> Figure:
        """One figure of a layer."""
        row = self.report.layers[index]
        match name:
            case "shape":
                return shape_figure(row, source)
            case "params":
                return params_figure(row, source)
            case "buffers":
                return buffers_figure(row, source)
            case "macs":
                return macs_figure(row, source)
            case "ops":
                return ops_figure(row, source)
            case "flops":
                return flops_figure(row)
            case "bytes":
                return bytes_figure(row, source)
            case "receptive_field":
                return self.fields.figure(index)
        return self.memories.figure(index)

    def layer(self, index: int, name: str = "") -> Explanation:
        row = self.report.layers[index]
        source = self.traced(index)
        figures = tuple(
            self.figure(index, each, source)
            for each in ([name] if name else FIGURES)
            if name or each != "buffers" or row.figures.buffers
        )
        used = {symbol.name: symbol for figure in figures for symbol in symbols_of(figure.parts)}
        meanings = [meaning for letter, meaning in source.meanings.items() if letter in used]
        meanings += [
            Meaning(letter, used[letter].value, text) for letter, text in MEANINGS.items() if letter in used
        ]
        return Explanation(
            self.report.name,
            tuple(zip(row.inputs, row.input_shapes, strict=True)),
            ((row.name, row.output_shape),),
            self.setting(),
            figures,
            tuple(meanings),
            row.name,
            row.kind,
            row.layer.kind.doc,
        )

    def network(self, name: str = "") -> Explanation:
        report = self.report
        figures = total_figures(report, self.memories, self.traced)
        wanted = (name,) if name else (*OVERVIEW, "buffers") if report.totals.buffers else OVERVIEW
        return Explanation(
            report.name,
            tuple(report.inputs.items()),
            tuple(report.outputs.items()),
            self.setting(),
            tuple(figure for figure in figures if figure.name in wanted),
            hints=() if name else tuple(self.hints()),
        )

    def setting(self) -> str:
        report = self.report
        parts = [
            f"batch of {report.batch:,}" if report.batch > 1 else "",
            report.dtype if report.dtype != "float32" else "",
            "in place" if report.in_place else "",
        ]
        return ", ".join(filter(None, parts))

    def hints(self) -> list[tuple[str, str]]:
        """What to ask next, about the layer that costs most."""
        rows = self.report.layers
        if not rows:
            return []
        most = max(rows, key=lambda row: row.flops).name
        return [
            (most, "all figures of a layer"),
            (f"{most} macs", f"one of them ({', '.join(FIGURES)})"),
        ]
