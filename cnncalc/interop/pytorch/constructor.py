"""The constructor of a class: how each of its submodules is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from cnncalc.interop.expressions import (
    as_tuples,
    folded,
    names_in,
    same,
    substituted,
    value_of,
)
from cnncalc.interop.outline import Group, is_numbered, placing_of, turns_of, visible
from cnncalc.interop.pytorch.channels import Channels, ChannelTexts, sum_of
from cnncalc.interop.pytorch.contexts import (
    Context,
    Contexts,
    first_of,
    in_turn,
    is_single,
    last_of,
    name_of,
    present_in,
    turns_in,
    where_in,
)
from cnncalc.interop.pytorch.design import Design
from cnncalc.interop.pytorch.layout import Bracketed, Code, Conditional, Repeated, call, compressed, flat
from cnncalc.interop.pytorch.module import REQUIRED, Given
from cnncalc.interop.pytorch.names import identifier, is_plain
from cnncalc.interop.pytorch.parameters import Parameters, Unwritable, argument_node, literal, shown
from cnncalc.interop.templates import (
    BranchesTemplate,
    ChainTemplate,
    Class,
    LayerTemplate,
    LoopTemplate,
    Template,
    UseTemplate,
)
from cnncalc.language.nodes import Mapping as YamlMapping
from cnncalc.language.place import Placing
from cnncalc.layers.arguments import SameAs

Written = TypeVar("Written")

IDENTITY = "nn.Identity()"


class Signature(NamedTuple):
    """What another class needs to know of one: its parameters, and the channels that its objects give."""

    name: str
    parameters: dict[str, list[Any]]
    reads: str | None
    """The parameter for the channels of its input."""
    gives: Channels
    defaults: dict[str, str]


class Constructor:
    """Writes the submodules of one class."""

    def __init__(self, design: Design, made: Class, signatures: dict[int, Signature]) -> None:
        self.design = design
        self.made = made
        self.signatures = signatures
        self.pieces: set[str] = set()
        placings = [placing_of(group.children[0]) for group in made.groups]
        self.is_root = not made.groups[0].path
        known = [_renamed(design.free if self.is_root else _names(group)) for group in made.groups]
        self.parameters = Parameters(known, [placing.place.caller for placing in placings])
        self.channels = ChannelTexts(design, self.parameters)
        self.contexts = [Context(number) for number in range(len(made.groups))]

    def input_channels(self, place: int) -> Channels:
        """The text for the channels of an input of the class."""
        plans = [self.design.wiring.plans[group.path] for group in self.made.groups]
        values = [self.design.channels(plan.inputs[place]) for plan in plans]
        if self.is_root:
            return str(values[0])
        name = "in_channels" if place == 0 else f"in_channels_{place + 1}"
        return self.parameters.offer(name, values)

    # --- one item ---

    def code(self, template: Template, contexts: Contexts, channels: Channels) -> tuple[Code, Channels]:
        """How the module of a template is made, and the channels that it gives."""
        if isinstance(template, LayerTemplate):
            return self.layer(template, contexts, channels)
        if isinstance(template, UseTemplate):
            return self.use(template, contexts, channels)
        if isinstance(template, ChainTemplate):
            return self.chain(template, contexts, channels)
        if isinstance(template, BranchesTemplate):
            return self.branches(template, contexts, channels)
        raise TypeError(f"a {type(template).__name__} is no module by itself")

    def layer(self, template: LayerTemplate, contexts: Contexts, channels: Channels) -> tuple[Code, Channels]:
        present = present_in(contexts, template.items)
        modules = [(context, self.design.modules[item.index]) for context, item in present]
        first = modules[0][1]
        assert first is not None
        self.pieces.add(first.constructor)
        context, item = present[0]
        arguments = self.design.graph.nodes[item.index].layer.kind.arguments  # type: ignore[union-attr]
        texts: dict[str, str] = {}
        items: list[tuple[str, Code]] = []
        for given in first.arguments:
            wanted = [(context, _given(module, given.name)) for context, module in modules]
            node = argument_node(item.placing, given.name) if given.name in arguments else None
            candidates = [self.parameters.from_file(node, item.placing, context)]
            if given.name not in arguments:
                candidates.append(channels)
            elif node is None and isinstance(arguments[given.name].default, SameAs):
                candidates.append(texts.get(arguments[given.name].default.argument))
            name = f"{item.name}_{given.name}" if item.name.isidentifier() else given.name
            text = self.parameters.text(wanted, candidates, name)
            texts[given.name] = text
            if not names_in(text) and given.default is not REQUIRED and same(given.value, given.default):
                continue
            code = _listed(given.value) if not names_in(text) else shown(text)
            items.append(("" if given.positional else f"{given.name}=", code))
        made = [texts[name] for name in ("out_channels", "out_features") if name in texts]
        gives = self.channels.given(present, [*made, channels])
        return call(first.constructor, *items), gives

    def use(self, template: UseTemplate, contexts: Contexts, channels: Channels) -> tuple[Code, Channels]:
        signature = self.signatures[id(template.used)]
        number = {group.path: place for place, group in enumerate(template.used.groups)}
        present = present_in(contexts, template.items)
        context, first = present[0]
        texts: dict[str, str] = {}
        items: list[tuple[str, Code]] = []
        for name, values in signature.parameters.items():
            wanted = [(context, values[number[item.path]]) for context, item in present]
            candidates: list[str | None] = [channels] if name == signature.reads else []
            if first.use is not None:
                node = self.argument_of_block(first.use, name)
                candidates.append(self.parameters.from_file(node, first.use, context))
            else:
                candidates.append(name)
            text = self.parameters.text(wanted, candidates, name)
            texts[name] = text
            default = signature.defaults.get(name)
            if default is not None and text == default:
                continue
            in_place = len(items) == len(texts) - 1 and all(not before for before, _ in items)
            second = len(items) == 1 and type(values[0]) is int
            leading = in_place and (second or (name == signature.reads and not items))
            items.append(("" if leading else f"{name}=", shown(text)))
        gives = None
        if signature.gives is not None and names_in(signature.gives) <= texts.keys():
            gives = folded(substituted(signature.gives, texts), self.all_names(context), {})
        return call(signature.name, *items), self.channels.given(present, [gives, channels])

    def all_names(self, context: Context) -> set[str]:
        return set(self.parameters.values(context))

    def argument_of_block(self, use: Placing, parameter: str) -> Any:
        """What a use of a block gives for a parameter of its class."""
        declared = self.design.declared[use.entry.kind]
        name = next((known for known, _ in declared if identifier(known) == parameter), parameter)
        node = argument_node(use, name)
        arguments = use.entry.arguments
        if node is None and arguments is not None and not isinstance(arguments, YamlMapping):
            required = [known for known, default in declared if default is None]
            bare = required[0] if required else declared[0][0]
            return arguments if bare == name else None
        return node

    def branches(
        self, template: BranchesTemplate, contexts: Contexts, channels: Channels
    ) -> tuple[Code, Channels]:
        present = present_in(contexts, template.items)
        contexts = where_in(template.items, contexts)
        merge = next(merge for merge in template.merges if merge is not None)
        made = self.design.merges[merge.index]
        self.pieces.add(made.branches)
        items: list[tuple[str, Code]] = []
        parts: list[Channels] = []
        for name, branch in template.branches:
            code, part = (IDENTITY, channels) if branch is None else self.optional(branch, contexts, channels)
            items.append((f'"{name}": ', code))
            parts.append(part)
        more = [
            (f"{given.name}=", shown(literal(given.value)))
            for given in made.arguments
            if given.default is REQUIRED or not same(given.value, given.default)
        ]
        whole = sum_of(parts)
        gives = self.channels.given(present, [*parts, whole])
        return call(made.branches, ("", Bracketed("{", tuple(items), "}")), *more), gives

    def optional(self, template: Template, contexts: Contexts, channels: Channels) -> tuple[Code, Channels]:
        """The module of a template, or the identity where it is left out."""
        condition = self.condition(template, contexts)
        if condition is None:
            return self.code(template, contexts, channels)
        code, given = self.code(template, contexts, channels)
        return Conditional(code, shown(condition), IDENTITY), self.through(
            template, contexts, channels, given
        )

    def through(
        self, template: Template, contexts: Contexts, channels: Channels, given: Channels
    ) -> Channels:
        """The channels behind an item that some contexts leave out."""
        assert not isinstance(template, LoopTemplate)
        wanted = []
        for context, item in zip(contexts, template.items, strict=True):
            if context is None:
                continue
            if item is not None:
                wanted.append((context, self.design.channels_given(item)))
            elif channels is None:
                return None
            else:
                wanted.append((context, value_of(channels, self.parameters.values(context))))
        return self.channels.text(wanted, [given, channels])

    def condition(self, template: Template, contexts: Contexts) -> str | None:
        """When an item is there; None if it always is."""
        items = template.runs if isinstance(template, LoopTemplate) else template.items
        there = [(c, item is not None) for c, item in zip(contexts, items, strict=True) if c is not None]
        if all(present for _, present in there):
            return None
        assert not isinstance(template, LoopTemplate)
        items_there: Sequence[Any] = template.items
        context, item = present_in(contexts, items_there)[0]
        placing = placing_of(item)
        while "when" not in (placing.entry.siblings or {}) and isinstance(item, Group) and not item.use:
            item = item.children[0]
            placing = placing_of(item)
        when = (placing.entry.siblings or {}).get("when")
        candidate = self.parameters.from_file(when, placing, context)
        return self.parameters.text(there, [candidate], f"with_{item.name}")

    # --- sequences ---

    def chain(self, template: ChainTemplate, contexts: Contexts, channels: Channels) -> tuple[Code, Channels]:
        items, channels = self.sequence(template.children, where_in(template.items, contexts), channels)
        names = [name for name, _ in items]
        if is_numbered([str(name) for name in names]):
            return call(
                "nn.Sequential", *(("", code) for code in compressed([c for _, c in items]))
            ), channels
        if any(name is None for name in names):  # a loop that makes several
            return call("nn.Sequential", *(("", code) for _, code in items)), channels
        return call("nn.Sequential", ("", _ordered([(str(name), code) for name, code in items]))), channels

    def sequence(
        self, templates: Sequence[Template], contexts: Contexts, channels: Channels
    ) -> tuple[list[tuple[str | None, Code]], Channels]:
        """The members of a sequence with their names; a loop that makes several has none."""
        items: list[tuple[str | None, Code]] = []
        for template in templates:
            if not isinstance(template, LoopTemplate):
                code, channels = self.optional(template, contexts, channels)
                items.append((name_of(template), code))
                continue
            if len(templates) == 1:
                repeated = self.attempt(partial(self.comprehension, template, contexts, channels))
                if repeated is not None:
                    code, channels = repeated
                    return [(None, code)], channels
            if template.unrolled is None:
                raise Unwritable
            for number, turn in enumerate(template.unrolled):
                inner = in_turn(template, contexts, number)
                more, channels = self.sequence(turn, inner, channels)
                items += more
        return items, channels

    def attempt(self, write: Callable[[], Written]) -> Written | None:
        """What `write` gives, or None, and nothing has happened, if it cannot be written."""
        before = self.parameters.snapshot()
        try:
            return write()
        except Unwritable:
            self.parameters.restore(before)
            return None

    def comprehension(
        self, template: LoopTemplate, contexts: Contexts, channels: Channels
    ) -> tuple[Repeated, Channels]:
        """`*(Block(...) for i in range(n))`, for turns that are called by their numbers."""
        if template.body is None or len(template.body) != 1 or is_single(template):
            raise Unwritable
        (body,) = template.body
        variable, inner = turns_in(template, contexts)
        if (
            isinstance(body, LoopTemplate)
            or identifier(variable) != variable
            or any(
                item is None or item.name != str(context.turns[-1][1])
                for context, item in zip(inner, body.items, strict=True)
            )
        ):
            raise Unwritable
        for run in template.runs:
            if run is not None and [number for number, _ in run.turns] != [*range(len(run.turns))]:
                raise Unwritable
        count = self.count(template, contexts)
        self.parameters.loops.append(variable)
        wanted = [
            (context, self.design.channels_read(item))
            for context, item in zip(inner, body.items, strict=True)
            if item is not None
        ]
        growing = None if channels is None else self.channels.growing(channels, variable, wanted)
        code, gives = self.code(body, inner, growing)
        self.parameters.loops.pop()
        used = re.search(rf"\b{variable}\b", flat(code))
        if used and count in ("1", "2"):  # which are easier to read than how they differ
            raise Unwritable
        ends = [
            (context, self.design.channels_given(last_of(run.turns[-1][1])))
            for context, run in present_in(contexts, template.runs)
        ]
        candidates = [text for text in (gives, channels) if text and variable not in names_in(text)]
        if growing is not None and variable in names_in(growing):
            names = self.all_names(ends[0][0])
            candidates.append(folded(substituted(growing, {variable: count}), names, {}) or count)
        after = self.channels.text(ends, candidates)
        return Repeated(code, f"for {variable if used else '_'} in range({shown(count)})"), after

    def count(self, template: LoopTemplate, contexts: Contexts) -> str:
        """How many turns a repeat has."""
        present = present_in(contexts, template.runs)
        wanted = [(context, len(run.turns)) for context, run in present]
        context, run = present[0]
        placing = placing_of(first_of(run.turns[0][1]))
        return self.parameters.text(wanted, [self.times(run.entry, placing, context)], "repeats")

    def times(self, entry: Any, placing: Placing, context: Context) -> str | None:
        node = (entry.siblings or {}).get("repeat")
        if isinstance(node, YamlMapping):
            node = node.get("times")
        return self.parameters.from_file(node, placing, context)


def _listed(value: Any) -> Code:
    """A constant, a table in rows."""
    if isinstance(value, tuple) and any(isinstance(item, tuple) for item in value):
        return Bracketed("[", tuple(("", shown(literal(item))) for item in value), "]")
    return shown(literal(value))


def _given(module: Any, name: str) -> Any:
    found: Given = next(given for given in module.arguments if given.name == name)
    return found.value


def _renamed(names: Mapping[str, Any]) -> dict[str, Any]:
    """The names of parameters as a program can have them, lists as tuples."""
    return {identifier(name): as_tuples(value) for name, value in names.items()}


def _names(group: Group) -> dict[str, Any]:
    """The names that the layers of a group see, beside the parameters of the file."""
    if group.use is not None:
        return dict(group.use.values or {})
    within = {turn.variable for turn in turns_of(group.children[0], group)}
    return {
        name: value for name, value in visible(placing_of(group.children[0])).items() if name not in within
    }


def _ordered(items: Sequence[tuple[str, Code]]) -> Code:
    if all(name.isidentifier() and is_plain(name) for name, _ in items):
        return call("OrderedDict", *((f"{name}=", code) for name, code in items))
    return call(
        "OrderedDict", ("", Bracketed("{", tuple((f'"{name}": ', code) for name, code in items), "}"))
    )
