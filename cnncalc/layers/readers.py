"""Readers of layer arguments: each turns a plain value into the form the rules use, or says what is wrong.

A reader gets numbers, booleans, words and lists (expressions are already worked out) and the number of
spatial axes of the kind. The same readers serve the language, the command line and the JSON Schema.

They are named tuples and not dataclasses because every start makes these classes, at a fifth of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.layers.arguments import ArgumentFault, Reader

if TYPE_CHECKING:
    from fractions import Fraction

LARGEST = 2**31 - 1
AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def shown(value: Any) -> str:
    """A value as the language writes it, for messages."""
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return f"`{value}`"
        case list() | tuple():
            return f"[{', '.join(shown(item) for item in value)}]"
    return str(value)


def whole_number(value: Any) -> int | None:
    """The value as an int if it is one, also when written as 64.0; None otherwise."""
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


class Integer(NamedTuple):
    """A whole number between `minimum` and `maximum`."""

    minimum: int = 1
    maximum: int = LARGEST
    words: tuple[str, ...] = ()

    def read(self, value: Any, rank: int) -> int:
        number = whole_number(value)
        if number is None:
            hint = "round it: round(...), floor(...) or //" if isinstance(value, float) else ""
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}", hint)
        if not self.minimum <= number <= self.maximum:
            raise ArgumentFault(f"must be {self.describe(rank)}, not {number}")
        return number

    def schema(self, rank: int) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}

    def describe(self, rank: int) -> str:
        if self.maximum < LARGEST:
            return f"a whole number from {self.minimum} to {self.maximum}"
        if self.minimum <= -LARGEST:
            return "a whole number"
        return f"a whole number of at least {self.minimum}"


DIM = Integer(-LARGEST)
"""A dimension, counted as in PyTorch: 0 is the batch, 1 the channels, -1 the last."""


class Number(NamedTuple):
    """A real number between `minimum` and `maximum`, both included."""

    minimum: float | None = None
    maximum: float | None = None
    words: tuple[str, ...] = ()

    def read(self, value: Any, rank: int) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        too_small = self.minimum is not None and value < self.minimum
        too_large = self.maximum is not None and value > self.maximum
        if value != value or too_small or too_large:
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        try:
            return float(value)
        except OverflowError:
            raise ArgumentFault(f"must be {self.describe(rank)}, and not as large as this") from None

    def schema(self, rank: int) -> dict[str, Any]:
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        return {"type": "number"} | {name: bound for name, bound in bounds.items() if bound is not None}

    def describe(self, rank: int) -> str:
        if self.minimum is not None and self.maximum is not None:
            return f"a number from {self.minimum:g} to {self.maximum:g}"
        return "a number" if self.minimum is None else f"a number of at least {self.minimum:g}"


class Boolean(NamedTuple):
    """true or false."""

    words: tuple[str, ...] = ()

    def read(self, value: Any, rank: int) -> bool:
        if not isinstance(value, bool):
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        return {"type": "boolean"}

    def describe(self, rank: int) -> str:
        return "true or false"


class Choice(NamedTuple):
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, value: Any, rank: int) -> str:
        if value not in self.words or not isinstance(value, str):
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        return {"enum": list(self.words)}

    def describe(self, rank: int) -> str:
        return " or ".join([", ".join(self.words[:-1]), self.words[-1]] if self.words[1:] else self.words)


class Optional(NamedTuple):
    """A value or null."""

    reader: Reader

    @property
    def words(self) -> tuple[str, ...]:
        return self.reader.words

    def read(self, value: Any, rank: int) -> Any:
        return None if value is None else self.reader.read(value, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        return {"anyOf": [self.reader.schema(rank), {"type": "null"}]}

    def describe(self, rank: int) -> str:
        return f"{self.reader.describe(rank)} or null"


class PerAxis(NamedTuple):
    """One value for all spatial axes, or a list with one for each."""

    reader: Reader = Integer()

    @property
    def words(self) -> tuple[str, ...]:
        return self.reader.words

    def read(self, value: Any, rank: int) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            return (self.reader.read(value, rank),) * rank
        if len(value) != rank:
            axes = ", ".join(AXES[rank])
            raise ArgumentFault(
                f"needs one value or {rank} ({axes}), not {len(value)}", f"write one number, or {rank}"
            )
        return _read_items(self.reader, value, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        item = self.reader.schema(rank)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": rank, "maxItems": rank}]}

    def describe(self, rank: int) -> str:
        if rank == 1:
            return self.reader.describe(rank)
        return f"{self.reader.describe(rank)}, or a list of {rank} ({', '.join(AXES[rank])})"


class AxisValues(NamedTuple):
    """What `AnyAxes` has read: one value for each spatial axis, or a single one that is for `every` axis."""

    values: tuple[Any, ...]
    every: bool

    def over(self, rank: int) -> tuple[Any, ...]:
        """One value for each of `rank` axes; `shapes.axes_misfit` has checked that a list is that long."""
        return self.values * rank if self.every else self.values


class AnyAxes(NamedTuple):
    """`PerAxis` for a kind of rank 0, where only the input tells the number of spatial axes.

    Reads one value or a list with one for each axis into `AxisValues`. A check calls `shapes.axes_misfit`
    with it and the input's shape; a rule takes `values.over(len(inputs[0]) - 1)`.
    """

    reader: Reader = Integer()

    @property
    def words(self) -> tuple[str, ...]:
        return self.reader.words

    def read(self, value: Any, rank: int) -> AxisValues:
        if not isinstance(value, (list, tuple)):
            return AxisValues((self.reader.read(value, rank),), every=True)
        if not value:
            raise ArgumentFault(f"must be {self.describe(rank)}, not []")
        return AxisValues(_read_items(self.reader, value, rank), every=False)

    def schema(self, rank: int) -> dict[str, Any]:
        item = self.reader.schema(rank)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}

    def describe(self, rank: int) -> str:
        return f"{self.reader.describe(rank)}, or a list with one for each axis"


class Sides(NamedTuple):
    """Cells at the two ends of one axis: a number for both, or [before, after]. For `AnyAxes(Sides())`."""

    minimum: int = 0
    words: tuple[str, ...] = ()

    def read(self, value: Any, rank: int) -> tuple[int, int]:
        sides = value if isinstance(value, (list, tuple)) else [value, value]
        if len(sides) != 2:
            raise ArgumentFault(f"needs [before, after], not {shown(value)}")
        before, after = (Integer(self.minimum).read(side, rank) for side in sides)
        return before, after

    def schema(self, rank: int) -> dict[str, Any]:
        cells = Integer(self.minimum).schema(rank)
        return {"anyOf": [cells, {"type": "array", "items": cells, "minItems": 2, "maxItems": 2}]}

    def describe(self, rank: int) -> str:
        return f"{Integer(self.minimum).describe(rank)} or [before, after]"


class ListOf(NamedTuple):
    """A list of values; a single value stands for a list of one."""

    reader: Reader
    shortest: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        return self.reader.words

    def read(self, value: Any, rank: int) -> tuple[Any, ...]:
        items = value if isinstance(value, (list, tuple)) else [value]
        if len(items) < self.shortest:
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        return _read_items(self.reader, items, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        item = self.reader.schema(rank)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": self.shortest}]}

    def describe(self, rank: int) -> str:
        return f"a list, each {self.reader.describe(rank)}"


class Padding(NamedTuple):
    """Cells added around: a number, one for each axis, or [before, after] pairs for each axis; or a word."""

    words: tuple[str, ...] = ()
    minimum: int = 0

    def read(self, value: Any, rank: int) -> tuple[tuple[int, int], ...] | str:
        if isinstance(value, str):
            return Choice(self.words).read(value, rank) if self.words else self._misfit(value, rank)
        cells = Integer(self.minimum)
        if not isinstance(value, (list, tuple)):
            number = whole_number(value)
            if number is None or number < self.minimum:
                self._misfit(value, rank)
            return ((cells.read(value, rank),) * 2,) * rank
        if len(value) != rank:
            raise ArgumentFault(
                f"needs one value for each axis ({', '.join(AXES[rank])}), not {len(value)}",
                f"write {[[1, 2]] * rank} to pad before and after each axis differently",
            )
        return tuple(self._sides(item, rank, index) for index, item in enumerate(value))

    def _sides(self, item: Any, rank: int, index: int) -> tuple[int, int]:
        sides = item if isinstance(item, (list, tuple)) else [item, item]
        if len(sides) != 2:
            raise ArgumentFault(f"needs [before, after], not {shown(item)}", index=index)
        before, after = _read_items(Integer(self.minimum), sides, rank, index)
        return before, after

    def _misfit(self, value: Any, rank: int) -> str:
        raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")

    def schema(self, rank: int) -> dict[str, Any]:
        cells = {"type": "integer", "minimum": self.minimum}
        pair = {"type": "array", "items": cells, "minItems": 2, "maxItems": 2}
        axes = {"type": "array", "items": {"anyOf": [cells, pair]}, "minItems": rank, "maxItems": rank}
        return {"anyOf": [cells, axes, *([{"enum": list(self.words)}] if self.words else [])]}

    def describe(self, rank: int) -> str:
        words = "".join(f", {word}" for word in self.words)
        return f"{Integer(self.minimum).describe(rank)}, a list of {rank} (numbers or [before, after]){words}"


class Ratio(NamedTuple):
    """A positive factor, kept exactly: 1.5 is 3/2 (the decimal that was written, not its binary nearest)."""

    words: tuple[str, ...] = ()

    def read(self, value: Any, rank: int) -> Fraction:
        Number(0).read(value, rank)
        from fractions import Fraction  # only resizing layers need it

        ratio = Fraction(str(value)).limit_denominator(10**6)
        if not 0 < ratio <= LARGEST:
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        return ratio

    def schema(self, rank: int) -> dict[str, Any]:
        return {"type": "number", "exclusiveMinimum": 0}

    def describe(self, rank: int) -> str:
        return "a number above 0"


class Reference(NamedTuple):
    """The name of another layer, or `input`. It is never an expression, but may hold `{...}`."""

    words: tuple[str, ...] = ()

    def read(self, value: Any, rank: int) -> str:
        if not isinstance(value, str) or not value:
            raise ArgumentFault(f"must be {self.describe(rank)}, not {shown(value)}")
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        return {"type": "string"}

    def describe(self, rank: int) -> str:
        return "the name of a layer"


def _read_items(reader: Reader, items: Sequence[Any], rank: int, index: int | None = None) -> tuple[Any, ...]:
    values = []
    for position, item in enumerate(items):
        try:
            values.append(reader.read(item, rank))
        except ArgumentFault as fault:
            place = position if index is None else index
            raise ArgumentFault(fault.message, fault.help, place) from None
    return tuple(values)
