"""What changed from one network to another, layer by layer, and what each change costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from cnncalc.analysis.alignment import aligned, features_of
from cnncalc.analysis.report import SCHEMA, LayerReport, Report

Status: TypeAlias = Literal["unchanged", "shape", "renamed", "changed", "removed", "added"]
"""`shape`: a layer as it was, that only reads other shapes. `unchanged` ones may have other numbers in their
names, as layers without a name get them."""

COSTS = ("params", "macs", "flops", "output_bytes")
FIGURES = ("params", "buffers", "macs", "flops", "param_bytes", "activation_bytes", "peak_bytes")


class ArgumentChange(NamedTuple):
    """An argument that has another value; `reads` and `share` are told as if they were arguments."""

    name: str
    before: Any
    after: Any


class Change(NamedTuple):
    """A layer before and after; one of them is None where it was added or removed."""

    status: Status
    before: LayerReport | None
    after: LayerReport | None
    arguments: tuple[ArgumentChange, ...] = ()

    @property
    def layer(self) -> LayerReport:
        """The layer as it is, or as it was if it is no more."""
        layer = self.after or self.before
        assert layer is not None
        return layer

    @property
    def names(self) -> tuple[str, ...]:
        """The name, or the old one and the new."""
        return tuple(dict.fromkeys(layer.name for layer in (self.before, self.after) if layer))

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(layer.kind for layer in (self.before, self.after) if layer))

    def cost(self, figure: str) -> int:
        """How much more of a figure (one of COSTS) the network has by this layer."""
        after = getattr(self.after, figure) if self.after else 0
        before = getattr(self.before, figure) if self.before else 0
        return int(after - before)

    def to_dict(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "before": _layer_dict(self.before),
            "after": _layer_dict(self.after),
            "arguments": {
                name: {"before": plain(before), "after": plain(after)}
                for name, before, after in self.arguments
            },
            "change": {figure: self.cost(figure) for figure in COSTS},
        }


@dataclass(frozen=True, eq=False)
class Difference:
    """Two networks with their layers aligned; every layer of both is in one change, in order."""

    before: Report
    after: Report
    labels: tuple[str, str]
    changes: tuple[Change, ...]
    same_ends: bool
    """Whether inputs and outputs are the same, in shape and in the layers that make them."""

    @property
    def equal(self) -> bool:
        """Whether the networks are the same, names of layers included."""
        return self.same_ends and all(
            change.status == "unchanged" and len(change.names) == 1 for change in self.changes
        )

    @property
    def counts(self) -> Counter[str]:
        """How many layers have each status."""
        return Counter(change.status for change in self.changes)

    def totals(self) -> dict[str, tuple[int, int]]:
        """Each total before and after."""
        before, after = self.before.totals._asdict(), self.after.totals._asdict()
        layers = len(self.before.layers), len(self.after.layers)
        return {"layers": layers, **{figure: (before[figure], after[figure]) for figure in FIGURES}}

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain data; layers that did not change are only counted."""
        return {
            "schema": SCHEMA,
            "equal": self.equal,
            "batch": self.after.batch,
            "dtype": self.after.dtype,
            "before": _network_dict(self.before, self.labels[0]),
            "after": _network_dict(self.after, self.labels[1]),
            "totals": {
                figure: {"before": before, "after": after, "change": after - before}
                for figure, (before, after) in self.totals().items()
            },
            "counts": {status: self.counts[status] for status in get_args(Status)},
            "changes": [
                change.to_dict()
                for change in self.changes
                if change.status != "unchanged" or len(change.names) > 1
            ],
        }


