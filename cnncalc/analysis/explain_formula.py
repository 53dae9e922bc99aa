"""From a traced number to the steps of its derivation: formula, numbers put in, each step, result.

An expression is plain data: an int, a `Symbol` with its value, or an `Operation` on expressions. Signs are
`+` (any number of terms), `neg`, `*` (any number of factors), `/`, `floor` and `ceil` (of a quotient),
`mod`, `max`, `min`, `gcd`, and comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from cnncalc.tracing import Traced

NESTED = ("max", "min", "gcd")
ARITHMETIC = ("+", "*", "neg")


class Symbol(NamedTuple):
    """A quantity by its name, `K` or `H_out`."""

    name: str
    value: int


class Operation(NamedTuple):
    """A sign and the expressions that it is on (mypy has no types of named tuples that hold themselves)."""

    sign: str
    operands: tuple[Any, ...]


Expression: TypeAlias = int | Symbol | Operation


class Derivation(NamedTuple):
    """A figure, or a part of one, with all the steps that lead to it.

    `steps` begins with the formula in symbols and ends with the value; a given number has only that.
    """

    symbol: str
    steps: tuple[Expression, ...]
    value: int


def in_numbers(found: Derivation) -> Expression:
    """The first step of a derivation without symbols."""
    return next(step for step in found.steps if not any(symbols(step)))


def derivation(symbol: str, number: Traced | int) -> Derivation:
    return derivation_of(symbol, expression(number))


def derivation_of(symbol: str, formula: Expression) -> Derivation:
    return Derivation(symbol, tuple(steps(formula)), value_of(formula))


def intermediates(number: Traced | int) -> list[Traced]:
    """The named results that a formula starts from, each before those that use it."""
    found: dict[str, Traced] = {}
    _collect(number, found, is_root=True)
    return list(found.values())


def _collect(number: Traced | int, found: dict[str, Traced], is_root: bool = False) -> None:
    if not isinstance(number, Traced) or not number.operation or number.name in found:
        return
    for operand in number.operands:
        _collect(operand, found)
    if number.name and not is_root:
        found[number.name] = number


def symbols(formula: Expression) -> Iterator[Symbol]:
    """The symbols of a formula in the order of reading, each as often as it stands there."""
    if isinstance(formula, Symbol):
        yield formula
    elif isinstance(formula, Operation):
        for operand in formula.operands:
            yield from symbols(operand)


def relabelled(formula: Expression, names: Mapping[str, str]) -> Expression:
    """The formula with other names for some of its symbols."""
    if isinstance(formula, Symbol):
        return formula._replace(name=names.get(formula.name, formula.name))
    if isinstance(formula, Operation):
        return formula._replace(operands=tuple(relabelled(operand, names) for operand in formula.operands))
    return formula


# --- from a traced number to a formula ---------------------------------------------------------------


def expression(number: Traced | int) -> Expression:
    """The formula of a number; named results inside of it are symbols.

    What does nothing is left out: a plain 0 that is added, a plain 1 that is multiplied or divided by. So a
    rule may be written for all cases, and reads as if written for the case at hand.
    """
    if not isinstance(number, Traced) or not number.operation:
        return _inner(number)
    return _operation(number)


def _inner(number: Traced | int) -> Expression:
    if not isinstance(number, Traced):
        return int(number)
    if number.name:
        return Symbol(number.name, number.value)
    return _operation(number) if number.operation else number.value


def _operation(number: Traced) -> Expression:
    sign = number.operation
    operands = [_inner(operand) for operand in number.operands]
    if sign == "neg":
        return _negative(operands[0])
    if sign == "-":
        return _sum([operands[0], _negative(operands[1])])
    if sign == "+":
        return _sum(operands)
    if sign == "*":
        return _product(operands)
    if sign in ("//", "/", "ceil"):
        return _quotient({"//": "floor"}.get(sign, sign), operands[0], operands[1])
    if sign in NESTED:
        return _nested(sign, operands)
    return Operation("mod" if sign == "%" else sign, tuple(operands))


def _negative(term: Expression) -> Expression:
    if isinstance(term, Operation) and term.sign == "neg":
        inner: Expression = term.operands[0]
        return inner
    return -term if isinstance(term, int) else Operation("neg", (term,))


def _sum(operands: list[Expression]) -> Expression:
    """A sum with equal terms put together (`P + P` is `2*P`), and the plain numbers at its end."""
    terms: list[Expression] = []
    for operand in operands:
        terms += _operands(operand, "+") or (operand,)
    constant = sum(term for term in terms if isinstance(term, int))
    counted: dict[Expression, int] = {}
    for term in terms:
        if not isinstance(term, int):
            counted[term] = counted.get(term, 0) + 1
    merged = [_times(count, term) for term, count in counted.items()]
    if constant or not merged:
        merged.append(constant)
    return merged[0] if len(merged) == 1 else Operation("+", tuple(merged))


def _times(count: int, term: Expression) -> Expression:
    """So many equal terms of a sum."""
    negated = _operands(term, "neg")
    return _negative(_product([count, negated[0]])) if negated else _product([count, term])


def _product(operands: list[Expression]) -> Expression:
    """A product without plain ones; a product of two products keeps both of them together."""
    if 0 in operands:
        return 0
    left, right = operands
    if left == 1 or right == 1:
        return right if left == 1 else left
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if isinstance(right, int):  # a number goes before what it multiplies
        left, right = right, left
    left_factors, right_factors = _operands(left, "*"), _operands(right, "*")
    if left_factors and not right_factors:
        return Operation("*", (*left_factors, right))
    if isinstance(left, int) and right_factors:
        first, *rest = right_factors
        merged = [left * first] if isinstance(first, int) else [left, first]
        return Operation("*", (*merged, *rest))
    return Operation("*", (left, right))


def _quotient(sign: str, dividend: Expression, divisor: Expression) -> Expression:
    if divisor == 1:
        return dividend
    if isinstance(dividend, int) and isinstance(divisor, int):
        return _computed(sign, [dividend, divisor])
    return Operation(sign, (dividend, divisor))


def _nested(sign: str, operands: list[Expression]) -> Expression:
    """max(max(a, b), c) as max(a, b, c), each operand once."""
    all_operands: dict[Expression, None] = {}
    for operand in operands:
        all_operands.update(dict.fromkeys(_operands(operand, sign) or (operand,)))
    return operand if len(all_operands) == 1 else Operation(sign, tuple(all_operands))


def _operands(formula: Expression, sign: str) -> tuple[Expression, ...]:
    """What an operation of this sign is on; nothing if the formula is another one."""
    return formula.operands if isinstance(formula, Operation) and formula.sign == sign else ()


# --- from a formula to its value, step by step --------------------------------------------------------


def steps(formula: Expression) -> Iterator[Expression]:
    """The formula, the formula with numbers put in, and what it becomes step by step."""
    yield formula
    numbers = substituted(formula)
    if numbers != formula:
        yield numbers
    while isinstance(numbers, Operation):
        numbers = _reduced(numbers)
        yield numbers


def value_of(formula: Expression) -> int:
    if isinstance(formula, int):
        return formula
    if isinstance(formula, Symbol):
        return formula.value
    return _computed(formula.sign, [value_of(operand) for operand in formula.operands])


def substituted(formula: Expression) -> Expression:
    if isinstance(formula, Symbol):
        return formula.value
    if isinstance(formula, Operation):
        return Operation(formula.sign, tuple(substituted(operand) for operand in formula.operands))
    return formula


def _reduced(formula: Operation, is_inside: bool = False) -> Expression:
    """One step further: inside of a function all arithmetic at once, else a sum after its terms."""
    if all(map(_is_number, formula.operands)) or (is_inside and _is_arithmetic(formula)):
        return value_of(formula)
    inside = is_inside or formula.sign not in ARITHMETIC
    return Operation(
        formula.sign,
        tuple(operand if _is_number(operand) else _reduced(operand, inside) for operand in formula.operands),
    )


def _is_number(formula: Expression) -> bool:
    """Whether nothing is left to do; a minus stays with its number, for the sum that it stands in."""
    negated = _operands(formula, "neg")
    return isinstance(negated[0] if negated else formula, int)


def _is_arithmetic(formula: Expression) -> bool:
    """Whether only sums, differences and products of numbers are left."""
    if isinstance(formula, Operation):
        return formula.sign in ARITHMETIC and all(map(_is_arithmetic, formula.operands))
    return isinstance(formula, int)


def _computed(sign: str, numbers: list[int]) -> int:
    first, *rest = numbers
    match sign:
        case "+":
            return sum(numbers)
        case "neg":
            return -first
        case "*":
            return math.prod(numbers)
        case "/" | "floor":
            return first // rest[0]
        case "ceil":
            return -(-first // rest[0])
        case "mod":
            return first % rest[0]
        case "max":
            return max(numbers)
        case "min":
            return min(numbers)
        case "gcd":
            return math.gcd(*numbers)
    return {
        ">": first > rest[0],
        ">=": first >= rest[0],
        "<": first < rest[0],
        "<=": first <= rest[0],
        "==": first == rest[0],
        "!=": first != rest[0],
    }[sign]
