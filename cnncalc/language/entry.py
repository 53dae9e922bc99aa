"""One entry of a list of layers, taken apart: its kind, its arguments and the siblings beside it."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.diagnostics import Diagnostic
from cnncalc.language.nodes import Node, Scalar
from cnncalc.language.scope import Faulty, Scope


class Entry(NamedTuple):
    """A layer as written. `kind` is the resolved name (a misspelt one already set right)."""

    node: Node
    kind: str
    arguments: Node | None = None
    siblings: dict[str, Node] | None = None


class SiblingsInside(Exception):
    """Among the arguments of an entry stands what belongs beside its kind; not reported yet."""


def known_kind(key: Scalar, known: set[str], scope: Scope) -> str:
    """The name of the kind, or of the one that was meant. Raises Faulty if none is near."""
    if key.text in known:
        return key.text
    if not key.text:
        raise scope.fault(
            "E109", "an empty item in a list of layers", key, "write a kind, or take the `-` out"
        )
    from cnncalc.language import foreign  # only a fault needs it

    near = foreign.meant(key.text, known, foreign.KINDS)
    notes = (f"the layers behind are checked as if it said `{near}`",) if near else ()
    help = f"did you mean `{near}`?" if near else "`cnncalc kinds` lists all kinds"
    scope.report(
        Diagnostic("E104", f"unknown layer kind `{key.text}`", scope.span(key), notes=notes, help=help)
    )
    if not near:
        raise Faulty
    return near
