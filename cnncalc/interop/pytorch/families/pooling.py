"""Pools that slide a window: nn.MaxPool, AvgPool and LPPool, and pieces for other padding than theirs."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import (
    Sides,
    alike,
    around,
    at_one_side,
    collapsed,
    first,
    number,
    of_rank,
)
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shape, Shapes

INDICES = Given("return_indices", False, False)


def max_pool(layer: Any, inputs: Shapes) -> Module:
    rank = layer.kind.rank
    dilation = Given("dilation", collapsed(layer.dilation), 1)
    sides = native_sides(layer, inputs[0][1:])
    if sides is not None and not _sees_padding_alone(layer, inputs):
        padding = Given("padding", at_one_side(sides), 0)
        ceil_mode = Given("ceil_mode", layer.ceil_mode, False)
        return of_rank("nn.MaxPool", rank, (*_window(layer), padding, dilation, INDICES, ceil_mode))
    if layer.padding == "same":
        return of_rank("SameMaxPool", rank, (*_window(layer), dilation, INDICES))
    around_all = Given("sides", around(_whole_sides(layer, inputs)))
    return of_rank("PaddedMaxPool", rank, (*_window(layer), around_all, dilation, INDICES))


def avg_pool(layer: Any, inputs: Shapes) -> Module:
    rank = layer.kind.rank
    # a divisor of its own leaves nothing to count
    counts = layer.count_include_pad or layer.divisor_override is not None
    divisor = (
        Given("count_include_pad", counts, True),
        *([Given("divisor_override", layer.divisor_override, None)] if rank > 1 else []),
    )
    sides = native_sides(layer, inputs[0][1:])
    if sides is not None:
        padding = Given("padding", at_one_side(sides), 0)
        ceil_mode = Given("ceil_mode", layer.ceil_mode, False)
        return of_rank("nn.AvgPool", rank, (*_window(layer), padding, ceil_mode, *divisor))
    if layer.padding == "same":
        return of_rank("SameAvgPool", rank, (*_window(layer), *divisor))
    size = layer.output_shape(inputs)[1:] if layer.ceil_mode else None
    padding = Given("sides", around(layer.padding))
    return of_rank(
        "PaddedAvgPool", rank, (*_window(layer), padding, Given("output_size", size, None), *divisor)
    )


def lp_pool(layer: Any, inputs: Shapes) -> Module:
    """PyTorch takes the mean of the cells of a window that hangs over the end; we take those there are."""
    rank = layer.kind.rank
    norm = first("norm_type", number(layer.norm_type))
    sides = _whole_sides(layer, inputs)
    if any(after > 0 for _, after in sides):
        return of_rank("PaddedLPPool", rank, (norm, *_window(layer), Given("sides", around(sides))))
    return of_rank("nn.LPPool", rank, (norm, *_window(layer), Given("ceil_mode", layer.ceil_mode, False)))


def native_sides(layer: Any, sizes: Shape) -> Sides | None:
    """The padding of a pool where PyTorch has it: alike at both sides, and at most half a window."""
    rank: int = layer.kind.rank
    if layer.padding == "valid":
        return ((0, 0),) * rank
    if layer.padding != "same":
        given: Sides = layer.padding
        return given if alike(given) else None
    windows = layer.windows(sizes)
    sides = [(window.before, window.after) for window in windows]
    # with a stride of 1 they are so for inputs of any size
    fits = set(layer.stride) == {1} and alike(sides)
    small = all(window.before <= window.kernel // 2 for window in windows)
    # which PyTorch asks of pools over three axes
    within = rank < 3 or all(window.kernel <= size for window, size in zip(windows, sizes, strict=True))
    return sides if fits and small and within else None


def _whole_sides(layer: Any, inputs: Shapes) -> Sides:
    """The padding with which all windows are whole, also those that ceil_mode lets hang over the end."""
    sizes = inputs[0][1:]
    sides = []
    windows = zip(layer.windows(sizes), sizes, layer.output_shape(inputs)[1:], strict=True)
    for window, size, places in windows:
        end = (places - 1) * window.stride + window.extent - window.before
        sides.append((window.before, max(window.after, end - size)))
    return sides


def _sees_padding_alone(layer: Any, inputs: Shapes) -> bool:
    """Whether all cells lie between the taps of some window: PyTorch then gives an index of no cell."""
    if layer.padding == "valid" or set(layer.dilation) == {1}:
        return False
    windows = zip(layer.windows(inputs[0][1:]), inputs[0][1:], layer.output_shape(inputs)[1:], strict=True)
    return any(
        not any(
            0 <= place * window.stride - window.before + tap * window.dilation < size
            for tap in range(window.kernel)
        )
        for window, size, places in windows
        for place in range(places)
    )


def _window(layer: Any) -> tuple[Given, ...]:
    return Given("kernel_size", collapsed(layer.kernel_size)), Given("stride", collapsed(layer.stride))


MODULES = {
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), max_pool),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), avg_pool),
    **dict.fromkeys(("lp_pool1d", "lp_pool2d", "lp_pool3d"), lp_pool),
}
