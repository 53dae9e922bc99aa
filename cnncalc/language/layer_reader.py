"""From the arguments of a layer, as written, to the `Layer`."""

from __future__ import annotations

from typing import Any

from cnncalc.diagnostics import Diagnostic, nearest
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.scalars import resolve
from cnncalc.language.scope import Faulty, Scope, is_nothing
from cnncalc.layers.arguments import Argument, ArgumentFault, Reference
from cnncalc.layers.base import ArgumentFaults, Kind, Layer

MOST_KEPT = 4096


class LayerReader:
    """Reads layers; those written alike (with numbers only) are read once and are the same object."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Layer] = {}

    def read(self, kind: Kind, arguments: Node | None, scope: Scope, entry: Node) -> Layer | None:
        """The layer, or None if its arguments are faulty (which is then reported)."""
        text = "" if arguments is None else scope.source.text[arguments.start.index : arguments.end.index]
        key = kind.name, text
        layer = self.known.get(key)
        if layer is None:
            layer = _read(kind, arguments, scope, entry)
            if layer is not None and len(self.known) < MOST_KEPT and _is_literal(arguments, text):
                self.known[key] = layer
        return layer


def _is_literal(arguments: Node | None, text: str) -> bool:
    """Whether the arguments mean the same wherever they are written: just numbers and booleans."""
    if arguments is None:
        return True
    values = arguments.items[1::2] if isinstance(arguments, Mapping) else [arguments]
    return "*" not in text and all(
        isinstance(value, Scalar) and value.plain and not isinstance(resolve(value.text), str)
        for value in values
    )


def _read(kind: Kind, arguments: Node | None, scope: Scope, entry: Node) -> Layer | None:
    nodes, faulty = _by_name(kind, arguments, scope)
    values: dict[str, Any] = {}
    for name, node in nodes.items():
        try:
            values[name] = _value(kind.arguments[name], node, scope)
        except Faulty:
            faulty = True
            values.pop(name, None)
    try:
        layer = kind.make(values)
    except ArgumentFaults as faults:
        for name, fault in faults.faults.items():
            # an argument that is there but unreadable, or lost to an unknown name, is not missing as well
            if name in values or not (name in nodes or faulty):
                _report(kind, name, fault, nodes, scope, entry)
        return None
    lost = any(name not in values for name in nodes)
    return None if lost else layer


def _by_name(kind: Kind, arguments: Node | None, scope: Scope) -> tuple[dict[str, Node], bool]:
    """The argument nodes by name, and whether an unknown one was left out."""
    if arguments is None:
        return {}, False
    if not isinstance(arguments, Mapping):
        bare = kind.bare_argument
        if bare is None:
            names = ", ".join(name for name, argument in kind.arguments.items() if argument.required)
            help = (
                f"write {kind.name}: {{{names}}} with a value for each" if names else f"write `- {kind.name}`"
            )
            scope.fault(
                "E103",
                f"{kind.name} takes {'its arguments by name' if names else 'no arguments'}",
                arguments,
                help,
            )
            return {}, True
        return {bare: arguments}, False
    nodes: dict[str, Node] = {}
    faulty = False
    for key, value in arguments.pairs():
        if key.text in kind.arguments:
            nodes[key.text] = value
        elif kind.inputs is not None or not _is_branch(value):
            near = _report_unknown(kind, key, scope)
            if near and near not in nodes and arguments.get(near) is None:
                nodes[near] = value
            else:
                faulty = True
    return nodes, faulty


def branches_of(kind: Kind, arguments: Node | None) -> list[tuple[Scalar, Node]]:
    """The named branches among the arguments of a merge: all that is not an argument, if one is a list."""
    if not isinstance(arguments, Mapping):
        return []
    others = [
        pair for pair in arguments.pairs() if pair[0].text not in kind.arguments and _is_branch(pair[1])
    ]
    return others if any(isinstance(value, Sequence) for _, value in others) else []


def _is_branch(value: Node) -> bool:
    """Whether a value of a merge is meant as a branch, a well-formed one or not."""
    return not isinstance(value, Scalar) or is_nothing(value)


def _report_unknown(kind: Kind, key: Scalar, scope: Scope) -> str | None:
    near = nearest(key.text, kind.arguments)
    if near:
        help = f"did you mean `{near}`?"
    elif kind.arguments:
        help = f"`cnncalc kinds {kind.name}` tells its arguments"
    else:
        help = f"write `- {kind.name}`"
    scope.report(
        Diagnostic("E101", f"unknown argument `{key.text}` of {kind.name}", scope.span(key), help=help)
    )
    return near


def _value(argument: Argument, node: Node, scope: Scope) -> Any:
    reader = getattr(argument.reader, "reader", argument.reader)
    if isinstance(reader, Reference) and isinstance(node, Scalar):
        return scope.text(node, argument.name)
    return scope.value(node, argument.reader.words)


def _report(
    kind: Kind, name: str, fault: ArgumentFault, nodes: dict[str, Node], scope: Scope, entry: Node
) -> None:
    node = nodes.get(name)
    if node is None:
        required = name in kind.arguments and kind.arguments[name].required
        where = entry if isinstance(entry, Scalar) or not isinstance(entry, Mapping) else entry.items[0]
        help = fault.help or (f"add `{name}: ...`" if required else "")
        scope.report(Diagnostic("E102" if required else "E103", fault.message, scope.span(where), help=help))
        return
    if fault.index is not None and isinstance(node, Sequence) and fault.index < len(node.items):
        node = node.items[fault.index]
    scope.report(
        Diagnostic("E103", f"`{name}` of {kind.name} {fault.message}", scope.span(node), help=fault.help)
    )
