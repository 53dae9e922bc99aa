"""From the arguments of a layer, as written, to the `Layer`."""

from __future__ import annotations

from typing import Any

from cnncalc.diagnostics import Diagnostic, nearest
from cnncalc.language.entry import SiblingsInside
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.origin import SIBLINGS
from cnncalc.language.scalars import resolve
from cnncalc.language.scope import Faulty, Scope, is_nothing, whole_pairs
from cnncalc.layers.arguments import Argument, ArgumentFault
from cnncalc.layers.base import ArgumentFaults, Kind, Layer
from cnncalc.layers.readers import Reference

MOST_KEPT = 4096


class LayerReader:
    """Reads layers; those written alike (with numbers only) are read once and are the same object."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Layer] = {}

    def read(self, kind: Kind, arguments: Node | None, scope: Scope, entry: Node) -> Layer | None:
        """The layer, or None if its arguments are faulty (which is then reported).

        Raises SiblingsInside if `name`, `from` or the like stand among them.
        """
        text = "" if arguments is None else scope.source.text[arguments.start.index : arguments.end.index]
        key = kind.name, text
        layer = self.known.get(key)
        if layer is None:
            layer = _Reading(kind, scope, entry).read(arguments)
            if layer is not None and len(self.known) < MOST_KEPT and _is_literal(kind, arguments, text):
                self.known[key] = layer
        return layer


def branches_of(kind: Kind, arguments: Node | None) -> list[tuple[Scalar, Node]]:
    """The named branches among the arguments of a merge: all that is not meant as an argument."""
    if not isinstance(arguments, Mapping):
        return []
    return [pair for pair in arguments.pairs() if _is_branch(kind, *pair)]


def _is_branch(kind: Kind, key: Scalar, value: Node) -> bool:
    """Whether a pair below a merge is meant as a branch, a well-formed one or not."""
    if key.text in kind.arguments or key.text in SIBLINGS:
        return False
    if not isinstance(value, Scalar) or is_nothing(value):
        return True
    from cnncalc.language import foreign  # a branch or an argument, it is a fault

    return not foreign.meant(key.text, kind.arguments, foreign.ARGUMENTS)


def _is_literal(kind: Kind, arguments: Node | None, text: str) -> bool:
    """Whether the arguments mean the same wherever they are written: just numbers and booleans.

    Misspelt ones were set right, and must be said each time.
    """
    if arguments is None:
        return True
    if isinstance(arguments, Mapping) and any(
        not isinstance(key, Scalar) or key.text not in kind.arguments for key in arguments.items[::2]
    ):
        return False
    values = arguments.items[1::2] if isinstance(arguments, Mapping) else [arguments]
    return "*" not in text and all(
        isinstance(value, Scalar) and value.plain and not isinstance(resolve(value.text), str)
        for value in values
    )


class _Reading:
    """The arguments of one layer while they are read."""

    def __init__(self, kind: Kind, scope: Scope, entry: Node) -> None:
        self.kind = kind
        self.scope = scope
        self.entry = entry
        self.nodes: dict[str, Node] = {}
        self.lost = False
        """Whether something was written that cannot be told to be one of the arguments."""

    def read(self, arguments: Node | None) -> Layer | None:
        if arguments is not None:
            self.sort(arguments)
        values: dict[str, Any] = {}
        for name, node in self.nodes.items():
            try:
                values[name] = self.value(self.kind.arguments[name], node)
            except Faulty:
                self.lost = True
        try:
            layer = self.kind.make(values)
        except ArgumentFaults as faults:
            self.report(faults, values)
            return None
        return layer if len(values) == len(self.nodes) else None

    def sort(self, arguments: Node) -> None:
        """The nodes of the arguments by their names."""
        kind = self.kind
        if kind.inputs is None and isinstance(arguments, Sequence):
            raise SiblingsInside  # the inputs of a merge, which `from` names
        if not isinstance(arguments, Mapping):
            if kind.bare_argument is None:
                self.refuse_bare(arguments)
            else:
                self.nodes[kind.bare_argument] = arguments
            return
        unknown = []
        for key, value in arguments.pairs():
            if key.text in kind.arguments:
                self.nodes[key.text] = value
            elif key.text in SIBLINGS:
                raise SiblingsInside
            elif kind.inputs is not None or not _is_branch(kind, key, value):
                unknown.append((key, value))
        if not unknown:
            return
        from cnncalc.language.unknown_arguments import apart, report_unknown  # only a fault needs it

        for key, value in whole_pairs(arguments.pairs()):
            if (key, value) not in unknown:
                continue
            meant = apart(kind, key, value, self.scope)
            if meant is not None:
                self.nodes.setdefault(*meant)
                continue
            name = report_unknown(kind, key, value, self.scope)
            if name is None:
                self.lost = True
            elif name:
                self.nodes.setdefault(name, value)

    def refuse_bare(self, arguments: Node) -> None:
        kind = self.kind
        names = ", ".join(f"{name}: ..." for name, argument in kind.arguments.items() if argument.required)
        self.lost = True
        if names:
            message, help = f"{kind.name} takes its arguments by name", f"write `{kind.name}: {{{names}}}`"
        else:
            message, help = f"{kind.name} takes no arguments", f"write `- {kind.name}`"
        self.scope.fault("E103", message, arguments, help)

    def value(self, argument: Argument, node: Node) -> Any:
        reader = getattr(argument.reader, "reader", argument.reader)
        if isinstance(reader, Reference) and isinstance(node, Scalar):
            return self.scope.text(node, argument.name)
        words = argument.reader.words
        if words and isinstance(node, Scalar) and self.is_unknown_word(node, words):
            near = nearest(node.text, [*words, *self.scope.names])
            message = f"`{argument.name}` of {self.kind.name} cannot be `{node.text}`"
            possible = f"it can be {argument.reader.describe(self.kind.rank)}"
            raise self.scope.fault("E103", message, node, f"did you mean `{near}`?" if near else possible)
        return self.scope.value(node, words)

    def is_unknown_word(self, node: Scalar, words: tuple[str, ...]) -> bool:
        text = node.text
        known = text in words or text in self.scope.names
        return text.isidentifier() and not known and isinstance(resolve(text), str)

    def report(self, faults: ArgumentFaults, values: dict[str, Any]) -> None:
        """Reports what is wrong, but no argument as missing that may be among those lost."""
        required = {name for name, argument in self.kind.arguments.items() if argument.required}
        missing = [name for name in faults.faults if name in required and name not in self.nodes]
        for name, fault in faults.faults.items():
            if name in values:
                self.report_value(name, fault)
            elif name not in self.nodes and name not in missing and not self.lost:
                self.report_layer("E103", fault.message, fault.help)
        if len(missing) == 1 and not self.lost:
            fault = faults.faults[missing[0]]
            self.report_layer("E102", fault.message, fault.help or f"add `{missing[0]}: ...`")
        elif missing and not self.lost:
            names = " and ".join([", ".join(f"`{name}`" for name in missing[:-1]), f"`{missing[-1]}`"])
            written = ", ".join(f"{name}: ..." for name in missing)
            help = f"write `{self.kind.name}: {{{written}}}`" if not self.nodes else f"add `{written}`"
            self.report_layer("E102", f"{self.kind.name} needs {names}", help)

    def report_value(self, name: str, fault: ArgumentFault) -> None:
        node = self.nodes[name]
        if fault.index is not None and isinstance(node, Sequence) and fault.index < len(node.items):
            node = node.items[fault.index]
        self.scope.fault("E103", f"`{name}` of {self.kind.name} {fault.message}", node, fault.help)

    def report_layer(self, code: str, message: str, help: str) -> None:
        entry = self.entry
        where = _kind_key(entry) if isinstance(entry, Mapping) else entry
        self.scope.report(Diagnostic(code, message, self.scope.span(where), help=help))


def _kind_key(entry: Mapping) -> Node:
    return next(key for key, _ in entry.pairs() if key.text not in SIBLINGS)
