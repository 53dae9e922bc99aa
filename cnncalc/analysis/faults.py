"""From what does not fit in a layer to a diagnostic that points at it and shows the shapes that met."""

from __future__ import annotations

from cnncalc.diagnostics import Diagnostic, Label
from cnncalc.graph import Graph, Node
from cnncalc.layers.base import Layer, Misfit, Shape, Shapes
from cnncalc.layers.shapes import written

MOST_LABELS = 8


def shape_fault(graph: Graph, node: Node, misfit: Misfit, inputs: Shapes) -> Diagnostic:
    """The diagnostic of a misfit at its place in the file."""
    origin = node.origin
    spans = origin.input_spans(len(node.inputs))
    labels = [
        Label(span, f"`{graph.tensor_name(tensor)}` is {written(shape)}")
        for span, tensor, shape in zip(spans, node.inputs, inputs, strict=False)
    ]
    related: tuple[Label, ...] = ()
    label = misfit.label
    if misfit.argument is not None:
        span = origin.argument_span(misfit.argument, misfit.index)
    elif misfit.input is not None and len(labels) > 1:
        # which of them is wrong nobody knows, so none is pointed at more than the others
        span, related = origin.inputs_span(), tuple(dict.fromkeys(labels))[:MOST_LABELS]
    else:
        span = origin.span()
    notes = list(misfit.notes)
    if not related:
        notes += _reading_notes(graph, node, inputs)
    notes += [f"this is in block `{block}`, used in line {place.line}" for block, place in origin.uses()]
    message = f"in `{node.name}`: {misfit.message}"
    help = _batch_help(graph, node, inputs) if misfit.code == "E304" else ""
    return Diagnostic(misfit.code, message, span, label, related, tuple(notes), help or misfit.help)


def _batch_help(graph: Graph, node: Node, inputs: Shapes) -> str:
    """What to say if the network's input seems to begin with a batch."""
    rank = node.layer.kind.rank if node.layer else 0
    shape = inputs[0]
    if not rank or len(shape) != rank + 2 or shape not in graph.inputs.values():
        return ""
    return f"leave the batch out: a sample of the input is [{', '.join(map(str, shape[1:]))}]"


def _reading_notes(graph: Graph, node: Node, inputs: Shapes) -> list[str]:
    """What the layer reads, for each of its inputs: `head` reads `pool`, whose shape is 16 x 3 x 3."""
    return [
        f"`{node.name}` reads {_tensor(graph, tensor)}, whose shape is {written(shape)}"
        for tensor, shape in zip(node.inputs, inputs, strict=False)
    ]


def _tensor(graph: Graph, tensor: int) -> str:
    name = f"`{graph.tensor_name(tensor)}`"
    return f"the network's input {name}" if tensor < len(graph.inputs) and name != "`input`" else name


def share_fault(
    graph: Graph, node: Node, own: Layer, inputs: Shapes, source_inputs: Shapes
) -> Diagnostic | None:
    """A fault if a layer's weights are not those of the layer it shares them with."""
    assert node.share is not None
    source = graph.producer(node.share)
    if source is None or source.layer is None:
        return None
    wanted = {**own.weights(inputs), **own.buffers(inputs)}
    there = {**source.layer.weights(source_inputs), **source.layer.buffers(source_inputs)}
    if wanted == there:
        return None
    message = (
        f"in `{node.name}`: its weights have other shapes than those of `{source.name}`, which it shares"
    )
    return Diagnostic(
        "E205",
        message,
        node.origin.share_span(),
        notes=(f"`{node.name}` needs {_tensors(wanted)}", f"`{source.name}` has {_tensors(there)}"),
        help="give both layers the same arguments and as many input channels",
    )


def _tensors(tensors: dict[str, Shape]) -> str:
    return ", ".join(f"{name} {written(shape)}" for name, shape in tensors.items()) or "no weights"
