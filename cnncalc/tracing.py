"""Integers that remember how they were made.

A rule (a size formula, a count) that is run on `Traced` numbers gives a `Traced` result: its `value`
is the figure, its `formula` the arithmetic that led there, with the numbers put in. So a derivation
is printed from the very rule that made the figure, without a second copy of any formula.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

_ATOM = 9
# sign -> (how tightly it binds, how it is written between its operands)
_BINARY = {
    "+": (3, " + "),
    "-": (3, " - "),
    "*": (4, "*"),
    "//": (4, " / "),
    "/": (4, " / "),
    "ceil": (4, " / "),
    "%": (4, " mod "),
    ">": (2, " > "),
    ">=": (2, " >= "),
    "<": (2, " < "),
    "<=": (2, " <= "),
    "==": (2, " = "),
    "!=": (2, " ≠ "),
}
_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


class Traced:
    """A number with its derivation: an operation on operands, or a leaf that stands for itself.

    The `name` is what an explanation calls it (`K`, `H_out`): a leaf with a name is a quantity that is given,
    an operation with one a result that later formulas start from.
    """

    __slots__ = ("name", "operands", "operation", "value")

    def __init__(
        self, value: int, name: str = "", operation: str = "", operands: tuple[Traced | int, ...] = ()
    ) -> None:
        self.value = int(value)
        self.name = name
        self.operation = operation
        self.operands = operands

    @property
    def formula(self) -> str:
        """The arithmetic with numbers put in: `floor((224 + 3 + 3 - 6 - 1) / 2) + 1`."""
        return _written(self)[0]

    @property
    def derivation(self) -> str:
        """`formula = value`, or the value alone for a leaf."""
        return f"{self.formula} = {self.value}" if self.operation else str(self.value)

    def settled(self, name: str = "") -> Traced:
        """A leaf of the same value and name, so that the next formula starts from the number."""
        return Traced(self.value, name or self.name)

    def __repr__(self) -> str:
        return f"Traced({self.derivation})"

    def __int__(self) -> int:
        return self.value

    __index__ = __int__

    def __bool__(self) -> bool:
        return self.value != 0

    def __hash__(self) -> int:
        return hash(self.value)

    def __neg__(self) -> Traced:
        return Traced(-self.value, operation="neg", operands=(self,))

    def __add__(self, other: Traced | int) -> Traced:
        return _binary("+", self, other)

    def __radd__(self, other: int) -> Traced:
        return _binary("+", other, self)

    def __sub__(self, other: Traced | int) -> Traced:
        return _binary("-", self, other)

    def __rsub__(self, other: int) -> Traced:
        return _binary("-", other, self)

    def __mul__(self, other: Traced | int) -> Traced:
        return _binary("*", self, other)

    def __rmul__(self, other: int) -> Traced:
        return _binary("*", other, self)

    def __pow__(self, power: int) -> Traced:
        """A product, as formulas write it: `U*U`. Powers of rules are small and at least 1."""
        return self if power == 1 else self ** (power - 1) * self

    def __floordiv__(self, other: Traced | int) -> Traced:
        return _binary("//", self, other)

    def __rfloordiv__(self, other: int) -> Traced:
        return _binary("//", other, self)

    def __mod__(self, other: Traced | int) -> Traced:
        return _binary("%", self, other)

    def __rmod__(self, other: int) -> Traced:
        return _binary("%", other, self)

    def __gt__(self, other: Traced | int) -> Traced:
        return _binary(">", self, other)

    def __ge__(self, other: Traced | int) -> Traced:
        return _binary(">=", self, other)

    def __lt__(self, other: Traced | int) -> Traced:
        return _binary("<", self, other)

    def __le__(self, other: Traced | int) -> Traced:
        return _binary("<=", self, other)

    def __eq__(self, other: object) -> Traced:  # type: ignore[override]  # a comparison is traced too
        return _binary("==", self, other)

    def __ne__(self, other: object) -> Traced:  # type: ignore[override]
        return _binary("!=", self, other)

    def __and__(self, other: Traced | int) -> bool:
        return bool(self) and bool(other)

    __rand__ = __and__


def traced_call(name: str, function: Callable[[int, int], int], first: Any, second: Any) -> Traced:
    """The traced result of a two-argument function that has no operator sign (max, min, gcd, ceil)."""
    return Traced(function(int(first), int(second)), operation=name, operands=(first, second))


def named(number: int, name: str) -> int:
    """The number; a traced one gets a name, by which the formulas that use it call it."""
    if isinstance(number, Traced):
        return Traced(number.value, name, number.operation, number.operands)
    return number


def _binary(sign: str, left: Any, right: Any) -> Traced:
    value = _COMPUTE[sign](int(left), int(right))
    return Traced(value, operation=sign, operands=(left, right))


def _written(number: Traced | int) -> tuple[str, int]:
    """The text of a formula and how tightly its outermost sign binds."""
    if not isinstance(number, Traced):
        return str(int(number)), _ATOM if number >= 0 else 3
    if not number.operation:
        return str(number.value), _ATOM if number.value >= 0 else 3
    if number.operation == "neg":
        text, binding = _written(number.operands[0])
        return (f"-{text}" if binding > 3 else f"-({text})"), 3
    if number.operation not in _BINARY:
        arguments = ", ".join(_written(operand)[0] for operand in number.operands)
        return f"{number.operation}({arguments})", _ATOM
    binding, sign = _BINARY[number.operation]
    (left, left_binding), (right, right_binding) = map(_written, number.operands)
    left = left if left_binding >= binding else f"({left})"
    right = right if right_binding > binding else f"({right})"
    if number.operation in ("//", "ceil"):
        return f"{'floor' if number.operation == '//' else 'ceil'}({left}{sign}{right})", _ATOM
    return f"{left}{sign}{right}", binding
