"""The arithmetic of the language: parsed by `ast`, then walked; nothing is ever compiled or run.

Every node type, operator and function that an expression may use stands in a table of
`expression_syntax` or `expression_values`; anything else is refused where it stands. Arithmetic is that
of Python with these decisions:

- Integers stay integers; `floor`, `ceil`, `int` and `round` of one argument give integers.
- `round` rounds a half to the even neighbour: `round(2.5)` is 2, `round(3.5)` is 4.
- `/` is true division and gives a float even where it divides exactly (`64 / 2` is 32.0); whoever
  needs an integer takes an integral float for one.
- Operators work on numbers, `+` also joins lists. Words can be compared with `==`, `!=` and `in` only.
- A number computed is finite and, if an integer, at most 2**63 in absolute value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from cnncalc.language.expression_faults import NOT_ALLOWED, NOT_COMPUTABLE, ExpressionFault, Failure, located
from cnncalc.language.expression_syntax import LONGEST_TEXT, checked_names, syntax_tree
from cnncalc.language.expression_values import LARGEST_INTEGER, Names, Value, kind_of, value_of

__all__ = [
    "LONGEST_TEXT",
    "Expression",
    "ExpressionFault",
    "Names",
    "Value",
    "interpolate",
    "parse_expression",
]

_MOST_EXPRESSIONS = 4096


class Expression:
    """A checked expression. `names` are the parameters that it mentions."""

    __slots__ = ("_root", "names", "text")

    def __init__(self, text: str, root: ast.expr, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        self._root = root

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, names: Names) -> Value:
        """The value of the expression with the parameters `names`."""
        try:
            return value_of(self._root, names)
        except Failure as failure:
            raise located(failure, self.text) from None


@lru_cache(maxsize=_MOST_EXPRESSIONS)
def parse_expression(text: str) -> Expression:
    """The expression `text`, checked to use nothing but what the language has; or `ExpressionFault`."""
    try:
        root = syntax_tree(text)
        return Expression(text, root, frozenset(checked_names(root, text)))
    except Failure as failure:
        raise located(failure, text) from None


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
    message = f"only a word or a whole number can be part of a name, not {kind_of(value)}"
    raise ExpressionFault(NOT_COMPUTABLE, message, offset, offset + len(text))
