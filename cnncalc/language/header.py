"""What a file says before its layers: the values of its parameters and the shapes of its inputs."""

from __future__ import annotations

from collections.abc import Sequence as SequenceType

from cnncalc.diagnostics import nearest
from cnncalc.language.document import Document, Placed
from cnncalc.language.expressions import ExpressionFault, Value, parse_expression
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.scalars import resolve
from cnncalc.language.scope import LOST, Faulty, Report, Scope, is_nothing
from cnncalc.layers import FAMILY_OF
from cnncalc.layers.base import Shape
from cnncalc.layers.readers import LARGEST, shown, whole_number

LARGEST_SIZE = LARGEST
MOST_DIMENSIONS = 8


def parameter_values(document: Document, overrides: SequenceType[Placed], report: Report) -> dict[str, Value]:
    """The values of the file's parameters, in their order; each may use those before it."""
    given = {placed.key.text: placed for placed in overrides}
    for name, placed in given.items():
        if name not in document.params:
            near = nearest(name, document.params)
            help = (
                f"did you mean `{near}`?"
                if near
                else f"its parameters are {', '.join(document.params) or 'none'}"
            )
            Scope(placed.source, {}, report).fault(
                "E106", f"there is no parameter `{name}`", placed.key, help
            )
    names: dict[str, Value] = {}
    later = set(document.params)  # those that a parameter cannot use, itself among them
    for name, declared in document.params.items():
        placed = given.get(name, declared)
        scope = Scope(placed.source, names, report)
        later.discard(next(reversed(names), ""))
        try:
            names[name] = _parameter(name, placed, scope, later)
        except Faulty:
            names[name] = LOST
    return names


def _parameter(name: str, placed: Placed, scope: Scope, later: set[str]) -> Value:
    """The value of a parameter; `later` are those that it cannot use, itself among them. Raises Faulty."""
    if is_nothing(placed.node):
        help = f"give it a value here, or set it with --set {name}=..."
        raise scope.fault("E102", f"parameter `{name}` has no value", placed.key, help)
    if isinstance(placed.node, Scalar):
        for used in _names_in(placed.node):
            if used in later:
                help = "a parameter may use those above it" if used == name else f"put `{used}` above it"
                message = (
                    f"parameter `{name}` uses {'itself' if used == name else f'`{used}`, declared below'}"
                )
                raise scope.fault("E106", message, placed.node, help)
    return scope.parameter(placed.node)


def _names_in(node: Scalar) -> frozenset[str]:
    try:
        return parse_expression(node.text).names if isinstance(resolve(node.text), str) else frozenset()
    except ExpressionFault:
        return frozenset()  # reported where it is evaluated


def input_shapes(document: Document, names: dict[str, Value], report: Report) -> dict[str, Shape]:
    """The shapes of the network's inputs by name; an empty shape where it cannot be read."""
    one, several = document.sections.get("input"), document.sections.get("inputs")
    if one and several:  # a fault, already reported; the layers may read any of them
        both = [placed for placed in (one, several) if not is_nothing(placed.node)]
        shapes = [_shapes(placed, placed is several, Scope(placed.source, names, report)) for placed in both]
        return {name: shape for found in shapes for name, shape in found.items()} or {"input": ()}
    placed = several or one
    if placed is None or is_nothing(placed.node):
        if not document.unknown:
            message, help = "the file has no input", "add for example `input: [3, 224, 224]` (C, H, W)"
            if "layers" not in document.sections:
                message = "the file has no input and no layers"
                help = "add `input: [3, 224, 224]` (C, H, W), and `layers:` with the list under it"
            source, where = (placed.source, placed.key) if placed else (document.source, document.root)
            Scope(source, names, report).fault("E206", message, where, help)
        return {"input": ()}
    return _shapes(placed, several is not None, Scope(placed.source, names, report))


def _shapes(placed: Placed, several: bool, scope: Scope) -> dict[str, Shape]:
    """The shapes under `input`, or under `inputs` if `several`."""
    if several is not isinstance(placed.node, Mapping):
        message = "inputs must be names with a shape each" if several else "input must be one shape"
        help = "write `input:` for a single one" if several else "write `inputs:` for several"
        scope.fault("E103", message, placed.key, help)
    if not isinstance(placed.node, Mapping):
        return {"input": _shape(placed.node, scope)}
    if not placed.node.items:
        scope.fault("E206", "the file has no input", placed.key, "give each input a name and a shape")
        return {"input": ()}
    return {key.text: _shape(value, scope) for key, value in placed.node.pairs()}


def _shape(node: Node, scope: Scope) -> Shape:
    try:
        value = scope.value(node)
    except Faulty:
        return ()
    sizes = value if isinstance(value, list) else [value]
    if not 1 <= len(sizes) <= MOST_DIMENSIONS:
        message = f"a shape has 1 to {MOST_DIMENSIONS} sizes, not {len(sizes)}"
        scope.fault("E103", message, node, "write for example [3, 224, 224] (C, H, W)")
        return ()
    shape = []
    for index, size in enumerate(sizes):
        number = whole_number(size)
        where = node.items[index] if isinstance(node, Sequence) else node
        if number is None or number < 1:
            message = f"a size of the input must be a whole number of at least 1, not {shown(size)}"
            scope.fault("E103", message, where, _size_help(size))
            return ()
        if number > LARGEST_SIZE:
            message = f"a size of the input must be at most {LARGEST_SIZE:,}, not {number:,}"
            scope.fault("E107", message, where, "use a smaller size")
            return ()
        shape.append(number)
    return tuple(shape)


def _size_help(size: Value) -> str:
    if size is None or size == -1:
        return "leave the batch out: C, H, W; give every size a number (--input sets others)"
    return "write for example [3, 224, 224] (C, H, W)"


def check_block_names(document: Document, report: Report) -> None:
    for name, placed in document.blocks.items():
        if name in FAMILY_OF or name == "sequence":
            Scope(placed.source, {}, report).fault(
                "E110",
                f"a block cannot be named `{name}`, which is a layer kind",
                placed.key,
                "rename the block",
            )
