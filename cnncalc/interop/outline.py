"""A network as the tree of its names: groups of layers, as a framework has modules and submodules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field

from cnncalc.graph import Graph
from cnncalc.interop.expressions import names_in
from cnncalc.language.document import Placed
from cnncalc.language.expressions import Value
from cnncalc.language.layer_reader import branches_of
from cnncalc.language.nodes import Mapping, Node, Scalar
from cnncalc.language.nodes import Sequence as List
from cnncalc.language.place import Placing, Turn
from cnncalc.language.scope import is_nothing
from cnncalc.layers import find_kind


@dataclass(eq=False)
class Layer:
    """One layer. `name` is the last part of its path.

    A merge with branches stands in the group of these, of which it has the path with a dot, and no name.
    """

    name: str
    path: str
    index: int
    """Its place among the nodes of the graph."""
    placing: Placing


@dataclass(eq=False)
class Group:
    """All that has a path below one name: a block, a named sequence, a branch, a merge with its branches."""

    name: str
    path: str
    children: list[Layer | Group] = field(default_factory=list)
    placing: Placing | None = None
    """Of a block or a named sequence."""

    @property
    def use(self) -> Placing | None:
        """The use of a block, if it is one."""
        return self.placing if self.placing is not None and self.placing.values is not None else None

    @property
    def prefix(self) -> str:
        """What the paths of its children begin with."""
        return f"{self.path}." if self.path else ""

    @property
    def block(self) -> str | None:
        """The name of the block that is used, if it is a block."""
        return self.use.entry.kind if self.use else None

    def layers(self) -> Iterator[Layer]:
        """All layers in it, at any depth, in the order of the outline."""
        for child in self.children:
            if isinstance(child, Group):
                yield from child.layers()
            else:
                yield child

    def child(self, name: str) -> Layer | Group | None:
        """The child of this name."""
        return next((child for child in self.children if child.name == name), None)


Item = Layer | Group


def outline_of(graph: Graph, placings: MappingType[str, Placing]) -> Group:
    """The outermost group of a network, with all others in it."""
    root = Group("", "")
    groups = {"": root}
    above_others = {node.name[:dot] for node in graph.nodes for dot in _dots(node.name)}

    merges = above_others & {node.name for node in graph.nodes}

    def group_of(path: str) -> Group:
        if path not in groups:
            above, _, name = path.rpartition(".")
            groups[path] = Group(name, path, placing=None if path in merges else placings.get(path))
            group_of(above).children.append(groups[path])
        return groups[path]

    for index, node in enumerate(graph.nodes):
        above, _, name = node.name.rpartition(".")
        placing = placings[node.name]
        if node.name in above_others:  # a merge with branches
            group_of(node.name).children.append(Layer("", f"{node.name}.", index, placing))
        else:
            group_of(above).children.append(Layer(name, node.name, index, placing))
    return root


def _dots(path: str) -> list[int]:
    return [place for place, sign in enumerate(path) if sign == "."]


def first_layer(item: Item) -> Layer:
    """The layer of an item that comes first."""
    return item if isinstance(item, Layer) else next(item.layers())


def placing_of(item: Item) -> Placing:
    """What an item was made of; of a branch, what its first member was."""
    if isinstance(item, Layer):
        return item.placing
    return item.placing or placing_of(item.children[0])


def turns_of(item: Item, group: Group) -> tuple[Turn, ...]:
    """The repeats within the group that the item stands in, the outermost first."""
    turns = first_layer(item).placing.place.turns
    return tuple(turn for turn in turns if turn.container == group.prefix)


def branch_names(merge: Layer) -> list[str]:
    """The names of a merge's branches as the file gives them, also of those that are empty."""
    entry = merge.placing.entry
    kind = find_kind(entry.kind)
    return [] if kind is None else [key.text for key, _ in branches_of(kind, entry.arguments)]


def visible(placing: Placing) -> dict[str, Value]:
    """The names that an entry sees beside the parameters of the file: those of its block, and indices."""
    names, found = placing.place.scope.names, {}
    while hasattr(names, "maps"):
        inner, names = names.maps
        found.update({name: value for name, value in inner.items() if name not in found})
    return found


def declared_parameters(block: Placed) -> list[tuple[str, Node | None]]:
    """The parameters of a block in the order of the file, with their defaults; None where one is needed."""
    params = block.node.get("params") if isinstance(block.node, Mapping) else None
    pairs = params.pairs() if isinstance(params, Mapping) else ()
    return [(key.text, None if is_nothing(default) else default) for key, default in pairs]


def is_numbered(names: Sequence[str]) -> bool:
    """Whether the names are 0, 1, 2, ... so that what has them is a list."""
    return bool(names) and names == [str(place) for place in range(len(names))]


def names_in_conditions(nodes: Iterable[Node]) -> set[str]:
    """The names that any `when` mentions, also one that leaves its layer out."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, Mapping):
            for key, value in node.pairs():
                if key.text == "when" and isinstance(value, Scalar):
                    names |= names_in(value.text)
                names |= names_in_conditions([value])
        elif isinstance(node, List):
            names |= names_in_conditions(node.items)
    return names
