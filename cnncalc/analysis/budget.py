"""Whether a network keeps its limits, by how much, and which layers spend most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from cnncalc.analysis.compare import depth_of
from cnncalc.analysis.figures import DTYPE_BYTES
from cnncalc.analysis.head import layer_before_head
from cnncalc.analysis.report import SCHEMA, LayerReport, Report
from cnncalc.arithmetic import product
from cnncalc.budget import Limit
from cnncalc.graph import Graph
from cnncalc.layers.base import Shape

MOST_SPENDERS = 3


class Spender(NamedTuple):
    """A layer, or a tensor of the peak, and what it takes of a figure."""

    name: str
    amount: int


@dataclass(frozen=True, eq=False)
class Verdict:
    """A limit beside what the network has.

    Of a limit of several layers `value` is that of the worst one, `subject`; `breaking` are all that break
    it. `value` is a number, or of `output` and `receptive_field` one for each axis.
    """

    limit: Limit
    value: int | Shape
    holds: bool
    subject: str = ""
    breaking: tuple[str, ...] = ()
    spenders: tuple[Spender, ...] = ()

    @property
    def measured(self) -> int | None:
        """The number that is held to the limit: of a receptive field that of its shortest or longest axis."""
        if isinstance(self.value, int):
            return self.value
        if self.limit.figure == "output" or not self.value:
            return None
        return max(self.value) if self.limit.comparison == "<=" else min(self.value)

    @property
    def margin(self) -> int | None:
        """What is left up to the limit, or there beyond it; negative if it is broken. None of shapes."""
        bound, measured = self.limit.bound, self.measured
        if measured is None or not isinstance(bound, int):
            return None
        if self.limit.comparison == "==":
            return -abs(bound - measured)
        return bound - measured if self.limit.comparison == "<=" else measured - bound

    def to_dict(self) -> dict[str, Any]:
        limit = self.limit
        return {
            "figure": limit.figure,
            "layer": limit.pattern or None,
            "comparison": limit.comparison,
            "limit": _listed(limit.bound),
            "value": _listed(self.value),
            "holds": self.holds,
            "margin": self.margin,
            "at": self.subject or None,
            "breaking": list(self.breaking),
            "by": limit.option or "file",
            "line": limit.span.line if limit.span else None,
            "spenders": [spender._asdict() for spender in self.spenders],
        }


def _listed(value: int | Shape) -> int | list[int]:
    return value if isinstance(value, int) else list(value)


@dataclass(frozen=True, eq=False)
class Checked:
    """A network and the verdicts on its limits."""

    report: Report
    verdicts: tuple[Verdict, ...]

    @property
    def broken(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.holds)

    def to_dict(self) -> dict[str, Any]:
        report = self.report
        return {
            "schema": SCHEMA,
            "name": report.name,
            "batch": report.batch,
            "dtype": report.dtype,
            "in_place": report.in_place,
            "holds": not self.broken,
            "limits": [verdict.to_dict() for verdict in self.verdicts],
        }


def limits_of(graph: Graph, options: Sequence[Limit] = ()) -> tuple[Limit, ...]:
    """The limits of the file, of which those of the command line replace the ones of the same figure."""
    figures = {limit.figure for limit in options}
    kept = [limit for limit in graph.budget if limit.pattern or limit.figure not in figures]
    own = [
        limit._replace(
            replaces=tuple(old for old in graph.budget if not old.pattern and old.figure == limit.figure)
        )
        for limit in options
    ]
    return (*own, *kept)


def checked(graph: Graph, report: Report, limits: Sequence[Limit]) -> Checked:
    """The verdicts on limits of a network without faults, whose report this is."""
    judge = _Judge(graph, report)
    return Checked(report, tuple(judge.verdict(limit) for limit in limits))


class _Judge:
    def __init__(self, graph: Graph, report: Report) -> None:
        self.graph = graph
        self.report = report
        self.rows = {row.name: row for row in report.layers}

    def verdict(self, limit: Limit) -> Verdict:
        return self.of_layers(limit) if limit.pattern else self.of_network(limit)

    def of_network(self, limit: Limit) -> Verdict:
        figure, report = limit.figure, self.report
        subject, spenders = "", self.spenders(figure)
        value: int | Shape
        if figure == "output":
            shapes = list(report.outputs.values())
            value = next((shape for shape in shapes if shape != limit.bound), shapes[0])
            subject = next(name for name, shape in report.outputs.items() if shape == value)
        elif figure == "receptive_field":
            value, subject = self.field_before_head()
        elif figure == "depth":
            value = depth_of(report)
        else:
            value = getattr(report.totals, figure)
            subject = report.peak.layer if figure == "peak_bytes" else ""
        return Verdict(limit, value, _holds(limit, value), subject, (), spenders)

    def of_layers(self, limit: Limit) -> Verdict:
        values = {name: self.value_of(name, limit) for name in limit.names}
        breaking = tuple(name for name, value in values.items() if not _holds(limit, value))
        extreme = min if limit.comparison == ">=" else max
        worst = extreme(breaking or limit.names, key=lambda name: _order(values[name]))
        return Verdict(limit, values[worst], not breaking, worst, breaking, self.within(worst, limit))

    def value_of(self, name: str, limit: Limit) -> int | Shape:
        rows = self.rows_of(name, limit)
        if limit.figure == "output":
            return rows[-1].output_shape
        if limit.figure == "receptive_field":
            return rows[-1].receptive_field.size
        if limit.figure == "output_bytes":
            return rows[-1].output_bytes
        return sum(self.amount(row, limit.figure) for row in rows)

    def rows_of(self, name: str, limit: Limit) -> list[LayerReport]:
        """The layers of one name: a layer, or all that stand in a group or in the branches of a merge."""
        alone = self.rows.get(name)
        if limit.pattern == "**" and alone is not None:
            return [alone]
        inside = self.inside.get(name, [])
        return [*inside, alone] if alone is not None else inside

    @cached_property
    def inside(self) -> dict[str, list[LayerReport]]:
        """The layers within each group."""
        groups: dict[str, list[LayerReport]] = {}
        for row in self.report.layers:
            dot = row.name.find(".")
            while dot >= 0:
                groups.setdefault(row.name[:dot], []).append(row)
                dot = row.name.find(".", dot + 1)
        return groups

    def amount(self, row: LayerReport, figure: str) -> int:
        """What one layer takes of a figure that is a sum over layers."""
        itemsize = DTYPE_BYTES[self.report.dtype]
        match figure:
            case "params":
                return row.params
            case "param_bytes":
                return row.params * itemsize
            case "buffers":
                return row.buffer_elements
            case "buffer_bytes":
                return row.buffer_elements * itemsize
            case "macs":
                return row.macs
            case "flops":
                return row.flops
        return row.output_bytes

    def spenders(self, figure: str) -> tuple[Spender, ...]:
        """The layers that take most of a figure of the network; of the peak the tensors that live then."""
        if figure in ("output", "receptive_field", "depth"):
            return ()
        if figure != "peak_bytes":
            return _largest([(row.name, self.amount(row, figure)) for row in self.report.layers])
        itemsize = DTYPE_BYTES[self.report.dtype] * self.report.batch
        sizes = {name: product(shape) * itemsize for name, shape in self.report.inputs.items()}
        sizes |= {row.name: row.figures.tensor_bytes for row in self.report.layers}
        return _largest([(name, sizes.get(name, 0)) for name in self.report.peak.tensors])

    def within(self, name: str, limit: Limit) -> tuple[Spender, ...]:
        """The layers of a group that take most; none of a single layer."""
        rows = self.rows_of(name, limit)
        if len(rows) == 1 or limit.figure in ("output", "receptive_field", "output_bytes"):
            return ()
        return _largest([(row.name, self.amount(row, limit.figure)) for row in rows])

    def field_before_head(self) -> tuple[Shape, str]:
        """The receptive field where the head begins; without positions the outputs see all."""
        row = layer_before_head(self.report)
        if row is None:
            return next(iter(self.report.layers)).network_sizes, ""
        return row.receptive_field.size, row.name


def _holds(limit: Limit, value: int | Shape) -> bool:
    bound = limit.bound
    if not isinstance(bound, int):
        return value == bound
    values = (value,) if isinstance(value, int) else value
    match limit.comparison:
        case "<=":
            return all(each <= bound for each in values)
        case ">=":
            return bool(values) and all(each >= bound for each in values)
    return bool(values) and all(each == bound for each in values)


def _order(value: int | Shape) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else (product(value), *value)


def _largest(amounts: Sequence[tuple[str, int]]) -> tuple[Spender, ...]:
    spending = [Spender(name, amount) for name, amount in amounts if amount]
    return tuple(sorted(spending, key=lambda spender: -spender.amount)[:MOST_SPENDERS])
