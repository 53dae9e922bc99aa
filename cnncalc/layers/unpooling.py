"""Unpooling: max_unpool1d/2d/3d, which puts the values of a max pool back where they were found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import ClassVar

from cnncalc.geometry import Reach, TransposedWindow, Window, adaptive_reach
from cnncalc.layers.adaptive_pooling import AdaptivePool
from cnncalc.layers.arguments import ArgumentFault, argument
from cnncalc.layers.base import FREE, Kind, Layer, Misfit, Movement, Operations, Shape, Shapes, frozen_layer
from cnncalc.layers.pooling import MaxPool
from cnncalc.layers.readers import Optional, Padding, PerAxis, Reference, shown
from cnncalc.layers.shapes import misfits_of_one_rank, sliding, written


@frozen_layer
class MaxUnpool(Layer):
    """Scatters each value to the place its max pool kept for it (torch.nn.MaxUnpool2d), zeros elsewhere.

    Free: values are moved, none is computed. The shapes are those of the input, of what the pool reads
    and of what it gives; the output has the input's channels and the sizes of what the pool reads.
    `kernel_size`, `stride` and `padding` are the pool's. Written out, as PyTorch needs them, they must agree.
    """

    keeps_of_reference: ClassVar[int] = 8  # PyTorch's indices are int64

    indices: str = argument(Reference(), "the max pool that is undone")
    kernel_size: tuple[int, ...] | None = argument(
        Optional(PerAxis()), "size of the pool's window; null for what the pool says", None
    )
    stride: tuple[int, ...] | None = argument(
        Optional(PerAxis()), "the pool's stride; null for what the pool says", None
    )
    padding: tuple[tuple[int, int], ...] | str | None = argument(
        Optional(Padding(words=("same", "valid"))), "the pool's padding; null for what the pool says", None
    )
    pool: MaxPool | AdaptivePool | None = None
    """The layer that `indices` names, once it is known."""

    def referring(self, references: tuple[Layer | None, ...]) -> Layer:
        pool, rank = references[0], self.kind.rank
        names = (f"max_pool{rank}d", f"adaptive_max_pool{rank}d")
        if not isinstance(pool, (MaxPool, AdaptivePool)) or pool.kind.name not in names:
            found = "the network's input" if pool is None else pool.kind.name
            raise ArgumentFault(
                f"must name a {' or '.join(names)}, not {found}",
                "name the layer whose positions are to be restored",
                argument="indices",
            )
        for name in ("kernel_size", "stride", "padding"):
            value, of_pool = getattr(self, name), getattr(pool, name, None)
            if value is not None and value != of_pool:
                raise ArgumentFault(
                    f"is {shown(value)}, and {pool.kind.name} `{self.indices}` has {shown(of_pool)}",
                    f"leave {name} out, it is taken from the pool",
                    argument=name,
                )
        return dataclasses.replace(self, pool=pool)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        shape, _, pooled = inputs
        ranked = list(misfits_of_one_rank(self.kind.name, shape, self.kind.rank))
        if not ranked and shape != pooled:
            yield Misfit(
                "E302",
                f"{self.kind.name} reads {written(shape)}, and the pool it undoes gives {written(pooled)}",
                input=0,
                notes=("every value needs the index that the pool kept in its place",),
                help=f"bring the input to {written(pooled)}, or name a pool that gives {written(shape)}",
            )
        yield from ranked

    def output_shape(self, inputs: Shapes) -> Shape:
        return (inputs[0][0], *inputs[1][1:])

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        """An output cell may get the value of any pool window that covers it.

        Where several have found the same cell PyTorch leaves open whose value stays.
        """
        if isinstance(self.pool, MaxPool):
            return sliding(map(_covering, self.pool.windows(output[1:])))
        # the windows of an adaptive pool from m to n cells that cover a cell are those of one from n to m
        return sliding(map(adaptive_reach, inputs[0][1:], output[1:]))


def _covering(window: Window) -> Reach:
    kernel, stride, before, after, dilation, _ = window
    return TransposedWindow(kernel, stride, before, after, dilation).reach()


KINDS = tuple(
    Kind(
        f"max_unpool{rank}d",
        MaxUnpool,
        "Puts the values of a max pool back where they were found, zeros elsewhere.",
        f"max_unpool{rank}d: {{indices: pool1}}",
        ((16, *(8,) * rank), (16, *(16,) * rank), (16, *(8,) * rank)),
        rank,
    )
    for rank in (1, 2, 3)
)
