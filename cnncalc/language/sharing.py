"""Whose weights a layer or a group uses, if not its own."""

from __future__ import annotations

from cnncalc.graph import Node
from cnncalc.language.document import Placed
from cnncalc.language.entry import Entry
from cnncalc.language.lookup import Lookup
from cnncalc.language.nodes import Mapping, Scalar, Sequence
from cnncalc.language.nodes import Node as YamlNode
from cnncalc.language.place import Place


class Sharing:
    """Finds what `share` names among the layers and groups that are there so far."""

    def __init__(self, lookup: Lookup, nodes: list[Node], layers: Placed | None) -> None:
        self.lookup = lookup
        self.layers = layers
        self.nodes = nodes
        self.groups: dict[str, tuple[Entry, Place]] = {}
        """What was written for each named group, for another that is to be the same."""

    def with_layer(self, entry: Entry, name: str, place: Place) -> int:
        """The tensor of the layer whose weights this one uses. Raises Faulty."""
        written = (entry.siblings or {}).get("share")
        node = written or entry.node
        if written is not None:
            text, path = self.find(written, place)
        else:
            assert place.share is not None
            own, other = place.share
            text = path = other + (place.prefix + name).removeprefix(own)
        tensor = self.lookup.names.tensors.get(path, 0)
        if tensor < len(self.lookup.inputs):
            raise self.lookup.undefined(text, node, place.scope, place.prefix, " above to share with")
        source = self.nodes[tensor - len(self.lookup.inputs)]
        if source.name != path:
            message = f"`{text}` is a group of layers, and a {entry.kind} shares the weights of one layer"
            raise place.scope.fault("E205", message, node, f"name a layer within it, such as `{source.name}`")
        return source.share if source.share is not None else tensor

    def with_group(self, entry: Entry, name: str, place: Place) -> tuple[str, str] | None:
        """For a group with `share`: its own prefix, and that of the group whose weights it uses.

        Of two groups repeated, each turn shares with the same turn of the other.
        """
        node = (entry.siblings or {}).get("share")
        if node is None:
            return None
        text, path = self.find(node, place)
        if path in self.groups and "repeat" in (self.groups[path][0].siblings or {}):
            _, dot, turn = name.rpartition(".")
            if not dot:
                message = f"`{text}` is repeated, and each turn has weights of its own"
                raise place.scope.fault("E205", message, node, f"name one turn, such as `{text}.0`")
            path = f"{path}.{turn}"
        if not any(known.startswith(f"{path}.") for known in self.lookup.names.tensors):
            message = f"`{text}` has no layers within it, whose weights `{entry.kind}` could share"
            raise place.scope.fault("E205", message, node, "name a block or sequence like this one")
        return f"{place.prefix}{name}.", f"{path}."

    def find(self, node: YamlNode, place: Place) -> tuple[str, str]:
        """What `share` says, and the whole name that it means. Raises Faulty if there is none."""
        text = place.scope.text(node, "share")
        path = self.lookup.names.find_path(text, place.prefix)
        if path is None and self.is_below(text, node, place):
            help = "put it above, and let the one below share"
            message = f"`{text}` stands below, and must stand above what shares its weights"
            raise place.scope.fault("E201", message, node, help)
        if path is None:
            raise self.lookup.undefined(text, node, place.scope, place.prefix, " above to share with")
        return text, path

    def is_below(self, text: str, node: YamlNode, place: Place) -> bool:
        """Whether an entry of the file's list of layers further down is named so."""
        layers = self.layers
        if layers is None or layers.source is not place.scope.source or not isinstance(layers.node, Sequence):
            return False
        names = [item.get("name") for item in layers.node.items if isinstance(item, Mapping)]
        first = text.partition(".")[0]
        return any(
            isinstance(name, Scalar) and name.text == first and name.start.index > node.start.index
            for name in names
        )
