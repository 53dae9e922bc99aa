"""The walk through a list of layers that makes nodes of them: groups, repeats, blocks, branches, names."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import NoReturn

from cnncalc.diagnostics import Diagnostic, Label, Span
from cnncalc.graph import Node
from cnncalc.language.blocks import block_sections, bound_parameters, kind_node
from cnncalc.language.document import Document
from cnncalc.language.entries import items_of, read_entry
from cnncalc.language.entry import Entry, SiblingsInside
from cnncalc.language.expressions import Value
from cnncalc.language.layer_reader import LayerReader, branches_of
from cnncalc.language.lookup import Lookup
from cnncalc.language.nodes import Mapping, Scalar, Sequence
from cnncalc.language.nodes import Node as YamlNode
from cnncalc.language.origin import Origin
from cnncalc.language.place import Place, Placing, Turn
from cnncalc.language.scope import Faulty, Report, Scope
from cnncalc.language.sharing import Sharing
from cnncalc.language.siblings import (
    MOST_LAYERS,
    can_be_name,
    given_name,
    holds,
    index_of,
    mentions,
    names_by,
    repeat_of,
)
from cnncalc.layers import FAMILY_OF, find_kind
from cnncalc.layers.base import Kind, Layer, Shape

MOST_STEPS = 500_000
"""Entries looked at, also those that make no layer: repeats of nothing must end too."""


class Stop(Exception):
    """A limit is reached; the expansion is given up."""


class Expander:
    """Collects the nodes of the graph while it walks through the document."""

    def __init__(
        self,
        document: Document,
        inputs: MappingType[str, Shape],
        names: dict[str, Value],
        report: Report,
        placings: dict[str, Placing] | None = None,
    ) -> None:
        self.blocks = {name: block for name, block in document.blocks.items() if name not in FAMILY_OF}
        self.report = report
        self.input_count = len(inputs)
        self.nodes: list[Node] = []
        self.lookup = Lookup(list(inputs))
        self.tensors = self.lookup.names.tensors
        self.sharing = Sharing(self.lookup, self.nodes, document.sections.get("layers"))
        self.groups = self.sharing.groups
        self.given: dict[str, tuple[Scope, YamlNode]] = {}
        """Where the names stand that layers and groups were given."""
        self.repeats: list[Span] = []
        """Where the repeats stand that are being expanded, the outermost first."""
        self.steps = 0
        self.known = {*FAMILY_OF, *document.blocks, "sequence"}
        self.reader = LayerReader()
        self.file_names = names
        self.placings = placings
        """Filled in, if given: what was written for each layer and each use of a block, by their names."""

    # --- lists of layers -------------------------------------------------------------------------

    def layers(self, items: list[YamlNode], place: Place, current: tuple[int, ...]) -> tuple[int, ...]:
        """Adds the layers of a list, the first one reading `current`; the tensors after the last."""
        repeats = len(self.repeats)
        for item in items:
            self.steps += 1
            if self.steps > MOST_STEPS:
                self.stop(f"the layers take more than {MOST_STEPS:,} steps", place.scope.span(item))
            kind = "layer"
            try:
                entry = read_entry(item, self.known, place.scope)
                kind = entry.kind
                if entry.siblings:
                    current = self.entry(entry, entry.siblings, place, current)
                else:
                    current = self.once(entry, place, current, self.counted(kind, place))
            except Faulty:
                del self.repeats[repeats:]
                current = self.broken(item, kind, place)
        return current

    def broken(self, item: YamlNode, kind: str, place: Place) -> tuple[int, ...]:
        """A node without a layer in the place of an entry that cannot be read."""
        given = item.get("name") if isinstance(item, Mapping) else None
        name = given.text if isinstance(given, Scalar) else ""
        lost = name
        if not name or "{" in name or place.prefix + name in self.tensors:
            taken = f"{kind or 'shared'}_{place.counters.get(kind, 0)}"  # by the attempt that failed
            free = kind in place.counters and place.prefix + taken not in self.tensors
            name = taken if free else self.counted("layer" if kind == "sequence" else kind, place)
        self.lookup.lose(place.prefix + (lost or name))
        origin = Origin(place.scope.source, item, place.caller)
        return self.add(name, None, (), origin, place)

    def entry(
        self,
        entry: Entry,
        siblings: dict[str, YamlNode],
        place: Place,
        current: tuple[int, ...],
        name: str = "",
    ) -> tuple[int, ...]:
        """An entry with siblings; `name` is the one it has if it gives none."""
        if "when" in siblings and not _is_of_turns(siblings) and not holds(siblings["when"], place.scope):
            return current
        if "name" in siblings:
            name = ""
        if "silence" in siblings:
            from cnncalc.language.silence import read_silence  # few files silence anything

            silenced = read_silence(siblings["silence"], place.scope)
            place = place._replace(silenced=place.silenced | silenced)
        if "repeat" in siblings:
            return self.repeated(entry, siblings, place, current, name)
        if "from" in siblings:
            current = self.lookup.sources(siblings["from"], place.scope, place.prefix)
        return self.once(entry, place, current, name or self.name_of(entry, place))

    def repeated(
        self,
        entry: Entry,
        siblings: dict[str, YamlNode],
        place: Place,
        current: tuple[int, ...],
        group: str = "",
    ) -> tuple[int, ...]:
        """The entry as often as `repeat` says, each time behind the one before.

        A `when` that uses the index says of each repetition whether it is there; those that are keep the
        numbers they have among all. A `from` whose `{...}` use the index names the source of each repetition,
        any other only that of the first.
        """
        times, index = repeat_of(siblings["repeat"], place.scope)
        turns = [*range(times)]
        if "when" in siblings and _is_of_turns(siblings):
            scopes = (place.scope.with_names({index: turn}) for turn in turns)
            turns = [turn for turn, scope in enumerate(scopes) if holds(siblings["when"], scope)]
            self.steps += times - len(turns)
        if not turns:
            return current
        source = siblings.get("from")
        each = source if source is not None and names_by(source, index) else None
        if source is not None and each is None:
            current = self.lookup.sources(siblings["from"], place.scope, place.prefix)
        name = siblings.get("name")
        numbered = isinstance(name, Scalar) and "{" in name.text
        group = "" if numbered else group or self.name_of(entry, place)
        if group:
            self.groups[place.prefix + group] = entry, place
        self.repeats.append(place.scope.span(siblings["repeat"]))
        container = f"{place.prefix}{group}." if group else place.prefix
        for turn in turns:
            self.steps += 1
            if self.steps > MOST_STEPS:
                self.stop(f"the repeats take more than {MOST_STEPS:,} steps", self.repeats[0])
            inner = place._replace(
                scope=place.scope.with_names({index: turn}),
                turns=(*place.turns, Turn(container, entry, index, turn)),
            )
            if each is not None:
                current = self.lookup.sources(each, inner.scope, place.prefix)
            path = f"{group}.{turn}" if group else self.name_of(entry, inner) if numbered else ""
            current = self.once(entry, inner, current, path)
        self.repeats.pop()
        return self.group(current, group, place)

    def once(self, entry: Entry, place: Place, current: tuple[int, ...], name: str) -> tuple[int, ...]:
        """One turn of an entry: a group, the use of a block, or a layer."""
        try:
            kind = find_kind(entry.kind)
            if kind is not None:
                return self.layer(entry, kind, place, current, name)
            if not entry.kind:
                return self.same(entry, place, current, name)
            if name:
                self.groups[place.prefix + name] = entry._replace(siblings=None), place
            inner = place.named(name) if name else place
            inner = inner._replace(share=self.sharing.with_group(entry, name, place) or place.share)
            if entry.kind == "sequence":
                if self.placings is not None and name:
                    self.placings[place.prefix + name] = Placing(entry, place)
                items = items_of(entry.arguments, place.scope, "a sequence") if entry.arguments else []
                return self.group(self.layers(items, inner, current), name, place)
            return self.group(self.block(entry, inner, current), name, place)
        except SiblingsInside:
            from cnncalc.language.misplaced import siblings_outside  # a fault in any case

            meant = siblings_outside(entry, place.scope)
            if entry.siblings and "repeat" in entry.siblings:
                (meant.siblings or {}).pop("name", None)  # each turn would have it
            return self.entry(meant, meant.siblings or {}, place, current, name)

    def group(self, outputs: tuple[int, ...], name: str, place: Place) -> tuple[int, ...]:
        """Lets the name of a group stand for its last tensor."""
        if name and outputs and outputs[-1] >= 0:
            self.tensors[place.prefix + name] = outputs[-1]
        return outputs

    def block(self, entry: Entry, place: Place, current: tuple[int, ...]) -> tuple[int, ...]:
        """The layers of a block, with its parameters bound to the arguments."""
        definition = self.blocks[entry.kind]
        if entry.kind in place.blocks:
            path = " -> ".join((*place.blocks[place.blocks.index(entry.kind) :], entry.kind))
            message = f"block `{entry.kind}` uses itself: {path}"
            help = "take it out; for several of one kind, one behind the other, there is `repeat`"
            raise place.scope.fault("E110", message, kind_node(entry), help)
        outer = Scope(definition.source, self.file_names, self.report)
        sections = block_sections(entry.kind, definition, outer)
        values = bound_parameters(entry, sections.get("params"), place.scope, outer)
        if self.placings is not None:
            self.placings[place.prefix.removesuffix(".")] = Placing(entry, place, values)
        inner = place._replace(
            scope=outer.with_names(values),
            caller=Origin(place.scope.source, entry.node, place.caller),
            blocks=(*place.blocks, entry.kind),
        )
        return self.layers(items_of(sections["layers"], outer, "layers"), inner, current)

    # --- layers ----------------------------------------------------------------------------------

    def layer(
        self, entry: Entry, kind: Kind, place: Place, current: tuple[int, ...], name: str
    ) -> tuple[int, ...]:
        """One layer, with the branches of a merge before it."""
        layer = self.reader.read(kind, entry.arguments, place.scope, entry.node)
        origin = Origin(place.scope.source, entry.node, place.caller)
        if kind.inputs is None and (branches := branches_of(kind, entry.arguments)):
            current = self.branches(kind, branches, place.named(name), current)
        if layer is not None and len(current) != kind.inputs and not self.arity_fits(kind, current, origin):
            layer = None
        share = None
        written = entry.siblings.get("share") if entry.siblings else None
        if written is not None and layer is not None and type(layer).weights is Layer.weights:
            message = f"{kind.name} has no weights to share"
            place.scope.fault("E205", message, written, "take `share` out")
        elif place.share is not None or written is not None:
            share = self.sharing.with_layer(entry, name, place)
        references = self.references_of(layer, origin, place) if layer and kind.references else ()
        if self.placings is not None:
            self.placings[place.prefix + name] = Placing(entry, place)
        return self.add(name, layer, current, origin, place, share, references)

    def branches(
        self,
        kind: Kind,
        branches: list[tuple[Scalar, YamlNode]],
        place: Place,
        current: tuple[int, ...],
    ) -> tuple[int, ...]:
        """The tensors at the ends of a merge's branches, all of which start at `current`."""
        ends: list[int] = []
        for key, value in branches:
            if not isinstance(value, Sequence):
                message = f"branch `{key.text}` of {kind.name} must be a list of layers"
                help = "start each layer with `- `; `[]` is the layer before, unchanged"
                raise place.scope.fault("E109", message, key, help)
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
            message = f"{kind.name} reads no tensor: the network has several inputs"
            help = f"name one with `from`: {', '.join(self.lookup.inputs)}"
        elif wanted is None:
            message = f"{kind.name} merges two or more tensors, and reads one"
            help = "name its inputs (`from: [a, b]`), or add a branch (`[]` is the layer before)"
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
                tensors.append(self.lookup.tensor(text, where or origin.entry, place.scope, place.prefix))
        return tuple(tensors)

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
            self.stop(f"the network has more than {MOST_LAYERS:,} layers", origin.span())
        path = place.prefix + name
        tensor = self.input_count + len(self.nodes)
        self.tensors[path] = tensor
        self.nodes.append(Node(path, layer, inputs, origin, references, share, place.silenced))
        return (tensor,)

    # --- shared weights --------------------------------------------------------------------------

    def same(self, entry: Entry, place: Place, current: tuple[int, ...], name: str) -> tuple[int, ...]:
        """An entry that says only `share`: the layer or group it names once more, with the same weights."""
        _, path = self.sharing.find((entry.siblings or {})["share"], place)
        if path not in self.groups:
            share = self.sharing.with_layer(entry, name, place)
            origin = Origin(place.scope.source, entry.node, place.caller)
            source = self.nodes[share - self.input_count]
            if self.placings is not None:
                self.placings[place.prefix + name] = Placing(entry, place)
            return self.add(name, source.layer, current, origin, place, share, source.references)
        written, there = self.groups[path]
        prefixes = (f"{place.prefix}{name}.", f"{path}.")
        place = there._replace(prefix=place.prefix, counters={}, share=prefixes, turns=place.turns)
        siblings = {key: node for key, node in (written.siblings or {}).items() if key in ("repeat", "when")}
        if "repeat" not in siblings:
            return self.once(written._replace(siblings=None), place, current, name)
        return self.repeated(written._replace(siblings=siblings), siblings, place, current, name)

    # --- names -----------------------------------------------------------------------------------

    def counted(self, kind: str, place: Place) -> str:
        """The name of an unnamed layer: its kind and a number within its scope, skipping names taken."""
        if kind == "sequence":
            return ""
        counters = place.counters
        number = counters.get(kind, 0)
        while True:
            number += 1
            name = f"{kind or 'shared'}_{number}"
            if place.prefix + name not in self.tensors:
                counters[kind] = number
                return name

    def name_of(self, entry: Entry, place: Place) -> str:
        """The name that an entry gives, or one counted if it gives none or one that is taken."""
        siblings = entry.siblings or {}
        node = siblings.get("name")
        if node is None:
            return self.counted("" if "share" in siblings and entry.kind == "sequence" else entry.kind, place)
        name = given_name(node, place.scope)
        if place.prefix + name not in self.tensors:
            self.given[place.prefix + name] = place.scope, node
            return name
        if can_be_name(name):  # else already reported
            self.report_taken(name, node, place)
        return self.counted("layer" if entry.kind == "sequence" else entry.kind, place)

    def report_taken(self, name: str, node: YamlNode, place: Place) -> None:
        path = place.prefix + name
        message = f"two layers are named `{path}`"
        related: tuple[Label, ...] = ()
        help = f"give one of them another name than `{name}`"
        if path in self.lookup.inputs:
            message, help = f"`{path}` is the name of an input of the network", "give the layer another name"
        elif path in self.given:
            scope, first = self.given[path]
            if first is node:
                help = "number the names of repeated layers with {i}, or name the sequence they stand in"
            elif scope.source is place.scope.source:
                related = (Label(scope.span(first), "first given here"),)
        else:
            help = f"`{name}` is what a layer without a name is called; choose another"
        self.report(Diagnostic("E203", message, place.scope.span(node), related=related, help=help))

    def name_of_tensor(self, tensor: int) -> str:
        if tensor >= self.input_count:
            return self.nodes[tensor - self.input_count].name
        return self.lookup.inputs[tensor] if tensor >= 0 else self.lookup.ahead[-1 - tensor].text

    # --- limits ----------------------------------------------------------------------------------

    def stop(self, message: str, where: Span) -> NoReturn:
        help = "repeat less often" if self.repeats else "use fewer layers"
        self.report(Diagnostic("E107", message, self.repeats[0] if self.repeats else where, help=help))
        raise Stop


def _is_of_turns(siblings: dict[str, YamlNode]) -> bool:
    """Whether `when` speaks of each repetition of the `repeat` beside it."""
    return "repeat" in siblings and mentions(siblings["when"], index_of(siblings["repeat"]))
