"""Which modules call which: what each group reads and gives, and in which order its members run.

A group becomes one module that is called once, if that can be. It cannot where it would have to run twice
(something outside reads its middle and feeds its end), or where it uses in part the weights of layers
elsewhere; then it is dissolved: the group around it calls its members itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Literal, NamedTuple

from cnncalc.graph import Graph
from cnncalc.interop.outline import Group, Item, Layer

Port = Literal["output", "indices"]


class Value(NamedTuple):
    """A tensor that is handed on: a tensor of the graph, or the indices of the pool that gives it."""

    tensor: int
    port: Port = "output"


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
    """The plans of a network's groups by their paths, and what stands in for what.

    `reads` says for each node of the graph the values it is called with; `aliases` names for the path of an
    item that shares all its weights the item whose module runs in its place; `dissolved` are the paths of
    groups that only hold their members; `tied` the layers that share weights but have other arguments, with
    the layer whose weights they have.
    """

    graph: Graph
    reads: Sequence[tuple[Value, ...]]
    modules: Sequence[object]
    wanted: set[Value]
    """What the network gives."""
    plans: dict[str, Plan] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    dissolved: set[str] = field(default_factory=set)
    tied: dict[int, int] = field(default_factory=dict)
    readers: dict[Value, list[int]] = field(default_factory=dict)

    def gives(self, index: int) -> tuple[Value, ...]:
        """The values that a node makes and something reads, its output in any case."""
        tensor = index + len(self.graph.inputs)
        indices = Value(tensor, "indices")
        return (Value(tensor), indices) if indices in self.readers else (Value(tensor),)


def wiring_of(
    graph: Graph, root: Group, reads: Sequence[tuple[Value, ...]], modules: Sequence[object]
) -> Wiring:
    """How the groups of a network call one another.

    For each node `reads` are the values that it is called with, and `modules` what it is made as; only what
    is made alike can be one module.
    """
    wiring = Wiring(graph, reads, modules, {Value(tensor) for tensor in graph.outputs})
    for index, values in enumerate(reads):
        for value in values:
            wiring.readers.setdefault(value, []).append(index)
    _share(wiring, root)
    inputs = tuple(Value(tensor) for tensor in range(len(graph.inputs)))
    _plan(wiring, root, inputs, tuple(Value(tensor) for tensor in graph.outputs))
    return wiring


# --- weights in common ---------------------------------------------------------------------------------


def _share(wiring: Wiring, root: Group) -> None:
    """Finds what runs the module of another, and dissolves the groups that do so in part."""
    nodes, first = wiring.graph.nodes, len(wiring.graph.inputs)
    groups = _groups_by_path(root)
    paths = {layer.index: layer.path for layer in root.layers()}
    for index, node in enumerate(nodes):
        if node.share is None:
            continue
        path, source = paths[index], paths[node.share - first]
        if any(_is_within(path, alias) for alias in wiring.aliases):
            continue
        if not _is_made_alike(wiring, index, node.share - first):
            wiring.tied[index] = node.share - first
            continue
        own = _above_common(path, source)
        while own != path:
            relative = path.removeprefix(own)
            counterpart = source.removesuffix(relative)
            mirrored = source.endswith(relative) and counterpart in groups
            if mirrored and _mirrors(wiring, groups[own], groups[counterpart]):
                break
            wiring.dissolved.add(own)
            own = _one_further(own, path)
        wiring.aliases[own] = source.removesuffix(path.removeprefix(own))


def _groups_by_path(group: Group) -> dict[str, Group]:
    found = {group.path: group}
    for child in group.children:
        if isinstance(child, Group):
            found.update(_groups_by_path(child))
    return found


def _is_within(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")


def _above_common(own: str, other: str) -> str:
    """A path up to the first part in which another differs."""
    mine, theirs = own.split("."), other.split(".")
    length = next(
        (place for place, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), len(mine) - 1
    )
    return ".".join(mine[: length + 1])


def _one_further(path: str, whole: str) -> str:
    parts = len(path.split(".")) + 1
    return ".".join(whole.split(".")[:parts])


def _mirrors(wiring: Wiring, own: Group, other: Group) -> bool:
    """Whether one group does just what the other does, with its weights."""
    nodes, first = wiring.graph.nodes, len(wiring.graph.inputs)
    for mine, theirs in zip(own.layers(), other.layers(), strict=False):
        here, there = nodes[mine.index], nodes[theirs.index]
        source = there.share if there.share is not None else theirs.index + first
        shares = here.share == source or (here.share is None and here.layer == there.layer and _is_bare(here))
        if not shares or not _is_made_alike(wiring, mine.index, theirs.index):
            return False
    return _signature(wiring, own) == _signature(wiring, other)


def _is_made_alike(wiring: Wiring, one: int, other: int) -> bool:
    nodes, modules = wiring.graph.nodes, wiring.modules
    return nodes[one].layer == nodes[other].layer and modules[one] == modules[other]


def _is_bare(node: object) -> bool:
    from cnncalc.layers.base import Layer as LayerRules

    rules = type(node.layer)  # type: ignore[attr-defined]
    return rules.weights is LayerRules.weights and rules.buffers is LayerRules.buffers


def _signature(wiring: Wiring, group: Group) -> list[object]:
    """How the layers of a group read one another, numbered from within."""
    members = list(group.layers())
    number: dict[Value, tuple[str, object]] = {}
    for member in members:
        path = member.path.removeprefix(group.path)
        number.update({value: (path, value.port) for value in wiring.gives(member.index)})
    outside: dict[Value, int] = {}
    inside = {member.index for member in members}
    signature: list[object] = []
    for member in members:
        reads = [
            number.get(value) or outside.setdefault(value, len(outside))
            for value in wiring.reads[member.index]
        ]
        given = [_is_read_outside(wiring, value, inside) for value in wiring.gives(member.index)]
        signature.append((member.path.removeprefix(group.path), reads, given))
    return signature


def _is_read_outside(wiring: Wiring, value: Value, inside: set[int]) -> bool:
    readers = wiring.readers.get(value)
    return not readers or value in wiring.wanted or any(reader not in inside for reader in readers)


# --- plans ---------------------------------------------------------------------------------------------


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
            reads, gives = wiring.reads[child.index], wiring.gives(child.index)
        else:
            reads, gives = _read_and_given(wiring, child)
        calls.append(Call(child, target, reads, gives))
    return calls


def _read_and_given(wiring: Wiring, group: Group) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """What a group reads from outside, and what it makes that is read there, or nowhere; each in order."""
    members = [layer.index for layer in group.layers()]
    inside = set(members)
    made = {value for index in members for value in wiring.gives(index)}
    read = dict.fromkeys(value for index in members for value in wiring.reads[index] if value not in made)
    given = [
        value for index in members for value in wiring.gives(index) if _is_read_outside(wiring, value, inside)
    ]
    return tuple(read), tuple(given)


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
