"""The codes of warnings that a file does not want to hear: `silence: [W402]`, at its top or at a layer."""

from __future__ import annotations

from cnncalc.codes import CODES
from cnncalc.diagnostics import nearest
from cnncalc.language.nodes import Node, Scalar, Sequence
from cnncalc.language.scope import Scope, is_nothing

WARNINGS = tuple(code for code in CODES if code.startswith("W"))


def read_silence(node: Node, scope: Scope) -> frozenset[str]:
    """The codes that are silenced; what is none of a warning is reported."""
    items = node.items if isinstance(node, Sequence) else [] if is_nothing(node) else [node]
    codes: set[str] = set()
    for item in items:
        if not isinstance(item, Scalar):
            scope.fault("E103", "`silence` must be a list of codes", item, "write for example [W402, W403]")
        elif _is_warning(item, scope):
            codes.add(item.text)
    return frozenset(codes)


def _is_warning(item: Scalar, scope: Scope) -> bool:
    code = item.text
    if code in WARNINGS:
        return True
    if code in CODES:
        help = "a fault must be mended; " + _known()
        scope.fault("E103", f"`{code}` is a fault, and only warnings can be silenced", item, help)
        return False
    near = nearest(code, WARNINGS)
    help = f"did you mean `{near}`?" if near else _known()
    scope.fault("E103", f"there is no warning `{code}`", item, help)
    return False


def _known() -> str:
    return f"warnings are {WARNINGS[0]} to {WARNINGS[-1]}"
