"""What a file says before its layers: the values of its parameters and the shapes of its inputs."""

from __future__ import annotations

from collections.abc import Sequence as SequenceType

from cnncalc.diagnostics import nearest
from cnncalc.language.document import Document, Placed
from cnncalc.language.expressions import Value
from cnncalc.language.nodes import Node, Sequence
from cnncalc.language.scope import Faulty, Report, Scope, is_nothing, pairs_of
from cnncalc.layers import FAMILY_OF
from cnncalc.layers.base import Shape

LARGEST_SIZE = 2**31 - 1
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
    for name, declared in document.params.items():
        placed = given.get(name, declared)
        scope = Scope(placed.source, names, report)
        if is_nothing(placed.node):
            scope.fault(
                "E102", f"parameter `{name}` has no value", placed.key, f"set it with --set {name}=..."
            )
            names[name] = None
            continue
        try:
            names[name] = scope.parameter(placed.node)
        except Faulty:
            names[name] = None
    return names


def input_shapes(document: Document, names: dict[str, Value], report: Report) -> dict[str, Shape]:
    """The shapes of the network's inputs by name; an empty shape where it cannot be read."""
    several = document.sections.get("inputs")
    if several is not None:
        scope = Scope(several.source, names, report)
        try:
            return {key.text: _shape(value, scope) for key, value in pairs_of(scope, several.node, "inputs")}
        except Faulty:
            return {"input": ()}
    single = document.sections.get("input")
    if single is None:
        Scope(document.source, names, report).fault(
            "E206", "the file has no input", document.root, "add for example `input: [3, 224, 224]` (C, H, W)"
        )
        return {"input": ()}
    return {"input": _shape(single.node, Scope(single.source, names, report))}


def _shape(node: Node, scope: Scope) -> Shape:
    try:
        value = scope.value(node)
    except Faulty:
        return ()
    sizes = value if isinstance(value, list) else [value]
    if not 1 <= len(sizes) <= MOST_DIMENSIONS:
        scope.fault("E103", f"a shape has 1 to {MOST_DIMENSIONS} sizes, as [3, 224, 224]", node)
        return ()
    for index, size in enumerate(sizes):
        if isinstance(size, bool) or not isinstance(size, (int, float)) or size != int(size) or size < 1:
            where = node.items[index] if isinstance(node, Sequence) else node
            scope.fault("E103", "a size of the input must be a whole number of at least 1", where)
            return ()
        if size > LARGEST_SIZE:
            scope.fault("E107", f"a size of the input must be at most {LARGEST_SIZE:,}", node)
            return ()
    return tuple(int(size) for size in sizes)  # type: ignore[arg-type]


def check_block_names(document: Document, report: Report) -> None:
    for name, placed in document.blocks.items():
        if name in FAMILY_OF or name == "sequence":
            Scope(placed.source, {}, report).fault(
                "E110",
                f"a block cannot be named `{name}`, which is a layer kind",
                placed.key,
                "rename the block",
            )
