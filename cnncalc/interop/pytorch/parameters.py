"""The arguments of a class's layers as texts in the parameters of its constructor.

Whatever text is taken is first evaluated for every object of the class (and every turn of a loop) and
compared with the number it stands for. So a text is right where it is found, and where none is found the
number becomes a parameter of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnncalc.interop.expressions import (
    NOTHING,
    first_item,
    folded,
    in_python,
    names_in,
    same,
    substituted,
    value_of,
    written,
)
from cnncalc.interop.pytorch.contexts import Context
from cnncalc.interop.pytorch.names import identifier
from cnncalc.language.nodes import Mapping as YamlMapping
from cnncalc.language.nodes import Node
from cnncalc.language.place import Placing
from cnncalc.layers import find_kind


class Unwritable(Exception):
    """A value that no text gives."""


class Snapshot(NamedTuple):
    """The state of Parameters before something is tried."""

    used: dict[str, list[Any]]
    added: dict[str, list[Any]]
    carried: dict[str, dict[Context, Any]]
    loops: list[str]


@dataclass(eq=False)
class Parameters:
    """What the constructor of a class takes, as far as its text has been written.

    `visible` are for each object the values of the names that the file gives there; `used` those of them
    that the text mentions, and the parameters that were added, each with its value for each object.
    """

    visible: Sequence[dict[str, Any]]
    callers: Sequence[object]
    offered: list[str] = field(default_factory=list)
    """Names among the visible that are not of the file, such as the channels that an object reads."""
    used: dict[str, list[Any]] = field(default_factory=dict)
    added: dict[str, list[Any]] = field(default_factory=dict)
    carried: dict[str, dict[Context, Any]] = field(default_factory=dict)
    """Variables of the text beside the parameters, with their values."""
    loops: list[str] = field(default_factory=list)
    """The variables of the loops that are open."""

    def values(self, context: Context) -> dict[str, Any]:
        """The names that a text in this context can mention, with their values."""
        added = {name: values[context.number] for name, values in self.added.items()}
        carried = {name: values[context] for name, values in self.carried.items() if context in values}
        loops = dict(context.turns)
        for name in self.hidden(context):
            del loops[name]
        return {**self.visible[context.number], **loops, **added, **carried}

    def holds(self, text: str, wanted: Iterable[tuple[Context, Any]]) -> bool:
        """Whether a text gives the value wanted in each context."""
        return all(same(value_of(text, self.values(context)), value) for context, value in wanted)

    def snapshot(self) -> Snapshot:
        """What may change while a text is tried."""
        carried = {name: dict(values) for name, values in self.carried.items()}
        return Snapshot(dict(self.used), dict(self.added), carried, list(self.loops))

    def restore(self, before: Snapshot) -> None:
        """Forgets what was tried."""
        self.used, self.added, self.carried, self.loops = before

    def take(self, text: str) -> str:
        """A text that is going to be written: its parameters are used from now on."""
        for name in sorted(names_in(text)):
            own = name in self.loops or name in self.added or name in self.carried
            if not own and all(name in names for names in self.visible):
                self.used.setdefault(name, [names[name] for names in self.visible])
        return text

    def from_file(self, node: Node | None, placing: Placing, context: Context) -> str | None:
        """What the file says for a value, as a text here; None if that cannot be said here."""
        text = written(node)
        if text is None or placing.place.caller is not self.callers[context.number]:
            return None
        known = placing.place.scope.names
        free = {*self.visible[context.number], *self.loops} - self.hidden(context) - {*self.offered}
        renamed = {name: identifier(name) for name in known if identifier(name) in free}
        found = folded(text, renamed, known)
        return found if found is None else substituted(found, renamed)

    def hidden(self, context: Context) -> set[str]:
        """Indices of repeats that are written turn by turn: their numbers are put in.

        One of them may hide that of a loop around it.
        """
        names = [name for name, _ in context.turns]
        return {name for name in names if names.count(name) > self.loops.count(name)}

    def text(self, wanted: Sequence[tuple[Context, Any]], candidates: Iterable[str | None], name: str) -> str:
        """The first of the candidates that gives the value everywhere; else the value itself, if it is one
        everywhere; else a new parameter called `name`. Raises Unwritable within a loop that changes it."""
        for candidate in candidates:
            if candidate is None or not names_in(candidate):
                continue
            if not isinstance(wanted[0][1], tuple):  # one number for all axes
                candidate = first_item(candidate) or candidate
            if "[" in candidate and (parameter := self.that_is(wanted, candidate)):
                return self.take(parameter)  # better than to look it up
            if self.holds(candidate, wanted):
                return self.take(candidate)
            if self.holds(f"int({candidate})", wanted):
                return self.take(f"int({candidate})")
        first = wanted[0][1]
        if all(same(value, first) for _, value in wanted):
            return literal(first)
        return self.add(name, wanted)

    def that_is(self, wanted: Sequence[tuple[Context, Any]], text: str) -> str | None:
        """A parameter in a text that alone has the values wanted."""
        names = sorted(names_in(text) & self.visible[0].keys())
        return next((name for name in names if self.holds(name, wanted)), None)

    def add(self, name: str, wanted: Sequence[tuple[Context, Any]]) -> str:
        """A parameter that the file does not have."""
        values: list[Any] = [NOTHING] * len(self.visible)
        for context, value in wanted:
            known = values[context.number]
            if known is not NOTHING and not same(known, value):
                raise Unwritable
            values[context.number] = value
        some = next(value for value in values if value is not NOTHING)
        values = [some if value is NOTHING else value for value in values]
        for other, theirs in self.added.items():
            if other.startswith(name) and all(map(same, theirs, values)):
                return other
        free, number = name, 1
        taken = self.taken()
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        self.added[free] = values
        return free

    def taken(self) -> set[str]:
        """The names that mean something in the constructor."""
        return {*self.added, *self.carried, *self.loops, *(key for names in self.visible for key in names)}

    def all(self) -> dict[str, list[Any]]:
        """Every parameter of the constructor with its value for each object."""
        first = {name: values for name, values in self.used.items() if name in self.offered}
        return {**first, **self.used, **self.added}

    def offer(self, name: str, values: Sequence[Any]) -> str:
        """Makes a name known to all texts, as a parameter if one of them takes it; gives the name it got."""
        while any(name in names for names in self.visible):
            name = f"{name}_read"
        for names, value in zip(self.visible, values, strict=True):
            names[name] = value
        self.offered.append(name)
        return name


def argument_node(placing: Placing, name: str) -> Node | None:
    """What the file gives for an argument of a layer, or for a parameter of a block."""
    arguments = placing.entry.arguments
    if isinstance(arguments, YamlMapping):
        return arguments.get(name)
    kind = find_kind(placing.entry.kind)
    return arguments if kind is not None and kind.bare_argument == name else None


def literal(value: Any) -> str:
    """A value as Python writes it."""
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def shown(text: str) -> str:
    """The text as it stands in the program."""
    return in_python(text) if names_in(text) else text.replace("'", '"')
