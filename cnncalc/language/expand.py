"""From the document to the graph: its layers expanded, and put in an order in which they can run.

Faults are collected; a layer that cannot be made stands in the graph without a `Layer`, so that those
behind it are skipped and not blamed.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as SequenceType
from typing import TYPE_CHECKING, Any

from cnncalc.diagnostics import Diagnostic, Span
from cnncalc.graph import Graph, Node
from cnncalc.language.document import Document, Placed
from cnncalc.language.entries import items_of
from cnncalc.language.expander import Expander, Stop
from cnncalc.language.expressions import Value
from cnncalc.language.header import check_block_names, input_shapes, parameter_values
from cnncalc.language.nodes import Mapping
from cnncalc.language.nodes import Node as YamlNode
from cnncalc.language.place import Place, Placing
from cnncalc.language.references import circle_in, order_of
from cnncalc.language.scope import LOST, Faulty, Report, Scope
from cnncalc.layers.arguments import ArgumentFault

if TYPE_CHECKING:
    from cnncalc.budget import Limit


def expand(
    document: Document,
    overrides: SequenceType[Placed],
    report: Report,
    placings: dict[str, Placing] | None = None,
) -> Graph:
    """The graph of a document, with parameters set by `overrides`; faults go to `report`.

    `placings` is filled with what was written for each layer and each use of a block, by their names.
    """
    names = parameter_values(document, overrides, report)
    inputs = input_shapes(document, names, report)
    expander = Expander(document, inputs, names, report, placings)
    outputs: tuple[int, ...] = ()
    complete = False
    check_block_names(document, report)
    layers = document.sections.get("layers")
    scope = Scope(layers.source if layers else document.source, names, report)
    try:
        items = _items(document, layers, scope)
        single = len(inputs) == 1 or {"input", "inputs"} <= document.sections.keys()
        current = (0,) if single else ()
        place = Place(scope, "", {}, silenced=_silenced(document, names, report))
        outputs = expander.layers(items, place, current)
        complete = True
        outputs = _outputs(document, expander, names) or outputs
    except Faulty:
        pass
    except (Stop, RecursionError) as end:  # a giant; the layers so far tell nothing of it
        if isinstance(end, RecursionError):
            where = layers.key if layers else document.root
            help = "let fewer blocks use one another"
            scope.fault("E110", "blocks and branches are nested too deeply", where, help)
        expander.nodes.clear()
        expander.lookup.ahead.clear()
        outputs = ()
    lookup = expander.lookup
    if lookup.ahead:
        lookup.settle(expander.nodes, complete)
    nodes, outputs = _ordered(expander, lookup.settled(outputs) or ())
    budget = _budget(document, nodes if complete and not lookup.lost else None, names, report)
    about = {key: value for key, value in document.about.items() if key != "name"}
    name = str(document.about.get("name") or document.source.name)
    params = {key: value for key, value in names.items() if value is not LOST}
    nodes_made = _referring(nodes, len(inputs), report)
    return Graph(name, inputs, nodes_made, outputs, params, about, budget)


def _items(document: Document, layers: Placed | None, scope: Scope) -> list[YamlNode]:
    """The items of the file's list of layers. Raises Faulty if there are none."""
    items = [] if layers is None else items_of(layers.node, scope, "layers")
    if not items and not document.unknown:
        where = layers.key if layers else document.root
        help = "write them under it, each after `- `" if layers else "add `layers:` and under it the list"
        raise scope.fault("E206", "the file has no layers", where, help)
    return items


def _outputs(document: Document, expander: Expander, names: dict[str, Value]) -> tuple[int, ...]:
    section = document.sections.get("outputs")
    if section is None:
        return ()
    place = Place(Scope(section.source, names, expander.report), "", {})
    if isinstance(section.node, Mapping):
        help = "write `outputs: [main, aux]`; an output is called as its layer"
        raise place.scope.fault("E103", "`outputs` must be a list of layers", section.node, help)
    return expander.lookup.sources(section.node, place.scope, place.prefix, "outputs")


