"""Reads the entries of a list of layers."""

from __future__ import annotations

import re

from cnncalc.language.entry import Entry, known_kind
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.origin import SIBLINGS
from cnncalc.language.scope import Faulty, Scope, is_nothing


def read_entry(node: Node, known: set[str], scope: Scope) -> Entry:
    """The entry in a node; `known` are the names of kinds and blocks. Raises Faulty."""
    if isinstance(node, Scalar):
        return Entry(node, known_kind(node, known, scope))
    if not isinstance(node, Mapping) or not node.items:
        raise _no_layer(node, scope)
    key, value = next(node.pairs())
    if len(node.items) == 2 and key.text not in SIBLINGS:  # most layers: spared the sorting below
        return Entry(node, known_kind(key, known, scope), None if is_nothing(value) else value)
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
    key, value = others[0]
    if len(others) > 1:
        from cnncalc.language.misplaced import sorted_out  # a fault in any case

        return sorted_out(node, others, known, siblings, scope)
    return Entry(node, known_kind(key, known, scope), None if is_nothing(value) else value, siblings)


def _no_layer(node: Node, scope: Scope) -> Faulty:
    help = "write for example `- relu` or `- linear: 10`"
    if isinstance(node, Sequence) and node.items:
        help = "write each layer as an item of its own, or as `- sequence:` with the list below it"
    return scope.fault("E109", "a layer must be a kind, or `kind: arguments`", node, help)


def items_of(node: Node, scope: Scope, what: str) -> list[Node]:
    """The items of a list of layers. Raises Faulty."""
    if isinstance(node, Sequence):
        return node.items
    if is_nothing(node):
        return []
    first = node.items[0] if isinstance(node, Mapping) and node.items else node
    word = re.match(r"-(\w+)", first.text) if isinstance(first, Scalar) else None
    help = f"write `- {word[1]}`, with a space after the dash" if word else "start each layer with `- `"
    raise scope.fault("E109", f"{what} must be a list of layers", node, help)
