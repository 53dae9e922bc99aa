"""What can be said of a run before it: when tensors die, how they lie in memory, which layers go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.graph import Graph, Node
from cnncalc.layers.base import Layer
from cnncalc.layers.normalization import BatchNorm, InstanceNorm, Scale
from cnncalc.layers.reshape import Flatten, Reshape
from cnncalc.numpy_backend.arrays import AS_READ, Order
from cnncalc.numpy_backend.executors import FINISHING_KINDS


class Step(NamedTuple):
    """A call of an executor: a node, and the nodes behind it that are done with each block of its output."""

    node: int
    finishing: tuple[int, ...] = ()

    @property
    def last(self) -> int:
        """The node whose output the step makes."""
        return self.finishing[-1] if self.finishing else self.node


class Plan(NamedTuple):
    """A run of a graph, by numbers of nodes and tensors."""

    steps: tuple[Step, ...]
    dying: tuple[tuple[int, ...], ...]
    """For each step the tensors that nothing reads after it."""
    unread: tuple[int, ...]
    """Inputs of the network that no layer reads, so that they need not be there."""
    last_reference: dict[int, int]
    """For the tensors of max pools whose indices a later layer asks for, the node that asks last."""


def plan(graph: Graph, together: bool) -> Plan:
    """The plan of a run; `together` does elementwise layers on the blocks of those in front of them."""
    steps = _steps(graph, together)
    last_reference = {
        tensor: index
        for index, node in enumerate(graph.nodes)
        if node.layer is not None and node.layer.keeps_of_reference
        for tensor in node.references
    }
    read = {tensor for node in graph.nodes for tensor in node.inputs} | set(graph.outputs)
    unread = tuple(tensor for tensor in range(len(graph.inputs)) if tensor not in read)
    return Plan(steps, _dying(graph, steps), unread, last_reference)


def _dying(graph: Graph, steps: Sequence[Step]) -> tuple[tuple[int, ...], ...]:
    last: dict[int, int] = {}
    for number, step in enumerate(steps):
        last[len(graph.inputs) + step.last] = number
        last.update(dict.fromkeys(graph.nodes[step.node].inputs, number))
    dying: list[list[int]] = [[] for _ in steps]
    for tensor, number in last.items():
        if tensor not in graph.outputs:
            dying[number].append(tensor)
    return tuple(map(tuple, dying))


def _steps(graph: Graph, together: bool) -> tuple[Step, ...]:
    first = len(graph.inputs)
    readers: dict[int, list[int]] = {}
    for index, node in enumerate(graph.nodes):
        for tensor in (*node.inputs, *node.references):
            readers.setdefault(tensor, []).append(index)
    steps: list[Step] = []
    done: set[int] = set()
    for index, node in enumerate(graph.nodes):
        if index in done:
            continue
        finishing: list[int] = []
        if together and _kind(node) in FINISHING_KINDS:
            last = index
            while (behind := _only_reader(graph, readers, first + last)) is not None:
                finishing.append(last := behind)
        done.update(finishing)
        steps.append(Step(index, tuple(finishing)))
    return tuple(steps)


def _only_reader(graph: Graph, readers: dict[int, list[int]], tensor: int) -> int | None:
    """The node that alone reads the tensor, if it can be done block by block."""
    of_tensor = readers.get(tensor, [])
    if len(of_tensor) != 1 or tensor in graph.outputs:
        return None
    node = graph.nodes[of_tensor[0]]
    reads_once = node.inputs == (tensor,) and not node.references
    return of_tensor[0] if reads_once and node.layer is not None and _by_blocks(node.layer) else None


def _by_blocks(layer: Layer) -> bool:
    """Whether the layer can be done on rows of its input, each by itself."""
    if isinstance(layer, (BatchNorm, InstanceNorm)):
        return layer.track_running_stats
    if isinstance(layer, Scale):
        return layer.dim == 1
    return layer.elementwise


def _kind(node: Node) -> str:
    return node.layer.kind.name if node.layer is not None else ""


def orders(graph: Graph) -> list[Order | None]:
    """How each node's output is to lie in memory; None for the common order (N, ..., C).

    What a flatten or reshape looks at lies in the order in which it is read, as a flatten then is a view
    where it can be one. What lies between them, views and what may be computed in place, lies as its input.
    """
    first = len(graph.inputs)
    wanted: list[Order | None] = [None] * (first + len(graph.nodes))
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if node.layer is None:
            continue
        read = isinstance(node.layer, (Flatten, Reshape))
        passed_on = wanted[first + index] == AS_READ and (node.layer.view or node.layer.elementwise)
        if read or passed_on:
            for tensor in node.inputs:
                wanted[tensor] = AS_READ
    return wanted[first:]