def difference_of(before: Report, after: Report, labels: tuple[str, str]) -> Difference:
    """The difference of two reports that were made with one batch and type."""
    pairs = aligned(before.layers, after.layers)
    new_names = _new_names(before, after, pairs)
    matched = set(new_names.values())
    changes = []
    for mine, theirs in pairs:
        old = before.layers[mine] if mine is not None else None
        new = after.layers[theirs] if theirs is not None else None
        if old is not None and new is not None:
            changes.append(_changed(old, new, new_names, matched))
        else:
            changes.append(Change("removed" if old else "added", old, new))
    same_ends = (
        list(before.inputs.items()) == list(after.inputs.items())
        and [new_names.get(name) for name in before.outputs] == list(after.outputs)
        and list(before.outputs.values()) == list(after.outputs.values())
    )
    return Difference(before, after, labels, tuple(changes), same_ends)


def _new_names(
    before: Report, after: Report, pairs: Iterable[tuple[int | None, int | None]]
) -> dict[str, str]:
    """What each tensor that is still there is called now."""
    names = {
        before.layers[mine].name: after.layers[theirs].name
        for mine, theirs in pairs
        if mine is not None and theirs is not None
    }
    if len(before.inputs) == len(after.inputs):
        return names | dict(zip(before.inputs, after.inputs, strict=True))
    return names | {name: name for name in before.inputs if name in after.inputs}


def _changed(old: LayerReport, new: LayerReport, new_names: Mapping[str, str], matched: set[str]) -> Change:
    """The change from a layer to the one that it is now."""
    arguments = [
        *_argument_changes(old, new, new_names),
        *_reading_change(old, new, new_names, matched),
    ]
    if old.kind != new.kind or arguments:
        return Change("changed", old, new, tuple(arguments))
    if old.name != new.name and features_of(old).stem != features_of(new).stem:
        return Change("renamed", old, new)
    same = old.output_shape == new.output_shape and all(
        getattr(old, cost) == getattr(new, cost) for cost in COSTS
    )
    return Change("unchanged" if same else "shape", old, new)


def _argument_changes(
    old: LayerReport, new: LayerReport, new_names: Mapping[str, str]
) -> Iterable[ArgumentChange]:
    """The arguments that both have with other values; names of layers are the same if the layers are."""
    references = old.layer.kind.references
    for name in old.layer.kind.arguments:
        if name not in new.layer.kind.arguments:
            continue
        before, after = getattr(old.layer, name), getattr(new.layer, name)
        if before != after and not (name in references and new_names.get(before, before) == after):
            yield ArgumentChange(name, before, after)
    if (old.share and new_names.get(old.share, old.share)) != new.share:
        yield ArgumentChange("share", old.share, new.share)


def _reading_change(
    old: LayerReport, new: LayerReport, new_names: Mapping[str, str], matched: set[str]
) -> Iterable[ArgumentChange]:
    """That a layer reads others than before, if this does not just follow from what was added or removed."""
    still = [new_names[name] for name in old.inputs if name in new_names]
    known = [name for name in new.inputs if name in matched]
    if still == known:
        return
    explained = len(still) < len(old.inputs) or len(known) < len(new.inputs)
    if not (explained and (_is_part(still, known) or _is_part(known, still))):
        yield ArgumentChange("reads", old.inputs, new.inputs)


def _is_part(shorter: Sequence[str], longer: Sequence[str]) -> bool:
    """Whether the first has only what the second has, in its order."""
    remaining = iter(longer)
    return all(name in remaining for name in shorter)


def plain(value: Any) -> Any:
    """A value of an argument as JSON has it."""
    if hasattr(value, "every") and hasattr(value, "values"):
        value = value.values
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _layer_dict(layer: LayerReport | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {
        "name": layer.name,
        "kind": layer.kind,
        "output_shape": list(layer.output_shape),
        **{figure: getattr(layer, figure) for figure in COSTS},
    }


def _network_dict(report: Report, label: str) -> dict[str, Any]:
    return {
        "label": label,
        "name": report.name,
        "inputs": {name: list(shape) for name, shape in report.inputs.items()},
        "outputs": {name: list(shape) for name, shape in report.outputs.items()},
    }
