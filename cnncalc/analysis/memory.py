"""Which tensors live when, and the largest sum of them: the memory that a run of the network needs.

The layers run in the order of the graph. A tensor lives from its making to its last use, a network
output to the end; a view is the memory it looks at. Parameters are not counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.analysis.figures import DTYPE_BYTES
from cnncalc.analysis.placement import Placement, placed
from cnncalc.arithmetic import maximum, product
from cnncalc.graph import Graph

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report


class Peak(NamedTuple):
    """The largest sum of live tensors, the layer at which it is first reached, and the tensors' names."""

    bytes: int
    layer: str
    tensors: tuple[str, ...]


class Memory(NamedTuple):
    """A piece of memory: made by node `made` (-1: a network input) and last read by node `last`."""

    tensor: int
    made: int
    last: int
    bytes: int
    suffix: str = ""


def peak_of(graph: Graph, memories: Sequence[Memory], without_layers: int) -> Peak:
    """The peak of a run; `without_layers` are the bytes of the inputs, for a network that has no layers."""
    sums = live_bytes(memories, len(graph.nodes))
    if not sums:
        return Peak(without_layers, "", tuple(graph.inputs))
    highest = sums[0]
    for live in sums[1:]:
        highest = maximum(highest, live)
    if type(highest) is not int:  # arrays of sizes have no one layer of the peak
        return Peak(highest, "", ())
    at = sums.index(highest)
    names = tuple(
        graph.tensor_name(memory.tensor) + memory.suffix
        for memory in memories
        if memory.made <= at <= memory.last
    )
    return Peak(highest, graph.nodes[at].name, names)


def live_bytes(memories: Sequence[Memory], steps: int) -> list[int]:
    """The bytes that are live while each of so many nodes runs: what it reads, what it makes, what waits."""
    change: list[int] = [0] * (steps + 1)
    for memory in memories:
        change[max(memory.made, 0)] = change[max(memory.made, 0)] + memory.bytes
        change[memory.last + 1] = change[memory.last + 1] - memory.bytes
    sums = []
    live = 0
    for step in change[:steps]:
        live = live + step
        sums.append(live)
    return sums


def memories_of_report(graph: Graph, report: Report) -> list[Memory]:
    """The memories of a run as a report has it, which was made of the graph and is not faulty."""
    itemsize = DTYPE_BYTES[report.dtype]
    shapes = [*report.inputs.values(), *(row.output_shape for row in report.layers)]
    inputs = [product(shape) * report.batch * itemsize for shape in report.inputs.values()]
    tensor_bytes = [*inputs, *(row.figures.tensor_bytes for row in report.layers)]
    return all_memories(graph, placed(graph, shapes, report.in_place), tensor_bytes, itemsize)


def all_memories(
    graph: Graph, placement: Placement, tensor_bytes: Sequence[int], itemsize: int
) -> list[Memory]:
    """The tensors of a run, and what is kept for layers that refer to others.

    `tensor_bytes` gives the bytes of each tensor, the inputs first.
    """
    return [
        *_memories(graph, placement, tensor_bytes),
        *_kept_for_references(graph, tensor_bytes, itemsize),
    ]


def _memories(graph: Graph, placement: Placement, tensor_bytes: Sequence[int]) -> list[Memory]:
    """The pieces of memory of a run, in the order of their making."""
    first = len(graph.inputs)
    holder, taken_over = placement
    end_of = _last_uses(graph, holder)
    for tensor in sorted(taken_over, reverse=True):  # a chain of in-place layers lives as one
        end_of[taken_over[tensor]] = end_of[tensor]
    return [
        Memory(tensor, tensor - first if tensor >= first else -1, end_of[tensor], bytes)
        for tensor, bytes in enumerate(tensor_bytes)
        if holder[tensor] == tensor and tensor not in taken_over
    ]


def _last_uses(graph: Graph, holder: Sequence[int]) -> list[int]:
    """For each tensor that has memory the last node that reads it or makes a view of it."""
    first = len(graph.inputs)
    last = [-1] * first + list(range(len(graph.nodes)))
    for index, node in enumerate(graph.nodes):
        for tensor in node.inputs:
            last[holder[tensor]] = index
    for tensor in graph.outputs:
        last[holder[tensor]] = len(graph.nodes) - 1
    return last


def _kept_for_references(graph: Graph, tensor_bytes: Sequence[int], itemsize: int) -> list[Memory]:
    """What a layer keeps for a later one that refers to it: the indices of a max pool for its unpool."""
    first = len(graph.inputs)
    kept: dict[int, Memory] = {}
    for index, node in enumerate(graph.nodes):
        if node.layer is None or not node.layer.keeps_of_reference:
            continue
        for tensor in node.references:
            bytes = tensor_bytes[tensor] // itemsize * node.layer.keeps_of_reference
            kept[tensor] = Memory(tensor, tensor - first, index, bytes, ".indices")
    return list(kept.values())
