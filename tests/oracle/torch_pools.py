"""What PyTorch has for pools and unpools."""

# ruff: noqa: ARG001  # all builders have one signature
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.layers.base import Shape, Shapes
from tests.oracle.torch_building import (
    Build,
    Call,
    Sides,
    alike,
    by_rank,
    flat,
    of_one_side,
    of_rank,
    padded,
    sides_of,
    without_sides,
)


def behind_sides(layer: Any, sides: Sides, module: nn.Module, size: Shape, fill: float) -> nn.Module:
    """A pool whose padding PyTorch does not have: padded by hand, with ceil_mode by its definition."""
    return padded(sides, ceiled(layer, sides, module, size, fill), value=fill)


def ceiled(layer: Any, sides: Sides, module: nn.Module, size: Shape, fill: float) -> nn.Module:
    """A pool of what has been padded by hand; with ceil_mode also the windows that hang over its end."""
    if not layer.ceil_mode:
        return module
    more = [(0, step - 1) for step in layer.stride]
    # the windows that start neither in the padding after the input nor beyond it
    starts = [
        -(-(cells + before) // step)
        for cells, (before, _), step in zip(size, sides, layer.stride, strict=False)
    ]
    cut = Call(lambda x: x[(..., *(slice(count) for count in starts))])
    return nn.Sequential(padded(more, module, value=fill), cut)


def max_pool(layer: Any, inputs: Shapes) -> nn.Module:
    pool = partial(
        of_rank("MaxPool", layer.kind.rank), layer.kernel_size, layer.stride, dilation=layer.dilation
    )
    if layer.padding == "valid":
        return pool(ceil_mode=layer.ceil_mode)
    if alike(layer.padding):
        return pool(padding=of_one_side(layer.padding), ceil_mode=layer.ceil_mode)
    sizes = inputs[0][1:]
    return behind_sides(layer, sides_of(layer, sizes, layer.dilation), pool(), sizes, -torch.inf)


def avg_pool(layer: Any, inputs: Shapes) -> nn.Module:
    rank = layer.kind.rank
    more = {"divisor_override": layer.divisor_override} if rank > 1 else {}
    pool = partial(of_rank("AvgPool", rank), layer.kernel_size, layer.stride, **more)
    if layer.padding == "valid":
        return pool(ceil_mode=layer.ceil_mode)
    if alike(layer.padding):
        return pool(
            padding=of_one_side(layer.padding),
            ceil_mode=layer.ceil_mode,
            count_include_pad=layer.count_include_pad,
        )
    sizes = inputs[0][1:]
    sides = sides_of(layer, sizes, (1,) * rank)
    means = behind_sides(layer, sides, pool(), sizes, 0)
    if rank > 1 and layer.divisor_override:
        return means
    # means of all cells of a window / the share of them that counts: those of the input, and its padding
    shares = ceiled(layer, sides, pool(), sizes, 0)
    value = float(layer.count_include_pad)
    return Call(lambda x: means(x) / shares(functional.pad(torch.ones_like(x), flat(sides), value=value)))


def lp_pool(layer: Any, inputs: Shapes) -> nn.Module:
    kernel, stride = layer.kernel_size, layer.stride
    if layer.kind.rank == 1:  # which takes numbers only
        (kernel,), (stride,) = kernel, stride
    return of_rank("LPPool", layer.kind.rank)(layer.norm_type, kernel, stride, layer.ceil_mode)


def adaptive_pool(name: str) -> Build:
    def build(layer: Any, inputs: Shapes) -> nn.Module:
        rank, wanted = layer.kind.rank, layer.output_size
        if rank == 1 and len(inputs[0]) == 2:
            wanted = tuple(size or own for size, own in zip(wanted, inputs[0][1:], strict=True))
        return of_rank(name, rank)(wanted)

    return build


def global_pool(reduce: Callable[..., Tensor]) -> Build:
    def build(layer: Any, inputs: Shapes) -> nn.Module:
        axes = layer.kind.rank or len(inputs[0]) - 1
        dims = tuple(range(-axes, 0))
        return Call(lambda x: reduce(x, dims, keepdim=layer.keepdim))

    return build


class Unpool(nn.Module):
    """The unpooling of a pool that has read some random numbers."""

    def __init__(self, layer: Any, inputs: Shapes) -> None:
        super().__init__()
        self.layer, self.sizes = layer, inputs[1][1:]
        pool, rank = layer.pool, layer.kind.rank
        numbers = torch.rand(1, *inputs[1])
        self.sides: Sides = [(0, 0)] * rank
        self.native = None
        if pool.kind.name.startswith("adaptive"):
            make = of_rank("AdaptiveMaxPool", rank)
            wanted = [size or own for size, own in zip(pool.output_size, self.sizes, strict=True)]
            kept = make(wanted, return_indices=True)(numbers)
        else:
            window = (pool.kernel_size, pool.stride)
            make = of_rank("MaxPool", rank)
            if pool.padding == "valid" or alike(pool.padding):
                padding = 0 if pool.padding == "valid" else of_one_side(pool.padding)
                kept = make(*window, padding, pool.dilation, True, pool.ceil_mode)(numbers)
                if set(pool.dilation) == {1} and not pool.ceil_mode:
                    self.native = of_rank("MaxUnpool", rank)(*window, padding)
            else:
                self.sides = sides_of(pool, self.sizes, pool.dilation)
                more = [step - 1 if pool.ceil_mode else 0 for step in pool.stride]
                self.sides = [(b, a + m) for (b, a), m in zip(self.sides, more, strict=True)]
                wide = functional.pad(numbers, flat(self.sides), value=-torch.inf)
                kept = make(*window, 0, pool.dilation, True)(wide)
                # of the windows that ceil_mode adds only those of the pool
                kept = tuple(part[(..., *(slice(size) for size in inputs[2][1:]))] for part in kept)
        self.indices = kept[1]
        self.wide = [size + b + a for size, (b, a) in zip(self.sizes, self.sides, strict=True)]
        self.cut = without_sides(self.sides)

    def forward(self, x: Tensor) -> Tensor:
        indices = self.indices.expand(x.shape[0], *self.indices.shape[1:])
        if self.native is not None:
            return self.native(x, indices, output_size=(*x.shape[:2], *self.sizes))
        if x.shape != indices.shape:
            raise ValueError("values and indices are not of one shape")
        empty = x.new_zeros(*x.shape[:2], *self.wide).flatten(2)
        return self.cut(empty.scatter(2, indices.flatten(2), x.flatten(2)).unflatten(2, self.wide))


TORCH: dict[str, Build] = {
    **by_rank("max_pool", max_pool),
    **by_rank("avg_pool", avg_pool),
    **by_rank("lp_pool", lp_pool),
    **by_rank("adaptive_avg_pool", adaptive_pool("AdaptiveAvgPool")),
    **by_rank("adaptive_max_pool", adaptive_pool("AdaptiveMaxPool")),
    "global_avg_pool": global_pool(torch.mean),
    **by_rank("global_avg_pool", global_pool(torch.mean)),
    "global_max_pool": global_pool(torch.amax),
    **by_rank("global_max_pool", global_pool(torch.amax)),
    **by_rank("max_unpool", Unpool),
}