def _silenced(document: Document, names: dict[str, Value], report: Report) -> frozenset[str]:
    """The warnings that the file does not want to hear."""
    section = document.sections.get("silence")
    if section is None:
        return frozenset()
    from cnncalc.language.silence import read_silence  # few files silence anything

    return read_silence(section.node, Scope(section.source, names, report))


def _budget(
    document: Document, nodes: list[Node] | None, names: dict[str, Value], report: Report
) -> tuple[Limit, ...]:
    """The limits of the file; `nodes` are None where faults hide which layers there are."""
    section = document.sections.get("budget")
    if section is None:
        return ()
    from cnncalc.language.budget import read_budget  # few files have one

    return read_budget(section.node, Scope(section.source, names, report), nodes)


def _ordered(expander: Expander, outputs: tuple[int, ...]) -> tuple[list[Node], tuple[int, ...]]:
    """The nodes so that each stands after those it reads; the order of the file where that is free."""
    nodes, first = expander.nodes, expander.input_count
    if not expander.lookup.ahead:
        return nodes, outputs
    while (order := order_of(_dependencies(nodes, first))) is None:
        _open_circle(nodes, circle_in(_dependencies(nodes, first)), expander)
    place_of = {old + first: new + first for new, old in enumerate(order)}

    def moved(tensors: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(place_of.get(tensor, tensor) for tensor in tensors)

    ordered = [
        node._replace(
            inputs=moved(node.inputs),
            references=moved(node.references),
            share=None if node.share is None else place_of[node.share],
        )
        for node in (nodes[old] for old in order)
    ]
    return ordered, moved(outputs)


def _dependencies(nodes: list[Node], first: int) -> list[Iterable[int]]:
    """For each node the nodes that must come before it."""
    return [
        [
            tensor - first
            for tensor in (*node.inputs, *node.references, *(() if node.share is None else (node.share,)))
            if tensor >= first
        ]
        for node in nodes
    ]


def _open_circle(nodes: list[Node], circle: list[int], expander: Expander) -> None:
    """Reports a circle, and takes the layers out of it."""
    start = circle.index(min(circle))
    circle = circle[start:] + circle[:start]
    names = " <- ".join(f"`{nodes[index].name}`" for index in (*circle, circle[0]))
    origin = nodes[circle[0]].origin
    where = _reference_to(circle[1 % len(circle)] + expander.input_count, nodes[circle[0]])
    expander.report(
        Diagnostic(
            "E202",
            f"layers read one another in a circle: {names}",
            where or origin.span(),
            help="a network here runs forward: let one of them read only layers that do not depend on it",
        )
    )
    for index in circle:
        nodes[index] = nodes[index]._replace(layer=None, inputs=(), references=(), share=None)


def _reference_to(tensor: int, reader: Node) -> Span | None:
    """Where a layer says that it reads a tensor."""
    spans = reader.origin.input_spans(len(reader.inputs))
    return next((span for span, source in zip(spans, reader.inputs, strict=False) if source == tensor), None)


def _referring(nodes: list[Node], input_count: int, report: Report) -> tuple[Node, ...]:
    """The nodes with their layers told what they refer to."""
    for index, node in enumerate(nodes):
        if not node.references or node.layer is None:
            continue
        referred: list[Any] = [
            nodes[tensor - input_count].layer if tensor >= input_count else None for tensor in node.references
        ]
        if any(
            tensor >= input_count and nodes[tensor - input_count].layer is None for tensor in node.references
        ):
            nodes[index] = node._replace(layer=None)
            continue
        try:
            nodes[index] = node._replace(layer=node.layer.referring(tuple(referred)))
        except ArgumentFault as fault:
            argument = fault.argument or node.layer.kind.references[0]
            span = node.origin.argument_span(argument)
            message = f"in `{node.name}`: `{argument}` {fault.message}"
            report(Diagnostic("E205", message, span, help=fault.help))
            nodes[index] = node._replace(layer=None)
    return tuple(nodes)
