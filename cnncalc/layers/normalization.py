"""Normalizations: by running statistics, by the input's own statistics, by neighbouring channels; scale.

Operations are those of inference. With running statistics (batch_norm) mean, variance, weight and bias
fold into one factor and one summand of each channel: a mul and an add an element, affine or not.

Statistics of the input itself, over a group of n elements: n - 1 additions and a division for the mean, n
subtractions, n squarings, n - 1 additions and a division for the variance, an addition (eps) and a root,
and n products. An affine weight is a mul an element more, a bias an add.

PyTorch's `num_batches_tracked`, one counter a layer, is not counted among the buffers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from cnncalc.arithmetic import product
from cnncalc.geometry import Window
from cnncalc.layers.arguments import argument
from cnncalc.layers.base import (
    NO_TENSORS,
    POINTWISE,
    Kind,
    Layer,
    Misfit,
    Movement,
    Operations,
    Shape,
    Shapes,
    Step,
    Tensors,
    frozen_layer,
)
from cnncalc.layers.readers import DIM, Boolean, Integer, ListOf, Number, Optional
from cnncalc.layers.shapes import (
    by_groups,
    closest_divisor,
    dimension,
    dimension_misfit,
    spatial_misfit,
    whole_along,
    written,
)

EPS = Number(0)
MOMENTUM = Optional(Number(0, 1))


def affine_tensors(shape: Shape, weight: bool = True, bias: bool = True) -> Tensors:
    """Weight and bias of one shape, or those of them that there are."""
    return {name: shape for name, there in (("weight", weight), ("bias", bias)) if there}


def running_statistics(channels: int) -> Tensors:
    """The buffers of a layer that keeps the statistics of its training."""
    return {"running_mean": (channels,), "running_var": (channels,)}


def by_running_statistics(elements: int) -> Operations:
    """A factor and a summand each element."""
    return Operations(adds=elements, muls=elements)


def by_own_statistics(elements: int, groups: int, weight: bool, bias: bool) -> Operations:
    """Mean, variance and their use (see the module) for elements in so many groups."""
    return Operations(
        adds=elements * (3 + bias) - groups,
        muls=elements * (2 + weight) + 2 * groups,
        transcendentals=groups,
    )


@frozen_layer
class BatchNorm(Layer):
    """Each channel by running statistics, or without them by the batch's (counted for one sample)."""

    eps: float = argument(EPS, "added to the variance", 1e-5)
    momentum: float | None = argument(MOMENTUM, "share of a batch in the running statistics", 0.1)
    affine: bool = argument(Boolean(), "learns a weight and a bias for each channel", True)
    track_running_stats: bool = argument(Boolean(), "keeps mean and variance for inference", True)

    elementwise: ClassVar[bool] = True

    def weights(self, inputs: Shapes) -> Tensors:
        return affine_tensors(inputs[0][:1]) if self.affine else NO_TENSORS

    def buffers(self, inputs: Shapes) -> Tensors:
        return running_statistics(inputs[0][0]) if self.track_running_stats else NO_TENSORS

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        if self.track_running_stats:
            return by_running_statistics(product(output))
        return by_own_statistics(product(output), output[0], self.affine, self.affine)

    def operations_of_batch(self, inputs: Shapes, output: Shape, batch: int) -> Operations:
        """Without running statistics those of all samples together: a mean and a variance a channel."""
        if self.track_running_stats:
            return super().operations_of_batch(inputs, output, batch)
        return by_own_statistics(product(output) * batch, output[0], self.affine, self.affine)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(output)
        return POINTWISE if self.track_running_stats else whole_along(range(1, rank), rank)


