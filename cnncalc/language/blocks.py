"""The definition of a block, and its parameters bound to the arguments of one use."""

from __future__ import annotations

from cnncalc.diagnostics import nearest
from cnncalc.language.document import Placed
from cnncalc.language.entry import Entry, SiblingsInside
from cnncalc.language.expressions import Value
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.origin import SIBLINGS
from cnncalc.language.scope import Faulty, Scope, is_nothing, pairs_of, whole_pairs


def block_sections(name: str, definition: Placed, scope: Scope) -> dict[str, Node]:
    """The `params` and `layers` of a block; a block that is a list has just layers. Raises Faulty."""
    if isinstance(definition.node, Sequence):
        return {"layers": definition.node}
    if is_nothing(definition.node):
        raise scope.fault("E110", f"block `{name}` has no layers", definition.key, "add `layers:` to it")
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
    missing = [key.text for key, default in declared if is_nothing(default) and key.text not in given]
    if missing:
        raise _missing(entry, missing, bool(given), caller)
    values: dict[str, Value] = {}
    for key, default in declared:
        if key.text in given:
            values[key.text] = caller.parameter(given[key.text])
        else:
            values[key.text] = definition.with_names(values).parameter(default)
    return values


def _missing(entry: Entry, missing: list[str], some_given: bool, scope: Scope) -> Faulty:
    written = ", ".join(f"{name}: ..." for name in missing)
    help = f"add `{written}`" if some_given else f"write `{entry.kind}: {{{written}}}`"
    names = " and ".join(f"`{name}`" for name in missing)
    return scope.fault("E102", f"block `{entry.kind}` needs {names}", kind_node(entry), help)


def kind_node(entry: Entry) -> Node:
    """Where the kind of an entry is written."""
    pairs = entry.node.pairs() if isinstance(entry.node, Mapping) else ()
    return next((key for key, _ in pairs if key.text not in SIBLINGS), entry.node)


def _given_arguments(entry: Entry, declared: list[tuple[Scalar, Node]], scope: Scope) -> dict[str, Node]:
    """The arguments of a use by the names of parameters; a misspelt name is reported and set right."""
    if entry.arguments is None:
        return {}
    if not isinstance(entry.arguments, Mapping):
        return {_bare_parameter(entry, declared, scope): entry.arguments}
    names = [key.text for key, _ in declared]
    given: dict[str, Node] = {}
    for key, value in whole_pairs(entry.arguments.pairs()):
        name: str | None = key.text
        if key.text not in names and key.text in SIBLINGS:
            raise SiblingsInside
        if key.text not in names:
            name = nearest(key.text, names)
            help = f"did you mean `{name}`?" if name else f"its parameters are {', '.join(names) or 'none'}"
            scope.fault("E101", f"block `{entry.kind}` has no parameter `{key.text}`", key, help)
        if name:
            given.setdefault(name, value)
    return given


def _bare_parameter(entry: Entry, declared: list[tuple[Scalar, Node]], scope: Scope) -> str:
    """The parameter that a bare value stands for: the only required one, or the first if none is."""
    assert entry.arguments is not None
    names = [key.text for key, _ in declared]
    required = [key.text for key, default in declared if is_nothing(default)]
    if names and len(required) <= 1:
        return (required or names)[0]
    written = ", ".join(f"{name}: ..." for name in required)
    help = f"write `{entry.kind}: {{{written}}}`" if names else f"write `- {entry.kind}`"
    takes = "its parameters by name" if names else "no parameters"
    raise scope.fault("E103", f"block `{entry.kind}` takes {takes}", entry.arguments, help)
