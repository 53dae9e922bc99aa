"""What stands beside a kind: `when` and `repeat`, and whether a name can be one."""

from __future__ import annotations

import re

from cnncalc.language.expressions import ExpressionFault, parse_expression
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.scope import Scope
from cnncalc.layers.readers import shown

LONGEST_NAME = 200
MOST_LAYERS = 200_000
"""More layers, or a repeat of more, are refused."""


def holds(node: Node, scope: Scope) -> bool:
    """Whether a layer with this `when` is there. Raises Faulty."""
    value = scope.value(node)
    if not isinstance(value, bool):
        help = "write true, false or a comparison such as `i > 0`"
        raise scope.fault("E103", f"`when` must be true or false, not {shown(value)}", node, help)
    return value


def mentions(node: Node, name: str) -> bool:
    """Whether an expression uses the parameter `name`; not, if it is no expression."""
    return isinstance(node, Scalar) and _mentions(node.text, name)


def _mentions(expression: str, name: str) -> bool:
    try:
        return name in parse_expression(expression).names
    except ExpressionFault:
        return False  # reported where it is evaluated


def names_by(node: Node, index: str) -> bool:
    """Whether a reference, or one of a list of them, holds a `{...}` that uses this index."""
    items = node.items if isinstance(node, Sequence) else [node]
    texts = [item.text for item in items if isinstance(item, Scalar)]
    return any(_mentions(inner, index) for text in texts for inner in re.findall(r"\{([^{}]*)\}", text))


def index_of(node: Node) -> str:
    """The name of a repeat's index as it is written, right or wrong."""
    index = node.get("index") if isinstance(node, Mapping) else None
    return index.text if isinstance(index, Scalar) else "i"


def repeat_of(node: Node, scope: Scope) -> tuple[int, str]:
    """How often `repeat` says, and the name of its index. Raises Faulty."""
    index = "i"
    if isinstance(node, Mapping):
        sections = {key.text: value for key, value in node.pairs()}
        if "times" not in sections or sections.keys() - {"times", "index"}:
            raise scope.fault(
                "E103",
                "`repeat` takes a number, or `times` and `index`",
                node,
                "write `repeat: {times: 3, index: stage}`",
            )
        if "index" in sections:
            index = scope.text(sections["index"], "an index")
        node = sections["times"]
    times = scope.value(node)
    if isinstance(times, float) and times.is_integer():
        times = int(times)
    if isinstance(times, bool) or not isinstance(times, int) or times < 0 or not index.isidentifier():
        raise scope.fault(
            "E103",
            f"`repeat` must be a whole number of at least 0, not {shown(times)}"
            if index.isidentifier()
            else f"the index of a repeat must be a name, not {shown(index)}",
            node,
            "write for example `repeat: 3`, or `repeat: {times: 3, index: stage}`",
        )
    if times > MOST_LAYERS:
        raise scope.fault(
            "E107", f"`repeat` must be at most {MOST_LAYERS:,}, not {times:,}", node, "use a smaller number"
        )
    return times, index


def given_name(node: Node, scope: Scope) -> str:
    """The name of a layer as `name` gives it, its `{...}` filled in. Raises Faulty if it gives none."""
    name = scope.text(node, "a name")
    if not can_be_name(name):
        scope.fault("E111", f"`{name}` cannot be the name of a layer", node, "use letters, digits, _ and -")
    return name


def can_be_name(name: str) -> bool:
    return len(name) <= LONGEST_NAME and name.replace("-", "_").replace("_", "a").isalnum()
