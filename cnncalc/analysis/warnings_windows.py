"""A closer look at windows: cells that they leave out, and outputs or weights that see none.

Imported only where there is something to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cnncalc.analysis.report import LayerReport
from cnncalc.analysis.warnings import windows_of
from cnncalc.geometry import Window
from cnncalc.graph import Graph

MOST_TAPS = 4096


class Axis(NamedTuple):
    """What is doubtful on one axis: so many of its `cells` (of `size` there are)."""

    axis: int
    cells: int
    size: int


Found = tuple[str, int, Any]


def looked_at(graph: Graph, rows: Sequence[LayerReport], places: Sequence[int]) -> list[Found]:
    """What is doubtful of the layers at these places."""
    found: list[Found] = []
    unread: list[Found] = []
    blind: list[Found] = []
    for place in places:
        layer: Any = rows[place].layer
        sizes = rows[place].input_shapes[0][1:]
        if "transpose" in rows[place].kind:
            found += _uneven(place, layer)
            continue
        windows = windows_of(layer, sizes)
        axes = list(zip(range(len(sizes)), windows, sizes, strict=True))
        skipped = [Axis(i, size - cells_read(w, size), size) for i, w, size in axes if w.stride > w.extent]
        skipped = [axis for axis in skipped if axis.cells]
        dropped = [Axis(i, dropped_cells(w, size), size) for i, w, size in axes if w.stride <= w.extent]
        dropped = [axis for axis in dropped if axis.cells]
        if skipped:
            unread.append(("W404", place, skipped))
        elif dropped:
            unread.append(("W403", place, dropped))
        if getattr(layer, "padding_mode", "zeros") == "zeros":
            padded = [Axis(i, blind_outputs(w, size), w.output_size(size)) for i, w, size in axes]
            padded = [axis for axis in padded if axis.cells]
            if padded:
                found.append(("W406", place, padded))
            dead = _dead_taps(axes)
            if dead and rows[place].figures.weights:
                blind.append(("W407", place, dead))
    if blind:  # one cause for all: the input has become so small
        found.append((*blind[0][:2], (blind[0][2], [place for _, place, _ in blind])))
    return [*found, *_read_by_none(graph, unread)]


# --- what is not read ------------------------------------------------------------------------------


def dropped_cells(window: Window, size: int) -> int:
    """The cells at the end of an axis behind the last window."""
    end = (window.output_size(size) - 1) * window.stride - window.before + window.extent
    return max(size - end, 0)


def cells_read(window: Window, size: int) -> int:
    """The cells of an axis that windows read which do not touch one another."""

    def read_before(cell: int) -> int:
        """The cells read of the first so many of the padded axis."""
        whole, rest = divmod(cell, window.stride)
        return whole * window.extent + min(rest, window.extent)

    end = min(window.before + size, window.output_size(size) * window.stride)
    return max(read_before(end) - read_before(window.before), 0)


def _read_by_none(graph: Graph, unread: Sequence[Found]) -> Iterator[Found]:
    """Layers that leave out cells which no other layer reads either; of several on one tensor the first."""
    if not unread:
        return
    leaving = {place for _, place, _ in unread}
    tensors: dict[int, list[int]] = {graph.nodes[place].inputs[0]: [] for place in leaving}
    for place, node in enumerate(graph.nodes):
        for tensor in (*node.inputs, *node.references):
            if tensor in tensors:
                tensors[tensor].append(place)
    for code, place, axes in unread:
        tensor = graph.nodes[place].inputs[0]
        others = tensors[tensor]
        if tensor in graph.outputs or not leaving.issuperset(others) or others[0] != place:
            continue
        yield code, place, (axes, [other for other in others if other != place])


# --- what sees nothing -----------------------------------------------------------------------------


def blind_outputs(window: Window, size: int) -> int:
    """The outputs whose windows lie in the padding as a whole."""
    outputs = window.output_size(size)
    before = (window.before - window.extent) // window.stride + 1 if window.before >= window.extent else 0
    first_after = -(-(size + window.before) // window.stride)
    return min(before, outputs) + max(outputs - max(first_after, before), 0)


def _dead_taps(axes: Sequence[tuple[int, Window, int]]) -> list[Axis]:
    """Where taps of the window see padding at every output."""
    dead = []
    for axis, window, size in axes:
        if size >= window.extent + window.stride - 1 or window.kernel > MOST_TAPS:
            continue
        count = sum(not _sees(window, size, tap) for tap in range(window.kernel))
        if 0 < count < window.kernel:
            dead.append(Axis(axis, count, window.kernel))
    return dead


def _sees(window: Window, size: int, tap: int) -> bool:
    """Whether a tap reads a cell of the input at any output."""
    offset = tap * window.dilation - window.before
    first = max(-(offset // window.stride), 0)
    last = min((size - 1 - offset) // window.stride, window.output_size(size) - 1)
    return first <= last


# --- what is written unevenly ----------------------------------------------------------------------


def _uneven(place: int, layer: Any) -> Iterator[Found]:
    """Axes on which some outputs of a transposed convolution are written more often than others."""
    axes = []
    for axis, window in enumerate(layer.windows()):
        if window.stride > MOST_TAPS or window.kernel > MOST_TAPS:
            continue
        writes = [0] * window.stride
        for tap in range(window.kernel):
            writes[tap * window.dilation % window.stride] += 1
        if min(writes) != max(writes):
            axes.append((axis, min(writes), max(writes)))
    if axes:
        yield "W405", place, axes
