"""The few functions that rules need beside operators.

Rules are written for `int` and typed so, but use nothing that ties them to it: they hold as well for
NumPy arrays of sizes (a whole sweep at once) and for `Traced` numbers (a derivation). This module never
imports NumPy.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from functools import reduce

from cnncalc.tracing import Traced, traced_call


def ceil_div(dividend: int, divisor: int) -> int:
    """The quotient rounded up."""
    if isinstance(dividend, Traced) or isinstance(divisor, Traced):
        return traced_call("ceil", ceil_div, dividend, divisor)
    return -(-dividend // divisor)


def exact_div(dividend: int, divisor: int) -> int:
    """The quotient of numbers of which a check has seen that they divide, so that nothing is rounded."""
    if type(dividend) is not int and (isinstance(dividend, Traced) or isinstance(divisor, Traced)):
        return traced_call("/", operator.floordiv, dividend, divisor)
    return dividend // divisor


def product(factors: Iterable[int]) -> int:
    """The product of all factors; 1 for none."""
    remaining = iter(factors)
    result = next(remaining, 1)
    for factor in remaining:
        result = result * factor
    return result


def largest(numbers: Iterable[int]) -> int:
    """The largest of numbers, element by element for arrays."""
    return reduce(maximum, numbers)


def maximum(first: int, second: int) -> int:
    """The larger of two numbers, element by element for arrays."""
    if type(first) is int and type(second) is int:
        return first if first >= second else second
    if isinstance(first, Traced) or isinstance(second, Traced):
        return traced_call("max", max, first, second)
    return first + (second > first) * (second - first)


def minimum(first: int, second: int) -> int:
    """The smaller of two numbers, element by element for arrays."""
    if type(first) is int and type(second) is int:
        return first if first <= second else second
    if isinstance(first, Traced) or isinstance(second, Traced):
        return traced_call("min", min, first, second)
    return first - (second < first) * (first - second)


def gcd(first: int, second: int) -> int:
    """The greatest common divisor of two positive numbers, element by element for arrays."""
    if type(first) is int and type(second) is int:
        return math.gcd(first, second)
    if isinstance(first, Traced) or isinstance(second, Traced):
        return traced_call("gcd", math.gcd, first, second)
    # Euclid with a fixed number of steps, as arrays do not agree on when to stop: Lamé's bound for 64 bits.
    for _ in range(92):
        going = second != 0
        first, second = (
            second * going + first * (1 - going),
            (first % (second + (1 - going))) * going,
        )
    return first


def everywhere(condition: bool) -> bool:
    """The condition as one bool: for an array whether it holds for all elements."""
    if isinstance(condition, (bool, Traced)):
        return bool(condition)
    return bool(condition.all())


def settled(number: int) -> int | None:
    """The one int that a number or the elements of an array all are; None if they differ."""
    if isinstance(number, (int, Traced)):
        return int(number)
    first = number.flat[0]
    return int(first) if everywhere(number == first) else None


def without_derivation(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes to go on from: traced ones as plain numbers of a next formula, all others as they are."""
    return tuple([size.settled() if isinstance(size, Traced) else size for size in sizes])
