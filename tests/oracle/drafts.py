"""A design under construction: an entry more is tried, and stays if the design is sound with it."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from random import Random
from typing import Any

from cnncalc.analysis.report import LayerReport, Report
from cnncalc.api import examine_reading, read
from cnncalc.diagnostics import ArchitectureError, Source
from cnncalc.layers.base import Shape

Entry = dict[str, Any]
"""A layer as it stands in a file: its kind with arguments, and what stands beside it."""

LARGEST_TENSOR = 2500
MOST_PARAMS = 8000
MOST_DIMENSIONS = 4
MOST_LAYERS = 50


class Crash(Exception):
    """cnncalc ended in an error of its own; the text is what it was given."""


def report_of(document: dict[str, Any]) -> Report | None:
    """The report of a document; None if it has a fault. Raises Crash."""
    text = json.dumps(document)
    try:
        examined = examine_reading(read(Source("<design>", text)))
    except ArchitectureError:
        return None
    except Exception as error:
        raise Crash(f"{type(error).__name__}: {error} of {text}") from error
    return None if any(found.is_error for found in examined.diagnostics) else examined.report


def is_small(report: Report) -> bool:
    """Whether a run takes milliseconds, and whether PyTorch has all layers for so many dimensions."""
    fits = report.totals.params <= MOST_PARAMS and len(report.layers) <= MOST_LAYERS
    return fits and all(
        math.prod(row.output_shape) <= LARGEST_TENSOR and len(row.output_shape) <= MOST_DIMENSIONS
        for row in report.layers
    )


class Draft:
    """Layers behind inputs, with the file's parameters and blocks, which drafts of its parts share."""

    def __init__(self, random: Random, inputs: dict[str, Shape]) -> None:
        self.random = random
        self.inputs = inputs
        self.params: dict[str, Any] = {}
        self.blocks: dict[str, Any] = {}
        self.layers: list[Entry] = []
        self.outputs: list[str] = []
        self.report: Report | None = None
        self.numbers = itertools.count(1)
        self.depth = 0

    def within(self, shape: Shape, params: dict[str, Any] | None = None) -> Draft:
        """A draft of what is to stand in a group of this one, for a tensor that the group reads."""
        inner = Draft(self.random, {"input": shape})
        inner.params = {**self.params, **(params or {})}
        inner.blocks = self.blocks
        inner.numbers = self.numbers
        inner.depth = self.depth + 1
        return inner

    # --- what there is -----------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[LayerReport, ...]:
        return self.report.layers if self.report else ()

    @property
    def shape(self) -> Shape:
        """That of the tensor which the next layer reads."""
        return self.rows[-1].output_shape if self.rows else list(self.inputs.values())[-1]

    def tensors(self) -> dict[str, Shape]:
        """All that a layer may read by name; within a group not what is outside of it."""
        inputs = {} if self.depth else self.inputs
        return {**inputs, **{row.name: row.output_shape for row in self.rows}}

    def alike(self, shape: Shape) -> list[str]:
        return [name for name, found in self.tensors().items() if found == shape]

    def document(self) -> dict[str, Any]:
        one = list(self.inputs) == ["input"]
        return {
            **({"input": list(self.inputs["input"])} if one else {"inputs": self._input_lists()}),
            **({"outputs": self.outputs} if self.outputs else {}),
            **({"params": self.params} if self.params else {}),
            **({"blocks": self.blocks} if self.blocks else {}),
            "layers": self.layers,
        }

    def _input_lists(self) -> dict[str, list[int]]:
        return {name: list(shape) for name, shape in self.inputs.items()}

    # --- changes -----------------------------------------------------------------------------------

    def name(self, stem: str) -> str:
        """A name that nothing else has."""
        return f"{stem}{next(self.numbers)}"

    def add(self, *entries: Entry) -> bool:
        """Puts entries behind the others, unless the design would have a fault or be too large."""
        return self.become([*self.layers, *entries])

    def become(self, layers: list[Entry], alike: bool = False) -> bool:
        """Takes these layers for its own if they are sound; if `alike`, and give what there was before."""
        before, self.layers = self.layers, layers
        report = report_of(self.document())
        if (
            report is None
            or not report.layers
            or not is_small(report)
            or (alike and not self._gives_the_same(report))
        ):
            self.layers = before
            return False
        self.report = report
        return True

    def _gives_the_same(self, report: Report) -> bool:
        return [(row.name, row.output_shape, row.weights) for row in report.layers] == [
            (row.name, row.output_shape, row.weights) for row in self.rows
        ]

    # --- choices -----------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)


def copied(node: Any) -> Any:
    """A copy of a part of a document, in which no list or mapping stands twice."""
    return json.loads(json.dumps(node))


def entry_of(kind: str, arguments: Any = None, **beside: Any) -> Entry:
    """An entry; what stands beside the kind is left out where it is None."""
    return {kind: arguments or None, **{key: value for key, value in beside.items() if value is not None}}


def kind_in(entry: Entry) -> str:
    """The kind of an entry, which stands in front of what is beside it."""
    return next(iter(entry))


def lists_of_entries(node: Any) -> Iterator[list[Entry]]:
    """All lists of layers in a document or a part of it: those of groups, branches and blocks too."""
    if isinstance(node, dict):
        for value in node.values():
            yield from lists_of_entries(value)
    elif isinstance(node, list):
        if node and all(isinstance(item, dict) for item in node):
            yield node
        for item in node:
            yield from lists_of_entries(item)


def renamed(entries: list[Entry], draft: Draft) -> list[Entry]:
    """A copy with new names, for a place where they would clash; references within follow."""
    entries = copied(entries)
    new = {}
    for group in (entries, *lists_of_entries(entries)):
        for entry in group:
            name = entry.get("name")
            if isinstance(name, str) and "{" not in name and name not in new:
                new[name] = draft.name(name.rstrip("0123456789"))
    return _replaced(entries, new)  # type: ignore[no-any-return]


def _replaced(node: Any, words: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(value, words) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(item, words) for item in node]
    return words.get(node, node) if isinstance(node, str) else node
