"""Expressions of a file as those of a program: parameters that are settled put in, the rest as it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from typing import Any

from cnncalc.language.expressions import ExpressionFault, Names, interpolate, parse_expression
from cnncalc.language.nodes import Node, Scalar, Sequence
from cnncalc.language.scalars import resolve
from cnncalc.language.scope import is_nothing

NOTHING: Any = object()
"""What an expression without a value gives; equal to nothing else."""


def written(node: Node | None) -> str | None:
    """The text of a value as an expression; None where it is none (a word, a mapping, nothing)."""
    if node is None or is_nothing(node):
        return None
    if isinstance(node, Scalar):
        value = resolve(node.text) if node.plain else node.text
        return node.text.strip() if isinstance(value, str) else repr(value)
    if isinstance(node, Sequence):
        items = [written(item) for item in node.items]
        return None if None in items else f"[{', '.join(str(item) for item in items)}]"
    return None


def folded(text: str, free: Collection[str], settled: Names) -> str | None:
    """The expression with all names but the `free` ones put in, and what then is constant computed.

    None if it is no expression, or one without a value.
    """
    try:
        parse_expression(text)
        root = _Fold(free, settled).visit(ast.parse(text.strip(), mode="eval").body)
    except (ExpressionFault, KeyError, SyntaxError, ValueError, RecursionError):
        return None
    return ast.unparse(ast.fix_missing_locations(root))


def substituted(text: str, texts: Mapping[str, str]) -> str:
    """The expression with texts in the place of names."""

    class Substitute(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.parse(texts[node.id], mode="eval").body if node.id in texts else node

    return ast.unparse(Substitute().visit(ast.parse(text, mode="eval").body))


def value_of(text: str, names: Names) -> Any:
    """The value of an expression, lists as tuples, or NOTHING."""
    try:
        expression = parse_expression(text)
        known = {name: as_lists(names[name]) for name in expression.names if name in names}
        return as_tuples(expression.evaluate(known))
    except ExpressionFault:
        return NOTHING


def as_lists(value: Any) -> Any:
    """A value with its tuples as lists, which the language has."""
    return [*map(as_lists, value)] if isinstance(value, tuple) else value


def first_item(text: str) -> str | None:
    """The first item of a list, `k` of `[k, k]`; None if the text is no list."""
    root = ast.parse(text.strip(), mode="eval").body
    return ast.unparse(root.elts[0]) if isinstance(root, ast.List) and root.elts else None


def names_in(text: str) -> set[str]:
    """The names that an expression mentions, without its functions."""
    try:
        return set(parse_expression(text).names)
    except ExpressionFault:
        return set()


def as_tuples(value: Any) -> Any:
    """A value with its lists as tuples."""
    return tuple(map(as_tuples, value)) if isinstance(value, (list, tuple)) else value


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of one type: 1 is neither 1.0 nor True."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def template(text: str, free: Collection[str], settled: Names) -> str | None:
    """A name with `{...}` as the inside of an f-string; None if there is none."""
    pieces, rest = [], text
    while "{" in rest:
        before, _, rest = rest.partition("{")
        inside, closed, rest = rest.partition("}")
        expression = folded(inside, free, settled)
        if not closed or expression is None or '"' in expression or "{" in expression:
            return None
        names = names_in(expression)
        pieces += [before, f"{{{expression}}}" if names else str(value_of(expression, {}))]
    return "".join([*pieces, rest])


def named(text: str, names: Names) -> str | None:
    """The name that a template gives."""
    try:
        return interpolate(text, names)
    except ExpressionFault:
        return None


def in_python(text: str) -> str:
    """The expression as Python reads it: `floor` and `ceil` are those of `math`."""

    class Functions(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            self.generic_visit(node)
            if isinstance(node.func, ast.Name) and node.func.id in ("floor", "ceil"):
                node.func.id = f"math.{node.func.id}"
            return node

        def visit_List(self, node: ast.List) -> ast.expr:
            self.generic_visit(node)
            return ast.Tuple(node.elts, node.ctx)

    return _tight_powers(ast.unparse(Functions().visit(ast.parse(text, mode="eval").body)))


def _tight_powers(text: str) -> str:
    """Powers of names and numbers without blanks, as formatters write them."""
    return re.sub(r"(?<![\w.)\]])([\w.]+) \*\* (-?[\w.]+)(?![\w.(\[])", r"\1**\2", text)


class _Fold(ast.NodeTransformer):
    """Puts in the names that are settled, and computes what is constant."""

    def __init__(self, free: Collection[str], settled: Names) -> None:
        self.free = free
        self.settled = settled

    def visit(self, node: ast.AST) -> Any:
        node = super().visit(node)
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant) and self.is_constant(node):
            value = parse_expression(ast.unparse(node)).evaluate({})
            return ast.parse(repr(value), mode="eval").body
        return node

    @staticmethod
    def is_constant(node: ast.expr) -> bool:
        functions = {call.func for call in ast.walk(node) if isinstance(call, ast.Call)}
        return not any(isinstance(part, ast.Name) and part not in functions for part in ast.walk(node))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.free:
            return node
        return ast.parse(repr(self.settled[node.id]), mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test = self.visit(node.test)
        if isinstance(test, ast.Constant):
            return self.visit(node.body if test.value else node.orelse)  # type: ignore[no-any-return]
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        ending = isinstance(node.op, ast.Or)  # what an operand must be to decide the whole
        left: list[ast.expr] = []
        for operand in map(self.visit, node.values):
            if isinstance(operand, ast.Constant) and bool(operand.value) is not ending:
                continue
            left.append(operand)
            if isinstance(operand, ast.Constant):
                break
        if not left:
            return ast.Constant(not ending)
        return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, self.visit(node.operand))
