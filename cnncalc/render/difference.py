"""The changes of a difference as entries that every format shows: runs of what did not change folded, blocks
that came or went as one, renamed blocks as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cnncalc import units
from cnncalc.analysis.diff import COSTS, ArgumentChange, Change, Difference
from cnncalc.analysis.fold import numbered
from cnncalc.analysis.report import Report
from cnncalc.render.arguments import arguments_of, written
from cnncalc.render.summary import flow
from cnncalc.render.text import clean

MARKS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~", "shape": " ", "unchanged": " "}
TITLES = {
    "layers": "layers",
    "params": "parameters",
    "buffers": "buffers",
    "macs": "MACs",
    "flops": "FLOPs",
    "param_bytes": "parameter bytes",
    "activation_bytes": "activation bytes",
    "peak_bytes": "peak bytes",
}
COST_TITLES = ("params", "MACs", "FLOPs", "memory")
MOST_KINDS = 6
MOST_NAMES = 6
NO_CHANGE = "no difference"


class Entry(NamedTuple):
    """One line of a difference: a layer or a run of them. All texts are clean."""

    status: str
    name: str
    text: str
    """What there is to say beside the name: the kind, what changed."""
    details: tuple[str, ...]
    costs: tuple[int, ...]

    @property
    def mark(self) -> str:
        return MARKS[self.status]


class Symbols(NamedTuple):
    """The signs of a text."""

    arrow: str = "→"
    ellipsis: str = "…"


ASCII = Symbols("->", "...")


def costs_written(costs: Sequence[int]) -> list[str]:
    """The costs as differences; a dash for none."""
    return [
        units.change(cost, of_bytes=title == "memory") for title, cost in zip(COST_TITLES, costs, strict=True)
    ]


def counted(difference: Difference) -> str:
    """`2 added, 1 renamed, 37 unchanged`."""
    counts = difference.counts
    if difference.equal:
        return f"{NO_CHANGE}: {_layers(len(difference.changes))}"
    parts = [
        f"{counts[status]:,} {said}"
        for status, said in (
            ("added", "added"),
            ("removed", "removed"),
            ("changed", "changed"),
            ("renamed", "renamed"),
            ("shape", "with other shapes only"),
            ("unchanged", "unchanged"),
        )
        if counts[status]
    ]
    renumbered = sum(change.status == "unchanged" and len(change.names) > 1 for change in difference.changes)
    return ", ".join(parts) + (f" ({renumbered:,} renumbered)" if renumbered else "")


def ends(difference: Difference, symbols: Symbols) -> list[str]:
    """What changed of the network's inputs and outputs."""
    before, after = (flow(report, symbols.arrow) for report in (difference.before, difference.after))
    return [] if before == after else [f"before: {before}", f"after:  {after}"]


def label(name: str, report: Report) -> str:
    """What a side was called by, and what it is."""
    own = clean(report.name)
    return clean(name) + (f"  ({own})" if own and own != name else "")


# --- totals ----------------------------------------------------------------------------------------


class Total(NamedTuple):
    """A total before and after, with all its digits."""

    title: str
    before: str
    after: str
    change: str
    percent: str


def totals(difference: Difference) -> Iterator[Total]:
    """All totals; none of what neither network has."""
    for figure, (before, after) in difference.totals().items():
        if not before and not after:
            continue
        change = f"{after - before:+,}" if after != before else "-"
        yield Total(TITLES[figure], f"{before:,}", f"{after:,}", change, percent(before, after))


def percent(before: int, after: int) -> str:
    """The change in percent of what was: +12.5 %; empty if it was nothing."""
    if not before or before == after:
        return ""
    change = 100 * (after - before) / before
    if abs(change) < 0.05:
        return f"{change:+.1g} %"
    return f"{change:+,.1f} %" if abs(change) < 1000 else f"{change:+,.0f} %"


# --- entries ---------------------------------------------------------------------------------------


def entries(difference: Difference, symbols: Symbols, all_layers: bool = False) -> list[Entry]:
    """The changes in order; folded, unless `all_layers` are to be shown each."""
    if all_layers:
        return [_single(change, symbols) for change in difference.changes]
    names = (
        {part for layer in difference.before.layers for part in _prefixes(layer.name)},
        {part for layer in difference.after.layers for part in _prefixes(layer.name)},
    )

    def key(change: Change) -> object:
        if change.status in ("unchanged", "shape"):
            return change.status
        if change.status in ("added", "removed"):
            others = names[0] if change.status == "added" else names[1]
            return change.status, _own_block(change.layer.name, others)
        return (change.status, *_renaming(change)) if change.status == "renamed" else id(change)

    found = []
    for _, run in groupby(difference.changes, key=key):
        changes = list(run)
        status = changes[0].status
        if len(changes) == 1 and status != "unchanged":
            found.append(_single(changes[0], symbols))
        else:
            found.append(FOLDS[status](changes, symbols))
    return list(_joined(found))


def _joined(found: Sequence[Entry]) -> Iterator[Entry]:
    """The entries, with equal blocks under successive numbers as one: `layer3.2-5  4 x 7 layers`."""
    run: list[Entry] = []
    for entry in found:
        if run and not _continues(run[-1], entry):
            yield _as_one(run)
            run = []
        run.append(entry)
    if run:
        yield _as_one(run)


