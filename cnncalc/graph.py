"""The network as a checked, ordered list of layers that name the tensors they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from cnncalc.diagnostics import Span
from cnncalc.layers.base import Layer, Shape

if TYPE_CHECKING:
    from cnncalc.budget import Limit


class Origin(Protocol):
    """Where a layer was written, for the faults that are found in the graph."""

    def span(self) -> Span:
        """The layer itself."""

    def argument_span(self, argument: str, index: int | None = None) -> Span:
        """The value of an argument, or the item of it; the layer if the argument is not written."""

    def input_spans(self, count: int) -> list[Span]:
        """Where each of the `count` inputs is named; empty if not one each."""

    def inputs_span(self) -> Span:
        """Where the inputs are named together; the layer if that is nowhere."""

    def share_span(self) -> Span:
        """Where the layer says whose weights it uses."""

    def uses(self) -> Iterator[tuple[str, Span]]:
        """The uses of blocks around the layer, the innermost first: the name of the block, the place."""


class Node(NamedTuple):
    """One layer in its place.

    Tensors are numbered: first the inputs of the network, then the output of each node in order. So
    `inputs` and `references` (tensors of which only the making counts, as with `like` or `indices`) are
    numbers below the node's own. `layer` is None where the description was faulty and no layer could be
    made. `share` is the node whose weights this one uses; `silenced` are the codes of warnings that the file
    does not want to hear of it.
    """

    name: str
    layer: Layer | None
    inputs: tuple[int, ...]
    origin: Origin
    references: tuple[int, ...] = ()
    share: int | None = None
    silenced: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """A network. `about` holds what the file says beside the layers: reference, notes, published, ...

    `budget` are the limits that the file sets to its figures.
    """

    name: str
    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    budget: tuple[Limit, ...] = ()

    def tensor_name(self, tensor: int) -> str:
        """The name of an input or of the node that makes the tensor."""
        if tensor < len(self.inputs):
            return list(self.inputs)[tensor]
        return self.nodes[tensor - len(self.inputs)].name

    def producer(self, tensor: int) -> Node | None:
        """The node that makes the tensor; None for an input of the network."""
        return self.nodes[tensor - len(self.inputs)] if tensor >= len(self.inputs) else None
