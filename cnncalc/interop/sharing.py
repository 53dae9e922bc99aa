"""Which layers and groups use the weights of others, and so may be run by the same module."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.graph import Node
from cnncalc.interop.flow import Flow, Value
from cnncalc.interop.outline import Group
from cnncalc.layers.base import Layer as LayerRules


class Mirror(NamedTuple):
    """A group that runs in the place of another, and for each of its nodes that of the other."""

    group: Group
    nodes: dict[int, int]


class Shared(NamedTuple):
    """What stands in for what.

    `aliases` names for the path of an item that shares all its weights the item whose module runs in its
    place, and `mirrors` says more of those that are groups; `dissolved` are the paths of groups of which
    that is true in part only; `borrowing` are layers that share weights but are made otherwise, with the
    layer whose weights they have.
    """

    aliases: dict[str, str]
    mirrors: dict[str, Mirror]
    dissolved: set[str]
    borrowing: dict[int, int]


def shared_in(flow: Flow, root: Group) -> Shared:
    """Finds what runs the module of another, and what has to be dissolved because it does so in part."""
    shared = Shared({}, {}, set(), {})
    nodes, first = flow.graph.nodes, len(flow.graph.inputs)
    groups = _groups_by_path(root)
    paths = {layer.index: layer.path for layer in root.layers()}
    for index, node in enumerate(nodes):
        if node.share is None:
            continue
        path, source = paths[index], paths[node.share - first]
        if any(_is_within(path, alias) for alias in shared.aliases):
            continue
        if not flow.is_made_alike(index, node.share - first):
            shared.borrowing[index] = node.share - first
            continue
        own = _above_common(path, source)
        while own != path:
            relative = path.removeprefix(own)
            counterpart = source.removesuffix(relative)
            mirrored = source.endswith(relative) and counterpart in groups
            if mirrored and _mirrors(flow, groups[own], groups[counterpart]):
                pairs = zip(groups[counterpart].layers(), groups[own].layers(), strict=True)
                nodes_of = {theirs.index: mine.index for theirs, mine in pairs}
                shared.mirrors[own] = Mirror(groups[counterpart], nodes_of)
                break
            shared.dissolved.add(own)
            own = _one_further(own, path)
        shared.aliases[own] = source.removesuffix(path.removeprefix(own))
    return shared


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


def _mirrors(flow: Flow, own: Group, other: Group) -> bool:
    """Whether one group does just what the other does, with its weights."""
    nodes, first = flow.graph.nodes, len(flow.graph.inputs)
    for mine, theirs in zip(own.layers(), other.layers(), strict=False):
        here, there = nodes[mine.index], nodes[theirs.index]
        source = there.share if there.share is not None else theirs.index + first
        shares = here.share == source or (here.share is None and here.layer == there.layer and _is_bare(here))
        if not shares or not flow.is_made_alike(mine.index, theirs.index):
            return False
    return _signature(flow, own) == _signature(flow, other)


def _is_bare(node: Node) -> bool:
    """Whether a layer of this kind never has tensors."""
    if node.layer is None:
        return False
    rules = type(node.layer)
    return rules.weights is LayerRules.weights and rules.buffers is LayerRules.buffers


def _signature(flow: Flow, group: Group) -> list[object]:
    """How the layers of a group read one another, numbered from within."""
    members = list(group.layers())
    number: dict[Value, tuple[str, object]] = {}
    for member in members:
        path = member.path.removeprefix(group.path)
        number.update({value: (path, value.port) for value in flow.gives(member.index)})
    outside: dict[Value, int] = {}
    signature: list[object] = []
    for member in members:
        reads = [
            number.get(value) or outside.setdefault(value, len(outside)) for value in flow.reads[member.index]
        ]
        signature.append((member.path.removeprefix(group.path), reads))
    return signature
