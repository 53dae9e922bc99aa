"""The figures of one layer, each with how it comes about: shape, weights, buffers, operations, bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis.explain_data import Figure, Part, Remark
from cnncalc.analysis.explain_formula import Derivation, derivation, intermediates
from cnncalc.analysis.explain_symbols import TracedLayer, dimension_words
from cnncalc.analysis.explain_windows import window_remarks
from cnncalc.analysis.explain_words import copied_words, docs_of, free_words, view_words
from cnncalc.analysis.figures import all_operations, elements
from cnncalc.analysis.report import LayerReport
from cnncalc.arithmetic import product
from cnncalc.layers.base import Operations, Tensors
from cnncalc.layers.shapes import written
from cnncalc.tracing import Traced, named

SORTS = {
    "macs": "MACs",
    "adds": "adds",
    "muls": "muls",
    "compares": "compares",
    "transcendentals": "transcendentals",
}


def shape_figure(row: LayerReport, traced: TracedLayer) -> Figure:
    return Figure("shape", "shape", tuple(row.output_shape), tuple(_shape_parts(row, traced)))


def _shape_parts(row: LayerReport, traced: TracedLayer) -> Iterator[Part]:
    if all(shape == row.output_shape for shape in row.input_shapes):
        which = "its input" if len(row.input_shapes) == 1 else "its inputs, which are all alike"
        if not any(isinstance(size, Traced) and size.operation for size in traced.figures.output_shape):
            yield Remark(f"the shape of {which}: {row.kind} changes no size")
            return
    shown: dict[object, str] = {}
    for dim, size in enumerate(traced.figures.output_shape):
        yield from _size_parts(row, traced, dim, size, shown)
    yield from map(Remark, _general_remarks(row))


def _size_parts(
    row: LayerReport, traced: TracedLayer, dim: int, size: int, shown: dict[object, str]
) -> Iterator[Part]:
    """What is said of one size; `shown` are the derivations so far by their numbers, and the remarks."""
    found = _named_derivation(size)
    if not found:
        yield Remark(f"{dimension_words(row.output_shape, '', dim)} = {int(size):,}, as {row.kind} leaves it")
        return
    last = found[-1]
    numbers = last.steps[1:]
    if not numbers:
        yield Remark(_given(last, traced))
    elif numbers in shown:  # the width is as the height, mostly
        yield Remark(f"{last.symbol} = {last.value:,} in the same way as {shown[numbers]}")
    else:
        shown[numbers] = last.symbol
        yield from found
        for text in window_remarks(row, dim - 1, last):
            if text not in shown:
                shown[text] = last.symbol
                yield Remark(text)


def _named_derivation(size: int) -> list[Derivation]:
    """The derivation of a size, after those of what it starts from; nothing for a plain number."""
    if not isinstance(size, Traced):
        return []
    before = [derivation(each.name, each) for each in intermediates(size)]
    own = derivation(size.name, size)
    return [*before, own if size.operation else Derivation(size.name, (size.value,), size.value)]


def _given(last: Derivation, traced: TracedLayer) -> str:
    text = traced.meanings[last.symbol].text
    is_kept = text.endswith(("of the input", "of each input"))
    return f"{last.symbol} = {last.value:,}, {'as in the input' if is_kept else text}"


def _general_remarks(row: LayerReport) -> Iterator[str]:
    if len(row.input_shapes) > 1 and row.kind == "concat":
        yield "concat puts its inputs end to end, so their sizes along that dim add up"
    if row.kind.startswith("global_"):
        yield "each channel becomes one number, whatever its height and width"
    if row.kind.startswith("adaptive_"):
        yield (
            "the output size is given; window u of an axis of n cells pooled to m goes from floor(u*n/m) up "
            "to ceil((u + 1)*n/m)"
        )


# --- weights and buffers -----------------------------------------------------------------------------


def params_figure(row: LayerReport, traced: TracedLayer) -> Figure:
    parts = _tensor_parts(row, traced.figures.weights, "params", row.figures.weights)
    if not parts:
        parts = [Remark(f"none: {row.kind} has no weights, so training changes nothing in it")]
    elif row.layer.kind.arguments.get("bias") and getattr(row.layer, "bias", None) is False:
        parts.append(Remark("no bias, as `bias: false` says"))
    parts += _connections(row)
    return Figure("params", "params", row.params, tuple(parts))


def _connections(row: LayerReport) -> Iterator[Remark]:
    """Of what the number comes that stands for channels where a table says which of them are joined."""
    table = getattr(row.layer, "connection_table", None)
    if table:
        joined, read, given = sum(map(len, table)), row.input_shapes[0][0], row.output_shape[0]
        yield Remark(
            f"{joined:,} of the {read}*{given} = {read * given:,} pairs of channels are joined, "
            "as `connection_table` says"
        )


def buffers_figure(row: LayerReport, traced: TracedLayer) -> Figure:
    parts = _tensor_parts(row, traced.figures.buffers, "buffers", row.figures.buffers)
    if not parts:
        parts = [Remark(f"none: {row.kind} keeps no state beside its weights")]
    else:
        parts.append(Remark("kept, but not changed by the gradient"))
    return Figure("buffers", "buffers", row.buffer_elements, tuple(parts))


def _tensor_parts(row: LayerReport, tensors: Tensors, total: str, plain: Tensors) -> list[Part]:
    parts: list[Part] = []
    for name, shape in tensors.items():
        parts.append(derivation(name, product(shape)))
    if len(tensors) > 1:
        whole = {name: (named(product(shape), name),) for name, shape in tensors.items()}
        parts.append(derivation(total, elements(whole)))
    if tensors and row.share:
        sizes = ", ".join(f"{name} {written(shape)}" for name, shape in plain.items())
        return [
            Remark(f"0 here: it uses the tensors of `{row.share}` ({sizes}), and they are counted there once")
        ]
    return parts


# --- operations --------------------------------------------------------------------------------------


def macs_figure(row: LayerReport, traced: TracedLayer) -> Figure:
    macs = traced.figures.operations.macs
    if not row.macs:
        return Figure("macs", "MACs", 0, (Remark(f"none: {_why_no_macs(row)}"),))
    parts: list[Part] = [derivation("MACs", macs), *_connections(row), Remark(_macs_words(row))]
    return Figure("macs", "MACs", row.macs, tuple(parts))


def _macs_words(row: LayerReport) -> str:
    if row.kind.startswith("conv_transpose"):
        return "input positions * weight elements: each input cell is multiplied with the whole kernel once"
    if row.kind == "linear":
        return "outputs * input features: each output is a weighted sum of them"
    words = "output positions * weight elements, positions in the padding included"
    return words + ("; the bias is an add, not a MAC" if "bias" in row.figures.weights else "")


def _why_no_macs(row: LayerReport) -> str:
    if any(row.operations):
        return f"{row.kind} multiplies nothing by a matrix of weights; what it computes is under ops"
    return free_words(row.layer)


def ops_figure(row: LayerReport, traced: TracedLayer) -> Figure:
    """What is computed beside the MACs, which are a figure of their own."""
    counts = row.operations._asdict()
    found = traced.figures.operations._asdict()
    sorts = [sort for sort, count in counts.items() if count and sort != "macs"]
    parts: list[Part] = [derivation(SORTS[sort], found[sort]) for sort in sorts]
    if not any(counts.values()):
        parts = [Remark(f"none: {free_words(row.layer)}")]
    elif not sorts:
        parts = [Remark("none beside the MACs")]
    elif not counts["macs"]:
        parts.append(Remark(docs_of(row.layer)))
    elif "bias" in row.figures.weights:
        parts.append(Remark("the bias is added once to each output element"))
    return Figure("ops", "other operations", counts, tuple(parts))


def flops_figure(row: LayerReport) -> Figure:
    parts = flops_parts(row.operations)
    if not parts:
        return Figure("flops", "FLOPs", 0, (Remark(f"none: {free_words(row.layer)}"),))
    return Figure("flops", "FLOPs", row.flops, tuple(parts))


def flops_parts(operations: Operations) -> list[Part]:
    """A MAC is two FLOPs, every other operation one; sorts that are not there are left out."""
    if not any(operations):
        return []
    counts = [Traced(count, SORTS[sort]) if count else 0 for sort, count in operations._asdict().items()]
    parts: list[Part] = [derivation("FLOPs", all_operations(Operations(*counts)))]  # type: ignore[arg-type]
    if operations.macs:
        parts.append(Remark("a multiply-accumulate is two FLOPs, every other operation one"))
    return parts


# --- bytes -------------------------------------------------------------------------------------------


def bytes_figure(row: LayerReport, traced: TracedLayer) -> Figure:
    if row.figures.view:
        parts: Sequence[Part] = [Remark(f"costs nothing: {view_words(row.layer)}")]
    else:
        parts = [derivation("bytes", traced.figures.tensor_bytes)]
        if not any(row.operations):
            parts = [*parts, Remark(copied_words(row.layer))]
    return Figure("bytes", "output bytes", row.output_bytes, tuple(parts), is_bytes=True)
