"""What the families share: checks of rank and windows, and movements along the spatial axes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

from cnncalc.arithmetic import exact_div
from cnncalc.geometry import Reach, grouped_reach
from cnncalc.layers import FAMILY_OF
from cnncalc.layers.base import Misfit, Movement, Shape, Step
from cnncalc.layers.readers import AXES, AxisValues

CHANNEL_BY_CHANNEL = Step(0)
MOST_TRIED = 10_000
"""Numbers tried for a help: sizes may be as large as one writes them."""


class SlidingWindow(Protocol):
    """A `Window` or `TransposedWindow`: whatever says its output size and its reach."""

    def output_size(self, size: int) -> int: ...

    def reach(self) -> Reach: ...


def written(shape: Shape) -> str:
    """A shape as it is printed: `64 x 112 x 112`."""
    return " x ".join(map(str, shape))


def axis_names(rank: int) -> tuple[str, ...]:
    """`height` and `width` for two axes, and so on."""
    return AXES[rank]


def rank_misfit(kind: str, shape: Shape, rank: int) -> Misfit | None:
    """A fault if a layer with `rank` spatial axes reads a shape with another number of them."""
    if len(shape) == rank + 1:
        return None
    wanted = " x ".join("CLHWD"[i] for i in {1: (0, 1), 2: (0, 2, 3), 3: (0, 4, 2, 3)}[rank])
    family = kind.removesuffix("d").rstrip("123")
    fitting = f"{family}{len(shape) - 1}d"
    return Misfit(
        "E304",
        f"{kind} needs an input of {wanted}, got {written(shape)}",
        input=0,
        help=f"use {fitting}, or bring the input to {rank + 1} dimensions with reshape"
        if fitting in FAMILY_OF
        else f"bring the input to {rank + 1} dimensions, for instance with reshape",
    )


def spatial_misfit(kind: str, shape: Shape) -> Misfit | None:
    """A fault if a layer of any number of spatial axes reads a shape that has none."""
    if len(shape) > 1:
        return None
    return Misfit(
        "E304",
        f"{kind} needs an input with spatial axes (C x L, C x H x W, ...), got {written(shape)}",
        input=0,
        help="use it before the flatten, or bring the input to more dimensions with reshape",
    )


def axes_misfit(kind: str, shape: Shape, argument: str, values: AxisValues) -> Misfit | None:
    """A fault if the input has no spatial axes, or a list of `AnyAxes` has not one value for each."""
    rank = len(shape) - 1
    if rank < 1 or values.every or len(values.values) == rank:
        return spatial_misfit(kind, shape)
    count = len(values.values)
    axes = f" ({', '.join(AXES[rank])})" if rank in AXES else ""
    return Misfit(
        "E304",
        f"{argument} has {count} value{'s' if count > 1 else ''}, and an input of {written(shape)} has "
        f"{rank} spatial ax{'es' if rank > 1 else 'is'}{axes}",
        argument=argument,
        help=f"write one number, or a list of {rank}",
    )


def output_sizes(windows: Sequence[SlidingWindow], sizes: Shape) -> Shape:
    """The output size of each axis under its window."""
    return tuple(window.output_size(size) for window, size in zip(windows, sizes, strict=True))


def sliding(reaches: Iterable[Reach], channels: Step | None = CHANNEL_BY_CHANNEL) -> Movement:
    """The movement of windows over all spatial axes; of channels each has its own if not told otherwise.

    What the channels do counts where a permute has put an axis in their place.
    """
    return (channels, *(Step(axis, reach) for axis, reach in enumerate(reaches, start=1)))


def by_groups(in_channels: int, out_channels: int, groups: int) -> Step | None:
    """Each output channel reads all input channels of its group; None if there is but one."""
    if groups == 1:
        return None
    return Step(0, grouped_reach(exact_div(in_channels, groups), exact_div(out_channels, groups)))


def whole_along(places: Collection[int], rank: int) -> Movement:
    """Every dimension stays; along those at `places` each position depends on all of them."""
    return tuple(Step(place, whole=place in places) for place in range(rank))


def closest_divisor(number: int, wanted: int) -> int:
    """The divisor of `number` that is closest to `wanted`, the smaller of two; 1 if none is near."""
    for distance in range(MOST_TRIED):
        for divisor in (wanted - distance, wanted + distance):
            if divisor >= 1 and number % divisor == 0:
                return divisor
    return 1


def misfits_of_one_rank(kind: str, shape: Shape, rank: int) -> Iterator[Misfit]:
    """`rank_misfit` as an iterator, for a check that has no more to say where it strikes."""
    misfit = rank_misfit(kind, shape, rank)
    if misfit:
        yield misfit


def dimension(dim: int, rank: int) -> int:
    """The place in a shape of `dim` counted as in PyTorch: 0 is the batch, 1 the channels, -1 the last.

    `rank` is the number of the shape's dimensions (the batch not counted).
    """
    return dim - 1 if dim > 0 else dim + rank


def dimension_misfit(dim: int, shape: Shape, argument: str = "dim") -> Misfit | None:
    """A fault if `dim` (counted as in PyTorch) is no dimension of the shape."""
    rank = len(shape)
    if 1 <= dim <= rank or -rank <= dim <= -1:
        return None
    if dim == 0:
        message = "dim 0 is the batch, which stays as it is"
    else:
        message = f"there is no dim {dim} in a shape of {written(shape)}"
    return Misfit(
        "E307",
        message,
        argument=argument,
        help=f"use a dim from 1 (channels) to {rank}, or from -1 (the last) to -{rank}",
    )
