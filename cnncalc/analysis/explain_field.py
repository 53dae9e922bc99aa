"""The receptive field of a layer, step by step along the path from the input.

Every step is run anew on traced numbers: the size r, the stride j and the padding p of what a layer reads
go through the very rules (`Field.through`, `Field.joined`) that the analysis runs. A path is that of one
axis of the input; where paths meet it follows the one that sees most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from cnncalc.analysis.explain_data import Figure, Part, Remark, Row, Table
from cnncalc.analysis.explain_formula import (
    Derivation,
    Operation,
    derivation,
    derivation_of,
    in_numbers,
    intermediates,
    relabelled,
)
from cnncalc.analysis.explain_symbols import AXIS_LETTERS, traced
from cnncalc.analysis.explain_text import text
from cnncalc.analysis.explain_windows import axis_words
from cnncalc.analysis.receptive_field import State, input_state, joined, moved
from cnncalc.analysis.report import LayerReport, Report
from cnncalc.fields import Field
from cnncalc.geometry import Reach
from cnncalc.graph import Graph
from cnncalc.layers.base import Shapes
from cnncalc.tracing import Traced

LETTERS = {
    "r": "cells that one position of the layer's input sees",
    "j": "cells of the network's input from that position to the next",
    "p": "cells by which the first position sees beyond the edge",
}
AXIS_WORDS = {"L": "length", "T": "depth", "H": "height", "W": "width"}
MEANINGS = LETTERS | {
    f"{letter}_{axis}": f"{text}, along the {word}"
    for letter, text in LETTERS.items()
    for axis, word in AXIS_WORDS.items()
}
"""The letters of the recurrence, also of single axes where these differ."""
HEAD = ("layer", "size r", "stride j", "padding p")
MOST_PHASES = 6


class Step(NamedTuple):
    """What one layer does to the field along an axis."""

    rows: tuple[Row, ...]
    """What is said in a table of the path; nothing if the field stays as it is."""
    formulas: tuple[Derivation, ...]
    """The recurrence in symbols, where the layer slides a window."""
    whole: bool
    """Each position behind the layer sees the whole axis."""


class Fields:
    """The steps of all layers of a network, each worked out when it is asked for."""

    def __init__(self, graph: Graph, report: Report, shapes: Sequence[Shapes]) -> None:
        self.graph = graph
        self.report = report
        self.shapes = shapes
        first = [input_state(shape) for shape in report.inputs.values()]
        self.states: list[State] = [*first, *(row.state for row in report.layers)]
        self.first = len(first)
        self.known: dict[tuple[int, int], Step] = {}

    def figure(self, index: int) -> Figure:
        row = self.report.layers[index]
        value = {
            name: list(entry) if isinstance(entry, tuple) else entry
            for name, entry in row.receptive_field._asdict().items()
        }
        return Figure("receptive_field", "receptive field", value, tuple(self.parts(index)))

    def parts(self, index: int) -> Iterator[Part]:
        """What is said of each axis, once for axes that are alike."""
        words = axis_words((0, *self.report.layers[index].network_sizes))
        if not words:
            yield Remark("the input has no spatial axes, so each position sees all of it")
        groups: dict[tuple[object, ...], tuple[tuple[Part, ...], list[str]]] = {}
        for axis, word in enumerate(words):
            parts = tuple(self.along(index, axis))
            groups.setdefault(tuple(map(_in_numbers, parts)), (parts, []))[1].append(word)
        for parts, names in groups.values():
            if len(words) > 1:
                yield Remark(f"along {' and '.join(names)}:")
            letters = AXIS_LETTERS.get(len(words), ()) if len(groups) > 1 else ()
            letter = letters[words.index(names[0])] if letters else ""
            yield from (_of_axis(part, letter) for part in parts)
        yield from self.status_remarks(index)

    # --- one axis --------------------------------------------------------------------------------

    def along(self, index: int, axis: int) -> Iterator[Part]:
        path = self.path(index, axis)
        steps = [self.step(node, axis) for node in path]
        row = self.report.layers[index]
        if steps[-1].whole:
            yield from self.whole_parts(path, steps, axis)
            return
        yield from steps[-1].formulas
        yield from self.spread_remark(index, axis)
        if _reads_by_itself(row, axis):
            yield Remark(f"{row.kind} reads each position by itself, so the field is that of what it reads")
        rows = [Row(self.start(path), ("1", "1", "0")), *(row for step in steps for row in step.rows)]
        if len(rows) == 1:
            yield Remark("no layer on the way widens it: each position sees its own place of the input")
            return
        yield Table("", HEAD, tuple(rows))
        yield from _phases_remark(rows)
        idle = [node for node, step in zip(path, steps, strict=True) if not step.rows]
        if idle:
            kinds = ", ".join(dict.fromkeys(self.report.layers[node].kind for node in idle))
            leave = "layers on the way leave" if len(idle) > 1 else "layer on the way leaves"
            yield Remark(f"{len(idle)} {leave} it as it is ({kinds})")

    def spread_remark(self, index: int, axis: int) -> Iterator[Part]:
        """What a position reads of a transposed convolution, or by turns: the window does not say it."""
        row = self.report.layers[index]
        before = joined([self.states[tensor] for tensor in self.graph.nodes[index].inputs])
        for step, field in zip(row.figures.movement or (), row.state, strict=False):
            if step is None or step.reach is None or field is None or field.axis != axis:
                continue
            if len(step.reach.extent) > 1 or row.kind.startswith("conv_transpose"):
                yield Remark(_cells_read(step.reach, _along(before, axis)))

    def start(self, path: Sequence[int]) -> str:
        """The name of what the first layer of a path reads."""
        tensors = self.graph.nodes[path[0]].inputs
        return self.graph.tensor_name(next(tensor for tensor in tensors if tensor < self.first))

    def whole_parts(self, path: Sequence[int], steps: Sequence[Step], axis: int) -> Iterator[Part]:
        """Where on the way the field has become the whole axis."""
        at = next(place for place, step in enumerate(steps) if step.whole)
        maker = self.report.layers[path[at]]
        name = f"`{maker.name}`" if at < len(path) - 1 else maker.kind
        size = f"all {maker.network_sizes[axis]:,} cells"
        yield Remark(f"each position sees the whole axis, {size}: {_why_whole(maker, name)}")
        before = self.field(path[at - 1], axis) if at else None
        if before is not None:
            last = self.report.layers[path[at - 1]].name
            yield Remark(f"a position of `{last}`, the layer before it, sees r = {before.size:,}")
        if at < len(path) - 1:
            yield Remark(f"behind `{maker.name}` it stays the whole axis")

    def status_remarks(self, index: int) -> Iterator[Part]:
        row = self.report.layers[index]
        field = row.receptive_field
        if field.status == "unaligned":
            yield Remark(
                "unaligned: on the way paths meet with different strides or centres; of equal strides r is "
                "the size of the union, of different ones the largest"
            )
        larger = any(size > whole for size, whole in zip(field.size, row.network_sizes, strict=True))
        if larger and field.status == "exact":
            yield Remark("r is larger than the input: every field reaches into the padding")

    # --- paths -----------------------------------------------------------------------------------

    def path(self, index: int, axis: int) -> list[int]:
        """The nodes from the input to this one, by the way that sees most of the axis."""
        found = [index]
        while True:
            tensors = self.graph.nodes[found[-1]].inputs
            tensor = max(tensors, key=lambda tensor: self.seen(tensor, axis))
            if tensor < self.first:
                return found[::-1]
            found.append(tensor - self.first)

    def seen(self, tensor: int, axis: int) -> tuple[bool, int]:
        field = _along(self.states[tensor], axis)
        return (field is None, field.size if field else 0)

    def field(self, node: int, axis: int) -> Field | None:
        return _along(self.states[self.first + node], axis)

    # --- steps -----------------------------------------------------------------------------------

    def step(self, node: int, axis: int) -> Step:
        if (node, axis) not in self.known:
            self.known[node, axis] = self.made(node, axis)
        return self.known[node, axis]

    def made(self, node: int, axis: int) -> Step:
        row = self.report.layers[node]
        states = [self.states[tensor] for tensor in self.graph.nodes[node].inputs]
        state = joined(states)
        union = _union_row(row, states, axis) if len(states) > 1 else None
        rows = [] if union is None else [union]
        formulas: tuple[Derivation, ...] = ()
        before, plain = _along(state, axis), self.field(node, axis)
        if row.figures.movement is not None and before is not None and plain is not None:
            movement = traced(row.layer, self.shapes[node], brief=True).figures.movement
            after = _along(moved(_lettered_state(state), movement), axis)
            assert after is not None
            formulas = tuple(_recurrence(after))
            rows += [Row(row.name, _cells(after))] if plain != before else []
        return Step(tuple(rows), formulas, plain is None)


def _phases_remark(rows: Sequence[Row]) -> Iterator[Part]:
    """What a fraction among the strides means, said of the last one."""
    for row in reversed(rows):
        stride = row.cells[1] if row.cells else ""
        if isinstance(stride, str) and "/" in stride:
            cells, _, period = stride.partition("/")
            yield Remark(
                f"j = {stride}: neighbouring positions see differently, in a pattern that moves on by "
                f"{cells} cells with every {period} of them; r is the largest, p that of the first"
            )
            return


def _cells_read(reach: Reach, before: Field | None) -> str:
    """How many cells a position reads, and what follows for the size of its field."""
    counts = sorted({extent // reach.spacing + 1 for extent in reach.extent})
    most = counts[-1]
    numbers = str(most) if len(counts) == 1 else f"{counts[0]} {'or' if len(counts) == 2 else 'to'} {most}"
    apart = f", {reach.spacing} apart," if reach.spacing > 1 and most > 1 else ""
    near = "neighbouring " if most > 1 and not apart else ""
    cells = "cell" if numbers == "1" else "cells"
    said = f"a position of the output reads {numbers} {near}{cells}{apart} of the input"
    if before is None or len(before.sizes) > 1:
        return said
    if most <= 1:
        return f"{said}, so r stays"
    spacing = f"*{reach.spacing}" if reach.spacing > 1 else ""
    up_to = "up to " if len(counts) > 1 else ""
    return f"{said}, so r grows by {up_to}({most} - 1){spacing}*{int(before.advance):,}"


def _in_numbers(part: Part) -> object:
    """A part as it is shown without its letters, which are the axis's own."""
    if isinstance(part, Derivation):
        return part.steps[1:]
    if isinstance(part, Table):
        return tuple((row.label, tuple(map(_shown, row.cells)), row.note) for row in part.rows)
    return part


