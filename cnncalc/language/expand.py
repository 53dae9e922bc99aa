"""From the document to the graph: its layers expanded, and put in an order in which they can run.

Faults are collected; a layer that cannot be made stands in the graph without a `Layer`, so that those
behind it are skipped and not blamed.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceType
from typing import Any

from cnncalc.diagnostics import Diagnostic
from cnncalc.graph import Graph, Node
from cnncalc.language.document import Document, Placed
from cnncalc.language.entries import items_of
from cnncalc.language.expander import Expander, Place, Stop
from cnncalc.language.expressions import Value
from cnncalc.language.header import check_block_names, input_shapes, parameter_values
from cnncalc.language.references import circle_in, order_of
from cnncalc.language.scope import Faulty, Report, Scope, is_nothing
from cnncalc.layers.arguments import ArgumentFault


def expand(document: Document, overrides: SequenceType[Placed], report: Report) -> Graph:
    """The graph of a document, with parameters set by `overrides`; faults go to `report`."""
    names = parameter_values(document, overrides, report)
    inputs = input_shapes(document, names, report)
    expander = Expander(document, inputs, names, report)
    outputs: tuple[int, ...] = ()
    check_block_names(document, report)
    layers = document.sections.get("layers")
    scope = Scope(layers.source if layers else document.source, names, report)
    try:
        if layers is None or is_nothing(layers.node):
            raise scope.fault(
                "E206", "the file has no layers", layers.key if layers else document.root, "add `layers:`"
            )
        items = items_of(layers.node, scope, "layers")
        if not items:
            raise scope.fault("E206", "the file has no layers", layers.node, "add layers, each after `- `")
        current = (0,) if len(inputs) == 1 else ()
        outputs = expander.layers(items, Place(scope, "", {}), current)
        outputs = _outputs(document, expander, names) or outputs
    except (Faulty, Stop):
        pass
    if expander.ahead:
        expander.settle()
    nodes, outputs = _ordered(expander, expander.settled(outputs) or ())
    about = {key: value for key, value in document.about.items() if key != "name"}
    name = str(document.about.get("name") or document.source.name)
    return Graph(name, inputs, _referring(nodes, len(inputs), report), outputs, names, about)


def _outputs(document: Document, expander: Expander, names: dict[str, Value]) -> tuple[int, ...]:
    section = document.sections.get("outputs")
    if section is None:
        return ()
    place = Place(Scope(section.source, names, expander.report), "", {})
    return expander.sources(section.node, place)


def _ordered(expander: Expander, outputs: tuple[int, ...]) -> tuple[list[Node], tuple[int, ...]]:
    """The nodes so that each stands after those it reads; the order of the file where that is free."""
    nodes, first = expander.nodes, expander.input_count
    if not expander.ahead:
        return nodes, outputs
    dependencies = [
        [
            tensor - first
            for tensor in (*node.inputs, *node.references, *(() if node.share is None else (node.share,)))
            if tensor >= first
        ]
        for node in nodes
    ]
    order = order_of(list(dependencies))
    if order is None:
        circle = circle_in(list(dependencies))
        names = [nodes[index].name for index in (*circle, circle[0])]
        origin = nodes[min(circle)].origin
        spans = origin.input_spans()
        expander.report(
            Diagnostic(
                "E202",
                f"layers read one another in a circle: {' <- '.join(names)}",
                spans[0] if spans else origin.span(),
                help="a network here runs forward: let a layer read only layers before it",
            )
        )
        return [node._replace(layer=None, inputs=(), references=(), share=None) for node in nodes], outputs
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
            report(Diagnostic("E205", f"in `{node.name}`: {fault.message}", span, help=fault.help))
            nodes[index] = node._replace(layer=None)
    return tuple(nodes)
