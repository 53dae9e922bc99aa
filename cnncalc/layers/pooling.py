"""Pools that slide a window: max_pool1d/2d/3d, avg_pool1d/2d/3d, lp_pool1d/2d/3d.

Sizes and limits are those of torch.nn; beyond it, padding may differ before and after, or be `same`
(TensorFlow's rule, with any stride). Operations count whole windows, also where they hang over the edge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from cnncalc.arithmetic import product
from cnncalc.geometry import Window
from cnncalc.layers.arguments import ArgumentFault, SameAs, argument
from cnncalc.layers.base import Kind, Layer, Misfit, Movement, Operations, Shape, Shapes, frozen_layer
from cnncalc.layers.readers import Boolean, Integer, Number, Optional, Padding, PerAxis
from cnncalc.layers.shapes import axis_names, misfits_of_one_rank, output_sizes, sliding
from cnncalc.layers.windows import padded_windows, window_misfits

PADDING = Padding(words=("same", "valid"))
Cells = tuple[tuple[int, int], ...] | str


def pool_misfits(layer: Pool, inputs: Shapes, padding: Cells = "valid") -> Iterator[Misfit]:
    """What PyTorch asks of a pool: windows that fit, and padding of at most half a window."""
    shape = inputs[0]
    ranked = list(misfits_of_one_rank(layer.kind.name, shape, layer.kind.rank))
    if ranked:
        yield from ranked
        return
    windows = layer.windows(shape[1:])
    if not isinstance(padding, str):
        yield from _padding_misfits(windows)
    if layer.kind.name in ("avg_pool3d", "lp_pool3d") and padding != "same":
        yield from _larger_than_input(layer.kind.name, windows, shape[1:])
        return
    for misfit in window_misfits(windows, shape[1:]):
        axis = misfit.index or 0
        yield misfit._replace(help=_fitting_kernel(windows[axis], shape[1 + axis]))


def _padding_misfits(windows: Sequence[Window]) -> Iterator[Misfit]:
    """A fault for the first axis whose padding is over half the kernel (PyTorch leaves dilation out)."""
    for axis, window in enumerate(windows):
        most, cells = window.kernel // 2, max(window.before, window.after)
        if cells > most:
            yield Misfit(
                "E306",
                f"padding of {cells} is more than half a kernel of {window.kernel}",
                argument="padding",
                index=axis,
                notes=(f"floor({window.kernel} / 2) = {most}",),
                help=f"use padding of at most {most}",
                fatal=False,
            )
            return


def _larger_than_input(kind: str, windows: Sequence[Window], sizes: Shape) -> Iterator[Misfit]:
    """A fault for the first axis shorter than its kernel, where PyTorch lets no padding make up for it."""
    for axis, (window, size) in enumerate(zip(windows, sizes, strict=True)):
        if window.kernel > size:
            cells = max(window.before, window.after)
            yield Misfit(
                "E301",
                f"a window of {window.kernel} is larger than an input {axis_names(3)[axis]} of {size}",
                argument="kernel_size",
                index=axis,
                notes=(f"{kind} does not count padding or ceil_mode here, as in PyTorch",),
                help=f"use a kernel_size of at most {size}"
                + (" with padding: 0" if cells > size // 2 else ""),
                fatal=min(output_sizes(windows, sizes)) < 1,
            )
            return


def _fitting_kernel(window: Window, size: int) -> str:
    largest = (size + window.before + window.after - 1) // window.dilation + 1
    if max(window.before, window.after) <= largest // 2:
        return f"use a kernel_size of at most {largest}"
    return f"use a kernel_size of at most {(size - 1) // window.dilation + 1} with padding: 0"


@frozen_layer
class MaxPool(Layer):
    """The largest of each window: kernel positions - 1 compares for each output element."""

    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    stride: tuple[int, ...] = argument(
        PerAxis(), "cells the window moves from output to output", SameAs("kernel_size")
    )
    padding: Cells = argument(PADDING, "cells added around the input, which are never the largest", 0)
    dilation: tuple[int, ...] = argument(PerAxis(), "distance between the window's taps", 1)
    ceil_mode: bool = argument(Boolean(), "also takes a last window that hangs over the end", False)

    def windows(self, sizes: Shape) -> tuple[Window, ...]:
        return padded_windows(
            sizes, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode
        )

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        return pool_misfits(self, inputs, self.padding)

    def output_shape(self, inputs: Shapes) -> Shape:
        return pooled_shape(self, inputs)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return Operations(compares=product(output) * (product(self.kernel_size) - 1))

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return pooled_movement(self, inputs)


@frozen_layer
class AveragePool(Layer):
    """The mean of each window: kernel positions - 1 adds and one division for each output element.

    What is divided by (`count_include_pad`, `divisor_override`) changes no count.
    """

    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    stride: tuple[int, ...] = argument(
        PerAxis(), "cells the window moves from output to output", SameAs("kernel_size")
    )
    padding: Cells = argument(PADDING, "zeros added around the input", 0)
    ceil_mode: bool = argument(Boolean(), "also takes a last window that hangs over the end", False)
    count_include_pad: bool = argument(Boolean(), "the mean counts the added zeros", True)
    divisor_override: int | None = argument(
        Optional(Integer()), "divides the sum by this number; null for the window's cells", None
    )

    def __post_init__(self) -> None:
        if self.divisor_override is not None and self.kind.rank == 1:
            raise ArgumentFault(
                "is there for avg_pool2d and avg_pool3d only, as in PyTorch",
                "leave divisor_override out",
                argument="divisor_override",
            )

    def windows(self, sizes: Shape) -> tuple[Window, ...]:
        dilation = (1,) * self.kind.rank
        return padded_windows(sizes, self.kernel_size, self.stride, self.padding, dilation, self.ceil_mode)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        return pool_misfits(self, inputs, self.padding)

    def output_shape(self, inputs: Shapes) -> Shape:
        return pooled_shape(self, inputs)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        elements = product(output)
        return Operations(adds=elements * (product(self.kernel_size) - 1), muls=elements)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return pooled_movement(self, inputs)


@frozen_layer
class LpPool(Layer):
    """The p-norm of each window, (sum of x^p)^(1/p), as torch.nn.LPPool2d defines it.

    For each output element: a power for each kernel position and the root (transcendentals), and kernel
    positions - 1 adds.
    """

    norm_type: float = argument(Number(), "the p of the norm, above 0")
    kernel_size: tuple[int, ...] = argument(PerAxis(), "size of the window")
    stride: tuple[int, ...] = argument(
        PerAxis(), "cells the window moves from output to output", SameAs("kernel_size")
    )
    ceil_mode: bool = argument(Boolean(), "also takes a last window that hangs over the end", False)

    def __post_init__(self) -> None:
        if not 0 < self.norm_type < math.inf:
            raise ArgumentFault(
                f"must be a finite number above 0, not {self.norm_type:g}",
                f"for the largest of each window use max_pool{self.kind.rank}d"
                if self.norm_type == math.inf
                else "use 1 (a sum) or 2 (the root of a sum of squares)",
                argument="norm_type",
            )

    def windows(self, sizes: Shape) -> tuple[Window, ...]:
        dilation = (1,) * self.kind.rank
        return padded_windows(sizes, self.kernel_size, self.stride, "valid", dilation, self.ceil_mode)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        return pool_misfits(self, inputs)

    def output_shape(self, inputs: Shapes) -> Shape:
        return pooled_shape(self, inputs)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        elements, positions = product(output), product(self.kernel_size)
        return Operations(adds=elements * (positions - 1), transcendentals=elements * (positions + 1))

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return pooled_movement(self, inputs)


Pool = MaxPool | AveragePool | LpPool


def pooled_shape(layer: Pool, inputs: Shapes) -> Shape:
    """The channels of the input, and on each axis the places of the window."""
    channels, *sizes = inputs[0]
    return (channels, *output_sizes(layer.windows(tuple(sizes)), tuple(sizes)))


def pooled_movement(layer: Pool, inputs: Shapes) -> Movement:
    return sliding(window.reach() for window in layer.windows(inputs[0][1:]))


def _by_rank(layer: type[Layer], name: str, doc: str, example: str) -> tuple[Kind, ...]:
    inputs = {1: ((16, 100),), 2: ((64, 32, 32),), 3: ((16, 8, 32, 32),)}
    return tuple(
        Kind(f"{name}{rank}d", layer, doc, f"{name}{rank}d: {example}", inputs[rank], rank)
        for rank in (1, 2, 3)
    )


KINDS = (
    *_by_rank(
        MaxPool, "max_pool", "The largest value of each window.", "{kernel_size: 3, stride: 2, padding: 1}"
    ),
    *_by_rank(AveragePool, "avg_pool", "The mean of each window.", "{kernel_size: 2, stride: 2}"),
    *_by_rank(LpPool, "lp_pool", "The p-norm of each window.", "{norm_type: 2, kernel_size: 2}"),
)
