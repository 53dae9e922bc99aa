"""What modules of PyTorch are built with: functions as modules, and padding as PyTorch wants it."""

# ruff: noqa: ARG005  # all builders have one signature
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from cnncalc.layers.base import Shape, Shapes

Build = Callable[[Any, Shapes], nn.Module]
Sides = Sequence[tuple[int, int]]


class Call(nn.Module):
    """A function of tensors as a module without parameters."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


def plain(module: type[nn.Module], *names: str) -> Build:
    """A module that takes these arguments of the layer."""
    return lambda layer, inputs: module(**{name: getattr(layer, name) for name in names})


def function(call: Callable[[Any, Shapes], Callable[..., Tensor]]) -> Build:
    """A layer that is a function of its tensors; `call` gets layer and shapes and gives it."""
    return lambda layer, inputs: Call(call(layer, inputs))


def by_rank(name: str, build: Build) -> dict[str, Build]:
    return {f"{name}{rank}d": build for rank in (1, 2, 3)}


def of_rank(name: str, rank: int) -> Any:
    """nn.Conv2d for `Conv` and 2."""
    return getattr(nn, f"{name}{rank}d")


def flat(sides: Iterable[tuple[int, int]]) -> list[int]:
    """Sides of the axes as functional.pad wants them: the last axis first."""
    return [cells for pair in reversed(list(sides)) for cells in pair]


def padded(sides: Sides, module: nn.Module, mode: str = "constant", value: float | None = None) -> nn.Module:
    return nn.Sequential(Call(lambda x: functional.pad(x, flat(sides), mode, value)), module)


def without_sides(sides: Sides) -> Call:
    return Call(lambda x: functional.pad(x, flat((-before, -after) for before, after in sides)))


def alike(padding: Any) -> bool:
    """Whether the padding is cells, the same at both ends of each axis."""
    return not isinstance(padding, str) and all(before == after for before, after in padding)


def of_one_side(padding: Sides) -> tuple[int, ...]:
    return tuple(before for before, _ in padding)


def same_sides(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Padding for ceil(size / stride) windows, the odd cell after the input."""
    total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


def sides_of(layer: Any, sizes: Shape, dilation: Sequence[int]) -> Sides:
    """The padding of a convolution or pool in cells."""
    if layer.padding == "causal":
        return [(step * (kernel - 1), 0) for kernel, step in zip(layer.kernel_size, dilation, strict=True)]
    if layer.padding == "same":
        # a shape of the wrong rank is for the module behind to refuse
        return list(map(same_sides, sizes, layer.kernel_size, layer.stride, dilation))
    return layer.padding
