"""Values of our arguments as PyTorch writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cnncalc.interop.pytorch.module import Given, Module, Value

Sides = Sequence[tuple[int, int]]


def collapsed(values: Sequence[Any]) -> Any:
    """One number where all axes agree: 3 for (3, 3)."""
    values = tuple(values)
    return values[0] if len(set(values)) == 1 and values[0] is not None else values


def number(value: float) -> int | float:
    """2 for 2.0, as one writes it; 1e30 stays."""
    return int(value) if float(value).is_integer() and abs(value) < 1e6 else value


def first(name: str, value: Value) -> Given:
    """An argument that is written without its name."""
    return Given(name, value, positional=True)


def alike(padding: Any) -> bool:
    """Whether the padding is cells, as many before each axis as after it."""
    return not isinstance(padding, str) and all(before == after for before, after in padding)


def at_one_side(sides: Sides) -> Any:
    """The `padding` of PyTorch for sides that are alike."""
    return collapsed([before for before, _ in sides])


def around(sides: Sides) -> tuple[int, ...]:
    """Sides as functional.pad takes them, the last axis first: left, right, top, bottom."""
    return tuple(cells for pair in reversed(list(sides)) for cells in pair)


def plain(constructor: str, *arguments: Given) -> Module:
    """A module with its arguments."""
    return Module(constructor, tuple(arguments))


def of_rank(stem: str, rank: int, arguments: Iterable[Given]) -> Module:
    """`nn.Conv2d` for `nn.Conv` and 2."""
    return Module(f"{stem}{rank}d", tuple(arguments))
