"""The value of a checked expression: its operators and functions, each with its limits."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias, TypeVar, cast

from cnncalc.diagnostics import nearest
from cnncalc.language.expression_faults import UNKNOWN_NAME, Failure

Value: TypeAlias = "bool | int | float | str | list[Value] | None"
Names: TypeAlias = Mapping[str, Value]
Result = TypeVar("Result")

DEEPEST_NESTING = 100
LARGEST_INTEGER = 2**63
LONGEST_LIST = 10_000
MOST_DIGITS = 18
"""Of the second argument of `round`, with either sign; `round(1, -(10**9))` would take all memory."""

_MOST_NAMES_LISTED = 8


def value_of(node: ast.expr, names: Names) -> Value:
    return at_node(node, _EVALUATORS[type(node)], node, names)


def at_node(node: ast.expr, function: Callable[..., Result], *arguments: Any) -> Result:
    """The result of `function`; a failure in it is one of `node` unless it knows better."""
    try:
        return function(*arguments)
    except Failure as failure:
        failure.node = failure.node or node
        raise


def _constant(node: ast.Constant, _names: Names) -> Value:
    return cast("Value", node.value)


def _name(node: ast.Name, names: Names) -> Value:
    if node.id in WORDS:
        return WORDS[node.id]
    if node.id not in names:
        raise Failure(f"unknown parameter `{node.id}`", _help_for_name(node.id, names), UNKNOWN_NAME)
    return names[node.id]


def _help_for_name(name: str, names: Names) -> str:
    if name in FUNCTIONS:
        return f"`{name}` is a function and takes its arguments in parentheses"
    if name.lower() in _OTHER_WORDS:
        return f"write `{_OTHER_WORDS[name.lower()]}`"
    if close := nearest(name, names):
        return f"did you mean `{close}`?"
    if not names:
        return "there are no parameters here"
    return f"the parameters here are {quoted(names)}"


def quoted(names: Mapping[str, Any]) -> str:
    quoted = [f"`{name}`" for name in list(names)[:_MOST_NAMES_LISTED]]
    return ", ".join(quoted) + (", ..." if len(names) > _MOST_NAMES_LISTED else "")


def _binary(node: ast.BinOp, names: Names) -> Value:
    symbol, function = _BINARY[type(node.op)]
    left, right = value_of(node.left, names), value_of(node.right, names)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _computed(function, left, right)
    if symbol == "+" and isinstance(left, list) and isinstance(right, list):
        return _limited_list(left + right)
    raise Failure(f"`{symbol}` does not work on {kind_of(left)} and {kind_of(right)}")


def _power(base: int | float, exponent: int | float) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        # A lower bound of the bits of the result, so that a giant is refused before it is computed.
        least_bits = (abs(base).bit_length() - 1) * exponent
        if least_bits > LARGEST_INTEGER.bit_length():
            raise _too_large()
    return base**exponent


def _unary(node: ast.UnaryOp, names: Names) -> Value:
    value = value_of(node.operand, names)
    if isinstance(node.op, ast.Not):
        return not value
    symbol, function = _UNARY[type(node.op)]
    if isinstance(value, int | float):
        return _computed(function, value)
    raise Failure(f"`{symbol}` does not work on {kind_of(value)}")


def _either(node: ast.BoolOp, names: Names) -> Value:
    """The operand that decides, as in Python; those after it are not evaluated."""
    decides = isinstance(node.op, ast.Or)
    for operand in node.values[:-1]:
        value = value_of(operand, names)
        if bool(value) is decides:
            return value
    return value_of(node.values[-1], names)


def _comparison(node: ast.Compare, names: Names) -> Value:
    left = value_of(node.left, names)
    for operation, operand in zip(node.ops, node.comparators, strict=True):
        right = value_of(operand, names)
        if not _holds(operation, left, right):
            return False
        left = right
    return True


def _holds(operation: ast.cmpop, left: Value, right: Value) -> bool:
    if isinstance(operation, ast.Eq | ast.NotEq):
        return (left == right) is isinstance(operation, ast.Eq)
    if isinstance(operation, ast.In | ast.NotIn):
        if not isinstance(right, list):
            raise Failure(f"`in` looks into a list, not into {kind_of(right)}")
        return (left in right) is isinstance(operation, ast.In)
    symbol, function = _ORDERINGS[type(operation)]
    if isinstance(left, int | float) and isinstance(right, int | float):
        return function(left, right)
    raise Failure(f"`{symbol}` does not compare {kind_of(left)} and {kind_of(right)}")


def _conditional(node: ast.IfExp, names: Names) -> Value:
    return value_of(node.body if value_of(node.test, names) else node.orelse, names)


def _list(node: ast.List, names: Names) -> Value:
    return _limited_list([value_of(element, names) for element in node.elts])


def _element(node: ast.Subscript, names: Names) -> Value:
    values = value_of(node.value, names)
    if not isinstance(values, list):
        raise Failure(f"an index works on a list, not on {kind_of(values)}", node=node.value)
    if isinstance(node.slice, ast.Slice):
        return values[_slice(node.slice, names)]
    index = at_node(node.slice, _integer, value_of(node.slice, names))
    if not -len(values) <= index < len(values):
        raise Failure(f"index {index} is outside a list of {len(values):,}", node=node.slice)
    return values[index]


def _slice(node: ast.Slice, names: Names) -> slice:
    lower, upper, step = (_bound(bound, names) for bound in (node.lower, node.upper, node.step))
    if step == 0:
        raise Failure("the step of a slice is zero", node=node.step)
    return slice(lower, upper, step)


def _bound(node: ast.expr | None, names: Names) -> int | None:
    value = value_of(node, names) if node else None
    return None if node is None or value is None else at_node(node, _integer, value)


def _call(node: ast.Call, names: Names) -> Value:
    assert isinstance(node.func, ast.Name)
    _, _, function = FUNCTIONS[node.func.id]
    arguments = [value_of(argument, names) for argument in node.args]
    return _computed(function, *arguments)


def _of_number(name: str, function: Callable[[Any], int | float], value: Value) -> Value:
    return function(_number(name, value))


def _of_numbers(name: str, function: Callable[[Any], int | float], *arguments: Value) -> Value:
    first = arguments[0]
    values = first if len(arguments) == 1 and isinstance(first, list) else list(arguments)
    if values is not first and len(values) == 1:
        raise Failure(f"`{name}` takes a list or several numbers, not {kind_of(first)}")
    if not values:
        raise Failure(f"`{name}` of an empty list")
    return function([_number(name, value) for value in values])


def _length(values: Value) -> Value:
    return len(_elements("len", values))


def _sum(values: Value) -> Value:
    return sum(_number("sum", value) for value in _elements("sum", values))


def _rounded(value: Value, digits: Value = None) -> Value:
    number = _number("round", value)
    if digits is None:
        return round(number)
    places = _integer(digits)
    if abs(places) > MOST_DIGITS:
        raise Failure(f"`round` goes to at most {MOST_DIGITS} digits")
    return round(number, places)


def _number(function: str, value: Value) -> int | float:
    if isinstance(value, int | float):
        return value
    raise Failure(f"`{function}` works on numbers, not on {kind_of(value)}")


def _elements(function: str, value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    raise Failure(f"`{function}` takes a list, not {kind_of(value)}")


def _integer(value: Value) -> int:
    if isinstance(value, int):
        limited(value)
        return int(value)
    if isinstance(value, float):
        raise Failure(f"a whole number is needed here, not {value}", "`//` divides into a whole number")
    raise Failure(f"a whole number is needed here, not {kind_of(value)}")


def _computed(function: Callable[..., Any], *operands: Value) -> Value:
    try:
        result = function(*operands)
    except ZeroDivisionError:
        raise Failure("division by zero") from None
    except OverflowError:
        raise _too_large() from None
    except ValueError:  # a whole number was to be made of NaN
        raise _not_a_number() from None
    return limited(result)


def limited(result: Any) -> Value:
    """The number `result`, if it is one that the language has."""
    if isinstance(result, complex):
        raise Failure("a fractional power of a negative number")
    if isinstance(result, float) and math.isnan(result):
        raise _not_a_number()
    if isinstance(result, float) and math.isinf(result):
        raise _too_large()
    if isinstance(result, int) and abs(result) > LARGEST_INTEGER:
        raise _too_large()
    return cast("Value", result)


def _too_large() -> Failure:
    return Failure("the number is too large", "integers go up to 2 ** 63, floats to some 1.8e308")


def _not_a_number() -> Failure:
    return Failure("the result is not a number")


def _limited_list(values: list[Value]) -> list[Value]:
    """`values`, if there are not too many with those of the lists within it."""
    total, lists = 0, [values]
    for _ in range(DEEPEST_NESTING):
        total += sum(map(len, lists))
        if total > LONGEST_LIST:
            raise Failure(f"the list has more than {LONGEST_LIST:,} elements")
        lists = [element for each in lists for element in each if isinstance(element, list)]
        if not lists:
            return values
    raise Failure(f"the list is nested more than {DEEPEST_NESTING} levels deep")


def kind_of(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    return "a word" if isinstance(value, str) else "a list"


_EVALUATORS: dict[type[ast.expr], Callable[[Any, Names], Value]] = {
    ast.BinOp: _binary,
    ast.BoolOp: _either,
    ast.Call: _call,
    ast.Compare: _comparison,
    ast.Constant: _constant,
    ast.IfExp: _conditional,
    ast.List: _list,
    ast.Name: _name,
    ast.Subscript: _element,
    ast.UnaryOp: _unary,
}

_BINARY: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", _power),
}

_UNARY: dict[type[ast.unaryop], tuple[str, Callable[[Any], Any]]] = {
    ast.UAdd: ("+", operator.pos),
    ast.USub: ("-", operator.neg),
}

_ORDERINGS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], bool]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}

FUNCTIONS: dict[str, tuple[int, int | None, Callable[..., Value]]] = {
    "min": (1, None, partial(_of_numbers, "min", min)),
    "max": (1, None, partial(_of_numbers, "max", max)),
    "round": (1, 2, _rounded),
    "ceil": (1, 1, partial(_of_number, "ceil", math.ceil)),
    "floor": (1, 1, partial(_of_number, "floor", math.floor)),
    "abs": (1, 1, partial(_of_number, "abs", abs)),
    "int": (1, 1, partial(_of_number, "int", int)),
    "len": (1, 1, _length),
    "sum": (1, 1, _sum),
}
"""The least and the most arguments of a function, and what computes it."""

WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
"""YAML's spelling of what `ast` knows as True, False and None."""

_OTHER_WORDS = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""What some take for booleans; in YAML 1.2 they are words."""
