"""In which memory each tensor of a run is, and how its elements lie there.

What a layer computes lies in order, the last dimension running fastest (PyTorch's `contiguous`). A permute,
slice, split, crop or squeeze looks at memory that is there already, with other strides. A flatten or reshape
reads its input in order: where strides cannot say that, it copies, and so makes memory of its own. That is
so just where `x.view(...)` raises in PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.arithmetic import everywhere, product
from cnncalc.graph import Graph, Node
from cnncalc.layers.base import Layer, Movement, Shape


class Lying(NamedTuple):
    """Where the first element of a tensor is in its memory, and how far it is from one to the next along
    each dimension (PyTorch's `storage_offset` and `stride`, without the batch)."""

    start: int
    strides: tuple[int, ...]


class Placement(NamedTuple):
    """For tensors by number, see `Node`."""

    holder: tuple[int, ...]
    """For each tensor the one whose memory it looks at: itself if it is no view."""
    taken_over: dict[int, int]
    """For outputs that are written over an input, the tensor whose memory that was."""


def placed(graph: Graph, shapes: Sequence[Shape | None], in_place: bool) -> Placement:
    """The placement for the shapes of all tensors, the inputs first; None where one is unknown."""
    placing = _Placing(graph, shapes)
    for index, node in enumerate(graph.nodes, start=len(graph.inputs)):
        if node.layer is None or shapes[index] is None:
            continue
        if node.layer.view:
            placing.look(node.layer, node.inputs[0], index)
        elif in_place and node.layer.elementwise:
            placing.take_over(node, index)
    return Placement(tuple(placing.holder), placing.taken_over)


class _Placing:
    """The tensors that are placed so far. In `lying` None stands for in order, in memory of its own."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape | None]) -> None:
        self.first = len(graph.inputs)
        self.shapes = [shape or () for shape in shapes]
        self.holder = list(range(len(shapes)))
        self.lying: list[Lying | None] = [None] * len(shapes)
        self.taken_over: dict[int, int] = {}
        self.last_read = [-1] * len(shapes)
        for made, node in enumerate(graph.nodes, start=self.first):
            for tensor in node.inputs:
                self.last_read[tensor] = made
        for tensor in graph.outputs:
            self.last_read[tensor] = len(shapes)

    def look(self, layer: Layer, source: int, made: int) -> None:
        """Places the output of a view, which is none if it has to copy."""
        before, shape, output = self.lying[source], self.shapes[source], self.shapes[made]
        after = before
        if layer.reshapes:
            if before is not None:
                after = seen_under(before, shape, output)
                if after is None:
                    return
        else:
            movement = layer.movement((shape,), output)
            if movement is not None:
                after = _walking(before or in_order(shape), movement)
        self.holder[made], self.lying[made] = self.holder[source], after

    def take_over(self, node: Node, made: int) -> None:
        """Places an elementwise output over the first input that nothing else reads any more."""
        for tensor in node.inputs:
            if self.can_be_written_over(tensor, node, made):
                self.taken_over[made], self.lying[made] = self.holder[tensor], self.lying[tensor]
                return

    def can_be_written_over(self, tensor: int, node: Node, made: int) -> bool:
        """Whether the output fits an input of which nothing is needed any more.

        Not where another input sees the same memory, which would change under it: only if there are just
        two, which see it alike, as in `x + x`.
        """
        source, output = self.holder[tensor], self.shapes[made]
        if source < self.first or not _same(self.shapes[tensor], output):
            return False
        if not everywhere(product(self.shapes[source]) == product(output)):
            return False
        if any(self.last_read[one] > made for one in range(made) if self.holder[one] == source):
            return False
        inside = [one for one in node.inputs if self.holder[one] == source]
        return len(inside) == 1 or (len(inside) == len(node.inputs) == 2 and self.alike(*inside))

    def alike(self, one: int, other: int) -> bool:
        """Whether two tensors in the same memory are the same elements in the same order."""
        shape = self.shapes[one]
        if one == other or not _same(shape, self.shapes[other]):
            return one == other
        mine, theirs = self.lying[one] or in_order(shape), self.lying[other] or in_order(shape)
        distances = zip(mine.strides, theirs.strides, shape, strict=True)
        return everywhere(mine.start == theirs.start) and all(
            everywhere((here == there) | (size == 1)) for here, there, size in distances
        )


def in_order(shape: Shape) -> Lying:
    """How what a layer computes lies in its own memory."""
    strides: list[int] = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step = step * size
    return Lying(0, tuple(reversed(strides)))


def seen_under(lying: Lying, shape: Shape, output: Shape) -> Lying | None:
    """How a tensor lies if it is seen under another shape; None if no strides can say that.

    Neighbouring dimensions run on into each other where the stride of one is size times stride of the next.
    Each dimension of the output has to fit into one such run (the rule of torch.Tensor.view). Of arrays of
    sizes that has to be so for all of them.
    """
    runs: list[tuple[int, int]] = []  # sizes and strides, the last one first
    for size, stride in zip(reversed(shape), reversed(lying.strides), strict=True):
        if everywhere(size == 1):
            continue
        if runs and everywhere(stride == runs[-1][0] * runs[-1][1]):
            runs[-1] = (runs[-1][0] * size, runs[-1][1])
        else:
            runs.append((size, stride))
    remaining = iter(runs)
    left, step = 1, 1
    strides: list[int] = []
    for size in reversed(output):
        if everywhere(left == 1) and not everywhere(size == 1):
            left, step = next(remaining, (1, 1))
        if not everywhere(left % size == 0):
            return None
        strides.append(step)
        left, step = left // size, step * size
    return Lying(lying.start, tuple(reversed(strides)))


def _walking(lying: Lying, movement: Movement) -> Lying:
    """How a view lies that takes positions of each dimension, evenly spaced, as its movement says."""
    assert movement is not None
    start, strides = lying.start, []
    for step in movement:
        stride = lying.strides[step.dim] if step is not None else 0  # a new dimension has a single position
        if step is not None and step.reach is not None:
            start = start - step.reach.before[0] * stride
            stride = stride * step.reach.advance
        strides.append(stride)
    return Lying(start, tuple(strides))


def _same(shape: Shape, other: Shape) -> bool:
    return len(shape) == len(other) and all(
        everywhere(size == its) for size, its in zip(shape, other, strict=True)
    )
