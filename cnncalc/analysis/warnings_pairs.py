"""A closer look at layers behind one another. Imported only where there is something to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnncalc.analysis.report import LayerReport
from cnncalc.analysis.warnings import Finding
from cnncalc.arithmetic import product
from cnncalc.graph import Graph
from cnncalc.layers import FAMILIES

MOST_PAIRS = 1000
"""Different pairs that are looked at; a network with more of them has been told enough."""

_PASSING = frozenset((*FAMILIES["regularization"], "flatten", "reshape", "squeeze"))
_LEARNING = frozenset(
    name
    for family in ("convolution", "transposed", "linear", "normalization", "activation", "softmax")
    for name in FAMILIES[family]
) | frozenset(FAMILIES["parametric_activation"])


def wasted_biases(rows: Sequence[LayerReport], findings: Sequence[Finding]) -> list[Finding]:
    """Those of the layers before a batch-norm that have a bias of their own, one for each of its channels."""
    return [finding for finding in findings if _bias_is_wasted(rows[finding.node])]


def _bias_is_wasted(row: LayerReport) -> bool:
    if "bias" not in row.weights:
        return False
    # a linear layer has a bias for each feature of the last dim, and batch-norm counts channels in the first
    return row.kind != "linear" or len(row.output_shape) == 1


# --- two linear maps in a row ----------------------------------------------------------------------


def linear_pairs(
    graph: Graph, rows: Sequence[LayerReport], pairs: Sequence[tuple[int, int]], readers: Sequence[int]
) -> list[Finding]:
    """The pairs of linear maps that do nothing that one of them could not do."""
    findings = []
    known: dict[tuple[int, int, int], bool] = {}
    for first, second in pairs:
        if not _is_alone(graph, first, second, readers):
            continue
        one, other = rows[first], rows[second]
        key = id(one.figures), id(other.figures), id(other.layer)
        if key not in known:
            if len(known) == MOST_PAIRS:
                break
            known[key] = not _is_factored(one, other)
        if known[key]:
            findings.append(Finding("W409", second, first))
    return findings


def _is_alone(graph: Graph, first: int, second: int, readers: Sequence[int]) -> bool:
    """Whether nothing else reads what goes from the first layer to the second; a norm without statistics of
    its own training is not linear."""
    start = len(graph.inputs)
    place = graph.nodes[second].inputs[0] - start
    while True:
        if readers[start + place] != 1:
            return False
        if place == first:
            return True
        if not getattr(graph.nodes[place].layer, "track_running_stats", True):
            return False
        place = graph.nodes[place].inputs[0] - start


def _is_factored(first: LayerReport, second: LayerReport) -> bool:
    """Whether two linear maps are meant as factors of one that would cost more, or cannot be one layer."""
    if ("transpose" in first.kind) != ("transpose" in second.kind):
        return True  # the resolution goes down and up: no one layer does that
    if _is_of_channels(first) or _is_of_channels(second):
        return True  # depthwise and pointwise; groups that are mixed behind
    read, between, given = _widths(first, second)
    if between < min(read, given):
        return True  # a bottleneck: the product has the rank of its narrowest place
    kernels = _kernel(first), _kernel(second)
    if any(kernel is None for kernel in kernels):
        return False
    if all(max(kernel) == 1 for kernel in kernels if kernel):
        # an inverted residual ends in such a layer, and the next begins with one (MobileNetV2 and V3)
        return between <= read and between < given and second.input_shapes[0] == first.output_shape
    apart = [min(sizes) == 1 for sizes in zip(*kernels, strict=False)]  # type: ignore[arg-type]
    return all(apart) and all(max(kernel) > 1 for kernel in kernels if kernel)  # 1 x k and k x 1


def _is_of_channels(row: LayerReport) -> bool:
    return row.kind.startswith(("depthwise", "separable")) or getattr(row.layer, "groups", 1) > 1


def _kernel(row: LayerReport) -> tuple[int, ...] | None:
    return getattr(row.layer, "kernel_size", None)


def _widths(first: LayerReport, second: LayerReport) -> tuple[int, int, int]:
    """The channels or features that the first reads, that go from it to the second, and that this gives."""
    if first.kind == "linear":
        return first.input_shapes[0][-1], first.output_shape[-1], second.output_shape[-1]
    read, between = first.input_shapes[0][0], first.output_shape[0]
    if second.kind == "linear":  # which mixes positions, if there are any left
        positions = second.input_shapes[0][-1] // between or 1
        return read * positions, between * positions, second.output_shape[-1]
    return read, between, second.output_shape[0]


def merged_params(first: LayerReport, second: LayerReport) -> int:
    """The weights of the one linear layer that does what two do; 0 where it is no linear layer."""
    if first.kind != "linear" or second.kind != "linear":
        return 0
    read, _, given = _widths(first, second)
    return read * given + ("bias" in first.figures.weights or "bias" in second.figures.weights) * given


# --- softmax ---------------------------------------------------------------------------------------


def early_softmaxes(graph: Graph, rows: Sequence[LayerReport], softmaxes: Sequence[int]) -> list[Finding]:
    """Softmaxes over features or channels whose shares go through another layer with weights.

    One that is multiplied with something (attention, a gate) is meant so.
    """
    start = len(graph.inputs)
    readers: dict[int, list[int]] = {}
    for place, node in enumerate(graph.nodes):
        for tensor in node.inputs:
            readers.setdefault(tensor - start, []).append(place)
    findings = []
    for softmax in softmaxes:
        layer: Any = rows[softmax].layer
        if layer.dim != 1 and product(rows[softmax].output_shape[1:]) > 1:
            continue
        place = softmax
        while len(readers.get(place, ())) == 1 and rows[readers[place][0]].kind in _PASSING:
            place = readers[place][0]
        behind = [reader for reader in readers.get(place, ()) if rows[reader].kind in _LEARNING]
        if behind:
            findings.append(Finding("W410", softmax, behind[0]))
    return findings