def _shown(cell: Derivation | str) -> object:
    return cell if isinstance(cell, str) else (in_numbers(cell), cell.value)


def _of_axis(part: Part, axis: str) -> Part:
    """A part with the letters of one axis, `r_H`, where axes differ."""
    if not axis or not isinstance(part, Derivation):
        return part
    names = {letter: f"{letter}_{axis}" for letter in LETTERS}
    return part._replace(steps=tuple(relabelled(step, names) for step in part.steps))


def _reads_by_itself(row: LayerReport, axis: int) -> bool:
    """Whether each position behind a layer reads just its own along an axis, which is not seen whole."""
    movement = row.figures.movement
    if movement is None:
        return True
    fields = zip(movement, row.state, strict=True)
    steps = [step for step, field in fields if field and field.axis == axis and not field.whole]
    return all(step is not None and step.reach is None and not step.whole for step in steps)


def _along(state: State, axis: int) -> Field | None:
    """The field along an axis; None where all of the axis is seen."""
    fields = (field for field in state if field is not None and field.axis == axis and not field.whole)
    return next(fields, None)


def _lettered_state(state: State) -> State:
    return tuple(field and _lettered(field, "r", "p") for field in state)


def _lettered(field: Field, size: str, padding: str) -> Field:
    """The field with letters for its numbers, if it has one phase only."""
    if len(field.sizes) > 1:
        return field
    return field._replace(
        advance=Traced(field.advance, "j"),  # type: ignore[arg-type]  # rules take traced numbers for ints
        sizes=(Traced(field.sizes[0], size),),  # type: ignore[arg-type]
        paddings=(Traced(field.paddings[0], padding),),  # type: ignore[arg-type]
    )


