"""One entry of a list of layers, taken apart: its kind, its arguments and the siblings beside it."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.diagnostics import Diagnostic, nearest
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.origin import SIBLINGS
from cnncalc.language.scope import Faulty, Scope, is_nothing


class Entry(NamedTuple):
    """A layer as written. `kind` is the resolved name (a misspelt one already set right)."""

    node: Node
    kind: str
    arguments: Node | None = None
    siblings: dict[str, Node] | None = None


def read_entry(node: Node, known: set[str], scope: Scope) -> Entry:
    """The entry in a node; `known` are the names of kinds and blocks. Raises Faulty."""
    if isinstance(node, Scalar):
        return Entry(node, _known_kind(node, known, scope))
    if not isinstance(node, Mapping) or not node.items:
        raise scope.fault(
            "E109",
            "a layer must be a kind, or `kind: arguments`",
            node,
            "write for example `- relu` or `- linear: 10`",
        )
    key, value = next(node.pairs())
    if len(node.items) == 2 and key.text not in SIBLINGS:  # most layers: spared the sorting below
        return Entry(node, _known_kind(key, known, scope), None if is_nothing(value) else value)
    siblings: dict[str, Node] = {}
    others: list[tuple[Scalar, Node]] = []
    for key, value in node.pairs():
        if key.text in SIBLINGS:
            siblings[key.text] = value
        else:
            others.append((key, value))
    if not others and "share" in siblings:
        return Entry(node, "", None, siblings)
    if not others:
        raise scope.fault("E109", "a layer without a kind", node, "write the kind, for example `- relu`")
    key, value = others[0] if len(others) == 1 else _kind_among(others, known, siblings, scope)
    return Entry(node, _known_kind(key, known, scope), None if is_nothing(value) else value, siblings)


def _kind_among(
    others: list[tuple[Scalar, Node]], known: set[str], siblings: dict[str, Node], scope: Scope
) -> tuple[Scalar, Node]:
    """The one pair that is the kind, where several keys are not siblings; the rest is reported."""
    kinds = [pair for pair in others if pair[0].text in known] or others[:1]
    for key, _ in kinds[1:]:
        scope.fault(
            "E109",
            f"a layer has one kind, and this one says `{kinds[0][0].text}` and `{key.text}`",
            key,
            f"write `{key.text}` as a layer of its own, after a new `-`",
        )
    for key, value in others:
        if all(key is not kind for kind, _ in kinds):
            near = nearest(key.text, SIBLINGS)
            if near:
                siblings.setdefault(near, value)
            scope.fault(
                "E109",
                f"unknown key `{key.text}` beside `{kinds[0][0].text}`",
                key,
                f"did you mean `{near}`?"
                if near
                else f"arguments go into the braces of the kind; beside it stand {', '.join(SIBLINGS)}",
            )
    return kinds[0]


def _known_kind(key: Scalar, known: set[str], scope: Scope) -> str:
    """The name of the kind, or of the one that was meant. Raises Faulty if none is near."""
    if key.text in known:
        return key.text
    near = nearest(key.text, known)
    notes = (f"the layers behind are checked as if it said `{near}`",) if near else ()
    help = f"did you mean `{near}`?" if near else "`cnncalc kinds` lists all kinds"
    scope.report(
        Diagnostic("E104", f"unknown layer kind `{key.text}`", scope.span(key), notes=notes, help=help)
    )
    if not near:
        raise Faulty
    return near


def items_of(node: Node, scope: Scope, what: str) -> list[Node]:
    """The items of a list of layers. Raises Faulty."""
    if isinstance(node, Sequence):
        return node.items
    if is_nothing(node):
        return []
    raise scope.fault("E109", f"{what} must be a list of layers", node, "start each layer with `- `")
