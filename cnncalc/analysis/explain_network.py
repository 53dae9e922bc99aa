"""The totals of a network as sums over its layers, with those that contribute most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest

from cnncalc.analysis.explain_data import Figure, Part, Remark, Row, Table
from cnncalc.analysis.explain_formula import Derivation, derivation
from cnncalc.analysis.explain_layer import flops_parts
from cnncalc.analysis.explain_memory import Memories
from cnncalc.analysis.explain_symbols import TracedLayer
from cnncalc.analysis.report import Report

MOST_SHOWN = 5
Trace = Callable[[int], TracedLayer]


def total_figures(report: Report, memories: Memories, trace: Trace) -> Iterator[Figure]:
    totals, rows = report.totals, report.layers

    def summed(values: Sequence[int], traced: Callable[[TracedLayer], int]) -> tuple[Part, ...]:
        return tuple(_sum_parts(report, values, lambda at: traced(trace(at))))

    parts = summed([row.params for row in rows], lambda layer: layer.figures.params)
    yield Figure("params", "params", totals.params, parts)
    parts = summed([row.buffer_elements for row in rows], lambda layer: layer.figures.buffer_elements)
    yield Figure("buffers", "buffers", totals.buffers, parts)
    parts = summed([row.macs for row in rows], lambda layer: layer.figures.operations.macs)
    yield Figure("macs", "MACs", totals.macs, parts)
    yield Figure("ops", "operations", totals.ops._asdict(), tuple(_ops_parts(report)))
    parts = tuple(flops_parts(totals.ops)) or (Remark("none: no layer computes anything"),)
    yield Figure("flops", "FLOPs", totals.flops, parts)
    parts = summed([row.output_bytes for row in rows], lambda layer: layer.figures.output_bytes)
    yield Figure("bytes", "activation bytes", totals.activation_bytes, parts, is_bytes=True)
    yield Figure("peak", "peak bytes", totals.peak_bytes, tuple(memories.network_parts()), is_bytes=True)


def _sum_parts(report: Report, values: Sequence[int], traced: Callable[[int], int]) -> Iterator[Part]:
    """The largest contributions, and all others together."""
    counted = [at for at, value in enumerate(values) if value]
    total = sum(values)
    if not counted:
        yield Remark("none: no layer has any")
        return
    largest = nlargest(MOST_SHOWN, counted, key=lambda at: values[at])
    rows = [
        Row(report.layers[at].name, (_numbers(derivation("", traced(at))), _percent(values[at], total)))
        for at in largest
    ]
    rest = len(counted) - len(largest)
    if rest:
        others = total - sum(values[at] for at in largest)
        name = f"{rest:,} other layer{'s' if rest > 1 else ''}"
        rows.append(Row(name, (Derivation("", (others,), others), _percent(others, total))))
    rows.append(Row("all together", (Derivation("", (total,), total), "")))
    yield Table("", ("layer", "how it comes about", "share"), tuple(rows))
    free = len(values) - len(counted)
    if free:
        yield Remark(f"{free:,} layer{'s' if free > 1 else ''} add{'s' if free == 1 else ''} nothing")


def _numbers(found: Derivation) -> Derivation:
    """The derivation without its symbols, for a table of many layers."""
    return found._replace(steps=found.steps[1:]) if len(found.steps) > 1 else found


def _percent(part: int, total: int) -> str:
    percent = f"{100 * part / total:.1f}"
    return f"{percent} %" if percent != "0.0" else "<0.1 %"


def _ops_parts(report: Report) -> Iterator[Part]:
    counts = report.totals.ops._asdict()
    for sort, total in counts.items():
        if not total:
            continue
        kinds: dict[str, int] = {}
        for row in report.layers:
            count = row.operations._asdict()[sort]
            if count:
                kinds[row.kind] = kinds.get(row.kind, 0) + count
        rows = [
            Row(kind, (f"{count:,}", _percent(count, total)))
            for kind, count in sorted(kinds.items(), key=lambda item: -item[1])
        ]
        rows.append(Row("all together", (f"{total:,}", "")))
        yield Table(f"{sort}, by kind", ("kind", sort, "share"), tuple(rows))
