"""What the tests of YAML share: the nodes of a text, or its faults."""

from __future__ import annotations

import pytest

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source, Span
from cnncalc.language.nodes import Node, Scalar, Sequence
from cnncalc.language.source import parse


def read(text: str) -> Node:
    return parse(Source("net.yaml", text))


def plain(node: Node) -> object:
    """The node as Python's own lists and dictionaries, for comparison."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs()}


def faults(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ArchitectureError) as caught:
        read(text)
    return caught.value.diagnostics


def fault(text: str) -> Diagnostic:
    (only,) = faults(text)
    return only


def said(text: str) -> list[str]:
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message}" for d in faults(text)]


def columns(span: Span) -> tuple[int, int, int]:
    return span.line, span.column, span.end_column
