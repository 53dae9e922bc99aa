"""`budget:`, the limits that a file sets to the figures of its network and of its layers."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as SequenceType

from cnncalc.budget import BYTES, LAYER, NETWORK, AmountFault, Limit, apart, whole, without_units
from cnncalc.diagnostics import Diagnostic
from cnncalc.graph import Node as GraphNode
from cnncalc.language import foreign
from cnncalc.language.expressions import ExpressionFault, Value, parse_expression
from cnncalc.language.nodes import Node, Scalar, Sequence
from cnncalc.language.references import Names, glob_matcher, is_glob
from cnncalc.language.scalars import resolve
from cnncalc.language.scope import LOST, Faulty, Scope, is_nothing, pairs_of
from cnncalc.layers.base import Shape
from cnncalc.layers.readers import whole_number

EVERY_LAYER = "**"
MOST_NAMES = 2_000_000
"""Names that globs look at, all together: a file of many globs and many layers must end, too."""

ELSEWHERE = {
    "parameters": "params",
    "weights": "params",
    "mac": "macs",
    "mults": "macs",
    "multadds": "macs",
    "operations": "flops",
    "peak": "peak_bytes",
    "memory": "peak_bytes",
    "ram": "peak_bytes",
    "flash": "param_bytes",
    "size": "param_bytes",
    "weightbytes": "param_bytes",
    "activations": "activation_bytes",
    "bytes": "output_bytes",
    "rf": "receptive_field",
    "field": "receptive_field",
    "shape": "output",
    "outputshape": "output",
    "outputs": "output",
}


def read_budget(node: Node, scope: Scope, nodes: SequenceType[GraphNode] | None) -> tuple[Limit, ...]:
    """The limits in a budget; what is wrong is reported.

    `nodes` are the layers of the network, None where faults hide which there are.
    """
    if is_nothing(node):
        return ()
    try:
        pairs = pairs_of(scope, node, "budget")
    except Faulty:
        return ()
    limits: list[Limit] = []
    for key, value in pairs:
        if key.text == "layers":
            limits += _of_layers(value, scope, nodes)
        else:
            limits += _limits(key, value, (*NETWORK, "layers"), scope)
    return tuple(limits)


def _of_layers(node: Node, scope: Scope, nodes: SequenceType[GraphNode] | None) -> Iterator[Limit]:
    try:
        pairs = pairs_of(scope, node, "the layers of a budget")
    except Faulty:
        return
    known = None if nodes is None else _Known(nodes)
    for pattern, value in pairs:
        names: tuple[str, ...] = ()
        if known is not None:
            names = known.meant(pattern.text)
            if known.looked_at > MOST_NAMES:
                message = f"the globs of the budget look at more than {MOST_NAMES:,} names"
                scope.fault("E107", message, pattern, "use fewer of them")
                return
            if not names:
                near = known.names.nearest(pattern.text, "")
                help = "`*` stands for any part of a name up to the next dot, `**` for every layer"
                help = f"did you mean `{near}`?" if near and not is_glob(pattern.text) else help
                scope.fault("E201", f"there is no layer `{pattern.text}`", pattern, help)
        try:
            figures = pairs_of(scope, value, f"the limits of `{pattern.text}`")
        except Faulty:
            continue
        for key, bound in figures:
            for limit in _limits(key, bound, LAYER, scope):
                yield limit._replace(pattern=pattern.text, names=names)


class _Known:
    """The names of layers, and of the groups that they stand in."""

    def __init__(self, nodes: SequenceType[GraphNode]) -> None:
        self.layers = tuple(node.name for node in nodes)
        self.names = Names()
        for place, name in enumerate(self.layers):
            dot = name.find(".")
            while dot >= 0:
                self.names.tensors.setdefault(name[:dot], place)
                dot = name.find(".", dot + 1)
            self.names.tensors[name] = place
        self.of_place = list(self.names.tensors)
        self.looked_at = 0

    def meant(self, pattern: str) -> tuple[str, ...]:
        """The layers and groups that a name or a glob means, in the order of the file."""
        if is_glob(pattern) or pattern not in self.names.tensors:  # all names are gone through
            self.looked_at += len(self.of_place)
        if pattern == EVERY_LAYER:
            return self.layers
        if not is_glob(pattern):
            return (pattern,) if pattern in self.names.tensors else ()
        matches = glob_matcher(pattern)
        return tuple(name for name in self.of_place if matches(name))


# --- one limit -------------------------------------------------------------------------------------


def _limits(key: Scalar, value: Node, known: tuple[str, ...], scope: Scope) -> list[Limit]:
    """The limits that stand after a key: one, or those of a list."""
    figure: str | None = key.text
    if key.text not in known and key.text in (*NETWORK, *LAYER):
        where = "of layers, under `layers`" if key.text in LAYER else "of the whole network, not of a layer"
        help = f"limits here are {', '.join(known)}"
        scope.fault("E108", f"`{key.text}` is a limit {where}", key, help)
        return []
    if key.text not in known:
        figure = foreign.meant(key.text, known, ELSEWHERE)
        help = f"did you mean `{figure}`?" if figure else f"limits are {', '.join(known)}"
        scope.fault("E108", f"unknown limit `{key.text}` in the budget", key, help)
        if figure is None or figure == "layers":
            return []
    assert figure is not None
    try:
        if figure == "output":
            return [Limit(figure, "==", _shape(value, scope), scope.span(value))]
        items = value.items if isinstance(value, Sequence) else [value]
        return [_limit(figure, item, scope) for item in items]
    except Faulty:
        return []


def _limit(figure: str, node: Node, scope: Scope) -> Limit:
    """The limit in a node: a number, an amount, an expression, perhaps with a comparison. Raises Faulty."""
    if not isinstance(node, Scalar) or is_nothing(node):
        help = 'write for example `5M` or `">= 224"`'
        raise scope.fault("E103", f"the limit of `{figure}` must be a number", node, help)
    try:
        comparison, text = apart(node.text)
        if not comparison and figure == "receptive_field":
            help = f'write `">= {node.text}"`: the field is at least so large'
            raise AmountFault("the limit of `receptive_field` must begin with a comparison", help)
        comparison = comparison or "<="
        value = _value(node, text, without_units(text, figure in BYTES), scope)
        return Limit(figure, comparison, whole(value, comparison), scope.span(node))
    except AmountFault as fault:
        help = fault.help or "write for example `5M`"
        raise scope.fault("E103", fault.message, node, help) from None


def _value(node: Scalar, text: str, plain: str, scope: Scope) -> Value:
    """The value of an amount; `text` is what stands behind the comparison, `plain` the same without units."""
    if plain == node.text:
        return scope.value(node)
    value = resolve(plain)
    if not isinstance(value, str):
        return value
    try:
        expression = parse_expression(plain)
        if any(scope.names.get(name) is LOST for name in expression.names):
            raise Faulty
        return expression.evaluate(scope.names)
    except ExpressionFault as fault:  # its place is one in another text
        message = fault.message.replace(plain, text)
        scope.report(Diagnostic(fault.code, message, scope.span(node), help=fault.help))
        raise Faulty from None


def _shape(node: Node, scope: Scope) -> Shape:
    """The shape of an output. Raises Faulty."""
    value = scope.value(node)
    sizes = [whole_number(size) for size in (value if isinstance(value, list) else [value])]
    if not sizes or any(size is None or size < 1 for size in sizes):
        help = "write for example [1000], or [21, 500, 500]"
        raise scope.fault("E103", "`output` in a budget must be a shape", node, help)
    return tuple(size for size in sizes if size is not None)
