"""The syntax tree of an expression, with every node checked to be one that the language has."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from cnncalc.diagnostics import nearest
from cnncalc.language.expression_faults import NOT_ALLOWED, UNKNOWN_NAME, ExpressionFault, Failure, place
from cnncalc.language.expression_values import DEEPEST_NESTING, FUNCTIONS, WORDS, at_node, limited, quoted

LONGEST_TEXT = 1_000

_WHAT_IS_ALLOWED = (
    "an expression is arithmetic on numbers, lists and parameters, as in `round(64 * width) if i > 0 else 3`"
)


def syntax_tree(text: str) -> ast.expr:
    if len(text) > LONGEST_TEXT:
        raise Failure(
            f"the expression has {len(text):,} characters, more than {LONGEST_TEXT:,}",
            "name its parts as parameters",
        )
    if not text.strip():
        raise Failure("the expression is empty", code=NOT_ALLOWED)
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


def _unreadable() -> Failure:
    return Failure("the expression has a character that no text has", code=NOT_ALLOWED)


def _refuse_comment(root: ast.expr, text: str) -> None:
    """With all on one line, a comment would swallow the lines after it."""
    _, end = place(root, text)
    comment = text.find("#", end)
    if comment >= 0:
        raise ExpressionFault(
            NOT_ALLOWED, "a comment is not allowed in an expression", comment, len(text.rstrip())
        )


def _too_deep() -> Failure:
    return Failure(
        f"the expression is nested more than {DEEPEST_NESTING} levels deep", "name its parts as parameters"
    )


def checked_names(root: ast.expr, text: str) -> Iterator[str]:
    """Check every node of the tree, in the order of the text; yield the parameters that it mentions."""
    pending = [(root, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > DEEPEST_NESTING:
            raise _too_deep()
        if type(node) not in _CHECKS:
            raise _not_allowed(node, *_REFUSED.get(type(node), ("this", "")))
        _CHECKS[type(node)](node)
        if isinstance(node, ast.Name) and node.id not in WORDS:
            node.id = _as_written(node, text)
            yield node.id
        pending += [(child, depth + 1) for child in reversed(_operands(node))]


def _as_written(name: ast.Name, text: str) -> str:
    """Python normalises identifiers (the micro sign becomes a Greek mu); the keys of a file are not."""
    if name.id.isascii() and text.isascii():
        return name.id
    start, end = place(name, text)
    return text[start:end]


def _operands(node: ast.expr) -> list[ast.expr]:
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    return [child for child in children if isinstance(child, ast.expr)]


def _not_allowed(node: ast.expr | ast.keyword, what: str, help: str = "") -> Failure:
    return Failure(f"{what} is not allowed in an expression", help or _WHAT_IS_ALLOWED, NOT_ALLOWED, node)


def _accept(node: ast.expr) -> None:
    """A node that is allowed whatever it holds; what it holds is checked by itself."""


def _check_constant(node: ast.Constant) -> None:
    value = node.value
    if isinstance(value, str) and not value.isprintable():
        raise _not_allowed(node, "a character that cannot be printed")
    if isinstance(value, int | float):
        at_node(node, limited, value)
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
    if name not in FUNCTIONS:
        raise Failure(f"unknown function `{name}`", _help_for_function(name), UNKNOWN_NAME, node.func)
    if node.keywords:
        raise _not_allowed(node.keywords[0], "an argument with a name")
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            return  # refused as such when its turn comes
    least, most, _ = FUNCTIONS[name]
    if len(node.args) < least or (most is not None and len(node.args) > most):
        message = f"`{name}` takes {_arity(least, most)}, not {len(node.args)}"
        raise Failure(message, code=NOT_ALLOWED, node=node)


def _help_for_function(name: str) -> str:
    close = nearest(name, FUNCTIONS)
    return f"did you mean `{close}`?" if close else f"the functions are {quoted(FUNCTIONS)}"


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
