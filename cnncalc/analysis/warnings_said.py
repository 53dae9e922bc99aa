"""What is said of doubtful things: the reason in one line, the figures, and a way out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cnncalc.analysis.report import LayerReport
from cnncalc.analysis.warnings import Finding, windows_of
from cnncalc.analysis.warnings_pairs import merged_params
from cnncalc.analysis.warnings_windows import Axis, dropped_cells
from cnncalc.arithmetic import product
from cnncalc.diagnostics import Diagnostic, Label, Span
from cnncalc.geometry import Window
from cnncalc.graph import Graph, Node
from cnncalc.layers.shapes import axis_names, written

MOST_OF_A_CODE = 100
"""Places at which one warning is said; more are only counted."""

CELLS = {"depth": "slices", "height": "rows", "width": "columns", "length": "steps"}


def said(graph: Graph, rows: Sequence[LayerReport], findings: Sequence[Finding]) -> list[Diagnostic]:
    """A diagnostic for each place in the file, however often a block there is used."""
    groups: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, _entry_of(graph.nodes[finding.node])), []).append(finding)
    by_code: dict[str, list[list[Finding]]] = {}
    for (code, _), group in groups.items():
        by_code.setdefault(code, []).append(group)
    speaker = _Speaker(graph, rows)
    diagnostics = []
    for of_code in by_code.values():
        shown = [speaker.said(group) for group in of_code[:MOST_OF_A_CODE]]
        if len(of_code) > MOST_OF_A_CODE:
            last = shown[-1]
            shown[-1] = last._replace(notes=(*last.notes, f"more {last.code} further on are not shown"))
        diagnostics += shown
    return diagnostics


def _entry_of(node: Node) -> int:
    """What tells the place in the file where a layer is written."""
    return id(getattr(node.origin, "entry", node.origin))


class _Speaker:
    """Says what is doubtful in one network."""

    def __init__(self, graph: Graph, rows: Sequence[LayerReport]) -> None:
        self.graph = graph
        self.rows = rows

    def said(self, group: Sequence[Finding]) -> Diagnostic:
        """What is said of findings at one place: of the first, and how many there are."""
        finding = group[0]
        diagnostic = SAYS[finding.code](self, finding.node, finding.detail)
        notes = list(diagnostic.notes)
        if len(group) > 1:
            more = len(group) - 1
            note = f"it is so in {_counted(more, 'more layer')} made of this line"
            if finding.code == "W402":
                wasted = sum(self.bias(each.node) for each in group)
                note += f", {wasted:,} parameters in all"
            notes.append(note)
        node = self.graph.nodes[finding.node]
        notes += [
            f"this is in block `{block}`, used in line {place.line}" for block, place in node.origin.uses()
        ]
        return diagnostic._replace(notes=tuple(notes))

    def name(self, place: int) -> str:
        return f"`{self.graph.nodes[place].name}`"

    def span(self, place: int, argument: str = "") -> Span:
        origin = self.graph.nodes[place].origin
        return origin.argument_span(argument) if argument else origin.span()

    def label(self, place: int, text: str) -> tuple[Label, ...]:
        return (Label(self.span(place), text),)

    def bias(self, place: int) -> int:
        return product(self.rows[place].figures.weights["bias"])

    # --- one of each code ------------------------------------------------------------------------

    def unread_output(self, place: int, _: None) -> Diagnostic:
        return Diagnostic(
            "W401",
            f"nothing reads the output of {self.name(place)}",
            self.span(place),
            help="name it under `outputs`, let a layer read it with `from`, or take it out",
        )

    def wasted_bias(self, place: int, norm: int) -> Diagnostic:
        affine = getattr(self.rows[norm].layer, "affine", True)
        instead = f"the bias of {self.name(norm)} does what it would do" if affine else "it changes nothing"
        return Diagnostic(
            "W402",
            f"in {self.name(place)}: "
            f"its bias has no effect, because {self.name(norm)} behind it subtracts the mean",
            self.span(place, "bias"),
            related=self.label(norm, "takes the bias away again"),
            notes=(f"{_counted(self.bias(place), 'parameter')} for nothing; {instead}",),
            help="use bias: false",
        )

    def unread_cells(self, place: int, detail: tuple[list[Axis], list[int]]) -> Diagnostic:
        axes, others = detail
        row = self.rows[place]
        source = self.graph.tensor_name(self.graph.nodes[place].inputs[0])
        first = axes[0]
        windows = _windows(row)
        window = windows[first.axis]
        outputs = window.output_size(first.size)
        end = (outputs - 1) * window.stride + window.extent - window.before
        name = _axes(row)[first.axis]
        notes = [
            f"{outputs} windows of {window.extent}, {window.stride} apart, end at {end} of {first.size} "
            f"{CELLS[name]}",
            f"`{source}` of {written(row.input_shapes[0])} is not read by another layer"
            if not others
            else f"not read by {_names(self.name(other) for other in others)} either",
            f"an input {name} of {first.size - first.cells} or {_next_size(window, first.size)} is read "
            "as a whole",
        ]
        return Diagnostic(
            "W403",
            f"in {self.name(place)}: no window reads {_last(row, axes)} of its input",
            self.span(place),
            notes=tuple(notes),
            help=_ways_to_read_all(row, windows),
        )

    def skipped_cells(self, place: int, detail: tuple[list[Axis], list[int]]) -> Diagnostic:
        axes, others = detail
        row = self.rows[place]
        window = _windows(row)[axes[0].axis]
        kernel = -(-(window.stride - 1) // window.dilation) + 1
        total = " and ".join(f"{axis.cells} of {_cells(axis.size, _axes(row)[axis.axis])}" for axis in axes)
        verb = "reads" if len(others) == 1 else "read"
        notes = [f"{_names(self.name(other) for other in others)} {verb} no other cells"] if others else []
        return Diagnostic(
            "W404",
            f"in {self.name(place)}: "
            f"a stride of {window.stride} is larger than the window of {window.extent}: "
            f"{total} are never read",
            self.span(place, "stride"),
            notes=tuple(notes),
            help=f"use a stride of at most {window.extent}, or a kernel_size of at least {kernel}",
        )

    def uneven_overlap(self, place: int, axes: list[tuple[int, int, int]]) -> Diagnostic:
        row = self.rows[place]
        layer: Any = row.layer
        window = layer.windows()[axes[0][0]]
        reason = f"a kernel of {window.kernel} is no multiple of the stride of {window.stride}"
        if window.kernel % window.stride == 0:
            reason = f"stride {window.stride} and dilation {window.dilation} have a common divisor"
        writes = _writes(row, axes)
        least, most = product(least for least, _ in writes), product(most for _, most in writes)
        return Diagnostic(
            "W405",
            f"in {self.name(place)}: its windows overlap unevenly, because {reason}",
            self.span(place, "kernel_size"),
            notes=(
                f"outputs sum up {least} to {most} places of the kernel by turns, which shows as a "
                "checkerboard (Odena, Dumoulin & Olah 2016)",
            ),
            help=_even_kernel(row, axes),
        )

    def blind_outputs(self, place: int, axes: list[Axis]) -> Diagnostic:
        row = self.rows[place]
        window = _windows(row)[axes[0].axis]
        padding = max(window.before, window.after)
        blind = " and ".join(f"{axis.cells} of {_cells(axis.size, _axes(row)[axis.axis])}" for axis in axes)
        sees = "sees" if [axis.cells for axis in axes] == [1] else "see"
        keeping = (window.extent - 1) // 2
        keeps = f"; {keeping} keeps the size" if window.extent % 2 and window.stride == 1 else ""
        return Diagnostic(
            "W406",
            f"in {self.name(place)}: "
            f"padding of {padding} is not smaller than the window of {window.extent}: {blind} of its output "
            f"{sees} nothing but padding",
            self.span(place, "padding"),
            help=f"use padding of at most {window.extent - 1}{keeps}" if keeping else "use padding: 0",
        )

    def dead_weights(self, place: int, detail: tuple[list[Axis], list[int]]) -> Diagnostic:
        axes, places = detail
        row = self.rows[place]
        windows = _windows(row)
        taps = product(window.kernel for window in windows)
        dead_on = {axis.axis: axis.cells for axis in axes}
        alive = product(window.kernel - dead_on.get(axis, 0) for axis, window in enumerate(windows))
        weights = row.params - product(row.weights.get("bias", (0,)))
        notes = [
            f"its input is {written(row.input_shapes[0])}, its window spans "
            f"{written(tuple(window.extent for window in windows))}",
            f"{weights * (taps - alive) // taps:,} of its {weights:,} weights change nothing",
        ]
        field = row.receptive_field
        if field.status != "whole_input":
            notes.append(
                f"its receptive field of {written(field.size)} reaches far beyond the network's input of "
                f"{written(row.network_sizes)}"
            )
        if len(places) > 1:
            notes.append(f"so it is in {_counted(len(places) - 1, 'layer')} behind it")
        return Diagnostic(
            "W407",
            f"in {self.name(place)}: {taps - alive} of the {taps} places of its window only ever see padding",
            self.span(place, "kernel_size"),
            notes=tuple(notes),
            help="let more cells arrive here (a larger input, fewer strides or pools before), or use a "
            "smaller kernel_size or dilation",
        )

    def short_field(self, place: int, source: int) -> Diagnostic:
        row = self.rows[place]
        field = self.rows[source].receptive_field
        return Diagnostic(
            "W408",
            f"in {self.name(place)}: "
            f"it pools positions that see only {written(field.size)} cells of an input of "
            f"{written(row.network_sizes)}",
            self.span(place),
            related=self.label(source, f"has a receptive field of {written(field.size)}"),
            notes=("what is further apart than that is never seen together",),
            help="use more strides, pools, dilations or layers before it, or a smaller input",
        )

    def two_linear_maps(self, second: int, first: int) -> Diagnostic:
        rows = self.rows
        merged = merged_params(rows[first], rows[second])
        both = rows[first].params + rows[second].params
        notes = [f"`linear: {rows[second].output_shape[-1]}` alone has {merged:,} parameters, these {both:,}"]
        between = self.graph.nodes[second].inputs[0] - len(self.graph.inputs)
        kinds = []
        while between != first:
            kinds.append(rows[between].kind)
            between = self.graph.nodes[between].inputs[0] - len(self.graph.inputs)
        if kinds:
            linear = _names(f"{kind}" for kind in reversed(kinds))
            notes.append(f"{linear} between them {'is' if len(kinds) == 1 else 'are'} linear too")
        return Diagnostic(
            "W409",
            f"in {self.name(second)}: "
            f"nothing nonlinear stands between {self.name(first)} and it: the two are one linear map",
            self.span(second),
            related=self.label(first, "the other linear map"),
            notes=tuple(notes[0 if 0 < merged < both else 1 :]),
            help="put an activation between them, such as `- relu`, or take one of them out",
        )

    def early_softmax(self, place: int, reader: int) -> Diagnostic:
        kind = self.rows[place].kind
        of_logarithms = kind == "log_softmax"
        seen = "logarithms of shares" if of_logarithms else "shares that add up to 1"
        change = "shares change little where scores are far apart, and gradients vanish there"
        return Diagnostic(
            "W410",
            f"in {self.name(place)}: {kind} stands before {self.name(reader)}, which sees only {seen}",
            self.span(place),
            related=self.label(reader, "reads them" if of_logarithms else "reads the shares"),
            notes=() if of_logarithms else (change,),
            help=f"move {kind} to the end, and put an activation such as `- relu` here",
        )


SAYS: dict[str, Callable[[_Speaker, int, Any], Diagnostic]] = {
    "W401": _Speaker.unread_output,
    "W402": _Speaker.wasted_bias,
    "W403": _Speaker.unread_cells,
    "W404": _Speaker.skipped_cells,
    "W405": _Speaker.uneven_overlap,
    "W406": _Speaker.blind_outputs,
    "W407": _Speaker.dead_weights,
    "W408": _Speaker.short_field,
    "W409": _Speaker.two_linear_maps,
    "W410": _Speaker.early_softmax,
}


# --- words -----------------------------------------------------------------------------------------


def _windows(row: LayerReport) -> tuple[Window, ...]:
    return windows_of(row.layer, row.input_shapes[0][1:])


def _axes(row: LayerReport) -> tuple[str, ...]:
    return axis_names(len(row.input_shapes[0]) - 1)


def _cells(count: int, axis: str) -> str:
    return f"{count:,} {CELLS[axis] if count != 1 else CELLS[axis].removesuffix('s')}"


def _last(row: LayerReport, axes: Sequence[Axis]) -> str:
    """`the last 2 rows and the last column`."""
    words = (_cells(axis.cells, _axes(row)[axis.axis]).removeprefix("1 ") for axis in axes)
    return _names(f"the last {cells}" for cells in words)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _names(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


# --- ways out --------------------------------------------------------------------------------------


def _next_size(window: Window, size: int) -> int:
    """The next larger size that windows read whole."""
    rest = (size + window.before + window.after - window.extent) % window.stride
    return size + window.stride - rest


def _ways_to_read_all(row: LayerReport, windows: Sequence[Window]) -> str:
    """Arguments under which windows read all cells."""
    sizes = row.input_shapes[0][1:]
    layer: Any = row.layer

    def reads_all(change: Callable[[Window], Window]) -> bool:
        changed = [change(window) for window in windows]
        return not any(
            dropped_cells(window, size) for window, size in zip(changed, sizes, strict=True)
        ) and all(window.before < window.extent for window in changed)

    ways = []
    if hasattr(layer, "ceil_mode") and reads_all(lambda window: window._replace(ceil_mode=True)):
        ways.append("ceil_mode: true")
    most = min(window.kernel for window in windows) // (2 if "pool" in row.kind else 1)
    least = max(max(window.before, window.after) for window in windows) + 1
    for cells in range(least, min(most, least + 64) + 1) if hasattr(layer, "padding") else ():
        if reads_all(lambda window, cells=cells: window._replace(before=cells, after=cells)):  # type: ignore[misc]
            ways.append(f"padding: {cells}")
            break
    if not ways and hasattr(layer, "padding") and row.kind != "unfold":
        ways.append("padding: same")
    return f"use {', or '.join(ways)}" if ways else "use a size of its input that is read whole"


def _writes(row: LayerReport, axes: Sequence[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """For each axis how often an output is written, at least and at most."""
    layer: Any = row.layer
    uneven = {axis: (least, most) for axis, least, most in axes}
    evenly = [max(window.kernel // window.stride, 1) for window in layer.windows()]
    return [uneven.get(axis, (even, even)) for axis, even in enumerate(evenly)]


def _even_kernel(row: LayerReport, axes: Sequence[tuple[int, int, int]]) -> str:
    """Arguments with which windows overlap evenly, and the output keeps its size."""
    layer: Any = row.layer
    windows = layer.windows()
    other = "or upsample and use a convolution"
    if any(math.gcd(window.stride, window.dilation) > 1 for window in windows):
        return f"use dilation: 1 with a kernel_size that is a multiple of the stride, {other}"
    if len(set(windows)) > 1 or windows[0].dilation > 1 or len(axes) < len(windows):
        return f"use a kernel_size that is a multiple of the stride, {other}"
    window = windows[0]
    kernel = -(-window.kernel // window.stride) * window.stride
    more = kernel - window.kernel  # cells that the output would gain
    taken = min(more, window.output_padding)
    before, rest = divmod(more - taken, 2)
    arguments = [f"kernel_size: {kernel}"]
    if rest:
        sides = [window.before + before, window.after + before + 1]
        arguments.append(f"padding: {[sides] * len(windows)}")
    elif before or window.before or window.after:
        arguments.append(f"padding: {window.before + before}")
    if window.output_padding:
        arguments.append(f"output_padding: {window.output_padding - taken}")
    return f"use {', '.join(arguments)} for an output of the same size, {other}"
