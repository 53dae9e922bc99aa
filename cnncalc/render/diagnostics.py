"""Diagnostics as text: in full with the source line, one line each, as JSON, or for GitHub Actions."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias, assert_never

from cnncalc.diagnostics import Diagnostic, Label, Source, Span
from cnncalc.language.nodes import LINE_BREAK
from cnncalc.render.text import JOINER, width_of

Style: TypeAlias = Literal["full", "concise", "json", "github"]

_WIDTH = 100  # of a quoted source line, in columns of the terminal
_TAB = "    "
_ELLIPSIS = "…"

_RED, _YELLOW, _BLUE, _BOLD = "1;31", "1;33", "1;34", "1"

_LINE_BREAK = re.compile(LINE_BREAK)  # as the lines of YAML marks are counted


def render(diagnostics: Iterable[Diagnostic], style: Style, color: bool = False) -> str:
    """The diagnostics in one of the four styles, without a line break at the end.

    `color` adds ANSI colours to the styles that people read, "full" and "concise".
    """
    diagnostics = tuple(diagnostics)
    match style:
        case "full":
            return _Full(color).render(diagnostics)
        case "concise":
            return "\n".join(_concise(diagnostic, color) for diagnostic in diagnostics)
        case "json":
            return _json(diagnostics)
        case "github":
            return "\n".join(_github(diagnostic) for diagnostic in diagnostics)
        case _:
            assert_never(style)


# --- one line each ---------------------------------------------------------------------------------


def _concise(diagnostic: Diagnostic, color: bool) -> str:
    place = _place(diagnostic.span)
    return f"{_paint(place, _BOLD, color)}: {_title(diagnostic, color)}: {_visible(diagnostic.message)}"


def _place(span: Span) -> str:
    return f"{_visible(span.source.name)}:{span.line}:{span.column}"


def _title(diagnostic: Diagnostic, color: bool) -> str:
    return _paint(f"{_severity(diagnostic)}[{diagnostic.code}]", _color_of(diagnostic), color)


def _severity(diagnostic: Diagnostic) -> Literal["error", "warning"]:
    return "error" if diagnostic.is_error else "warning"


def _color_of(diagnostic: Diagnostic) -> str:
    return _RED if diagnostic.is_error else _YELLOW


def _paint(text: str, ansi: str, color: bool) -> str:
    return f"\x1b[{ansi}m{text}\x1b[0m" if color and ansi and text else text


# --- for programs ----------------------------------------------------------------------------------


def _json(diagnostics: Sequence[Diagnostic]) -> str:
    errors = [_json_object(diagnostic) for diagnostic in diagnostics if diagnostic.is_error]
    warnings = [_json_object(diagnostic) for diagnostic in diagnostics if not diagnostic.is_error]
    document: dict[str, object] = {"schema": 1, "errors": errors}
    if warnings:
        document["warnings"] = warnings
    return json.dumps(document, indent=2)


def _json_object(diagnostic: Diagnostic) -> dict[str, str | int]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": span.source.name,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "help": diagnostic.help,
    }


def _github(diagnostic: Diagnostic) -> str:
    """A workflow command, from which GitHub makes an annotation beside the line."""
    span = diagnostic.span
    properties = {
        "file": span.source.name,
        "line": span.line,
        "col": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "title": diagnostic.code,
    }
    written = ",".join(f"{name}={_github_property(str(value))}" for name, value in properties.items())
    notes = [f"note: {note}" for note in diagnostic.notes]
    help = [f"help: {diagnostic.help}"] if diagnostic.help else []
    text = "\n".join([diagnostic.message, *notes, *help])
    return f"::{_severity(diagnostic)} {written}::{_github_text(text)}"


def _github_text(text: str) -> str:
    lines = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return _visible(lines)


def _github_property(text: str) -> str:
    return _github_text(text).replace(":", "%3A").replace(",", "%2C")


# --- in full ---------------------------------------------------------------------------------------


class _Mark(NamedTuple):
    """A stretch to underline in one line, and what to say under it; columns from 0, end exclusive."""

    start: int
    end: int
    text: str
    sign: str
    color: str


class _Full:
    """The form for people: header, source lines with carets, notes and help, and a count at the end."""

    def __init__(self, color: bool) -> None:
        self.color = color
        self.lines: dict[Source, list[str]] = {}

    def render(self, diagnostics: Sequence[Diagnostic]) -> str:
        if not diagnostics:
            return ""
        blocks = ["\n".join(self.block(diagnostic)) for diagnostic in diagnostics]
        return "\n\n".join([*blocks, self.paint(_summary(diagnostics), _BOLD)])

    def block(self, diagnostic: Diagnostic) -> Iterator[str]:
        """The lines for one diagnostic."""
        labels = _labels(diagnostic)
        margin = len(str(max(label.span.line for label in labels)))
        yield _title(diagnostic, self.color) + self.paint(f": {_visible(diagnostic.message)}", _BOLD)
        for source in dict.fromkeys(label.span.source for label in labels):
            here = [label for label in labels if label.span.source == source]
            yield from self.snippet(diagnostic, here, margin)
        yield from self.remarks(diagnostic, margin)

    def snippet(self, diagnostic: Diagnostic, labels: Sequence[Label], margin: int) -> Iterator[str]:
        """The lines of one file that the labels stand in, with the labels."""
        first = labels[0].span
        arrow = "-->" if first.source == diagnostic.span.source else ":::"
        place = _place(first) if first.source.text else _visible(first.source.name)
        yield f"{' ' * margin}{self.paint(arrow, _BLUE)} {place}"
        if not first.source.text:  # it could not be read, or there is nothing in it
            return
        yield self.gutter("", margin)
        by_line = sorted({label.span.line for label in labels})
        for previous, line in zip([by_line[0], *by_line], by_line, strict=False):
            if line > previous + 1:
                yield self.paint("...", _BLUE)
            yield from self.line(diagnostic, [label for label in labels if label.span.line == line], margin)

    def line(self, diagnostic: Diagnostic, labels: Sequence[Label], margin: int) -> Iterator[str]:
        """A source line and its labels below it."""
        span = labels[0].span
        excerpt = _Excerpt(self.source_line(span), labels)
        yield self.gutter(str(span.line), margin, excerpt.text)
        marks = [
            excerpt.mark(label, "^", _color_of(diagnostic))
            if label.span is diagnostic.span
            else excerpt.mark(label, "-", _BLUE)
            for label in labels
            if label.span is not diagnostic.span or not _is_shown_by_parts(diagnostic)
        ]
        for row in _rows(marks):
            yield self.gutter("", margin, row.written(self.color))

    def remarks(self, diagnostic: Diagnostic, margin: int) -> Iterator[str]:
        """Notes and help."""
        remarks = [("note", note) for note in diagnostic.notes]
        if diagnostic.help:
            remarks.append(("help", diagnostic.help))
        if remarks:
            yield self.gutter("", margin)
        for word, text in remarks:
            sign = self.paint("=", _BLUE)
            yield f"{' ' * margin} {sign} {self.paint(f'{word}:', _BOLD)} {_visible(text)}"

    def source_line(self, span: Span) -> str:
        if span.source not in self.lines:
            self.lines[span.source] = _LINE_BREAK.split(span.source.text.removeprefix("\ufeff"))
        lines = self.lines[span.source]
        return lines[span.line - 1] if span.line <= len(lines) else ""

    def gutter(self, number: str, margin: int, text: str = "") -> str:
        return f"{self.paint(f'{number:>{margin}} |', _BLUE)} {text}".rstrip()

    def paint(self, text: str, ansi: str) -> str:
        return _paint(text, ansi, self.color)


def _labels(diagnostic: Diagnostic) -> list[Label]:
    return [Label(diagnostic.span, diagnostic.label), *diagnostic.related]


def _is_shown_by_parts(diagnostic: Diagnostic) -> bool:
    """Whether labels within the span say all, so that carets under the whole would only hide them."""
    span = diagnostic.span
    return not diagnostic.label and any(
        label.span != span
        and label.span.source == span.source
        and label.span.line == span.line
        and span.column <= label.span.column
        and label.span.end_column <= span.end_column
        for label in diagnostic.related
    )


def _summary(diagnostics: Sequence[Diagnostic]) -> str:
    faults = sum(diagnostic.is_error for diagnostic in diagnostics)
    counts = [_count(faults, "fault"), _count(len(diagnostics) - faults, "warning")]
    files = list(dict.fromkeys(_visible(diagnostic.span.source.name) for diagnostic in diagnostics))
    where = " and ".join(files) if len(files) <= 2 else f"{len(files)} files"
    return f"{', '.join(filter(None, counts))} in {where}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


class _Excerpt:
    """What is shown of a source line: all of it, or about 100 columns around the labels."""

    def __init__(self, line: str, labels: Sequence[Label]) -> None:
        self.first, last = _window(line, _focus(labels))
        pieces = [_piece(character) for character in line[self.first : last]]
        before = _ELLIPSIS if self.first > 0 else ""
        after = _ELLIPSIS if last < len(line) else ""
        self.text = before + "".join(pieces) + after
        self.columns = [len(before)]  # where each character begins, and where the last one ends
        for piece in pieces:
            self.columns.append(self.columns[-1] + width_of(piece))

    def mark(self, label: Label, sign: str, color: str) -> _Mark:
        span = label.span
        start = self.column(span.column)
        end = self.column(span.end_column) if span.end_line == span.line else self.columns[-1]
        return _Mark(start, max(end, start + 1), _visible(label.text), sign, color)

    def column(self, column: int) -> int:
        """The column in the excerpt of a column (from 1) of the line; at the ellipsis if cut off."""
        index = column - 1 - self.first
        return 0 if index < 0 else self.columns[min(index, len(self.columns) - 1)]


def _focus(labels: Sequence[Label]) -> int:
    """The character to keep in sight: the middle of all labels, or the first label if they lie far apart."""
    start = min(label.span.column for label in labels) - 1
    end = max(label.span.end_column for label in labels) - 1
    return (start + end) // 2 if end - start < _WIDTH * 3 // 4 else labels[0].span.column - 1


def _window(line: str, focus: int) -> tuple[int, int]:
    """The characters to show: grown from the focus to both sides until the width is used up."""
    first = last = max(0, min(focus, len(line)))
    room = _WIDTH
    while room > 0 and (first > 0 or last < len(line)):
        if last < len(line):
            room -= width_of(_piece(line[last]))
            last += 1
        if first > 0:
            first -= 1
            room -= width_of(_piece(line[first]))
    return first, last


class _Row:
    """A line under a source line: signs at columns, then perhaps a text."""

    def __init__(self) -> None:
        self.signs: dict[int, tuple[str, str]] = {}

    def put(self, column: int, text: str, color: str) -> None:
        for offset, character in enumerate(text):
            self.signs[column + offset] = character, color

    def written(self, color: bool) -> str:
        blank = " ", ""
        signs = [self.signs.get(column, blank) for column in range(max(self.signs, default=-1) + 1)]
        return "".join(
            _paint("".join(character for character, _ in run), ansi, color)
            for ansi, run in groupby(signs, key=lambda sign: sign[1])
        )


def _rows(marks: Sequence[_Mark]) -> Iterator[_Row]:
    """The underlines with the text of the last beside it; the other texts hang below, the right one first."""
    if not marks:
        return
    underlines = _Row()
    for mark in reversed(marks):  # the first, the fault itself, lies on top
        underlines.put(mark.start, mark.sign * (mark.end - mark.start), mark.color)
    hanging = sorted((mark for mark in marks if mark.text), key=lambda mark: mark.start)
    last = max(marks, key=lambda mark: (mark.start, mark.end))
    if last.text and last.end == max(mark.end for mark in marks):
        underlines.put(last.end + 1, last.text, last.color)
        hanging.remove(last)
    yield underlines
    if hanging:
        yield _connectors(hanging)
    while hanging:
        mark = hanging.pop()
        row = _connectors(hanging)
        row.put(mark.start, mark.text, mark.color)
        yield row


def _connectors(marks: Sequence[_Mark]) -> _Row:
    row = _Row()
    for mark in marks:
        row.put(mark.start, "|", mark.color)
    return row


# --- characters ------------------------------------------------------------------------------------

_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _visible(text: str) -> str:
    """The text with escapes for what a terminal would obey or hide (colours, bells, reversed writing)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_SHORT_ESCAPES.get(character) or _shown(character) for character in text)


def _piece(character: str) -> str:
    """A character of a source line as it is shown."""
    return _TAB if character == "\t" else _shown(character)


def _shown(character: str) -> str:
    if character.isprintable() or character == JOINER or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