@frozen_layer
class InstanceNorm(Layer):
    """Each channel of a sample by itself; by running statistics if they are tracked."""

    eps: float = argument(EPS, "added to the variance", 1e-5)
    momentum: float | None = argument(MOMENTUM, "share of a batch in the running statistics", 0.1)
    affine: bool = argument(Boolean(), "learns a weight and a bias for each channel", False)
    track_running_stats: bool = argument(Boolean(), "keeps mean and variance for inference", False)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        shape = inputs[0]
        misfit = spatial_misfit(self.kind.name, shape)
        if misfit:
            yield misfit._replace(fatal=False)
        elif product(shape[1:]) == 1 and not self.track_running_stats:
            yield Misfit(
                "E306",
                f"instance_norm needs more than one position in a channel, got {written(shape)}",
                notes=("the mean of a single number is that number, so all that is left is 0",),
                help="use layer_norm or batch_norm here",
                fatal=False,
            )

    def weights(self, inputs: Shapes) -> Tensors:
        return affine_tensors(inputs[0][:1]) if self.affine else NO_TENSORS

    def buffers(self, inputs: Shapes) -> Tensors:
        return running_statistics(inputs[0][0]) if self.track_running_stats else NO_TENSORS

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        if self.track_running_stats:
            return by_running_statistics(product(output))
        return by_own_statistics(product(output), output[0], self.affine, self.affine)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(output)
        return POINTWISE if self.track_running_stats else whole_along(range(1, rank), rank)


@frozen_layer
class LayerNorm(Layer):
    """Over some dimensions of a sample, with a weight and a bias for each place in them.

    `dim: 1` is the channels alone, each position by itself, as in ConvNeXt.
    """

    normalized_shape: tuple[int, ...] | None = argument(
        Optional(ListOf(Integer())), "sizes of the last dimensions, over which it goes; null for `dim`", None
    )
    eps: float = argument(EPS, "added to the variance", 1e-5)
    elementwise_affine: bool = argument(Boolean(), "learns a weight for each place, and a bias", True)
    bias: bool = argument(Boolean(), "the bias, where there are weights", True)
    dim: tuple[int, ...] | None = argument(
        Optional(ListOf(DIM)),
        "dimensions it goes over (1: channels); null for those of normalized_shape, or all",
        None,
    )

    def places(self, rank: int) -> tuple[int, ...]:
        """Where the normalized dimensions are in a shape."""
        if self.dim is not None:
            return tuple(sorted(dimension(dim, rank) for dim in self.dim))
        return tuple(range(0 if self.normalized_shape is None else rank - len(self.normalized_shape), rank))

    def check(self, inputs: Shapes) -> Iterator[Misfit]:
        shape = inputs[0]
        for index, dim in enumerate(self.dim or ()):
            misfit = dimension_misfit(dim, shape)
            if misfit:
                yield misfit._replace(index=index)
                return
        places = self.places(len(shape))
        if len(set(places)) < len(places):
            yield Misfit(
                "E307",
                f"dim names one dimension of {written(shape)} twice",
                argument="dim",
                help=f"use dim: {[place + 1 for place in sorted(set(places))]}",
            )
        elif self.normalized_shape is not None:
            yield from self._shape_misfits(self.normalized_shape, shape, places)

    def _shape_misfits(self, normalized: Shape, shape: Shape, places: Shape) -> Iterator[Misfit]:
        fits = len(places) <= len(shape)
        there = tuple(shape[place] for place in places) if fits else shape
        if fits and normalized == there:
            return
        if normalized == shape[:1] and self.dim is None:
            help = "add dim: 1 to normalize over the channels of each position"
        else:
            help = f"use normalized_shape: {list(there)}"
        where = "the end" if self.dim is None else f"dim {', '.join(map(str, self.dim))}"
        yield Misfit(
            "E305",
            f"a normalized_shape of {written(normalized)} is not {where} of {written(shape)}",
            argument="normalized_shape",
            help=help,
            fatal=not fits,
        )

    def weights(self, inputs: Shapes) -> Tensors:
        shape = inputs[0]
        sizes = tuple(shape[place] for place in self.places(len(shape)))
        return affine_tensors(sizes, bias=self.bias) if self.elementwise_affine else NO_TENSORS

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        places = self.places(len(output))
        groups = product(size for place, size in enumerate(output) if place not in places)
        affine = self.elementwise_affine
        return by_own_statistics(product(output), groups, affine, affine and self.bias)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(output)
        return whole_along(self.places(rank), rank)