def _cells(field: Field) -> tuple[Derivation | str, ...]:
    """Size, stride and padding with the numbers that they are made of; of a pattern those of its phases."""
    period = len(field.sizes)
    if period == 1:
        numbers = zip("rjp", (field.sizes[0], field.advance, field.paddings[0]), strict=True)
        return tuple(derivation(letter, number) for letter, number in numbers)
    sizes = tuple(dict.fromkeys(int(size) for size in field.sizes))
    size: Derivation | str = derivation_of("r", Operation("max", sizes) if len(sizes) > 1 else sizes[0])
    if len(sizes) > MOST_PHASES:
        size = f"{max(sizes):,}, the largest"
    return (size, f"{int(field.advance)}/{period}", f"{int(field.paddings[0]):,}")


def _recurrence(field: Field) -> Iterator[Derivation]:
    """The formulas of size, stride and padding; none where they differ by phase, or nothing is worked out."""
    numbers = {"r": field.sizes[0], "j": field.advance, "p": field.paddings[0]}
    if len(field.sizes) > 1:
        return
    for letter, number in numbers.items():
        found = derivation(f"{letter}_out", number)
        if isinstance(found.steps[0], Operation):
            yield from (derivation(each.name, each) for each in intermediates(number))
            yield found


def _union_row(row: LayerReport, states: Sequence[State], axis: int) -> Row | None:
    """The union of what the inputs of a layer see; None if they all see the same, or one sees it whole."""
    fields = [_along(state, axis) for state in states]
    distinct = list(dict.fromkeys(field for field in fields if field is not None))
    if len(distinct) < 2 or None in fields:
        return None
    union = reduce(Field.joined, distinct)
    others = [f"r = {field.size:,}" for field in distinct if field != union]
    said = f"{', '.join(others[:2])} and {len(others) - 2} more" if len(others) > 2 else " and ".join(others)
    if union in distinct:
        return Row(row.name, (), f"union with {said}, which {'lies' if len(others) == 1 else 'lie'} within")
    if len({field.stride for field in distinct}) > 1:
        return Row(row.name, (), f"paths of different strides meet, {said}: the largest is taken")
    lettered = [
        _lettered(field, f"r_{number}", f"p_{number}") for number, field in enumerate(distinct, start=1)
    ]
    size, stride, padding = _cells(reduce(Field.joined, lettered))
    if isinstance(size, Derivation) and isinstance(padding, Derivation):
        said += f": r = {text(in_numbers(size))}, p = {text(in_numbers(padding))}"
    return Row(row.name, tuple(map(_value, (size, stride, padding))), f"the union of {said}")


def _value(cell: Derivation | str) -> str:
    return cell if isinstance(cell, str) else f"{cell.value:,}"


def _why_whole(row: LayerReport, name: str) -> str:
    """Why each position behind a layer sees all of an axis."""
    if row.kind in ("flatten", "reshape", "unfold", "fold"):
        return f"{name} mixes all positions"
    if row.kind in ("linear", "rbf"):
        return f"each output of {name} reads all features"
    if "pool" in row.kind:
        return f"{name} pools over all positions"
    if "norm" in row.kind or "softmax" in row.kind:
        return f"{name} works with sums over it"
    if len(row.inputs) > 1:
        return f"{name} joins a path that sees all of it"
    return f"behind {name} no dimension follows it any more"