def _continues(entry: Entry, following: Entry) -> bool:
    if entry.status not in ("added", "removed") or entry[2:] != following[2:]:
        return False
    (stem, number), (following_stem, following_number) = numbered(entry.name), numbered(following.name)
    return stem == following_stem and number is not None and following_number == number + 1


def _as_one(run: Sequence[Entry]) -> Entry:
    first = run[0]
    if len(run) == 1:
        return first
    costs = tuple(cost * len(run) for cost in first.costs)
    name = f"{first.name}-{numbered(run[-1].name)[1]}"
    return first._replace(name=name, text=f"{len(run):,} x {first.text}", costs=costs)


def _prefixes(name: str) -> Iterator[str]:
    """`a`, `a.b` and `a.b.c` of `a.b.c`."""
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _own_block(name: str, others: set[str]) -> str:
    """The outermost block around a layer that the other network has not."""
    return next((prefix for prefix in _prefixes(name) if prefix not in others), name)


def _renaming(change: Change) -> tuple[str, str]:
    """The beginnings of the old name and the new that differ: `layer1` and `stage1`; the blocks around a
    layer that is called otherwise itself."""
    old, new = (name.split(".") for name in change.names)
    if old[-1] != new[-1]:
        return ".".join(old[:-1]), ".".join(new[:-1])
    while len(old) > 1 and len(new) > 1 and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return ".".join(old), ".".join(new)


def _single(change: Change, symbols: Symbols) -> Entry:
    arrow = f" {symbols.arrow} "
    name = arrow.join(map(clean, change.names))
    layer = change.layer
    text = arrow.join(change.kinds)
    details: list[str] = []
    if change.status in ("added", "removed"):
        text += f" {units.shape(layer.output_shape)}"
        details = [clean(arguments_of(layer.layer))]
    elif change.status != "unchanged":
        details = [_argument_change(argument, arrow) for argument in change.arguments]
        if change.before and change.after and change.before.output_shape != change.after.output_shape:
            shapes = (units.shape(side.output_shape) for side in (change.before, change.after))
            details.append(f"output {arrow.join(shapes)}")
    if change.status == "renamed":
        text += ", renamed"
    if change.status == "shape":
        text += ", other shapes only"
    return Entry(change.status, name, text, tuple(filter(None, details)), _costs([change]))


def _argument_change(argument: ArgumentChange, arrow: str) -> str:
    before, after = written(argument.before), written(argument.after)
    if before == after:  # such as one value for all axes, and a list
        before, after = str(argument.before), str(argument.after)
    return clean(f"{argument.name} {before}{arrow}{after}")


def _costs(changes: Sequence[Change]) -> tuple[int, ...]:
    return tuple(sum(change.cost(figure) for change in changes) for figure in COSTS)


def _layers(number: int) -> str:
    return f"{number:,} layer{'' if number == 1 else 's'}"


def _span(changes: Sequence[Change], symbols: Symbols) -> str:
    """The first and the last of a run."""
    first, last = clean(changes[0].layer.name), clean(changes[-1].layer.name)
    return first if len(changes) == 1 else f"{first} {symbols.ellipsis} {last}"


def _fold_unchanged(changes: Sequence[Change], symbols: Symbols) -> Entry:
    said = f"{_layers(len(changes))} unchanged"
    renumbered = sum(len(change.names) > 1 for change in changes)
    if renumbered:
        said += f", {renumbered:,} renumbered" if renumbered < len(changes) else " but renumbered"
    return Entry("unchanged", "", f"{said}: {_span(changes, symbols)}", (), _costs(changes))


def _fold_shapes(changes: Sequence[Change], symbols: Symbols) -> Entry:
    said = f"{_layers(len(changes))}, other shapes only"
    return Entry("shape", "", said, (_span(changes, symbols),), _costs(changes))


def _fold_block(changes: Sequence[Change], symbols: Symbols) -> Entry:
    first, *others = (list(_prefixes(change.layer.name)) for change in changes)
    block = next(prefix for prefix in reversed(first) if all(prefix in other for other in others))
    kinds = [change.layer.kind for change in changes]
    shown = ", ".join(kinds[:MOST_KINDS]) + (f", {symbols.ellipsis}" if len(kinds) > MOST_KINDS else "")
    return Entry(changes[0].status, clean(block), _layers(len(changes)), (shown,), _costs(changes))


def _fold_renamed(changes: Sequence[Change], symbols: Symbols) -> Entry:
    arrow = f" {symbols.arrow} "
    ends = [tuple(name.rpartition(".")[2] for name in change.names) for change in changes]
    pairs = [arrow.join(map(clean, pair)) for pair in ends if len(set(pair)) > 1]
    if len(pairs) > MOST_NAMES:
        pairs[MOST_NAMES:] = [symbols.ellipsis]
    old, new = map(clean, _renaming(changes[0]))
    name = old if old == new else arrow.join(block or "(no block)" for block in (old, new))
    details = tuple(filter(None, (", ".join(pairs),)))
    return Entry("renamed", name, f"{_layers(len(changes))} renamed", details, _costs(changes))


FOLDS: dict[str, Callable[[Sequence[Change], Symbols], Entry]] = {
    "unchanged": _fold_unchanged,
    "shape": _fold_shapes,
    "added": _fold_block,
    "removed": _fold_block,
    "renamed": _fold_renamed,
}
