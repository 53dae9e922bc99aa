"""All that the text of a network's classes is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.analysis.report import Report
from cnncalc.graph import Graph
from cnncalc.interop.flow import Value
from cnncalc.interop.outline import Group, Item, Layer
from cnncalc.interop.pytorch.module import Merge, Module
from cnncalc.interop.unify import Unifier
from cnncalc.interop.wiring import Wiring
from cnncalc.language.nodes import Node
from cnncalc.layers.base import Shape


@dataclass(frozen=True, eq=False)
class Design:
    """A network on its way to a program."""

    graph: Graph
    report: Report
    root: Group
    wiring: Wiring
    unifier: Unifier
    modules: Sequence[Module | None]
    """By node; None for a merge."""
    merges: Mapping[int, Merge]
    declared: Mapping[str, Sequence[tuple[str, Node | None]]]
    """The parameters of each block, with their defaults."""
    class_names: Mapping[int, str]
    """By the identity of a class."""
    free: Mapping[str, Any]
    """The parameters of the file that the class of the network takes, with their values."""

    def shape(self, value: Value) -> Shape:
        """The shape of a tensor, without the batch."""
        first = len(self.graph.inputs)
        if value.tensor < first:
            return list(self.report.inputs.values())[value.tensor]
        return self.report.layers[value.tensor - first].output_shape

    def channels(self, value: Value) -> int:
        return self.shape(value)[0]

    def channels_given(self, item: Item) -> int:
        """The channels of what an item gives (first)."""
        if isinstance(item, Layer):
            return self.report.layers[item.index].output_shape[0]
        plan = self.wiring.plans[item.path]
        return self.channels(plan.outputs[0]) if plan.outputs else 0

    def channels_read(self, item: Item) -> int:
        """The channels of what an item reads (first)."""
        if isinstance(item, Layer):
            values = self.wiring.flow.reads[item.index]
        else:
            values = self.wiring.plans[item.path].inputs
        return self.channels(values[0])
