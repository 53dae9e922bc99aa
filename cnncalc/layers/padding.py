"""Cells added around the spatial axes or taken off: pad, crop, center_crop.

They take any number of spatial axes and compute nothing. A crop looks at part of its input's memory, as a
slice does; padding makes a tensor of its own. `pad` is torch.nn.functional.pad (with torch.nn's ZeroPad,
ConstantPad, ReflectionPad, ReplicationPad and CircularPad as modes), `center_crop` torchvision's, which
differs only in that it never pads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from cnncalc.geometry import Window
from cnncalc.layers.arguments import ArgumentFault, argument
from cnncalc.layers.base import FREE, Kind, Layer, Misfit, Movement, Operations, Shape, Shapes, frozen_layer
from cnncalc.layers.readers import AXES, AnyAxes, AxisValues, Choice, Number, Optional, Reference, Sides
from cnncalc.layers.shapes import axes_misfit, output_sizes, sliding, spatial_misfit, written
from cnncalc.tracing import named

MODES = Choice(("constant", "zeros", "reflect", "replicate", "circular"))
KEPT_OUT = {"reflect": 1, "circular": 0}
"""Cells of the input that a mode cannot use at one side: a reflection does not repeat the border."""
MOST_AXES_FROM_INPUT = 3
"""PyTorch fills from inside the input over no more spatial axes than these."""


def axis_name(axis: int, rank: int) -> str:
    """The name of a spatial axis for messages, also where there are more of them than have names."""
    return AXES[rank][axis] if rank in AXES else f"axis {axis + 1}"


@frozen_layer
class Pad(Layer):
    """Every axis grows by the cells before and after it. Copying is no operation."""

    padding: AxisValues = argument(AnyAxes(Sides()), "cells added to each side of the axes")
    mode: str = argument(MODES, "what the added cells hold", "constant")
    value: float = argument(Number(), "the number in the added cells, for mode constant", 0)

    def __post_init__(self) -> None:
        if self.value and self.mode != "constant":
            raise ArgumentFault(
                f"does not go together with mode {self.mode}",
                "leave value out, or use mode: constant",
                argument="value",
            )

    def windows(self, inputs: Shapes) -> tuple[Window, ...]:
        """A window of one cell over each padded axis."""
        sides = self.padding.over(len(inputs[0]) - 1)
        return tuple(Window(1, before=before, after=after) for before, after in sides)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        misfit = axes_misfit(self.kind.name, inputs[0], "padding", self.padding) or self.mode_misfit(inputs)
        if misfit:
            yield misfit

    def mode_misfit(self, inputs: Shapes) -> Misfit | None:
        """A fault if the mode fills the padding from inside the input, which has too little to give."""
        sizes = inputs[0][1:]
        if self.mode in ("constant", "zeros"):
            return None
        if len(sizes) > MOST_AXES_FROM_INPUT:
            return Misfit(
                "E304",
                f"{self.mode} padding takes up to 3 spatial axes, and {written(inputs[0])} has {len(sizes)}",
                argument="mode",
                help="use mode: constant",
            )
        for axis, (window, size) in enumerate(zip(self.windows(inputs), sizes, strict=True)):
            widest = max(window.before, window.after)
            most = size - KEPT_OUT.get(self.mode, -widest)
            if widest > most:
                return Misfit(
                    "E306",
                    f"{self.mode} padding of {widest} is more than an input {axis_name(axis, len(sizes))} "
                    f"of {size} can give",
                    argument="padding",
                    index=axis,
                    notes=(f"{self.mode} padding takes at most {most} cells from inside this input",),
                    help=f"use padding of at most {most}, or mode: replicate",
                )
        return None

    def output_shape(self, inputs: Shapes) -> Shape:
        return (inputs[0][0], *output_sizes(self.windows(inputs), inputs[0][1:]))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return sliding(window.reach() for window in self.windows(inputs))


@frozen_layer
class Crop(Layer):
    """Every axis loses the cells before and after it; what is left is a view."""

    view: ClassVar[bool] = True

    cropping: AxisValues = argument(AnyAxes(Sides()), "cells taken off each side of the axes")

    def windows(self, inputs: Shapes) -> tuple[Window, ...]:
        """A window of one cell over each axis, padded by less than nothing."""
        sides = self.cropping.over(len(inputs[0]) - 1)
        return tuple(Window(1, before=-before, after=-after) for before, after in sides)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        misfit = axes_misfit(self.kind.name, inputs[0], "cropping", self.cropping)
        if misfit:
            yield misfit
            return
        sizes = inputs[0][1:]
        for axis, (window, size) in enumerate(zip(self.windows(inputs), sizes, strict=True)):
            if window.output_size(size) < 1:
                yield Misfit(
                    "E306",
                    f"cropping of {-window.before} + {-window.after} cells leaves nothing of an input "
                    f"{axis_name(axis, len(sizes))} of {size}",
                    argument="cropping",
                    index=axis,
                    help=f"take off at most {size - 1} cells, both sides together",
                )
                return

    def output_shape(self, inputs: Shapes) -> Shape:
        return (inputs[0][0], *output_sizes(self.windows(inputs), inputs[0][1:]))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        return sliding(window.reach() for window in self.windows(inputs))


@frozen_layer
class CenterCrop(Layer):
    """The middle of every axis, as a view.

    Where the cells to take off are odd, torchvision starts at `round(cells / 2)` with halves rounded to
    the even number: 1 cell starts at 0, 3 cells at 2, 5 cells at 2, 7 cells at 4.
    """

    view: ClassVar[bool] = True

    size: AxisValues | None = argument(Optional(AnyAxes()), "size of the output's spatial axes", None)
    like: str | None = argument(Optional(Reference()), "the layer whose output has the wanted sizes", None)

    def __post_init__(self) -> None:
        if self.size is None and self.like is None:
            raise ArgumentFault(
                "center_crop needs `size` or `like`",
                "add `size: ...`, or `like: ...` with the name of a layer",
            )
        if self.size is not None and self.like is not None:
            raise ArgumentFault("does not go together with size", "leave one of them out", argument="like")

    def wanted(self, inputs: Shapes) -> Shape:
        """The spatial sizes of the output."""
        if self.size is None:
            return inputs[2][1:]
        return self.size.over(len(inputs[0]) - 1)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        misfit = self.axes_misfit(inputs)
        if misfit:
            yield misfit
            return
        sizes = inputs[0][1:]
        for axis, (size, wanted) in enumerate(zip(sizes, self.wanted(inputs), strict=True)):
            if wanted > size:
                yield Misfit(
                    "E306",
                    f"center_crop to {wanted} is more than an input {axis_name(axis, len(sizes))} of {size}",
                    argument="like" if self.size is None else "size",
                    index=axis,
                    help=f"use a size of at most {size}, or pad the input first"
                    if self.like is None
                    else "crop the larger of the two to the smaller, or pad the input first",
                )
                return

    def axes_misfit(self, inputs: Shapes) -> Misfit | None:
        """A fault if the wanted sizes are not as many as the input has spatial axes."""
        shape = inputs[0]
        if self.size is not None:
            return axes_misfit(self.kind.name, shape, "size", self.size)
        if len(inputs[2]) == len(shape):
            return spatial_misfit(self.kind.name, shape)
        return Misfit(
            "E304",
            f"center_crop of {written(shape)} cannot be like {written(inputs[2])}, which has another number "
            "of dimensions",
            argument="like",
            help=f"name a layer whose output has {len(shape)} dimensions, or give the size",
        )

    def output_shape(self, inputs: Shapes) -> Shape:
        return (inputs[0][0], *self.wanted(inputs))

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return FREE

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        sizes = zip(inputs[0][1:], output[1:], strict=True)
        cut = [named(size - wanted, "cut") for size, wanted in sizes]
        starts = [cells // 2 + cells % 2 * (cells // 2 % 2) for cells in cut]
        return sliding(Window(1, before=-named(start, "start")).reach() for start in starts)


KINDS = (
    Kind("pad", Pad, "Adds cells around the spatial axes.", "pad: {padding: 2}", ((3, 32, 32),)),
    Kind(
        "crop", Crop, "Takes cells off the sides of the spatial axes.", "crop: {cropping: 2}", ((3, 32, 32),)
    ),
    Kind(
        "center_crop",
        CenterCrop,
        "Keeps the middle of the spatial axes.",
        "center_crop: {size: 28}",
        ((3, 32, 32),),
    ),
)
