"""What is said of an argument that a kind does not have. Imported only when there is such a fault."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.language import foreign
from cnncalc.language.nodes import Node, Scalar
from cnncalc.language.scope import Scope, is_nothing
from cnncalc.layers import FAMILY_OF
from cnncalc.layers.base import Kind

NEEDLESS = ""


@dataclass
class _Moved:
    """A mark within a scalar."""

    index: int
    line: int
    column: int


def apart(kind: Kind, key: Scalar, value: Node, scope: Scope) -> tuple[str, Node] | None:
    """The argument and the value of `stride:2`, which YAML takes for one word; reported. Else None."""
    name, colon, text = key.text.partition(":")
    if not (key.plain and colon and text and is_nothing(value) and name in kind.arguments):
        return None
    message = f"a space is missing after the colon of `{key.text}`"
    scope.fault("E101", message, key, f"write `{name}: {text}`")
    distance = len(text)
    start = _Moved(key.end.index - distance, key.end.line, key.end.column - distance)
    return name, Scalar(text, True, start, key.end)


def report_unknown(kind: Kind, key: Scalar, value: Node, scope: Scope) -> str | None:
    """Reports it. The argument that was meant, `NEEDLESS` if it can be left out, None if nobody knows."""
    word = foreign.folded(key.text)
    message = f"unknown argument `{key.text}` of {kind.name}"
    if word in foreign.FOLLOWING:
        scope.fault("E101", message, key, "leave it out: what a layer reads follows from the graph")
        return NEEDLESS
    if word in ("activation", "act"):
        scope.fault("E101", message, key, f"write the activation as the next layer: `- {_kind_in(value)}`")
        return NEEDLESS
    near = foreign.meant(key.text, kind.arguments, foreign.ARGUMENTS)
    if near:
        help = f"did you mean `{near}`?"
    elif kind.arguments:
        help = f"its arguments are {', '.join(kind.arguments)}"
    else:
        help = f"write `- {kind.name}`"
    scope.fault("E101", message, key, help)
    return near


def _kind_in(value: Node) -> str:
    """The kind that an `activation: relu` names."""
    text = value.text if isinstance(value, Scalar) else ""
    return foreign.meant(text, FAMILY_OF, foreign.KINDS) or "relu"
