"""The walk through a list of layers that makes nodes of them: groups, repeats, blocks, branches, names."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import NamedTuple, NoReturn

from cnncalc.diagnostics import Diagnostic
from cnncalc.graph import Node
from cnncalc.language.blocks import block_sections, bound_parameters
from cnncalc.language.document import Document
from cnncalc.language.entries import Entry, items_of, read_entry
from cnncalc.language.expressions import Value
from cnncalc.language.layer_reader import LayerReader, branches_of
from cnncalc.language.nodes import Mapping, Scalar, Sequence
from cnncalc.language.nodes import Node as YamlNode
from cnncalc.language.origin import Origin
from cnncalc.language.references import Names, is_glob
from cnncalc.language.scope import Faulty, Report, Scope
from cnncalc.language.siblings import MOST_LAYERS, given_name, holds, repeat_of
from cnncalc.layers import FAMILY_OF, find_kind
from cnncalc.layers.base import Kind, Layer, Shape

MOST_STEPS = 1_000_000
"""Entries looked at, also those that make no layer: repeats of nothing must end too."""


class Place(NamedTuple):
    """Where in the expansion an entry stands: what its expressions see and how its layers are named."""

    scope: Scope
    prefix: str
    counters: dict[str, int]
    caller: Origin | None = None
    blocks: tuple[str, ...] = ()
    """The blocks being expanded around the entry, the outermost first."""
    share: tuple[str, str] | None = None
    """Layers under the first prefix use the weights of those under the second."""

    def named(self, name: str) -> Place:
        """A place whose layers are named below `name`, counted anew."""
        return self._replace(prefix=f"{self.prefix}{name}.", counters={})


class Ahead(NamedTuple):
    """A reference to a layer that was not there yet, to be looked up at the end."""

    text: str
    where: YamlNode
    place: Place


class Stop(Exception):
    """A limit is reached; what there is so far is all."""


class Expander:
    """Collects the nodes of the graph while it walks through the document."""

    def __init__(
        self, document: Document, inputs: MappingType[str, Shape], names: dict[str, Value], report: Report
    ) -> None:
        self.document = document
        self.report = report
        self.input_count = len(inputs)
        self.nodes: list[Node] = []
        self.names = Names()
        self.names.tensors.update((name, tensor) for tensor, name in enumerate(inputs))
        self.ahead: list[Ahead] = []
        """The reference numbered k here stands as tensor -1 - k in the nodes until the end."""
        self.steps = 0
        self.known = {*FAMILY_OF, *document.blocks, "sequence"}
        self.reader = LayerReader()
        self.file_names = names

    # --- lists of layers -------------------------------------------------------------------------

    def layers(self, items: list[YamlNode], place: Place, current: tuple[int, ...]) -> tuple[int, ...]:
        """Adds the layers of a list, the first one reading `current`; the tensors after the last."""
        for item in items:
            self.count_step(item, place)
            try:
                entry = read_entry(item, self.known, place.scope)
                current = self.entry(entry, place, current)
            except Faulty:
                current = self.broken(item, place)
        return current

    def broken(self, item: YamlNode, place: Place) -> tuple[int, ...]:
        """A node without a layer in the place of an entry that cannot be read."""
        name = item.get("name") if isinstance(item, Mapping) else None
        text = name.text if isinstance(name, Scalar) and name.text.isidentifier() else ""
        origin = Origin(place.scope.source, item, place.caller)
        return self.add(text or self.counted("layer", place), None, (), origin, place)

    def entry(self, entry: Entry, place: Place, current: tuple[int, ...]) -> tuple[int, ...]:
        siblings = entry.siblings
        if not siblings:
            return self.once(entry, place, current, self.counted(entry.kind, place))
        if "when" in siblings and not holds(siblings["when"], place.scope):
            return current
        if "from" in siblings and "repeat" not in siblings:
            current = self.sources(siblings["from"], place)
        if "repeat" in siblings:
            return self.repeated(entry, place, current)
        name = self.name_of(entry, place, place.scope)
        return self.once(entry, place, current, name)

    def repeated(self, entry: Entry, place: Place, current: tuple[int, ...]) -> tuple[int, ...]:
        """The entry as often as `repeat` says, each time behind the one before."""
        siblings = entry.siblings or {}
        times, index = repeat_of(siblings["repeat"], place.scope)
        if times and "from" in siblings:
            current = self.sources(siblings["from"], place)
        name = siblings.get("name")
        numbered = isinstance(name, Scalar) and "{" in name.text
        transparent = entry.kind == "sequence" and name is None
        group = "" if numbered or transparent else self.name_of(entry, place, place.scope)
        for turn in range(times):
            self.count_step(entry.node, place)
            scope = place.scope.with_names({index: turn})
            inner = place._replace(scope=scope)
            if numbered:
                current = self.once(entry, inner, current, self.name_of(entry, inner, scope))
            elif transparent:
                current = self.once(entry, inner, current, "")
            else:
                current = self.once(entry, inner, current, f"{group}.{turn}")
        return self.group(current, group, place) if times else current

    def once(self, entry: Entry, place: Place, current: tuple[int, ...], name: str) -> tuple[int, ...]:
        """One turn of an entry: a group, the use of a block, or a layer."""
        siblings = entry.siblings or {}
        if entry.kind == "sequence":
            inner = place.named(name) if "name" in siblings else place
            items = items_of(entry.arguments, place.scope, "a sequence") if entry.arguments else []
            return self.group(self.layers(items, inner, current), name if "name" in siblings else "", place)
        if entry.kind in self.document.blocks and entry.kind not in FAMILY_OF:
            return self.group(self.block(entry, place.named(name), current), name, place)
        if not entry.kind:
            return self.shared_whole(entry, place, current, name)
        kind = find_kind(entry.kind)
        assert kind is not None, "an entry's kind is a known one"
        return self.layer(entry, kind, place, current, name)

    def group(self, outputs: tuple[int, ...], name: str, place: Place) -> tuple[int, ...]:
        """Lets the name of a group stand for its last tensor."""
        if name and outputs and outputs[-1] >= 0:
            self.names.tensors[place.prefix + name] = outputs[-1]
        return outputs

    # --- blocks ----------------------------------------------------------------------------------

    def block(self, entry: Entry, place: Place, current: tuple[int, ...]) -> tuple[int, ...]:
        """The layers of a block, with its parameters bound to the arguments."""
        definition = self.document.blocks[entry.kind]
        if entry.kind in place.blocks:
            path = " -> ".join((*place.blocks[place.blocks.index(entry.kind) :], entry.kind))
            raise place.scope.fault("E110", f"block `{entry.kind}` uses itself: {path}", entry.node)
        outer = Scope(definition.source, self.file_names, self.report)
        sections = block_sections(entry.kind, definition, outer)
        values = bound_parameters(entry, sections.get("params"), place.scope, outer)
        inner = place._replace(
            scope=outer.with_names(values),
            caller=Origin(place.scope.source, entry.node, place.caller),
            blocks=(*place.blocks, entry.kind),
            share=self.share_of_group(entry, place) or place.share,
        )
        return self.layers(items_of(sections["layers"], outer, "layers"), inner, current)

    def share_of_group(self, entry: Entry, place: Place) -> tuple[str, str] | None:
        """For a block with `share`: its own prefix, and that of the block whose weights it uses."""
        node = (entry.siblings or {}).get("share")
        if node is None:
            return None
        text = place.scope.text(node, "share")
        outside = place.prefix[: place.prefix[:-1].rfind(".") + 1]
        while True:
            if any(name.startswith(f"{outside}{text}.") for name in self.names.tensors):
                return place.prefix, f"{outside}{text}."
            if not outside:
                raise self.undefined(text, node, place, "share")
            outside = outside[: outside[:-1].rfind(".") + 1]

    # --- layers ----------------------------------------------------------------------------------

    def layer(
        self, entry: Entry, kind: Kind, place: Place, current: tuple[int, ...], name: str
    ) -> tuple[int, ...]:
        """One layer, with the branches of a merge before it."""
        origin = Origin(place.scope.source, entry.node, place.caller)
        branches = branches_of(kind, entry.arguments) if kind.inputs is None else []
        if branches:
            current = self.branches(branches, place.named(name), current)
        layer = self.reader.read(kind, entry.arguments, place.scope, entry.node)
        if layer is not None and len(current) != kind.inputs and not self.arity_fits(kind, current, origin):
            layer = None
        share = self.share_of(entry, name, place)
        references = self.references_of(layer, origin, place) if layer and kind.references else ()
        return self.add(name, layer, current, origin, place, share, references)

    def branches(
        self, branches: list[tuple[Scalar, YamlNode]], place: Place, current: tuple[int, ...]
    ) -> tuple[int, ...]:
        """The tensors at the ends of a merge's branches, all of which start at `current`."""
        ends: list[int] = []
        for key, value in branches:
            if not isinstance(value, Sequence):
                raise place.scope.fault(
                    "E109",
                    f"branch `{key.text}` must be a list of layers",
                    key,
                    "start each layer with `- `; `[]` is the identity",
                )
            end = self.layers(value.items, place.named(key.text), current)
            self.group(end, key.text, place)
            ends.extend(end)
        return tuple(ends)

    def arity_fits(self, kind: Kind, current: tuple[int, ...], origin: Origin) -> bool:
        """Whether a merge has something to merge; reported if not, as is any other wrong number of inputs."""
        wanted = kind.inputs
        if wanted is None and len(current) >= 2:
            return True
        if not current:
            inputs = list(self.names.tensors)[: self.input_count]
            message = f"{kind.name} reads no tensor: the network has several inputs"
            help = f"name one with `from`: {', '.join(inputs)}"
        elif wanted is None:
            message, help = (
                f"{kind.name} merges two or more tensors, and reads one",
                "give it branches, or name its inputs: `from: [a, b]`",
            )
        else:
            names = ", ".join(f"`{self.name_of_tensor(tensor)}`" for tensor in current)
            message = f"{kind.name} reads one tensor, and gets {len(current)}: {names}"
            help = "merge them first, with concat or add"
        self.report(Diagnostic("E204", message, origin.span(), help=help))
        return False

    def references_of(self, layer: Layer, origin: Origin, place: Place) -> tuple[int, ...]:
        """The tensors that the layer's arguments refer to (`like`, `indices`)."""
        _, written = origin.kind
        tensors = []
        for argument in layer.kind.references:
            text = getattr(layer, argument)
            if text is not None:
                where = written.get(argument) if isinstance(written, Mapping) else written
                tensors.append(self.tensor(text, where or origin.entry, place))
        return tuple(tensors)

    def shared_whole(
        self, entry: Entry, place: Place, current: tuple[int, ...], name: str
    ) -> tuple[int, ...]:
        """A layer that says only `share`: the same kind, arguments and weights as another."""
        share = self.share_of(entry, name, place)
        assert share is not None, "an entry without a kind has share"
        origin = Origin(place.scope.source, entry.node, place.caller)
        return self.add(name, self.nodes[share - self.input_count].layer, current, origin, place, share)

    def share_of(self, entry: Entry, name: str, place: Place) -> int | None:
        """The tensor of the layer whose weights this one uses. Raises Faulty."""
        node = (entry.siblings or {}).get("share")
        if node is not None:
            text = place.scope.text(node, "share")
            tensor = self.names.find(text, place.prefix)
        elif place.share is not None:
            own, other = place.share
            text = other + (place.prefix + name).removeprefix(own)
            tensor = self.names.tensors.get(text)
            node = entry.node
        else:
            return None
        if tensor is None or tensor < self.input_count:
            raise self.undefined(text, node, place, "share")
        source = self.nodes[tensor - self.input_count]
        return source.share if source.share is not None else tensor

    def add(
        self,
        name: str,
        layer: Layer | None,
        inputs: tuple[int, ...],
        origin: Origin,
        place: Place,
        share: int | None = None,
        references: tuple[int, ...] = (),
    ) -> tuple[int, ...]:
        """Adds a node and gives its tensor."""
        if len(self.nodes) >= MOST_LAYERS:
            self.stop(f"the network has more than {MOST_LAYERS:,} layers", origin)
        path = place.prefix + name
        tensor = self.input_count + len(self.nodes)
        if path in self.names.tensors:
            self.report_duplicate(path, name, origin, place)
        self.names.tensors[path] = tensor
        self.nodes.append(Node(path, layer, inputs, origin, references, share))
        return (tensor,)

    # --- siblings --------------------------------------------------------------------------------

    def counted(self, kind: str, place: Place) -> str:
        """The name of an unnamed layer: its kind and a number within its scope."""
        if kind == "sequence":
            return ""
        number = place.counters.get(kind, 0) + 1
        place.counters[kind] = number
        return f"{kind or 'shared'}_{number}"

    def name_of(self, entry: Entry, place: Place, scope: Scope) -> str:
        node = (entry.siblings or {}).get("name")
        if node is None:
            return self.counted(entry.kind, place)
        return given_name(node, scope)

    def sources(self, node: YamlNode, place: Place) -> tuple[int, ...]:
        """The tensors that `from` names. Raises Faulty if one is not there."""
        items = node.items if isinstance(node, Sequence) else [node]
        if not items:
            raise place.scope.fault("E201", "from names no layer", node, "name one, or leave `from` out")
        found: list[int] = []
        for item in items:
            text = place.scope.text(item, "from")
            if is_glob(text):
                tensors = self.names.find_all(text, place.prefix)
                if not tensors:
                    raise place.scope.fault("E201", f"no layer before is named like `{text}`", item)
                found.extend(tensors)
            else:
                found.append(self.tensor(text, item, place))
        return tuple(found)

    # --- references ahead ------------------------------------------------------------------------

    def tensor(self, text: str, where: YamlNode, place: Place) -> int:
        """The tensor that a reference names, or the stand-in for one that may come later."""
        tensor = self.names.find(text, place.prefix)
        if tensor is None:
            self.ahead.append(Ahead(text, where, place))
            return -len(self.ahead)
        return tensor

    def settled(self, tensors: tuple[int, ...]) -> tuple[int, ...] | None:
        """The tensors with stand-ins replaced; None if one names no layer."""
        if all(tensor >= 0 for tensor in tensors):
            return tensors
        found = [tensor if tensor >= 0 else self.found_ahead(self.ahead[-1 - tensor]) for tensor in tensors]
        return None if None in found else tuple(tensor for tensor in found if tensor is not None)

    def found_ahead(self, reference: Ahead) -> int | None:
        return self.names.find(reference.text, reference.place.prefix)

    def settle(self) -> None:
        """Looks up the references ahead, now that all names are there."""
        for reference in self.ahead:
            if self.found_ahead(reference) is None:
                self.undefined(reference.text, reference.where, reference.place, "from")
        for index, node in enumerate(self.nodes):
            inputs, references = self.settled(node.inputs), self.settled(node.references)
            if inputs is None or references is None:
                self.nodes[index] = node._replace(layer=None, inputs=(), references=())
            elif inputs is not node.inputs or references is not node.references:
                self.nodes[index] = node._replace(inputs=inputs, references=references)

    # --- faults ----------------------------------------------------------------------------------

    def undefined(self, text: str, node: YamlNode, place: Place, what: str) -> Faulty:
        near = self.names.nearest(text, place.prefix)
        help = f"did you mean `{near}`?" if near else "layers are named by `name`, or by kind and number"
        which = " before" if what == "share" else ""
        return place.scope.fault("E201", f"there is no layer `{text}`{which}", node, help)

    def report_duplicate(self, path: str, name: str, origin: Origin, place: Place) -> None:
        node = origin.sibling("name") or origin.entry
        place.scope.fault(
            "E203",
            f"two layers are named `{path}`",
            node,
            "number the names of repeated layers with {i}, or name the sequence they stand in"
            if "i" in place.scope.names
            else f"give one of them another name than `{name}`",
        )

    def name_of_tensor(self, tensor: int) -> str:
        if tensor >= self.input_count:
            return self.nodes[tensor - self.input_count].name
        return list(self.names.tensors)[tensor] if tensor >= 0 else "?"

    def count_step(self, item: YamlNode, place: Place) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            self.stop(
                f"the repeats take more than {MOST_STEPS:,} steps",
                Origin(place.scope.source, item, place.caller),
            )

    def stop(self, message: str, origin: Origin) -> NoReturn:
        outermost = [origin, *origin.callers()][-1]
        where = outermost.sibling("repeat")
        span = origin.span() if where is None else Scope(outermost.source, {}, self.report).span(where)
        self.report(Diagnostic("E107", message, span, help="repeat less often"))
        raise Stop
