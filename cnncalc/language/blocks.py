"""The definition of a block, and its parameters bound to the arguments of one use."""

from __future__ import annotations

from cnncalc.diagnostics import nearest
from cnncalc.language.document import Placed
from cnncalc.language.entries import Entry
from cnncalc.language.expressions import Value
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.scope import Scope, is_nothing, pairs_of


def block_sections(name: str, definition: Placed, scope: Scope) -> dict[str, Node]:
    """The `params` and `layers` of a block; a block that is a list has just layers. Raises Faulty."""
    if isinstance(definition.node, Sequence):
        return {"layers": definition.node}
    sections = {key.text: value for key, value in pairs_of(scope, definition.node, f"block `{name}`")}
    if "layers" not in sections:
        raise scope.fault("E110", f"block `{name}` has no layers", definition.key, "add `layers:` to it")
    for key, _ in pairs_of(scope, definition.node, "a block"):
        if key.text not in ("params", "layers"):
            raise scope.fault(
                "E110", f"unknown key `{key.text}` of a block", key, "a block has `params` and `layers`"
            )
    return sections


def bound_parameters(entry: Entry, params: Node | None, caller: Scope, definition: Scope) -> dict[str, Value]:
    """The values of a block's parameters: given by the use of it, or by default. Raises Faulty."""
    declared = [] if is_nothing(params) or params is None else pairs_of(definition, params, "params")
    given = _given_arguments(entry, declared, caller)
    values: dict[str, Value] = {}
    for key, default in declared:
        if key.text in given:
            values[key.text] = caller.parameter(given[key.text])
        elif is_nothing(default):
            raise caller.fault(
                "E102", f"block `{entry.kind}` needs `{key.text}`", entry.node, f"add `{key.text}: ...`"
            )
        else:
            values[key.text] = definition.with_names(values).parameter(default)
    return values


def _given_arguments(entry: Entry, declared: list[tuple[Scalar, Node]], scope: Scope) -> dict[str, Node]:
    """The arguments of a use by the names of parameters; a misspelt name is reported and set right."""
    if entry.arguments is None:
        return {}
    if not isinstance(entry.arguments, Mapping):
        required = [key.text for key, default in declared if is_nothing(default)]
        if len(required) != 1:
            raise scope.fault("E103", f"block `{entry.kind}` takes its parameters by name", entry.arguments)
        return {required[0]: entry.arguments}
    names = [key.text for key, _ in declared]
    given: dict[str, Node] = {}
    for key, value in entry.arguments.pairs():
        name: str | None = key.text
        if key.text not in names:
            name = nearest(key.text, names)
            help = f"did you mean `{name}`?" if name else f"its parameters are {', '.join(names) or 'none'}"
            scope.fault("E101", f"block `{entry.kind}` has no parameter `{key.text}`", key, help)
        if name:
            given.setdefault(name, value)
    return given
