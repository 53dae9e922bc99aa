"""Which modules call which: what each group reads and gives, and in which order its members run.

A group becomes one module that is called once, if that can be. It cannot where it would have to run twice
(something outside reads its middle and feeds its end), or where it uses in part the weights of layers
elsewhere; then it is dissolved: the group around it calls its members itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from cnncalc.graph import Graph
from cnncalc.interop.flow import Flow, Value
from cnncalc.interop.outline import Group, Item, Layer
from cnncalc.interop.sharing import Mirror, shared_in


class Call(NamedTuple):
    """A member of a group is run: the module at `target`, from the group on, with what it reads and gives.

    `target` is the path of `item`, or of another member with the same weights.
    """

    item: Item
    target: str
    reads: tuple[Value, ...]
    gives: tuple[Value, ...]


@dataclass(eq=False)
class Plan:
    """A group as a module: the tensors it is called with and gives, and the calls within."""

    group: Group
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    calls: tuple[Call, ...]


@dataclass(eq=False)
class Wiring:
    """The plans of a network's groups by their paths, and what stands in for what (see `Shared`).

    `dissolved` are the paths of all groups that only hold their members.
    """

    flow: Flow
    aliases: Mapping[str, str]
    mirrors: Mapping[str, Mirror]
    borrowing: Mapping[int, int]
    dissolved: set[str]
    plans: dict[str, Plan] = field(default_factory=dict)


def wiring_of(
    graph: Graph, root: Group, reads: Sequence[tuple[Value, ...]], modules: Sequence[object]
) -> Wiring:
    """How the groups of a network call one another.

    For each node `reads` are the values that it is called with, and `modules` what it is made as; only what
    is made alike can be one module.
    """
    flow = Flow(graph, reads, modules)
    shared = shared_in(flow, root)
    wiring = Wiring(flow, shared.aliases, shared.mirrors, shared.borrowing, shared.dissolved)
    _plan(wiring, root, tuple(Value(tensor) for tensor in range(len(graph.inputs))), flow.outputs)
    return wiring


def _plan(wiring: Wiring, group: Group, inputs: tuple[Value, ...], outputs: tuple[Value, ...]) -> None:
    """Plans a group and those within, dissolving what stands in a circle."""
    while True:
        calls = _calls(wiring, group, group)
        ordered = _ordered(calls)
        if ordered is not None:
            break
        wiring.dissolved |= {call.item.path for call in _in_circles(calls) if isinstance(call.item, Group)}
    wiring.plans[group.path] = Plan(group, inputs, outputs, tuple(ordered))
    for call in ordered:
        if isinstance(call.item, Group) and call.item.path not in wiring.aliases:
            _plan(wiring, call.item, call.reads, call.gives)


def _calls(wiring: Wiring, group: Group, within: Group) -> list[Call]:
    """The calls for the children of `within`, a part of `group`."""
    calls: list[Call] = []
    for child in within.children:
        if child.path in wiring.dissolved:
            assert isinstance(child, Group)
            calls += _calls(wiring, group, child)
            continue
        target = wiring.aliases.get(child.path, child.path).removeprefix(group.prefix)
        if isinstance(child, Layer):
            reads, gives = wiring.flow.reads[child.index], wiring.flow.gives(child.index)
        else:
            reads, gives = _read_and_given(wiring, child)
        calls.append(Call(child, target, reads, gives))
    return calls


def _read_and_given(wiring: Wiring, group: Group) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """What a group reads from outside, and what it makes that is read there, or nowhere; each in order."""
    flow, mirror = wiring.flow, wiring.mirrors.get(group.path)
    members = [layer.index for layer in group.layers()]
    made = {value for index in members for value in flow.gives(index)}
    read = dict.fromkeys(value for index in members for value in flow.reads[index] if value not in made)
    if mirror is not None:
        first = len(flow.graph.inputs)
        others = _read_and_given(wiring, mirror.group)[1]
        return tuple(read), tuple(Value(mirror.nodes[t - first] + first, port) for t, port in others)
    given = [v for index in members for v in flow.gives(index) if _leaves(wiring, v, {*members})]
    return tuple(read), tuple(given)


def _leaves(wiring: Wiring, value: Value, inside: set[int]) -> bool:
    """Whether a value of a group is read outside, also where the group runs in the place of another."""
    first = len(wiring.flow.graph.inputs)
    if wiring.flow.leaves(value, inside):
        return True
    for _, nodes in wiring.mirrors.values():
        if inside <= nodes.keys():
            other = Value(nodes[value.tensor - first] + first, value.port)
            if wiring.flow.leaves(other, {nodes[index] for index in inside}):
                return True
    return False


def _ordered(calls: list[Call]) -> list[Call] | None:
    """The calls so that each stands behind those it reads, else as they were; None if there is a circle."""
    sources = _sources(calls)
    waiting = [len(places) for places in sources]
    ready = [place for place, count in enumerate(waiting) if not count]
    readers: list[list[int]] = [[] for _ in calls]
    for place, places in enumerate(sources):
        for source in places:
            readers[source].append(place)
    ordered = []
    while ready:
        place = heappop(ready)
        ordered.append(calls[place])
        for reader in readers[place]:
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(ready, reader)
    return ordered if len(ordered) == len(calls) else None


def _sources(calls: list[Call]) -> list[set[int]]:
    """For each call the places of those it reads."""
    maker = {value: place for place, call in enumerate(calls) for value in call.gives}
    return [{maker[value] for value in call.reads if value in maker} for call in calls]


def _in_circles(calls: list[Call]) -> list[Call]:
    """The calls that (in a few steps) read themselves."""
    sources = _sources(calls)

    def behind(start: int) -> set[int]:
        seen: set[int] = set()
        todo = list(sources[start])
        while todo:
            place = todo.pop()
            if place not in seen:
                seen.add(place)
                todo += sources[place]
        return seen

    return [call for place, call in enumerate(calls) if place in behind(place)]


# --- plain forms ---------------------------------------------------------------------------------------


def is_chain(plan: Plan) -> bool:
    """Whether each member just reads the one before: the group is their sequence."""
    if len(plan.inputs) != 1 or not plan.calls:
        return False
    current = plan.inputs
    for call in plan.calls:
        if call.reads != current or len(call.gives) != 1 or not is_own(plan.group, call):
            return False
        current = call.gives
    return plan.outputs == current


def is_own(group: Group, call: Call) -> bool:
    """Whether a call runs a child of the group, not something deeper or elsewhere."""
    return "." not in call.target and group.prefix + call.target == call.item.path
