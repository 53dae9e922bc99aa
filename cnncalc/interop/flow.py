"""The tensors of a network on their way: which layers read and give them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from cnncalc.graph import Graph

Port = Literal["output", "indices"]


class Value(NamedTuple):
    """A tensor that is handed on: a tensor of the graph, or the indices of the pool that gives it."""

    tensor: int
    port: Port = "output"


@dataclass(frozen=True, eq=False)
class Flow:
    """A network with, for each node, the values that it is called with and what it is made as."""

    graph: Graph
    reads: Sequence[tuple[Value, ...]]
    modules: Sequence[object]
    readers: dict[Value, list[int]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for index, values in enumerate(self.reads):
            for value in values:
                self.readers.setdefault(value, []).append(index)

    @property
    def outputs(self) -> tuple[Value, ...]:
        """What the network gives."""
        return tuple(Value(tensor) for tensor in self.graph.outputs)

    def gives(self, index: int) -> tuple[Value, ...]:
        """The values that a node makes and something reads, its output in any case."""
        tensor = index + len(self.graph.inputs)
        indices = Value(tensor, "indices")
        return (Value(tensor), indices) if indices in self.readers else (Value(tensor),)

    def leaves(self, value: Value, inside: Collection[int]) -> bool:
        """Whether a value is read outside of some nodes, or nowhere."""
        readers = self.readers.get(value)
        is_output = value.port == "output" and value.tensor in self.graph.outputs
        return not readers or is_output or any(reader not in inside for reader in readers)

    def is_made_alike(self, one: int, other: int) -> bool:
        """Whether two nodes can be one module."""
        nodes = self.graph.nodes
        return nodes[one].layer == nodes[other].layer and self.modules[one] == self.modules[other]
