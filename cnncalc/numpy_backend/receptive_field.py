"""The receptive field of every tensor, measured: what each layer's executor answers to, composed as sets.

Nothing here knows a formula of windows or of receptive fields. What a layer's positions read is found out by
running it (see `dependence`); what they see of the network's input is the union of what these cells see.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cnncalc.analysis.receptive_field import ReceptiveField
from cnncalc.graph import Graph
from cnncalc.numpy_backend.dependence import relation
from cnncalc.numpy_backend.moved_cells import Relation
from cnncalc.numpy_backend.probes import Question
from cnncalc.numpy_backend.work import Shape

LONGEST_PERIOD = 1024
"""Positions that are told apart; longer patterns are taken by their largest field, as unaligned."""

Cells = frozenset[int]


class Seen(NamedTuple):
    """What the positions along a dimension see of an `axis` of the network's input.

    Position `v` sees `cells[v % period]`, moved on by `advance` for each whole period before it.
    """

    axis: int
    advance: int = 1
    cells: tuple[Cells, ...] = (frozenset((0,)),)
    aligned: bool = True

    def at(self, position: int) -> Cells:
        turn, phase = divmod(position, len(self.cells))
        return _moved(self.cells[phase], turn * self.advance)

    @property
    def size(self) -> int:
        """From the first to the last cell, where it is most."""
        return max(max(cells) - min(cells) + 1 if cells else 0 for cells in self.cells)


State = tuple[Seen | None, ...]
"""For each dimension of a tensor what its positions see; None if they do not walk along an axis."""

Known = dict[Question, Relation | None]
"""What was measured already: networks ask the same of many layers."""


def measured_fields(
    graph: Graph, input_shapes: Mapping[str, Shape], tensor_shapes: Sequence[Shape]
) -> list[ReceptiveField]:
    """The field of each node, for the shapes (no batch) of all tensors as they came out of a run."""
    states = [_input_state(input_shapes[name]) for name in graph.inputs]
    known: Known = {}
    for number, node in enumerate(graph.nodes, start=len(graph.inputs)):
        referenced = [
            shape for tensor in node.references for shape in _of_reference(graph, tensor, tensor_shapes)
        ]
        read = tuple(tensor_shapes[tensor] for tensor in node.inputs)
        question = Question(node.layer, read, tuple(referenced), tensor_shapes[number], 0, 0)
        states.append(_state_behind(question, [states[tensor] for tensor in node.inputs], known))
    axes = max(len(shape) for shape in input_shapes.values()) - 1
    sizes = [
        max(shape[1 + axis] for shape in input_shapes.values() if len(shape) > 1 + axis)
        for axis in range(axes)
    ]
    return [_described(state, sizes) for state in states[len(graph.inputs) :]]


def _input_state(shape: Shape) -> State:
    return (None, *(Seen(axis) for axis in range(len(shape) - 1)))


def _state_behind(question: Question, states: Sequence[State], known: Known) -> State:
    """The state behind a layer that reads tensors of these states."""
    paths = []
    for which, state in enumerate(states):
        moved: list[list[Seen]] = [[] for _ in question.output]
        for dim, seen in enumerate(state):
            if seen is not None:
                walked = _relation(question._replace(which=which, dim=dim), known)
                if walked is not None:
                    moved[walked.dim].append(_through(seen, walked))
        # several dimensions in one of the output are mixed
        paths.append(tuple(found[0] if len(found) == 1 else None for found in moved))
    return _joined(paths)


def _of_reference(graph: Graph, tensor: int, shapes: Sequence[Shape]) -> Iterator[Shape]:
    """The shapes that a referenced layer reads and gives; an input of the network reads itself."""
    producer = graph.producer(tensor)
    yield shapes[tensor if producer is None else producer.inputs[0]]
    yield shapes[tensor]


def _relation(question: Question, known: Known) -> Relation | None:
    if question not in known:
        known[question] = relation(question)
    return known[question]


def _through(seen: Seen, walked: Relation) -> Seen:
    """What positions see by way of those that they read: the union."""
    period, phases = len(walked.reads), len(seen.cells)
    turns = phases // math.gcd(walked.advance, phases)
    if period * turns > LONGEST_PERIOD:
        seen, phases, turns = _largest_phase(seen), 1, 1
    cells = tuple(
        frozenset().union(*(seen.at(turn * walked.advance + place) for place in reads))
        for turn in range(turns)
        for reads in walked.reads
    )
    advance = seen.advance * walked.advance * turns // phases
    return _simplified(Seen(seen.axis, advance, cells, seen.aligned and not walked.partial))


def _joined(paths: Sequence[State]) -> State:
    """The union over paths: along an axis where all of them walk along it in the same dimension."""
    if len(paths) == 1:
        return paths[0]
    joined: list[Seen | None] = []
    for found in zip(*paths, strict=True):
        united = found[0]
        for seen in found[1:]:
            united = (
                None if united is None or seen is None or united.axis != seen.axis else _union(united, seen)
            )
        joined.append(united)
    return tuple(joined)


def _union(one: Seen, other: Seen) -> Seen:
    if one is other or one == other:
        return one
    period = math.lcm(len(one.cells), len(other.cells))
    if one.advance * len(other.cells) != other.advance * len(one.cells) or period > LONGEST_PERIOD:
        return (one if one.size >= other.size else other)._replace(aligned=False)
    aligned = one.aligned and other.aligned
    cells = []
    for position in range(period):
        mine, theirs = one.at(position), other.at(position)
        if mine and theirs:
            aligned = aligned and min(mine) + max(mine) == min(theirs) + max(theirs)
        cells.append(mine | theirs)
    return _simplified(Seen(one.axis, one.advance * period // len(one.cells), tuple(cells), aligned))


def _moved(cells: Cells, distance: int) -> Cells:
    return frozenset([cell + distance for cell in cells]) if distance else cells


def _simplified(seen: Seen) -> Seen:
    """With the shortest period that says the same."""
    phases = len(seen.cells)
    for period in range(1, phases):
        if phases % period or seen.advance * period % phases:
            continue
        advance = seen.advance * period // phases
        shorter = seen._replace(advance=advance, cells=seen.cells[:period])
        if all(shorter.at(position) == seen.cells[position] for position in range(period, phases)):
            return shorter
    return seen


def _largest_phase(seen: Seen) -> Seen:
    """With one phase, the largest: for patterns that are too long."""
    first = min(min(seen.cells[0], default=0), 0)
    step = max(seen.advance // len(seen.cells), 1)
    return Seen(seen.axis, step, (frozenset(range(first, first + seen.size)),), False)


def _described(state: State, input_sizes: Sequence[int]) -> ReceptiveField:
    """As figures; an axis that no dimension walks along is seen whole."""
    by_axis = {seen.axis: seen for seen in state if seen is not None}
    size, stride, padding = [], [], []
    for axis, whole in enumerate(input_sizes):
        seen = by_axis.get(axis)
        size.append(whole if seen is None else seen.size)
        stride.append(0 if seen is None else _ratio(seen.advance, len(seen.cells)))
        padding.append(0 if seen is None else -min(next(filter(None, seen.cells), {0})))
    if not input_sizes or len(by_axis) < len(input_sizes):
        status = "whole_input"
    else:
        status = "exact" if all(seen.aligned for seen in by_axis.values()) else "unaligned"
    return ReceptiveField(tuple(size), tuple(stride), tuple(padding), status)


def _ratio(advance: int, period: int) -> int | float:
    return advance // period if advance % period == 0 else advance / period
