"""What an expression may refer to, and how a YAML node becomes a value in it."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Container, Iterable, Iterator, MutableMapping
from typing import Any

from cnncalc.diagnostics import Diagnostic, Source, Span
from cnncalc.language.expressions import ExpressionFault, Value, interpolate, parse_expression
from cnncalc.language.nodes import (
    LINE_BREAK,
    Mapping,
    Node,
    Scalar,
    Sequence,
    span_in_line,
    span_of,
    span_within,
)
from cnncalc.language.scalars import resolve

Report = Callable[[Diagnostic], None]


LOST: Any = object()
"""The value of a parameter whose value is faulty: nothing more is said of what depends on it."""


class Faulty(Exception):
    """The value at hand cannot be had; its fault is already reported."""


class Scope:
    """Values of parameters by name, in one source. Faults go to `report`."""

    __slots__ = ("names", "report", "source")

    def __init__(self, source: Source, names: MutableMapping[str, Value], report: Report) -> None:
        self.source = source
        self.names = names
        self.report = report

    def with_names(self, names: dict[str, Value]) -> Scope:
        """The same scope with further names, which hide those of before."""
        return Scope(self.source, ChainMap(names, self.names), self.report)

    def span(self, node: Node) -> Span:
        return span_of(self.source, node)

    def value(self, node: Node, words: Container[str] = ()) -> Value:
        """The value of a node; strings are expressions, but for `words`. Raises Faulty."""
        if isinstance(node, Scalar):
            if node.plain:
                value = resolve(node.text)
                if not isinstance(value, str):
                    return value
            if node.text in words:
                return node.text
            return self._evaluated(node)
        if isinstance(node, Sequence):
            return [self.value(item, words) for item in node.items]
        message = "expected a number, a word or a list, not `key: value` pairs"
        raise self.fault("E103", message, node, "write the value alone")

    def _evaluated(self, node: Scalar) -> Value:
        names = self.names
        try:
            expression = parse_expression(node.text)
            if any(names.get(name) is LOST for name in expression.names):
                raise Faulty
            return expression.evaluate(names)
        except ExpressionFault as fault:
            raise self.expression_fault(node, fault) from None

    def parameter(self, node: Node) -> Value:
        """The value of a parameter: as `value`, but a plain word that names nothing stands for itself."""
        if isinstance(node, Scalar) and node.text.isidentifier() and node.text not in self.names:
            value = resolve(node.text) if node.plain else node.text
            return value if value != "" else None
        if isinstance(node, Sequence):
            return [self.parameter(item) for item in node.items]
        return self.value(node)

    def text(self, node: Node, what: str) -> str:
        """A name or reference with its `{...}` filled in. Raises Faulty."""
        if isinstance(node, Scalar) and not node.text:
            raise self.fault("E103", f"{what} must not be empty", node, "write one word, or leave it out")
        if not isinstance(node, Scalar):
            raise self.fault("E103", f"{what} must be one word", node, "write it without brackets")
        if "{" not in node.text and "}" not in node.text:
            return node.text
        if LOST in self.names.values():
            raise Faulty
        try:
            return interpolate(node.text, self.names)
        except ExpressionFault as fault:
            raise self.expression_fault(node, fault) from None

    def fault(self, code: str, message: str, node: Node, help: str = "") -> Faulty:
        """Reports a fault at a node and gives the exception to raise."""
        self.report(Diagnostic(code, message, self.span(node), help=help))
        return Faulty()

    def expression_fault(self, node: Scalar, fault: ExpressionFault) -> Faulty:
        written = _list_meant(self.source, node)
        if written:
            span = span_in_line(self.source, node.start, len(written))
            help = f"write `[{', '.join(re.findall('[0-9]+', written))}]`"
            self.report(Diagnostic("E105", "a list is written in brackets", span, help=help))
            return Faulty()
        cut_off = _cut_off(self.source, node)
        if cut_off:
            span = span_in_line(self.source, node.start, len(cut_off))
            message = "`,` in a value without quotes, within brackets"
            help = f'put the expression in quotes, as in "{cut_off}"'
            self.report(Diagnostic("E105", message, span, help=help))
            return Faulty()
        span = span_within(self.source, node, fault.start, fault.end)
        self.report(Diagnostic(fault.code, fault.message, span, help=fault.help))
        return Faulty()


def _list_meant(source: Source, node: Scalar) -> str | None:
    """What is written where `3x3`, `(3, 3)` or `3, 3` stands for a list; None for anything else.

    In braces a comma ends the value, and just `(3` is left of `(3, 3)`.
    """
    found = re.compile(r"\(? *\d+(?: *[x×,] *\d+)+ *\)?").match(source.text, node.start.index)
    return found[0] if found and found[0].startswith(node.text) else None


def _cut_off(source: Source, node: Scalar) -> str | None:
    """The whole expression as it is meant where a comma in braces ended it within its parentheses."""
    if not node.plain or _opened(node.text) <= 0 or source.text[node.end.index :].lstrip()[:1] != ",":
        return None
    start, opened = node.start.index, 0
    line = re.compile(f".*?(?={LINE_BREAK}|\\Z)", re.DOTALL).match(source.text, start)
    written = line[0] if line else ""
    for index, sign in enumerate(written):
        opened += _opened(sign)
        if opened == 0 and sign in ",}]":
            return written[:index].rstrip()
    return None


def _opened(text: str) -> int:
    """How many parentheses are open behind a text."""
    return text.count("(") - text.count(")")


def whole_pairs(pairs: Iterable[tuple[Scalar, Node]]) -> Iterator[tuple[Scalar, Node]]:
    """The pairs without those that are but the rest of an expression before: `4)` after `max(8,`."""
    opened = 0
    for key, value in pairs:
        if opened > 0 and is_nothing(value):
            opened += _opened(key.text)
            continue
        yield key, value
        last = key if is_nothing(value) else value
        opened = _opened(last.text) if isinstance(last, Scalar) and last.plain else 0


def plain_value(node: Node) -> Any:
    """A node as plain data, for what is only kept and shown (reference, published figures)."""
    if isinstance(node, Scalar):
        return resolve(node.text) if node.plain else node.text
    if isinstance(node, Sequence):
        return [plain_value(item) for item in node.items]
    return {key.text: plain_value(value) for key, value in node.pairs()}


def is_nothing(node: Node | None) -> bool:
    """No value: left out, or written as null."""
    return node is None or (isinstance(node, Scalar) and node.plain and resolve(node.text) is None)


def pairs_of(scope: Scope, node: Node, what: str) -> list[tuple[Scalar, Node]]:
    """The pairs of a node that must be a mapping. Raises Faulty."""
    if not isinstance(node, Mapping):
        raise scope.fault("E103", f"{what} must be `key: value` pairs", node, "write each as `key: value`")
    return list(node.pairs())
