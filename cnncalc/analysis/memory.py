"""Which tensors live when, and the largest sum of them: the memory that a run of the network needs.

The layers run in the order of the graph. A tensor lives from its making to its last use, a network
output to the end; a view is the memory it looks at. Parameters are not counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.arithmetic import maximum
from cnncalc.graph import Graph


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


def peak_of(graph: Graph, tensor_bytes: Sequence[int], itemsize: int = 4, in_place: bool = False) -> Peak:
    """The peak of a run; `tensor_bytes` gives the bytes of each tensor, the inputs first."""
    memories = all_memories(graph, tensor_bytes, itemsize, in_place)
    sums = _live_bytes(memories, len(graph.nodes))
    if not sums:
        return Peak(sum(tensor_bytes), "", tuple(graph.inputs))
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


def live_bytes(
    graph: Graph, tensor_bytes: Sequence[int], itemsize: int = 4, in_place: bool = False
) -> list[int]:
    """The bytes that are live while each node runs: what it reads, what it makes, what waits."""
    memories = all_memories(graph, tensor_bytes, itemsize, in_place)
    return _live_bytes(memories, len(graph.nodes))


def _live_bytes(memories: Sequence[Memory], steps: int) -> list[int]:
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


def all_memories(graph: Graph, tensor_bytes: Sequence[int], itemsize: int, in_place: bool) -> list[Memory]:
    """The tensors of a run, and what is kept for layers that refer to others."""
    return [
        *_memories(graph, tensor_bytes, in_place),
        *_kept_for_references(graph, tensor_bytes, itemsize),
    ]


def _memories(graph: Graph, tensor_bytes: Sequence[int], in_place: bool) -> list[Memory]:
    """The pieces of memory of a run, in the order of their making."""
    first = len(graph.inputs)
    holder, last = _holders(graph)
    reused = _reused(graph, holder, last, tensor_bytes) if in_place else {}
    end_of = dict(enumerate(last))
    for tensor in sorted(reused, reverse=True):  # a chain of in-place layers lives as one
        end_of[reused[tensor]] = end_of[tensor]
    return [
        Memory(tensor, tensor - first if tensor >= first else -1, end_of[tensor], bytes)
        for tensor, bytes in enumerate(tensor_bytes)
        if holder[tensor] == tensor and tensor not in reused
    ]


def _holders(graph: Graph) -> tuple[list[int], list[int]]:
    """For each tensor the one whose memory it is, and for each of these the node that reads it last."""
    first = len(graph.inputs)
    count = first + len(graph.nodes)
    holder = list(range(count))
    last = [-1] * first + list(range(len(graph.nodes)))
    for index, node in enumerate(graph.nodes):
        for tensor in node.inputs:
            last[holder[tensor]] = index
        if node.layer is not None and node.layer.view and node.inputs:
            root = holder[first + index] = holder[node.inputs[0]]
            last[root] = index
    for tensor in graph.outputs:
        last[holder[tensor]] = len(graph.nodes) - 1
    return holder, last


def _reused(graph: Graph, holder: list[int], last: list[int], tensor_bytes: Sequence[int]) -> dict[int, int]:
    """Outputs of elementwise layers that take over the memory of an input nothing else reads after.

    Not where another input sees the same memory, which would change under it: only if there are just two,
    which see it in the same way, as in `x + x`.
    """
    first = len(graph.inputs)
    reused: dict[int, int] = {}
    seen_as = list(range(first + len(graph.nodes)))
    kept = {holder[tensor] for tensor in graph.outputs}
    for index, node in enumerate(graph.nodes):
        if node.layer is None or not node.layer.elementwise:
            continue
        if node.layer.view:
            seen_as[first + index] = seen_as[node.inputs[0]]
            continue
        for source in (holder[tensor] for tensor in node.inputs):
            views = [seen_as[tensor] for tensor in node.inputs if holder[tensor] == source]
            safe = len(views) == 1 or (len(views) == len(node.inputs) == 2 and views[0] == views[1])
            fits = bool(tensor_bytes[source] == tensor_bytes[first + index])
            last_use = last[source] == index and source not in kept
            if source >= first and last_use and fits and safe:
                reused[first + index] = source
                break
    return reused


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
