"""YAML nodes that know where they stand, and the place in the source of a node or a part of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol, TypeAlias

from cnncalc.diagnostics import Source, Span

# Patterns stay texts until a fault asks for a place: compiling them would cost every start.
LINE_BREAK = "\r\n|[\r\n\x85\u2028\u2029]"  # what YAML 1.1 counts as the end of a line
TRAILING_COMMENT = r"\s+(?:#.*)?$"


class Mark(Protocol):
    """A position as PyYAML gives it, counted from 0."""

    index: int
    line: int
    column: int


class Scalar:
    """A single value as it is written; `plain` if without quotes, so that it may be a number or null."""

    __slots__ = ("end", "plain", "start", "text")

    def __init__(self, text: str, plain: bool, start: Mark, end: Mark) -> None:
        self.text = text
        self.plain = plain
        self.start = start
        self.end = end


class Sequence:
    """A list, in block or flow form."""

    __slots__ = ("end", "items", "start")

    def __init__(self, items: list[Node], start: Mark, end: Mark) -> None:
        self.items = items
        self.start = start
        self.end = end


class Mapping:
    """Pairs in the order of the file; `items` alternates keys, all of them scalars, and values."""

    __slots__ = ("end", "items", "start")

    def __init__(self, items: list[Node], start: Mark, end: Mark) -> None:
        self.items = items
        self.start = start
        self.end = end

    def pairs(self) -> Iterator[tuple[Scalar, Node]]:
        """Each key with its value."""
        items = iter(self.items)
        return zip(items, items, strict=True)  # type: ignore[arg-type]

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None if there is no such key."""
        return next((value for name, value in self.pairs() if name.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def span_of(source: Source, node: Node) -> Span:
    """Where a node is written; of a node over several lines, its part on the first line."""
    return span_of_marks(source, node.start, node.end)


def span_within(source: Source, scalar: Scalar, start: int, end: int) -> Span:
    """Where the characters `start` to `end` of a scalar's text are written, as exactly as can be said."""
    # Counted from its end, because an anchor may stand between the start mark and the text.
    last = scalar.end.index - (0 if scalar.plain else 1)
    first = last - len(scalar.text)
    if scalar.start.line != scalar.end.line or source.text[max(first, 0) : last] != scalar.text:
        return span_of(source, scalar)
    line, column = scalar.start.line + 1, scalar.end.column + 1 - (scalar.end.index - first)
    return Span(source, line, column + start, line, column + end)


def span_of_marks(source: Source, start: Mark, end: Mark) -> Span:
    if start.line == end.line:
        return span_in_line(source, start, end.column - start.column)
    return span_in_line(source, start, len(re.sub(TRAILING_COMMENT, "", rest_of_line(source, start))))


def span_at(source: Source, mark: Mark) -> Span:
    """The one character at a mark; nothing at the end of a line."""
    return span_in_line(source, mark, 1 if rest_of_line(source, mark) else 0)


def span_in_line(source: Source, mark: Mark, width: int) -> Span:
    line, column = mark.line + 1, mark.column + 1
    return Span(source, line, column, line, column + width)


def rest_of_line(source: Source, mark: Mark) -> str:
    line_break = re.compile(LINE_BREAK).search(source.text, mark.index)
    return source.text[mark.index : line_break.start() if line_break else None]


def position(source: Source, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in the text."""
    breaks = [found.end() for found in re.compile(LINE_BREAK).finditer(source.text, 0, index)]
    return len(breaks) + 1, index - (breaks[-1] if breaks else 0) + 1
