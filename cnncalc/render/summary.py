"""What stands above and below a table: the network in a line, and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cnncalc import units
from cnncalc.analysis.report import Report
from cnncalc.layers.base import Shape
from cnncalc.render.columns import Column
from cnncalc.render.text import clean
from cnncalc.render.view import View

CONVENTION = "FLOPs = 2 MACs + every other operation; padding positions count; bias is an add, not a MAC"
UNALIGNED = "~: behind paths that met with different strides or centres"

_MOST_NAMES = 4


def conventions(view: View) -> str:
    """How figures are counted, and what a sign beside them says."""
    unaligned = any(row.receptive_field.status == "unaligned" for row in view.rows)
    return f"{CONVENTION}; {UNALIGNED}" if unaligned else CONVENTION


def legend(view: View, columns: Iterable[Column]) -> str:
    """What a full bar is in these columns, in words."""
    said = []
    for column in columns:
        total = column.total(view.report.totals) if column.total else 0
        full = units.share(view.fullest(column), total)
        if full:
            said.append(f"{full} of {column.title}")
    return f"a full bar is {', '.join(said)}" if said else ""


class Total(NamedTuple):
    """One line of the totals: an exact number, and what there is to say of it."""

    label: str
    number: str
    remark: str


def name_of(report: Report) -> str:
    return clean(report.name) or "network"


def flow(report: Report, arrow: str = "->") -> str:
    """From the inputs to the outputs: `3 x 224 x 224 -> 1000`."""
    outputs = _tensors(report.outputs, alone=True) if report.outputs else "?"
    return f"{_tensors(report.inputs, alone=list(report.inputs) == ['input'])} {arrow} {outputs}"


def _tensors(tensors: Mapping[str, Shape], alone: bool) -> str:
    if len(tensors) == 1 and alone:
        return units.shape(next(iter(tensors.values())))
    return ", ".join(f"{clean(name)} {units.shape(shape)}" for name, shape in tensors.items())


def setting(view: View) -> str:
    """What differs from a plain analysis of one float32 sample."""
    report = view.report
    parts = []
    if report.batch != 1:
        parts.append(f"batch of {units.exact(report.batch)}")
    if report.dtype != "float32":
        parts.append(report.dtype)
    if report.in_place:
        parts.append("in place")
    if view.partial:
        parts.append("only what a fault left")
    return ", ".join(parts)


def totals(view: View) -> list[Total]:
    """The totals, with all their digits."""
    report = view.report
    figures = report.totals
    lines = [_total("parameters", figures.params, f"{units.size(figures.param_bytes)} as {report.dtype}")]
    if figures.buffers:
        lines.append(_total("buffers", figures.buffers, units.size(figures.buffer_bytes)))
    lines.append(_total("MACs", figures.macs, ""))
    lines.append(_total("FLOPs", figures.flops, ""))
    lines.append(_bytes("activation bytes", figures.activation_bytes, "all outputs together"))
    if not view.partial:
        lines.append(_bytes("peak bytes", figures.peak_bytes, _peak(report)))
    return lines


def _total(label: str, number: int, remark: str) -> Total:
    human = units.count(number) if number >= 1000 else ""
    return Total(label, units.exact(number), ", ".join(filter(None, (human, remark))))


def _bytes(label: str, number: int, remark: str) -> Total:
    return Total(label, units.exact(number), ", ".join(filter(None, (units.size(number), remark))))


def _peak(report: Report) -> str:
    if not report.peak.layer:
        return ""
    names = [clean(name) for name in report.peak.tensors]
    more = len(names) - _MOST_NAMES
    kept = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f"at {clean(report.peak.layer)}: {kept}"