@frozen_layer
class GroupNorm(Layer):
    """Over all positions of a group of channels, with a weight and a bias for each channel."""

    num_groups: int = argument(Integer(), "groups of channels, each with its own mean and variance")
    eps: float = argument(EPS, "added to the variance", 1e-5)
    affine: bool = argument(Boolean(), "learns a weight and a bias for each channel", True)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        shape = inputs[0]
        channels, groups = shape[0], self.num_groups
        if channels % groups:
            yield Misfit(
                "E303",
                f"{groups} groups do not divide {channels} channels",
                argument="num_groups",
                notes=(f"{channels} / {groups} leaves {channels % groups}",),
                help=f"use num_groups: {closest_divisor(channels, groups)}, which divides {channels}",
                fatal=False,
            )
        elif product(shape) == groups:
            yield Misfit(
                "E306",
                f"group_norm needs more than one number in a group, got {written(shape)} in {groups} groups",
                argument="num_groups",
                notes=("the mean of a single number is that number, so all that is left is 0",),
                help="use num_groups: 1" if groups > 1 else "take the layer out",
                fatal=False,
            )

    def weights(self, inputs: Shapes) -> Tensors:
        return affine_tensors(inputs[0][:1]) if self.affine else NO_TENSORS

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        return by_own_statistics(product(output), self.num_groups, self.affine, self.affine)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        rank = len(output)
        groups = self.num_groups
        channels = by_groups(output[0], output[0], groups) or Step(0, whole=True)
        return (channels, *(Step(place, whole=True) for place in range(1, rank)))


@frozen_layer
class LocalResponseNorm(Layer):
    """x / (k + alpha/size * sum of squares over `size` neighbouring channels)**beta (AlexNet, 2012).

    Each element: a squaring, size - 1 additions (channels beyond the edge are zeros and count), a mul by
    alpha/size, an add, a pow and a division.
    """

    size: int = argument(Integer(), "neighbouring channels that are summed, the element's own counted")
    alpha: float = argument(Number(), "weight of the sum of squares", 1e-4)
    beta: float = argument(Number(), "exponent", 0.75)
    k: float = argument(Number(), "added to the sum", 1.0)

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        misfit = spatial_misfit(self.kind.name, inputs[0])
        if misfit:
            yield misfit._replace(fatal=False)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        elements = product(output)
        return Operations(adds=elements * self.size, muls=elements * 3, transcendentals=elements)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        neighbours = Window(self.size, before=self.size // 2)
        return (Step(0, neighbours.reach()), *map(Step, range(1, len(output))))


@frozen_layer
class Scale(Layer):
    """A learned factor for each channel, and a summand with `bias`: a mul and an add an element."""

    bias: bool = argument(Boolean(), "learns a summand for each channel as well", False)
    dim: int = argument(DIM, "dimension that has a factor for each place (1: channels)", 1)

    elementwise: ClassVar[bool] = True

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        misfit = dimension_misfit(self.dim, inputs[0])
        if misfit:
            yield misfit

    def weights(self, inputs: Shapes) -> Tensors:
        shape = inputs[0]
        return affine_tensors((shape[dimension(self.dim, len(shape))],), bias=self.bias)

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        elements = product(output)
        return Operations(adds=elements if self.bias else 0, muls=elements)


_INPUTS = ((64, 8, 8),)

KINDS: tuple[Kind, ...] = (
    Kind("batch_norm", BatchNorm, "Each channel by the statistics of the training.", "batch_norm", _INPUTS),
    Kind("layer_norm", LayerNorm, "Each sample by its own statistics.", "layer_norm: {dim: 1}", _INPUTS),
    Kind("group_norm", GroupNorm, "Each group of channels by its own statistics.", "group_norm: 32", _INPUTS),
    Kind("instance_norm", InstanceNorm, "Each channel of a sample by its own statistics.",
         "instance_norm: {affine: true}", _INPUTS),
    Kind("local_response_norm", LocalResponseNorm, "Each element by its neighbours in other channels.",
         "local_response_norm: {size: 5, alpha: 0.0001, beta: 0.75, k: 2}", _INPUTS),
    Kind("scale", Scale, "A learned factor for each channel.", "scale: {bias: true}", _INPUTS),
)  # fmt: skip
