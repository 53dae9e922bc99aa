"""Doubtful things in a sound network: where they are. What is said of them is in `warnings_said`.

Every analysis pays for this, so it looks at each layer once and at nothing twice: windows once for all
layers written alike, pairs of layers in one pass over the graph. Few networks have anything doubtful, and
what it takes to look closer is imported only then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cnncalc.analysis.figures import Figures
from cnncalc.analysis.report import LayerReport
from cnncalc.diagnostics import Diagnostic
from cnncalc.geometry import Window
from cnncalc.graph import Graph
from cnncalc.layers import FAMILIES
from cnncalc.layers.base import Layer, Shape, Shapes

Distinct = tuple[Layer, Shapes, Figures]
"""A layer with what it reads; those written alike that read alike are one object, and share their figures."""

_LINEAR, _PASSING, _NORM, _SOFTMAX, _POOL = 1, 2, 4, 8, 16

_TRANSPOSED = frozenset(FAMILIES["transposed"])
_WINDOWED = frozenset((*FAMILIES["convolution"], *FAMILIES["pooling"], "unfold"))
_ROLES = {
    **dict.fromkeys((*FAMILIES["convolution"], *FAMILIES["transposed"], "linear"), _LINEAR),
    **dict.fromkeys((*FAMILIES["regularization"], "flatten"), _PASSING),
    **{f"avg_pool{rank}d": _PASSING for rank in (1, 2, 3)},
    **{name: _PASSING | _POOL for name in FAMILIES["adaptive_pooling"] if "avg" in name},
    "batch_norm": _PASSING | _NORM,
    **dict.fromkeys(FAMILIES["softmax"], _SOFTMAX),
}


class Finding(NamedTuple):
    """A warning, the number of the node that it is about, and what is to be said of it."""

    code: str
    node: int
    detail: Any = None


def warnings_of(graph: Graph, rows: Sequence[LayerReport], distinct: Sequence[Distinct]) -> list[Diagnostic]:
    """The warnings of a network without faults, whose rows are those of its nodes."""
    readers = _readers(graph)
    findings = [
        *_unused(graph, readers),
        *_windows(graph, rows, distinct),
        *_neighbours(graph, rows, readers),
        *_short_fields(graph, rows),
    ]
    findings = [finding for finding in findings if finding.code not in graph.nodes[finding.node].silenced]
    if not findings:
        return []
    from cnncalc.analysis.warnings_said import said

    return said(graph, rows, findings)


def _readers(graph: Graph) -> list[int]:
    """How often each tensor is read; being an output counts too."""
    readers = [0] * (len(graph.inputs) + len(graph.nodes))
    for node in graph.nodes:
        for tensor in node.inputs:
            readers[tensor] += 1
        for tensor in node.references:
            readers[tensor] += 1
    for tensor in graph.outputs:
        readers[tensor] += 1
    return readers


def _unused(graph: Graph, readers: Sequence[int]) -> list[Finding]:
    first = len(graph.inputs)
    return [Finding("W401", place) for place, count in enumerate(readers[first:]) if not count]


# --- windows ---------------------------------------------------------------------------------------


def _windows(graph: Graph, rows: Sequence[LayerReport], distinct: Sequence[Distinct]) -> list[Finding]:
    """Windows that leave out cells of their input, or see none of them."""
    doubtful: set[int] = set()
    known: dict[Any, bool] = {}
    for layer, shapes, figures in distinct:
        name = layer.kind.name
        if name in _WINDOWED and hasattr(layer, "kernel_size"):
            values: Any = layer  # which families these are is in the table above
            sizes = shapes[0][1:]
            dilation, ceil_mode = getattr(values, "dilation", None), getattr(values, "ceil_mode", False)
            padding = getattr(values, "padding", 0)
            key = (sizes, values.kernel_size, values.stride, padding, dilation, ceil_mode)
            if key not in known:
                known[key] = _is_doubtful(values, sizes)
            if known[key]:
                doubtful.add(id(figures))
        elif name in _TRANSPOSED and max(layer.stride) > 1:  # type: ignore[attr-defined]
            doubtful.add(id(figures))
    if not doubtful:
        return []
    from cnncalc.analysis.warnings_windows import looked_at

    places = [place for place, row in enumerate(rows) if id(row.figures) in doubtful]
    return [Finding(*found) for found in looked_at(graph, rows, places)]


def windows_of(layer: Any, sizes: Shape) -> tuple[Window, ...]:
    """The windows of a layer that slides some; of a separable convolution those of its first part."""
    windows: tuple[Window, ...] = getattr(layer, "depthwise", layer).windows(sizes)
    return windows


def _is_doubtful(layer: Any, sizes: Shape) -> bool:
    """Whether windows may be worth a closer look: most are told here not to be."""
    for window, size in zip(windows_of(layer, sizes), sizes, strict=True):
        extent = window.dilation * (window.kernel - 1) + 1
        if window.stride > 1:
            room = size + window.before + window.after - extent
            if window.stride > extent or room % window.stride > window.after:
                return True
        if window.before >= extent or window.after >= extent or size < extent + window.stride - 1:
            return True
    return False


# --- layers behind one another ---------------------------------------------------------------------


def _neighbours(graph: Graph, rows: Sequence[LayerReport], readers: Sequence[int]) -> list[Finding]:
    """A bias before batch-norm, two linear maps in a row, a softmax before more layers."""
    roles = _ROLES
    nodes = graph.nodes
    first = len(graph.inputs)
    behind: dict[int, int] = {}  # from a tensor to the linear map whose output it is, but for passing layers
    pairs: list[tuple[int, int]] = []
    findings: list[Finding] = []
    softmaxes: list[int] = []
    place = -1
    for node in nodes:
        place += 1
        role = roles.get(node.layer.kind.name)  # type: ignore[union-attr]  # the network is sound
        if role is None:
            continue
        source = node.inputs[0]
        if role == _LINEAR:
            if source in behind:
                pairs.append((behind[source], place))
            behind[first + place] = place
        elif role & _PASSING:
            before = behind.get(source)
            if before is not None:
                behind[first + place] = before
                if role & _NORM and source == first + before and readers[source] == 1:
                    findings.append(Finding("W402", before, place))
        elif readers[first + place]:
            softmaxes.append(place)
    if pairs or softmaxes or findings:
        from cnncalc.analysis.warnings_pairs import early_softmaxes, linear_pairs, wasted_biases

        findings = wasted_biases(rows, findings)
        findings += linear_pairs(graph, rows, pairs, readers) if pairs else []
        findings += early_softmaxes(graph, rows, softmaxes) if softmaxes else []
    return findings


def _short_fields(graph: Graph, rows: Sequence[LayerReport]) -> list[Finding]:
    """Heads that pool positions of which each sees but a small part of the input."""
    findings = []
    seen: set[int] = set()
    first = len(graph.inputs)
    for tensor in graph.outputs:
        place = tensor - first
        while place >= 0 and place not in seen and len(graph.nodes[place].inputs) == 1:
            seen.add(place)
            row, source = rows[place], graph.nodes[place].inputs[0] - first
            if _positions(row.input_shapes[0]) > 1:
                if "pool" in row.kind and source >= 0 and _positions(row.output_shape) == 1:
                    field = rows[source].receptive_field
                    sizes = zip(field.size, field.stride, row.network_sizes, strict=True)
                    if any(stride and 2 * seen < size for seen, stride, size in sizes):
                        findings.append(Finding("W408", place, source))
                break
            place = source
    return findings


def _positions(shape: Shape) -> int:
    """Positions that a shape has along its axes."""
    positions = 1
    for size in shape[1:]:
        positions *= size
    return positions
