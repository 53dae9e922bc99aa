"""Broken limits as faults, at the line of the limit, with the layers that spend most."""

from __future__ import annotations

from cnncalc.analysis.budget import Checked, Spender, Verdict, checked, limits_of
from cnncalc.analysis.report import Report
from cnncalc.diagnostics import Diagnostic, Span
from cnncalc.graph import Graph, Node
from cnncalc.layers.shapes import written

MOST_NAMES = 5

ALLOWED = {"<=": "at most {} {be} allowed", ">=": "at least {} is needed", "==": "{} is wanted"}


def budget_faults(graph: Graph, report: Report) -> list[Diagnostic]:
    """The limits of a file that its network breaks."""
    return broken_limits(graph, checked(graph, report, limits_of(graph)))


def broken_limits(graph: Graph, found: Checked) -> list[Diagnostic]:
    """A fault for each broken limit."""
    nodes = {node.name: node for node in graph.nodes}
    return [_fault(verdict, found, nodes) for verdict in found.broken]


def _fault(verdict: Verdict, found: Checked, nodes: dict[str, Node]) -> Diagnostic:
    limit = verdict.limit
    be = "is" if limit.bound == 1 or limit.figure in ("receptive_field", "depth") else "are"
    allowed = ALLOWED[limit.comparison].format(_said(limit.bound), be=be)
    by = f" by {limit.option}" if limit.option else ""
    figure = f"{limit.figure} of `{verdict.subject}`" if limit.pattern else limit.figure
    message = f"{figure} is {_said(verdict.value)}, and {allowed}{by}"
    span = limit.span or _place(verdict, nodes)
    return Diagnostic(
        "E501",
        message,
        span,
        _by_how_much(verdict) if limit.span else "",
        notes=tuple(_notes(verdict, found, nodes)),
        help=_way_out(verdict),
    )


def _place(verdict: Verdict, nodes: dict[str, Node]) -> Span:
    """Where to point for a limit of the command line: the layer that spends most, or the last one."""
    names = [*(spender.name for spender in verdict.spenders), verdict.subject]
    for name in names:
        if name in nodes:
            return nodes[name].origin.span()
    return list(nodes.values())[-1].origin.span()


def _by_how_much(verdict: Verdict) -> str:
    margin, bound = verdict.margin, verdict.limit.bound
    if margin is None or not isinstance(bound, int) or not bound:
        return ""
    percent = f"{-100 * margin / bound:.1f} %"
    percent = "<0.1 %" if percent == "0.0 %" else percent
    match verdict.limit.comparison:
        case "<=":
            return f"{percent} too much"
        case ">=":
            return f"{percent} too little"
    return f"{-margin:,} off"


def _notes(verdict: Verdict, found: Checked, nodes: dict[str, Node]) -> list[str]:
    limit = verdict.limit
    notes = []
    if limit.figure == "peak_bytes":
        at = f"`{verdict.subject}`{_line(verdict.subject, nodes)}"
        notes.append(f"the peak is at {at}, where {len(found.report.peak.tensors)} tensors live")
    elif limit.figure == "receptive_field" and not limit.pattern and verdict.subject:
        notes.append(f"the last layer with positions is `{verdict.subject}`{_line(verdict.subject, nodes)}")
    elif limit.figure == "output" and not limit.pattern:
        notes.append(f"the output is that of `{verdict.subject}`{_line(verdict.subject, nodes)}")
    elif limit.pattern and verdict.subject in nodes:
        notes.append(f"`{verdict.subject}` is{_line(verdict.subject, nodes).replace(',', '')}")
    if len(verdict.breaking) > 1:
        others = [name for name in verdict.breaking if name != verdict.subject]
        more = len(others) - MOST_NAMES
        names = ", ".join(f"`{name}`" for name in others[:MOST_NAMES])
        verb = "does" if len(others) == 1 else "do"
        notes.append(f"so {verb} {names}{f' and {more:,} more' if more > 0 else ''}")
    total = verdict.measured or 0
    return notes + [_spent(spender, total, nodes) for spender in verdict.spenders]


def _spent(spender: Spender, total: int, nodes: dict[str, Node]) -> str:
    share = f" ({100 * spender.amount / total:.1f} %)" if total else ""
    return f"`{spender.name}` takes {spender.amount:,}{share}{_line(spender.name, nodes)}"


def _line(name: str, nodes: dict[str, Node]) -> str:
    node = nodes.get(name)
    return f", in line {node.origin.span().line}" if node is not None else ""


def _way_out(verdict: Verdict) -> str:
    limit = verdict.limit
    if limit.figure == "output":
        return "change the last layers, or the shape in the budget"
    if limit.figure == "receptive_field" and not verdict.value:
        return "an input of features alone has no receptive field: leave the limit out"
    if limit.figure == "depth" and limit.comparison == "<=":
        return "take layers out of the longest path, or allow more"
    if limit.figure == "receptive_field" and limit.comparison == ">=":
        return "use more layers, strides, pools or dilations, or a smaller limit"
    if limit.comparison == "<=":
        return "let less be spent there, or allow more"
    return "change the layers, or the limit"


def _said(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else written(value) or "none"  # type: ignore[arg-type]
