"""Resizing by interpolation: upsample.

As torch.nn.Upsample, but a scale factor is taken as the exact ratio that was written: PyTorch rounds
size * scale_factor down after a binary multiplication, so that it makes 28 of 100 * 0.29.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from cnncalc.arithmetic import everywhere, product
from cnncalc.geometry import Reach, resizing_reach
from cnncalc.layers.arguments import ArgumentFault, argument
from cnncalc.layers.base import FREE, Kind, Layer, Misfit, Movement, Operations, Shape, Shapes, frozen_layer
from cnncalc.layers.readers import AnyAxes, AxisValues, Boolean, Choice, Optional, Ratio
from cnncalc.layers.shapes import axes_misfit, axis_names, sliding, written


class Mode(NamedTuple):
    """Cells read along each axis, and the numbers of axes that PyTorch has the mode for."""

    taps: int
    ranks: tuple[int, ...]


MODES = {
    "nearest": Mode(1, (1, 2, 3)),
    "linear": Mode(2, (1,)),
    "bilinear": Mode(2, (2,)),
    "bicubic": Mode(4, (2,)),
    "trilinear": Mode(2, (3,)),
}


@frozen_layer
class Upsample(Layer):
    """A bare value is the scale_factor, the first argument.

    Each output element is the weighted sum of its taps: 2 (linear), 4 (bilinear), 8 (trilinear) or 16
    (bicubic) muls, and one add less. Nearest copies and is free of operations, but not of memory. Along an
    axis whose size a scale factor leaves as it is (4 by 1.2) all but bicubic give the cells as they are.
    """

    scale_factor: AxisValues | None = argument(
        Optional(AnyAxes(Ratio())), "output size / input size, rounded down to a whole output", None
    )
    size: AxisValues | None = argument(Optional(AnyAxes()), "size of the output", None)
    mode: str = argument(Choice(tuple(MODES)), "how values between the cells are made", "nearest")
    align_corners: bool = argument(
        Boolean(), "centres of the first and last cells stay in place, rather than the outer edges", False
    )

    def __post_init__(self) -> None:
        if self.size is None and self.scale_factor is None:
            raise ArgumentFault(
                "upsample needs `size` or `scale_factor`", "write scale_factor: 2, or size: [64, 64]"
            )
        if self.size is not None and self.scale_factor is not None:
            raise ArgumentFault(
                "does not go together with size", "leave one of them out", argument="scale_factor"
            )
        if self.align_corners and self.mode == "nearest":
            raise ArgumentFault(
                "has no meaning for mode nearest",
                "leave align_corners out, or use mode: bilinear",
                argument="align_corners",
            )

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        shape = inputs[0]
        name, values = self._target()
        misfit = axes_misfit(self.kind.name, shape, name, values) or self._mode_misfit(shape)
        return self._empty_misfits(shape) if misfit is None else (misfit,)

    def _target(self) -> tuple[str, AxisValues]:
        if self.size is not None:
            return "size", self.size
        assert self.scale_factor is not None
        return "scale_factor", self.scale_factor

    def _mode_misfit(self, shape: Shape) -> Misfit | None:
        rank, ranks = len(shape) - 1, MODES[self.mode].ranks
        if rank in ranks:
            return None
        fitting = [mode for mode, (_, its_ranks) in MODES.items() if rank in its_ranks]
        axes = " or ".join(
            [", ".join(map(str, ranks[:-1])), str(ranks[-1])] if ranks[1:] else map(str, ranks)
        )
        noun = "axis" if ranks == (1,) else "axes"
        return Misfit(
            "E304",
            f"mode {self.mode} needs {axes} spatial {noun}, got {written(shape)}",
            argument="mode",
            help=f"use mode: {' or '.join(fitting)}"
            if fitting
            else "bring the input to at most 4 dimensions",
        )

    def _empty_misfits(self, shape: Shape) -> Iterator[Misfit]:
        rank = len(shape) - 1
        for axis, (size, resized) in enumerate(zip(shape[1:], self.output_shape((shape,))[1:], strict=True)):
            if resized < 1:
                name, factor = axis_names(rank)[axis], self._factors(rank)[axis]
                yield Misfit(
                    "E306",
                    f"an input {name} of {size} scaled by {float(factor):g} leaves nothing",
                    argument="scale_factor",
                    index=axis,
                    notes=(f"floor({size} * {float(factor):g}) = 0, and an output needs at least 1",),
                    help=f"use a scale_factor of at least 1/{size}",
                )
                return

    def _factors(self, rank: int) -> tuple[Fraction, ...]:
        assert self.scale_factor is not None
        return self.scale_factor.over(rank)

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, *sizes = inputs[0]
        if self.size is not None:
            return (channels, *self.size.over(len(sizes)))
        factors = self._factors(len(sizes))
        return (
            channels,
            *(
                size * factor.numerator // factor.denominator
                for size, factor in zip(sizes, factors, strict=True)
            ),
        )

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        taps = MODES[self.mode].taps ** (len(output) - 1)
        if taps == 1:
            return FREE
        elements = product(output)
        return Operations(adds=elements * (taps - 1), muls=elements * taps)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return sliding(self._reach(axis, inputs[0], output) for axis in range(1, len(output)))

    def _reach(self, axis: int, shape: Shape, output: Shape) -> Reach:
        """By the scale factor alone where it can be, as PyTorch does: so it holds for arrays of sizes.

        All but bicubic copy along an axis that keeps its size (4 scaled by 1.2). With nearest that is what
        PyTorch's gradients say; its values do so depending on the rank, the sizes and the memory's layout.
        """
        taps = MODES[self.mode].taps
        if taps <= 2 and everywhere(shape[axis] == output[axis]):
            return resizing_reach(1, 1, taps)
        if self.size is not None or self.align_corners:
            return resizing_reach(shape[axis], output[axis], taps, self.align_corners)
        factor = self._factors(len(shape) - 1)[axis - 1]
        return resizing_reach(factor.denominator, factor.numerator, taps)


KINDS = (
    Kind(
        "upsample",
        Upsample,
        "Resizes by repeating the nearest cell or by interpolation.",
        "upsample: {scale_factor: 2, mode: bilinear}",
        ((64, 16, 16),),
    ),
)
