"""A comparison as grids and remarks, which every format shows: totals side by side, then cost by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from cnncalc import units
from cnncalc.analysis.compare import Compared, Comparison
from cnncalc.analysis.stages import VECTOR, Stage, scale
from cnncalc.layers.base import Shape
from cnncalc.render.grid import Cell, Grid, Head, cell
from cnncalc.render.sheet import Section, Sheet
from cnncalc.render.summary import CONVENTION, UNALIGNED
from cnncalc.render.text import clean

MOST_SIDE_BY_SIDE = 4
"""More networks than these stand below each other, with a column for each figure."""
LONGEST_NAME = 24
DIGITS = 4


class Figure(NamedTuple):
    """A figure of the totals, with its title for rows and the shorter one for columns. `value` is what
    ratios are made of; None for what has no ratio."""

    title: str
    short: str
    text: Callable[[Compared], str]
    value: Callable[[Compared], int] | None = None


def _count(title: str, short: str, value: Callable[[Compared], int]) -> Figure:
    return Figure(title, short, lambda one: units.count(value(one), DIGITS), value)


def _bytes(title: str, short: str, value: Callable[[Compared], int]) -> Figure:
    return Figure(title, short, lambda one: units.size(value(one), DIGITS), value)


def _field(one: Compared) -> str:
    return units.field_size(one.receptive_field) if one.receptive_field else "all"


def _side_of_field(one: Compared) -> int:
    return max(one.receptive_field.size) if one.receptive_field else 0


FIGURES = (
    Figure("input", "input", lambda one: _shapes(one.report.inputs.values())),
    Figure("output", "output", lambda one: _shapes(one.report.outputs.values())),
    _count("layers", "layers", lambda one: len(one.report.layers)),
    _count("depth", "depth", lambda one: one.depth),
    _count("parameters", "params", lambda one: one.report.totals.params),
    _bytes("parameter bytes", "param bytes", lambda one: one.report.totals.param_bytes),
    _count("buffers", "buffers", lambda one: one.report.totals.buffers),
    _count("MACs", "MACs", lambda one: one.report.totals.macs),
    _count("FLOPs", "FLOPs", lambda one: one.report.totals.flops),
    _bytes("conv + linear outputs", "conv+linear", lambda one: one.weighted_output_bytes),
    _bytes("activation bytes", "activations", lambda one: one.report.totals.activation_bytes),
    _bytes("peak bytes", "peak", lambda one: one.report.totals.peak_bytes),
    Figure("receptive field", "RF", _field, _side_of_field),
    Figure("... of layer", "of layer", lambda one: clean(one.field_layer) or "-"),
)

EXPLANATIONS = (
    "ratios are to the first network; depth: convolutions and linear layers on the longest path; "
    "conv + linear outputs: the bytes of what these layers give, which lectures call memory; "
    "activation bytes: the outputs of all layers; peak bytes: the most that lives at one time; "
    "receptive field: of the last layer that keeps positions",
    CONVENTION,
)


def sheet_of(comparison: Comparison) -> Sheet:
    """All there is to show of a comparison."""
    networks, names = comparison.networks, names_of(comparison.networks)
    sections = [
        Section("", _totals(networks, names), tuple(_explanations(networks))),
        Section("Cost by resolution", _stages(comparison, names), STAGE_REMARKS, _legend(comparison)),
    ]
    if len(networks) == 2:
        sections.append(Section(f"{names[1]} less {names[0]}", _differences(*networks)))
    return Sheet(" / ".join(names), setting(comparison), tuple(sections))


def _explanations(networks: Sequence[Compared]) -> Iterator[str]:
    yield from EXPLANATIONS
    fields = [one.receptive_field for one in networks if one.receptive_field]
    if any(field.status == "unaligned" for field in fields):
        yield UNALIGNED


def names_of(networks: Sequence[Compared]) -> list[str]:
    """What the networks are called: their names, or what they were asked for by where these are long or the
    same."""
    names = [clean(one.report.name) or "network" for one in networks]
    labels = [clean(one.label) for one in networks]
    chosen = [
        label if names.count(name) > 1 or (len(name) > LONGEST_NAME and len(label) < len(name)) else name
        for name, label in zip(names, labels, strict=True)
    ]
    return [
        f"{name} ({chosen[: index + 1].count(name)})" if chosen.count(name) > 1 else name
        for index, name in enumerate(chosen)
    ]


def setting(comparison: Comparison) -> str:
    """What differs from a comparison of one float32 sample."""
    report = comparison.networks[0].report
    parts = [f"batch of {units.exact(report.batch)}"] if report.batch != 1 else []
    parts += [report.dtype] if report.dtype != "float32" else []
    return ", ".join(parts + (["in place"] if report.in_place else []))


# --- totals ----------------------------------------------------------------------------------------


def _totals(networks: Sequence[Compared], names: Sequence[str]) -> Grid:
    figures = [
        figure
        for figure in FIGURES
        if figure.title != "buffers" or any(one.report.totals.buffers for one in networks)
    ]
    if len(networks) <= MOST_SIDE_BY_SIDE:
        return _side_by_side(figures, networks, names)
    return _below_each_other(figures, networks, names)


def _side_by_side(figures: Sequence[Figure], networks: Sequence[Compared], names: Sequence[str]) -> Grid:
    """A column for each network."""
    heads = [Head("", figure=False)]
    for index, name in enumerate(names):
        heads.append(Head(name))
        heads += [Head("ratio", follows=True)] if index else []
    rows = []
    for figure in figures:
        row = [Cell(figure.title)]
        for index, network in enumerate(networks):
            row.append(cell(figure.text(network), "title"))
            row += [cell(_ratio(figure, network, networks[0]), "share")] if index else []
        rows.append(tuple(row))
    return Grid(tuple(heads), tuple(rows))


def _below_each_other(figures: Sequence[Figure], networks: Sequence[Compared], names: Sequence[str]) -> Grid:
    """A row for each network."""
    heads = [Head("", figure=False, flexible=True)]
    for figure in figures:
        heads.append(Head(figure.short, follows=figure.short.startswith("of ")))
        heads += [Head("ratio", follows=True)] if figure.value else []
    rows = []
    for network, name in zip(networks, names, strict=True):
        row = [Cell(name, "title")]
        for figure in figures:
            row.append(cell(figure.text(network)))
            row += [cell(_ratio(figure, network, networks[0]), "share")] if figure.value else []
        rows.append(tuple(row))
    return Grid(tuple(heads), tuple(rows))


def _ratio(figure: Figure, network: Compared, first: Compared) -> str:
    return units.ratio(figure.value(network), figure.value(first)) if figure.value else ""


def _shapes(shapes: Iterable[Shape]) -> str:
    return ", ".join(map(units.shape, shapes))


# --- stages ----------------------------------------------------------------------------------------


class Cost(NamedTuple):
    """A cost of a stage, with its column of bars."""

    title: str
    value: Callable[[Stage], int]
    text: Callable[[int], str]


COSTS = (
    Cost("params", lambda stage: stage.params, units.count),
    Cost("MACs", lambda stage: stage.macs, units.count),
    Cost("memory", lambda stage: stage.activation_bytes, units.size),
)


def _stages(comparison: Comparison, names: Sequence[str]) -> Grid:
    """For each stage a row of each network that has it."""
    fullest = {cost.title: _fullest(comparison, cost) for cost in COSTS}
    rows: list[tuple[Cell, ...]] = []
    for halvings in comparison.halvings:
        label = scale(halvings)
        for network, name in zip(comparison.networks, names, strict=True):
            stage = network.stages.get(halvings)
            if stage is None:
                continue
            row = [Cell(label, "title"), Cell(name), Cell(_sizes(stage), "dim")]
            for cost in COSTS:
                value = cost.value(stage)
                text = cost.text(value) if value else "-"
                row.append(Cell(text, "zero" if not value else "", value, fullest[cost.title]))
            rows.append(tuple(row))
            label = ""
    heads = (
        Head("scale", figure=False),
        Head("network", figure=False, flexible=True),
        Head("outputs", figure=False),
        *(Head(cost.title, bar=cost.title.lower(), follows=True) for cost in COSTS),
    )
    return Grid(heads, tuple(rows), repeated=2)


def _fullest(comparison: Comparison, cost: Cost) -> int:
    return max(
        (cost.value(stage) for network in comparison.networks for stage in network.stages.values()), default=0
    )


def _sizes(stage: Stage) -> str:
    """`56x56`; `572-568` for several squares, `24x24 ...` for others."""
    if stage.halvings == VECTOR:
        return ""
    largest, smallest = stage.sizes[0], stage.sizes[-1]
    if largest == smallest:
        return _side(largest)
    if len(set(largest)) == len(set(smallest)) == 1 and len(largest) == len(smallest):
        return f"{largest[0]}-{smallest[0]}"
    return f"{_side(largest)} ..."


def _side(sizes: Shape) -> str:
    return units.shape(sizes, narrow=True)


STAGE_REMARKS = (
    "scale: sides of a layer's output to the sides of the network's input, to the nearest halving; 1 x 1 and "
    "vectors are the last; memory: activation bytes",
)


def _legend(comparison: Comparison) -> str:
    """What a full bar is, in words."""
    full = [
        f"{cost.text(value)} {'of ' if cost.title == 'memory' else ''}{cost.title}"
        for cost in COSTS
        if (value := _fullest(comparison, cost))
    ]
    return f"a full bar is {', '.join(full)}" if full else ""


def _differences(first: Compared, second: Compared) -> Grid:
    """How much more the second network costs at each stage, and in all."""
    stages = sorted(first.stages | second.stages)
    heads = (Head("scale", figure=False), *(Head(cost.title, bar=cost.title.lower()) for cost in COSTS))
    changes = {
        cost.title: [_cost_of(second, count, cost) - _cost_of(first, count, cost) for count in stages]
        for cost in COSTS
    }
    rows = [
        (
            Cell(scale(count), "title"),
            *(_change(cost, changes[cost.title][index], changes[cost.title]) for cost in COSTS),
        )
        for index, count in enumerate(stages)
    ]
    total = (Cell("total", "title"), *(_change(cost, sum(changes[cost.title]), ()) for cost in COSTS))
    return Grid(heads, (*rows, total))


def _change(cost: Cost, change: int, all_changes: Sequence[int]) -> Cell:
    text = units.change(change, of_bytes=cost.title == "memory")
    full = max(map(abs, all_changes), default=0)
    return Cell(text, "" if change else "zero", abs(change) if full else 0, full)


def _cost_of(network: Compared, halvings: int, cost: Cost) -> int:
    stage = network.stages.get(halvings)
    return cost.value(stage) if stage else 0
