"""Each explained figure is that of the report, for every layer of every network of the zoo."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc import zoo
from cnncalc.analysis.explain import FIGURES, Source
from cnncalc.analysis.explain_data import Figure, Remark, Table
from cnncalc.analysis.explain_field import HEAD
from cnncalc.analysis.explain_formula import Derivation, value_of
from cnncalc.analysis.memory import all_memories, live_bytes
from cnncalc.analysis.placement import placed
from cnncalc.analysis.report import LayerReport
from cnncalc.api import analyze, load


@pytest.mark.parametrize("name", zoo.names())
def test_every_figure_of_every_layer(name: str) -> None:
    network = load(name)
    report = analyze(network)
    source = Source(network.graph, report)
    for index, row in enumerate(report.layers):
        traced = source.traced(index)
        for figure in FIGURES:
            if figure != "receptive_field":
                assert_derived(source.figure(index, figure, traced), row)
    shapes = [*report.inputs.values(), *(row.output_shape for row in report.layers)]
    placement = placed(network.graph, shapes, in_place=False)
    memories = all_memories(network.graph, placement, tensor_bytes(report), 4)
    live = live_bytes(memories, len(report.layers))
    assert source.memories.live == live
    assert max(live) == report.totals.peak_bytes


def tensor_bytes(report: Any) -> list[int]:
    inputs = []
    for shape in report.inputs.values():
        elements = 1
        for size in shape:
            elements *= size
        inputs.append(4 * elements)
    return [*inputs, *(row.figures.tensor_bytes for row in report.layers)]


def assert_derived(figure: Figure, row: LayerReport) -> None:
    """The last derivations give the figures of the report, and each step of them the same value."""
    derived = [part for part in figure.parts if isinstance(part, Derivation)]
    for derivation in derived:
        assert all(value_of(step) == derivation.value for step in derivation.steps), (row.name, derivation)
        assert derivation.steps[-1] == derivation.value
    last = derived[-1].value if derived else 0
    values = {part.symbol: part.value for part in derived}
    match figure.name:
        case "shape":
            sizes = [value for symbol, value in values.items() if symbol.endswith("_out")]
            assert set(sizes) <= set(row.output_shape), row.name
            assert derived or any(isinstance(part, Remark) for part in figure.parts)
        case "params":
            assert last == row.params == figure.value, row.name
        case "buffers":
            assert last == row.buffer_elements == figure.value, row.name
        case "macs":
            assert last == row.macs == figure.value, row.name
        case "ops":
            counts = {sort: values.get(sort, 0) for sort in ("adds", "muls", "compares", "transcendentals")}
            assert {"macs": row.macs, **counts} == row.operations._asdict() == figure.value, row.name
        case "flops":
            assert last == row.flops == figure.value, row.name
        case "bytes":
            assert last == row.output_bytes == figure.value, row.name
        case "peak":
            assert last == figure.value, row.name
    assert figure.parts, (row.name, figure.name)  # never a silent zero


@pytest.mark.parametrize("name", zoo.names())
def test_every_size_of_every_layer(name: str) -> None:
    """The sizes themselves, in their order, whether derived or given."""
    network = load(name)
    report = analyze(network)
    source = Source(network.graph, report)
    for index, row in enumerate(report.layers):
        figures = source.traced(index).figures
        assert tuple(map(int, figures.output_shape)) == row.output_shape
        assert {tensor: tuple(map(int, shape)) for tensor, shape in figures.weights.items()} == dict(
            row.figures.weights
        )


@pytest.mark.parametrize("name", zoo.names())
def test_every_receptive_field(name: str) -> None:
    """The last row of the path has the size, stride and padding of the report, along each axis."""
    network = load(name)
    report = analyze(network)
    fields = Source(network.graph, report).fields
    for index, row in enumerate(report.layers):
        expected = row.receptive_field
        for axis in range(len(row.network_sizes)):
            steps = [fields.step(node, axis) for node in fields.path(index, axis)]
            if steps[-1].whole:
                assert (expected.stride[axis], expected.size[axis]) == (0, row.network_sizes[axis]), row.name
                continue
            # a union whose largest field is that of the path leaves the numbers as they are
            cells = [found.cells for step in steps for found in step.rows if found.cells]
            size, stride, padding = cells[-1] if cells else ("1", "1", "0")
            assert number(size) == expected.size[axis], row.name
            assert number(stride) == expected.stride[axis], row.name
            assert number(padding) == expected.padding[axis], row.name


def number(cell: Derivation | str) -> float:
    if isinstance(cell, Derivation):
        assert all(value_of(step) == cell.value for step in cell.steps)
        return cell.value
    above, _, below = cell.partition(", the")[0].replace(",", "").partition("/")
    return int(above) / int(below or 1)


def test_a_table_of_a_path_has_the_columns_of_the_recurrence() -> None:
    network = load("vgg16")
    source = Source(network.graph, analyze(network))
    figure = source.layer(source.names.index("pool5"), "receptive_field").figures[0]
    (table,) = [part for part in figure.parts if isinstance(part, Table)]
    assert table.head == HEAD
    assert [row.label for row in table.rows][:4] == ["input", "conv1_1", "conv1_2", "pool1"]
