"""The arithmetic of the language: parsed by `ast`, then walked; nothing is ever compiled or run.

Every node type, operator and function that an expression may use stands in a table of this module;
anything else is refused where it stands. Arithmetic is that of Python with these decisions:

- Integers stay integers; `floor`, `ceil`, `int` and `round` of one argument give integers.
- `round` rounds a half to the even neighbour: `round(2.5)` is 2, `round(3.5)` is 4.
- `/` is true division and gives a float even where it divides exactly (`64 / 2` is 32.0); whoever
  needs an integer takes an integral float for one.
- Operators work on numbers, `+` also joins lists. Words can be compared with `==`, `!=` and `in` only.
- A number computed is finite and, if an integer, at most 2**63 in absolute value.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, TypeAlias, TypeVar, cast

from cnncalc.diagnostics import nearest

Value: TypeAlias = "bool | int | float | str | list[Value] | None"
Names: TypeAlias = Mapping[str, Value]
Result = TypeVar("Result")

LONGEST_TEXT = 1_000
DEEPEST_NESTING = 100
LARGEST_INTEGER = 2**63
LONGEST_LIST = 10_000
MOST_DIGITS = 18
"""Of the second argument of `round`, with either sign; `round(1, -(10**9))` would take all memory."""

NOT_ALLOWED = "E105"
UNKNOWN_NAME = "E106"
NOT_COMPUTABLE = "E107"

_MOST_EXPRESSIONS = 4096
_MOST_NAMES_LISTED = 8


class ExpressionFault(Exception):
    """Why an expression has no value. `start` and `end` are offsets in the text it was given as.

    `code` is E105 (not an expression, or not allowed in one), E106 (unknown name) or E107 (a limit,
    wrong types, or arithmetic without a result).
    """

    def __init__(self, code: str, message: str, start: int, end: int, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.help = help

    def moved(self, distance: int) -> ExpressionFault:
        """The same fault in a text in which the expression begins at `distance`."""
        return ExpressionFault(self.code, self.message, self.start + distance, self.end + distance, self.help)


class Expression:
    """A checked expression. `names` are the parameters that it mentions."""

    __slots__ = ("_root", "is_name", "names", "text")

    def __init__(self, text: str, root: ast.expr, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        self.is_name = text.strip() in names
        """Whether it is a bare identifier."""
        self._root = root

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, names: Names) -> Value:
        """The value of the expression with the parameters `names`."""
        try:
            return _value(self._root, names)
        except _Failure as failure:
            raise _located(failure, self.text) from None


@lru_cache(maxsize=_MOST_EXPRESSIONS)
def parse_expression(text: str) -> Expression:
    """The expression `text`, checked to use nothing but what the language has; or `ExpressionFault`."""
    try:
        root = _syntax_tree(text)
        return Expression(text, root, frozenset(_checked_names(root, text)))
    except _Failure as failure:
        raise _located(failure, text) from None


def interpolate(text: str, names: Names) -> str:
    """`text` with each `{expression}` replaced by its value, a word or a whole number."""
    if "{" not in text and "}" not in text:
        return text
    return "".join(_interpolated_pieces(text, names))


def _interpolated_pieces(text: str, names: Names) -> Iterator[str]:
    position = 0
    while position < len(text):
        opening = _offset(text, "{", position)
        _refuse_brace(text, "}", position, opening, "`}` without a `{` before it")
        yield text[position:opening]
        if opening == len(text):
            return
        closing = _offset(text, "}", opening)
        if closing == len(text):
            raise _brace_fault("`{` is never closed", opening)
        _refuse_brace(text, "{", opening + 1, closing, "`{` within braces")
        yield _word(text[opening + 1 : closing], opening + 1, names)
        position = closing + 1


def _offset(text: str, brace: str, position: int) -> int:
    found = text.find(brace, position)
    return len(text) if found < 0 else found


def _refuse_brace(text: str, brace: str, start: int, end: int, message: str) -> None:
    found = text.find(brace, start, end)
    if found >= 0:
        raise _brace_fault(message, found)


def _brace_fault(message: str, offset: int) -> ExpressionFault:
    help = "an expression within a name stands in one pair of braces, as in `conv{i + 1}`"
    return ExpressionFault(NOT_ALLOWED, message, offset, offset + 1, help)


def _word(text: str, offset: int, names: Names) -> str:
    try:
        value = parse_expression(text).evaluate(names)
    except ExpressionFault as fault:
        raise fault.moved(offset) from None
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER:
        return str(value)
    message = f"only a word or a whole number can be part of a name, not {_kind(value)}"
    raise ExpressionFault(NOT_COMPUTABLE, message, offset, offset + len(text))


# What is said of a fault before its place in the text is known.


class _Failure(Exception):
    """A fault at `node`, or at the whole text; the walk fills in the node that it came from."""

    def __init__(
        self,
        message: str,
        help: str = "",
        code: str = NOT_COMPUTABLE,
        node: ast.expr | ast.keyword | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.code = code
        self.node = node


def _located(failure: _Failure, text: str) -> ExpressionFault:
    start, end = _place(failure.node, text) if failure.node else (0, len(text))
    return ExpressionFault(failure.code, failure.message, start, end, failure.help)


def _place(node: ast.expr | ast.keyword, text: str) -> tuple[int, int]:
    """Where `node` stands in `text`; `ast` counts in bytes from the first character that is not blank."""
    indent = len(text) - len(text.lstrip())
    encoded = text.lstrip().encode()
    start, end = (
        indent + len(encoded[:column].decode()) for column in (node.col_offset, node.end_col_offset or 0)
    )
    return start, end


# Parsing


def _syntax_tree(text: str) -> ast.expr:
    if len(text) > LONGEST_TEXT:
        raise _Failure(
            f"the expression has {len(text):,} characters, more than {LONGEST_TEXT:,}",
            "name its parts as parameters",
        )
    if not text.strip():
        raise _Failure("the expression is empty", code=NOT_ALLOWED)
    # On one line, with every offset as it was, whatever Python thinks of lines and indentation.
    line = text.strip().replace("\n", " ").replace("\r", " ")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            root = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise _syntax_fault(error, text) from None
    except ValueError:  # a null byte or half a surrogate pair
        raise _unreadable() from None
    except (MemoryError, RecursionError):
        raise _too_deep() from None
    _refuse_comment(root, text)
    return root


def _syntax_fault(error: SyntaxError, text: str) -> Exception:
    if error.msg.startswith("too many nested"):
        return _too_deep()
    if "\0" in text:
        return _unreadable()
    reason, help = _reason_and_help(error.msg)
    indent, length = len(text) - len(text.lstrip()), len(text.strip())
    start, end = (error.offset or 0) - 1, (error.end_offset or 0) - 1
    if not 0 <= start < length:
        start, end = length - 1, length
        reason = reason or "it ends too early"
    message = f"the expression cannot be read: {reason}" if reason else "the expression cannot be read"
    end = min(max(end, start + 1), length)
    return ExpressionFault(NOT_ALLOWED, message, indent + start, indent + end, help)


def _reason_and_help(message: str) -> tuple[str, str]:
    """What Python says of a syntax error and what it proposes; no reason if that says nothing."""
    reason, _, proposal = message.replace("; ", ". ").partition(". ")
    reason = reason.removesuffix(" (detected at line 1)")
    help = (proposal[:1].lower() + proposal[1:]).replace(" or ':='", "")
    return "" if reason == "invalid syntax" else reason, help or _WHAT_IS_ALLOWED


def _unreadable() -> _Failure:
    return _Failure("the expression has a character that no text has", code=NOT_ALLOWED)


def _refuse_comment(root: ast.expr, text: str) -> None:
    """With all on one line, a comment would swallow the lines after it."""
    _, end = _place(root, text)
    comment = text.find("#", end)
    if comment >= 0:
        raise ExpressionFault(
            NOT_ALLOWED, "a comment is not allowed in an expression", comment, len(text.rstrip())
        )


def _too_deep() -> _Failure:
    return _Failure(
        f"the expression is nested more than {DEEPEST_NESTING} levels deep", "name its parts as parameters"
    )


# Checking


def _checked_names(root: ast.expr, text: str) -> Iterator[str]:
    """Check every node of the tree, in the order of the text; yield the parameters that it mentions."""
    pending = [(root, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > DEEPEST_NESTING:
            raise _too_deep()
        if type(node) not in _CHECKS:
            raise _not_allowed(node, *_REFUSED.get(type(node), ("this", "")))
        _CHECKS[type(node)](node)
        if isinstance(node, ast.Name) and node.id not in _WORDS:
            node.id = _as_written(node, text)
            yield node.id
        pending += [(child, depth + 1) for child in reversed(_operands(node))]


def _as_written(name: ast.Name, text: str) -> str:
    """Python normalises identifiers (the micro sign becomes a Greek mu); the keys of a file are not."""
    if name.id.isascii() and text.isascii():
        return name.id
    start, end = _place(name, text)
    return text[start:end]


def _operands(node: ast.expr) -> list[ast.expr]:
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    return [child for child in children if isinstance(child, ast.expr)]


def _not_allowed(node: ast.expr | ast.keyword, what: str, help: str = "") -> _Failure:
    return _Failure(f"{what} is not allowed in an expression", help or _WHAT_IS_ALLOWED, NOT_ALLOWED, node)


def _accept(node: ast.expr) -> None:
    """A node that is allowed whatever it holds; what it holds is checked by itself."""


def _check_constant(node: ast.Constant) -> None:
    value = node.value
    if isinstance(value, str) and not value.isprintable():
        raise _not_allowed(node, "a character that cannot be printed")
    if isinstance(value, int | float):
        _at(node, _limited, value)
    elif value is not None and not isinstance(value, str):
        raise _not_allowed(node, _REFUSED_CONSTANTS[type(value)])


def _check_operator(node: ast.BinOp | ast.UnaryOp) -> None:
    _refuse_operator(node, node.op)


def _check_comparison(node: ast.Compare) -> None:
    for operation in node.ops:
        _refuse_operator(node, operation)


def _refuse_operator(node: ast.expr, operation: ast.AST) -> None:
    if type(operation) in _REFUSED_OPERATORS:
        symbol, help = _REFUSED_OPERATORS[type(operation)]
        raise _not_allowed(node, f"the operator `{symbol}`", help)


def _check_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        raise _not_allowed(node.func, "calling anything but a function by its name")
    name = node.func.id
    if name not in _FUNCTIONS:
        raise _Failure(f"unknown function `{name}`", _help_for_function(name), UNKNOWN_NAME, node.func)
    if node.keywords:
        raise _not_allowed(node.keywords[0], "an argument with a name")
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            return  # refused as such when its turn comes
    least, most, _ = _FUNCTIONS[name]
    if len(node.args) < least or (most is not None and len(node.args) > most):
        message = f"`{name}` takes {_arity(least, most)}, not {len(node.args)}"
        raise _Failure(message, code=NOT_ALLOWED, node=node)


def _help_for_function(name: str) -> str:
    close = nearest(name, _FUNCTIONS)
    return f"did you mean `{close}`?" if close else f"the functions are {_quoted(_FUNCTIONS)}"


def _arity(least: int, most: int | None) -> str:
    if most is None:
        return "one argument or more"
    return "one argument" if least == most else "one or two arguments"


_CHECKS: dict[type[ast.expr], Callable[[Any], None]] = {
    ast.BinOp: _check_operator,
    ast.BoolOp: _accept,
    ast.Call: _check_call,
    ast.Compare: _check_comparison,
    ast.Constant: _check_constant,
    ast.IfExp: _accept,
    ast.List: _accept,
    ast.Name: _accept,
    ast.Slice: _accept,
    ast.Subscript: _accept,
    ast.UnaryOp: _check_operator,
}

_REFUSED: dict[type[ast.expr], tuple[str, str]] = {
    ast.Attribute: ("an attribute", ""),
    ast.Await: ("`await`", ""),
    ast.Dict: ("a dictionary", ""),
    ast.DictComp: ("a comprehension", ""),
    ast.GeneratorExp: ("a comprehension", ""),
    ast.JoinedStr: ("an f-string", ""),
    ast.Lambda: ("a lambda", ""),
    ast.ListComp: ("a comprehension", ""),
    ast.NamedExpr: ("an assignment", ""),
    ast.Set: ("a set", "a list is written `[1, 2]`"),
    ast.SetComp: ("a comprehension", ""),
    ast.Starred: ("unpacking with `*`", ""),
    ast.Tuple: ("a tuple", "a list is written `[1, 2]`"),
    ast.Yield: ("`yield`", ""),
    ast.YieldFrom: ("`yield`", ""),
}

_REFUSED_CONSTANTS: dict[type, str] = {
    bytes: "a bytes literal",
    complex: "an imaginary number",
    type(...): "`...`",
}

_REFUSED_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.BitAnd: ("&", "write `and`"),
    ast.BitOr: ("|", "write `or`"),
    ast.BitXor: ("^", "a power is written `**`"),
    ast.Invert: ("~", "write `not`"),
    ast.Is: ("is", "write `==`"),
    ast.IsNot: ("is not", "write `!=`"),
    ast.LShift: ("<<", "write `* 2 ** n`"),
    ast.MatMult: ("@", ""),
    ast.RShift: (">>", "write `// 2 ** n`"),
}


# Evaluating


def _value(node: ast.expr, names: Names) -> Value:
    return _at(node, _EVALUATORS[type(node)], node, names)


def _at(node: ast.expr, function: Callable[..., Result], *arguments: Any) -> Result:
    """The result of `function`; a failure in it is one of `node` unless it knows better."""
    try:
        return function(*arguments)
    except _Failure as failure:
        failure.node = failure.node or node
        raise


def _constant(node: ast.Constant, _names: Names) -> Value:
    return cast("Value", node.value)


def _name(node: ast.Name, names: Names) -> Value:
    if node.id in _WORDS:
        return _WORDS[node.id]
    if node.id not in names:
        raise _Failure(f"unknown parameter `{node.id}`", _help_for_name(node.id, names), UNKNOWN_NAME)
    return names[node.id]


def _help_for_name(name: str, names: Names) -> str:
    if name in _FUNCTIONS:
        return f"`{name}` is a function and takes its arguments in parentheses"
    if name.lower() in _OTHER_WORDS:
        return f"write `{_OTHER_WORDS[name.lower()]}`"
    if close := nearest(name, names):
        return f"did you mean `{close}`?"
    if not names:
        return "there are no parameters here"
    return f"the parameters here are {_quoted(names)}"


def _quoted(names: Mapping[str, Any]) -> str:
    quoted = [f"`{name}`" for name in list(names)[:_MOST_NAMES_LISTED]]
    return ", ".join(quoted) + (", ..." if len(names) > _MOST_NAMES_LISTED else "")


def _binary(node: ast.BinOp, names: Names) -> Value:
    symbol, function = _BINARY[type(node.op)]
    left, right = _value(node.left, names), _value(node.right, names)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _computed(function, left, right)
    if symbol == "+" and isinstance(left, list) and isinstance(right, list):
        return _limited_list(left + right)
    raise _Failure(f"`{symbol}` does not work on {_kind(left)} and {_kind(right)}")


def _power(base: int | float, exponent: int | float) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        # A lower bound of the bits of the result, so that a giant is refused before it is computed.
        least_bits = (abs(base).bit_length() - 1) * exponent
        if least_bits > LARGEST_INTEGER.bit_length():
            raise _too_large()
    return base**exponent


def _unary(node: ast.UnaryOp, names: Names) -> Value:
    value = _value(node.operand, names)
    if isinstance(node.op, ast.Not):
        return not value
    symbol, function = _UNARY[type(node.op)]
    if isinstance(value, int | float):
        return _computed(function, value)
    raise _Failure(f"`{symbol}` does not work on {_kind(value)}")


def _either(node: ast.BoolOp, names: Names) -> Value:
    """The operand that decides, as in Python; those after it are not evaluated."""
    decides = isinstance(node.op, ast.Or)
    for operand in node.values[:-1]:
        value = _value(operand, names)
        if bool(value) is decides:
            return value
    return _value(node.values[-1], names)


def _comparison(node: ast.Compare, names: Names) -> Value:
    left = _value(node.left, names)
    for operation, operand in zip(node.ops, node.comparators, strict=True):
        right = _value(operand, names)
        if not _holds(operation, left, right):
            return False
        left = right
    return True


def _holds(operation: ast.cmpop, left: Value, right: Value) -> bool:
    if isinstance(operation, ast.Eq | ast.NotEq):
        return (left == right) is isinstance(operation, ast.Eq)
    if isinstance(operation, ast.In | ast.NotIn):
        if not isinstance(right, list):
            raise _Failure(f"`in` looks into a list, not into {_kind(right)}")
        return (left in right) is isinstance(operation, ast.In)
    symbol, function = _ORDERINGS[type(operation)]
    if isinstance(left, int | float) and isinstance(right, int | float):
        return function(left, right)
    raise _Failure(f"`{symbol}` does not compare {_kind(left)} and {_kind(right)}")


def _conditional(node: ast.IfExp, names: Names) -> Value:
    return _value(node.body if _value(node.test, names) else node.orelse, names)


def _list(node: ast.List, names: Names) -> Value:
    return _limited_list([_value(element, names) for element in node.elts])


def _element(node: ast.Subscript, names: Names) -> Value:
    values = _value(node.value, names)
    if not isinstance(values, list):
        raise _Failure(f"an index works on a list, not on {_kind(values)}", node=node.value)
    if isinstance(node.slice, ast.Slice):
        return values[_slice(node.slice, names)]
    index = _at(node.slice, _integer, _value(node.slice, names))
    if not -len(values) <= index < len(values):
        raise _Failure(f"index {index} is outside a list of {len(values):,}", node=node.slice)
    return values[index]


def _slice(node: ast.Slice, names: Names) -> slice:
    lower, upper, step = (_bound(bound, names) for bound in (node.lower, node.upper, node.step))
    if step == 0:
        raise _Failure("the step of a slice is zero", node=node.step)
    return slice(lower, upper, step)


def _bound(node: ast.expr | None, names: Names) -> int | None:
    value = _value(node, names) if node else None
    return None if node is None or value is None else _at(node, _integer, value)


def _call(node: ast.Call, names: Names) -> Value:
    assert isinstance(node.func, ast.Name)
    _, _, function = _FUNCTIONS[node.func.id]
    arguments = [_value(argument, names) for argument in node.args]
    return _computed(function, *arguments)


def _of_number(name: str, function: Callable[[Any], int | float], value: Value) -> Value:
    return function(_number(name, value))


def _of_numbers(name: str, function: Callable[[Any], int | float], *arguments: Value) -> Value:
    first = arguments[0]
    values = first if len(arguments) == 1 and isinstance(first, list) else list(arguments)
    if values is not first and len(values) == 1:
        raise _Failure(f"`{name}` takes a list or several numbers, not {_kind(first)}")
    if not values:
        raise _Failure(f"`{name}` of an empty list")
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
        raise _Failure(f"`round` goes to at most {MOST_DIGITS} digits")
    return round(number, places)


def _number(function: str, value: Value) -> int | float:
    if isinstance(value, int | float):
        return value
    raise _Failure(f"`{function}` works on numbers, not on {_kind(value)}")


def _elements(function: str, value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    raise _Failure(f"`{function}` takes a list, not {_kind(value)}")


def _integer(value: Value) -> int:
    if isinstance(value, int):
        _limited(value)
        return int(value)
    if isinstance(value, float):
        raise _Failure(f"a whole number is needed here, not {value}", "`//` divides into a whole number")
    raise _Failure(f"a whole number is needed here, not {_kind(value)}")


def _computed(function: Callable[..., Any], *operands: Value) -> Value:
    try:
        result = function(*operands)
    except ZeroDivisionError:
        raise _Failure("division by zero") from None
    except OverflowError:
        raise _too_large() from None
    except ValueError:  # a whole number was to be made of NaN
        raise _not_a_number() from None
    return _limited(result)


def _limited(result: Any) -> Value:
    """The number `result`, if it is one that the language has."""
    if isinstance(result, complex):
        raise _Failure("a fractional power of a negative number")
    if isinstance(result, float) and math.isnan(result):
        raise _not_a_number()
    if isinstance(result, float) and math.isinf(result):
        raise _too_large()
    if isinstance(result, int) and abs(result) > LARGEST_INTEGER:
        raise _too_large()
    return cast("Value", result)


def _too_large() -> _Failure:
    return _Failure("the number is too large", "integers go up to 2 ** 63, floats to some 1.8e308")


def _not_a_number() -> _Failure:
    return _Failure("the result is not a number")


def _limited_list(values: list[Value]) -> list[Value]:
    """`values`, if there are not too many with those of the lists within it."""
    total, lists = 0, [values]
    for _ in range(DEEPEST_NESTING):
        total += sum(map(len, lists))
        if total > LONGEST_LIST:
            raise _Failure(f"the list has more than {LONGEST_LIST:,} elements")
        lists = [element for each in lists for element in each if isinstance(element, list)]
        if not lists:
            return values
    raise _Failure(f"the list is nested more than {DEEPEST_NESTING} levels deep")


def _kind(value: Value) -> str:
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

_FUNCTIONS: dict[str, tuple[int, int | None, Callable[..., Value]]] = {
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

_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
"""YAML's spelling of what `ast` knows as True, False and None."""

_OTHER_WORDS = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""What some take for booleans; in YAML 1.2 they are words."""

_WHAT_IS_ALLOWED = (
    "an expression has numbers, words in quotes, lists, parameters, + - * / // % **, comparisons, "
    f"and, or, not, `x if c else y` and the functions {', '.join(_FUNCTIONS)}"
)
