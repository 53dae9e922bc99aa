"""From a YAML file to nodes that know where they stand.

`read_text` and `read_stdin` give a `Source`, `parse` turns it into `Scalar`, `Sequence` and `Mapping`
nodes, and `span_of` and `span_within` say where in the source a node, or a part of one, is written.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, Protocol, TypeAlias

import yaml
from yaml.reader import ReaderError

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Label, Source, Span, nearest
from cnncalc.memory_pause import paused_garbage_collector

SIZE_LIMIT = 16 * 1024 * 1024
DEPTH_LIMIT = 100
NODE_LIMIT = 1_000_000
FAULT_LIMIT = 1000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml: the same events, slowly

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what YAML 1.1 counts as the end of a line
_TRAILING_COMMENT = re.compile(r"\s+(?:#.*)?$")
_TAG = re.compile(r"(?:&\S+ +)?(![^\s,\[\]{}]*)")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


Event: TypeAlias = Any  # of PyYAML, whose annotations allow for events without marks


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


# --- reading ---------------------------------------------------------------------------------------


def read_text(path: Path) -> Source:
    """The text of a file, which must be UTF-8 and of at most 16 MB."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > SIZE_LIMIT:
                _refuse_size(Source(name, ""))
            return _read(name, stream)
    except (OSError, ValueError) as error:
        _refuse_unreadable(path, error)


def read_stdin() -> Source:
    """The text of the standard input, under the same conditions as that of a file."""
    if sys.stdin is None:
        _refuse("E001", Source("<stdin>", ""), "standard input is closed", "name a file instead")
    try:
        return _read("<stdin>", sys.stdin.buffer)
    except OSError as error:
        _refuse("E001", Source("<stdin>", ""), f"cannot read standard input: {_reason(error)}", "name a file")


def _read(name: str, stream: BinaryIO) -> Source:
    # The size that `stat` gives is 0 for a pipe or a device, so the reading is bounded as well.
    data = stream.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        _refuse_size(Source(name, ""))
    return Source(name, _decode(name, data))


def _decode(name: str, data: bytes) -> str:
    source = Source(name, "")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        _refuse("E001", source, f"`{name}` is UTF-16 text, not UTF-8", "save it with the encoding UTF-8")
    if b"\0" in data:
        _refuse("E001", source, f"`{name}` is a binary file, not text", "name an architecture file in YAML")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"`{name}` is not UTF-8 text: byte 0x{error.object[error.start]:02x} in line {line}"
        _refuse("E001", source, message, "save it with the encoding UTF-8")


def _refuse_unreadable(path: Path, error: OSError | ValueError) -> NoReturn:
    source = Source(str(path), "")
    if isinstance(error, FileNotFoundError):
        _refuse("E001", source, f"there is no file `{path}`", _similar_file(path))
    if isinstance(error, IsADirectoryError):
        _refuse("E001", source, f"`{path}` is a directory, not a file", "name an architecture file in it")
    if isinstance(error, PermissionError):
        message = f"no permission to read `{path}`"
        _refuse("E001", source, message, "make the file readable for you, or read a copy")
    _refuse("E001", source, f"cannot read `{path}`: {_reason(error)}", "name a readable architecture file")


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _similar_file(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")]
    except OSError:
        return f"there is no directory `{path.parent}` either"
    similar = nearest(path.name, names)
    if similar is None:
        return "check the path; it is taken from the current directory"
    return f"did you mean `{path.with_name(similar)}`?"


def _refuse_size(source: Source) -> NoReturn:
    message = f"`{source.name}` is larger than 16 MB"
    _refuse("E004", source, message, "write repeated layers once, with `repeat`")


def _refuse(code: str, source: Source, message: str, help: str) -> NoReturn:
    """Raise a fault that concerns the source as a whole."""
    raise ArchitectureError([Diagnostic(code, message, Span(source, 1, 1, 1, 1), help=help)])


# --- parsing ---------------------------------------------------------------------------------------


def parse(source: Source) -> Node:
    """The document as nodes. An alias gives the very node that it names."""
    if len(source.text) > SIZE_LIMIT:
        _refuse_size(source)
    builder = _Builder(source)
    try:
        with paused_garbage_collector():
            return builder.build()
    except yaml.MarkedYAMLError as error:
        builder.check_open_keys()
        fault = _SyntaxFault(source, error, builder.open_bracket()).explain()
        builder.faults.append(fault)
    except (ReaderError, ValueError):  # ValueError: a lone surrogate, or an escape that gives no character
        builder.faults.append(_forbidden_character(source))
    raise ArchitectureError(builder.faults)


class _Anchor:
    """A node that has a name, and what an alias of it adds to the document."""

    __slots__ = ("height", "node", "weight")

    def __init__(self, node: Node, weight: int) -> None:
        self.node = node
        self.weight = weight  # nodes in it, aliases expanded; 0 until it is complete
        self.height = 0  # levels of nesting in it


class _Frame:
    """A list or mapping that is not complete yet, and what to take up again after it."""

    __slots__ = ("anchor", "before", "items", "node", "outer_deepest")

    def __init__(
        self,
        node: Sequence | Mapping,
        anchor: _Anchor | None,
        before: int,
        items: list[Node],
        outer_deepest: int,
    ) -> None:
        self.node = node
        self.anchor = anchor
        self.before = before  # nodes counted before it
        self.items = items  # of the surrounding node
        self.outer_deepest = outer_deepest


class _Builder:
    """Builds the nodes of one document from the events of PyYAML, without recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Diagnostic] = []
        self.document: list[Node] = []
        self.items = self.document  # what the next node is added to
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Anchor] = {}
        self.count = 0  # nodes so far, aliases expanded
        self.deepest = 0  # level of nesting reached since the innermost open node, aliases expanded

    def build(self) -> Node:
        """The one document of the source."""
        handlers: dict[type[yaml.Event], Callable[[Event], None]] = {
            yaml.MappingStartEvent: self.enter_mapping,
            yaml.SequenceStartEvent: self.enter_sequence,
            yaml.MappingEndEvent: self.leave_mapping,
            yaml.SequenceEndEvent: self.leave,
            yaml.AliasEvent: self.resolve,
            yaml.DocumentStartEvent: self.start_document,
        }
        scalar_event, stream_end_event = yaml.ScalarEvent, yaml.StreamEndEvent
        get_event = _Loader(self.source.text.removeprefix("\ufeff")).get_event
        while True:
            event = get_event()
            kind = type(event)
            if kind is scalar_event:  # the most frequent by far, hence here and not in a method
                node = Scalar(event.value, event.implicit[0], event.start_mark, event.end_mark)
                self.items.append(node)
                self.count += 1
                if event.tag is not None or event.anchor is not None:
                    self.properties(event, node, 1)
                if self.count > NODE_LIMIT:
                    self.refuse_count(event)
            elif kind is stream_end_event:
                return self.finish()
            elif kind in handlers:
                handlers[kind](event)

    def start_document(self, event: Event) -> None:
        if self.document:
            message = "a second document in one file"
            self.stop("E005", message, event, "put each network into a file of its own")

    def enter_mapping(self, event: Event) -> None:
        self.enter(Mapping([], event.start_mark, event.end_mark), event)

    def enter_sequence(self, event: Event) -> None:
        self.enter(Sequence([], event.start_mark, event.end_mark), event)

    def enter(self, node: Sequence | Mapping, event: Event) -> None:
        anchor = None
        if event.tag is not None or event.anchor is not None:
            anchor = self.properties(event, node, 0)
        self.frames.append(_Frame(node, anchor, self.count, self.items, self.deepest))
        self.count += 1
        self.items.append(node)
        self.items = node.items
        self.deepest = len(self.frames)
        self.check_limits(event)

    def leave(self, event: Event) -> None:
        frame = self.frames.pop()
        frame.node.end = event.end_mark
        self.items = frame.items
        if frame.anchor is not None:
            frame.anchor.weight = self.count - frame.before
            frame.anchor.height = self.deepest - len(self.frames)
        self.deepest = max(self.deepest, frame.outer_deepest)

    def leave_mapping(self, event: Event) -> None:
        keys = self.items[::2]
        if not _distinct_scalars(keys):
            self.report_keys(keys)
        self.leave(event)

    def check_open_keys(self) -> None:
        """Report the duplicate keys of what is not complete yet."""
        for frame in self.frames:
            if isinstance(frame.node, Mapping):
                self.report_keys([key for key in frame.node.items[::2] if isinstance(key, Scalar)])

    def open_bracket(self) -> Mark | None:
        """The innermost bracket that is not closed yet."""
        start = self.frames[-1].node.start if self.frames else None
        return start if start is not None and self.source.text[start.index] in "[{" else None

    def resolve(self, event: Event) -> None:
        """Add the node that an alias names."""
        anchor = self.anchors.get(event.anchor)
        if anchor is None or anchor.weight == 0:
            self.report_alias(event, anchor)
            self.items.append(Scalar("", True, event.start_mark, event.end_mark))
            return
        self.items.append(anchor.node)
        self.count += anchor.weight
        self.deepest = max(self.deepest, len(self.frames) + anchor.height)
        self.check_limits(event)

    def properties(self, event: Event, node: Node, weight: int) -> _Anchor | None:
        """Refuse the tag of a node; keep its anchor."""
        if event.tag is not None:
            self.report_tag(event)
        if event.anchor is None:
            return None
        anchor = self.anchors[event.anchor] = _Anchor(node, weight)
        return anchor

    def check_limits(self, event: Event) -> None:
        if self.deepest > DEPTH_LIMIT:
            message = f"nesting deeper than {DEPTH_LIMIT} levels"
            self.stop("E004", message, event, "name inner layers as a block, and use the block")
        if self.count > NODE_LIMIT:
            self.refuse_count(event)

    def refuse_count(self, event: Event) -> None:
        message = f"more than {NODE_LIMIT:,} YAML nodes, with aliases expanded"
        self.stop("E004", message, event, "write repeated layers once, with `repeat`")

    def report_tag(self, event: Event) -> None:
        start = event.start_mark
        found = _TAG.match(self.source.text, start.index)
        if found is None:  # an anchor and its tag on two lines, or the like
            span, tag = _span_of_marks(self.source, start, event.end_mark), event.tag
        else:
            line, column, tag = start.line + 1, start.column + 1 + found.start(1) - found.start(), found[1]
            span = Span(self.source, line, column, line, column + len(tag))
        self.report("E005", f"tag `{tag}` is not used here", span, "leave the tag out")

    def report_alias(self, event: Event, anchor: _Anchor | None) -> None:
        name = event.anchor
        span = _span_of_marks(self.source, event.start_mark, event.end_mark)
        if anchor is not None:
            message, help = f"alias `*{name}` inside the node it names", "use `repeat` to repeat layers"
        elif similar := nearest(name, self.anchors):
            message, help = f"no anchor `&{name}` before this alias", f"did you mean `*{similar}`?"
        else:
            message = f"no anchor `&{name}` before this alias"
            help = f"mark the node it stands for with `&{name}`, or quote a text that begins with `*`"
        self.report("E005", message, span, help)

    def report_keys(self, keys: list[Node]) -> None:
        first: dict[str, Scalar] = {}
        for key in keys:
            span = span_of(self.source, key)
            if not isinstance(key, Scalar):
                self.report("E005", "a key that is a list or mapping", span, "use a plain name as the key")
            elif key.text in first:
                label = Label(span_of(self.source, first[key.text]), "first given here")
                self.report("E003", f"duplicate key `{key.text}`", span, "keep one of the two", label)
            else:
                first[key.text] = key

    def report(self, code: str, message: str, span: Span, help: str, *related: Label) -> None:
        self.faults.append(Diagnostic(code, message, span, related=related, help=help))
        if len(self.faults) >= FAULT_LIMIT:
            raise ArchitectureError(self.faults)

    def stop(self, code: str, message: str, event: Event, help: str) -> NoReturn:
        """Report a fault after which reading on makes no sense."""
        self.report(code, message, _span_of_marks(self.source, event.start_mark, event.end_mark), help)
        raise ArchitectureError(self.faults)

    def finish(self) -> Node:
        if self.faults:
            raise ArchitectureError(self.faults)
        if not self.document or _is_nothing(self.document[0]):
            message = f"`{self.source.name}` describes no network: it is empty"
            _refuse("E006", self.source, message, "start with `input:` and `layers:`")
        return self.document[0]


def _distinct_scalars(keys: list[Node]) -> bool:
    try:
        return len({key.text for key in keys}) == len(keys)  # type: ignore[union-attr]
    except AttributeError:  # a list or mapping among them
        return False


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


# --- places ----------------------------------------------------------------------------------------


def span_of(source: Source, node: Node) -> Span:
    """Where a node is written; of a node over several lines, its part on the first line."""
    return _span_of_marks(source, node.start, node.end)


def span_within(source: Source, scalar: Scalar, start: int, end: int) -> Span:
    """Where the characters `start` to `end` of a scalar's text are written, as exactly as can be said."""
    # Counted from its end, because an anchor may stand between the start mark and the text.
    last = scalar.end.index - (0 if scalar.plain else 1)
    first = last - len(scalar.text)
    if scalar.start.line != scalar.end.line or source.text[max(first, 0) : last] != scalar.text:
        return span_of(source, scalar)
    line, column = scalar.start.line + 1, scalar.end.column + 1 - (scalar.end.index - first)
    return Span(source, line, column + start, line, column + end)


def _span_of_marks(source: Source, start: Mark, end: Mark) -> Span:
    if start.line == end.line:
        return _span_in_line(source, start, end.column - start.column)
    return _span_in_line(source, start, len(_TRAILING_COMMENT.sub("", _rest_of_line(source, start))))


def _span_at(source: Source, mark: Mark) -> Span:
    """The one character at a mark; nothing at the end of a line."""
    return _span_in_line(source, mark, 1 if _rest_of_line(source, mark) else 0)


def _span_in_line(source: Source, mark: Mark, width: int) -> Span:
    line, column = mark.line + 1, mark.column + 1
    return Span(source, line, column, line, column + width)


def _rest_of_line(source: Source, mark: Mark) -> str:
    line_break = _LINE_BREAK.search(source.text, mark.index)
    return source.text[mark.index : line_break.start() if line_break else None]


def _position(source: Source, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in the text."""
    breaks = [found.end() for found in _LINE_BREAK.finditer(source.text, 0, index)]
    return len(breaks) + 1, index - (breaks[-1] if breaks else 0) + 1


# --- faults of syntax ------------------------------------------------------------------------------


def _forbidden_character(source: Source) -> Diagnostic:
    found = _FORBIDDEN.search(source.text)
    if found is None:
        message = "an escape in a tag or quoted text that stands for no character"
        return Diagnostic("E002", message, Span(source, 1, 1, 1, 1), help="leave tags and such escapes out")
    line, column = _position(source, found.start())
    span = Span(source, line, column, line, column + 1)
    message = f"character U+{ord(found[0]):04X} is not allowed in YAML"
    return Diagnostic("E002", message, span, help="remove it")


class _SyntaxFault:
    """Says in our words what the YAML parser stumbled over.

    `mark` is where it stopped, `context` where the construct that it was reading begins (if it says so).
    """

    def __init__(self, source: Source, error: yaml.MarkedYAMLError, bracket: Mark | None) -> None:
        self.source = source
        self.open_bracket = bracket
        self.problem = error.problem or "not valid YAML"
        mark = error.problem_mark or error.context_mark
        assert mark is not None  # PyYAML gives at least one of them
        self.mark: Mark = mark
        self.context: Mark = error.context_mark or mark
        self.rest = _rest_of_line(source, self.mark)
        self.before = source.text[self.mark.index - self.mark.column : self.mark.index]

    def explain(self) -> Diagnostic:
        if self.rest.startswith("\t"):
            return self.at_mark("a tab character where only spaces may indent", "indent with spaces")
        for fragment, explain in _EXPLANATIONS.items():
            if fragment in self.problem:
                return explain(self)
        return self.at_mark(self.problem[0].lower() + self.problem[1:], "")

    def bracket(self) -> Diagnostic:
        opening = self.source.text[self.context.index]
        closing = {"[": "]", "{": "}"}.get(opening, opening)
        if self.at_end():
            return self.at_context(f"`{opening}` is never closed", f"add the missing `{closing}`")
        label = Label(_span_at(self.source, self.context), f"`{opening}` is opened here")
        help = f"close the `{opening}`, or add the missing `,`"
        return self.at_mark(f"expected `,` or `{closing}`", help, label)

    def quote(self) -> Diagnostic:
        quote = self.source.text[self.context.index]
        return self.at_context(f"quote {quote} is never closed", f"add the closing {quote}")

    def second_colon(self) -> Diagnostic:
        if ": " in self.before:
            help = "put inner pairs into braces, or quote a text with `: ` in it"
            return self.at_mark("a second `:` in one value", help)
        help = "check the indentation, and that the line before is complete"
        return self.at_mark("a `key: value` pair where none can stand", help)

    def missing_colon(self) -> Diagnostic:
        written = _TRAILING_COMMENT.sub("", _rest_of_line(self.source, self.context))
        span = _span_in_line(self.source, self.context, len(written))
        message = "a line without `:` among `key: value` pairs"
        return Diagnostic("E002", message, span, help="write `key: value`")

    def misplaced(self) -> Diagnostic:
        if self.rest[:1] in ("]", "}"):
            help = "take it out, or add the bracket that opens it"
            return self.at_mark(f"`{self.rest[0]}` closes nothing", help)
        if self.before.strip(" "):
            help = "put a text with special characters in quotes"
            return self.at_mark("unexpected text after a value", help)
        if self.mark.column != self.context.column:
            help = "align it with the list or mapping it belongs to"
            return self.at_mark("the indentation fits no line above", help)
        label = Label(_span_at(self.source, self.context), "the lines it is aligned with start here")
        help = "start it with `- ` if it is an item, or change its indentation"
        return self.at_mark("a line unlike those it is aligned with", help, label)

    def item(self) -> Diagnostic:
        return self.at_mark("a list item where none can stand", "start a list on a line of its own")

    def character(self) -> Diagnostic:
        return self.at_mark(f"`{self.rest[:1]}` cannot start a value", "put the text in quotes")

    def missing_value(self) -> Diagnostic:
        if self.open_bracket is not None and self.at_end():
            self.context = self.open_bracket
            return self.bracket()
        where = f" before `{self.rest[0]}`" if self.rest else ""
        return self.at_mark(f"a value is missing{where}", "write the value, or take the separator out")

    def after_end(self) -> Diagnostic:
        help = "check the indentation and the brackets before it"
        return self.at_mark("text after the end of the document", help)

    def escape(self) -> Diagnostic:
        help = "use single quotes, within which a backslash is a backslash"
        return self.at_mark("unknown escape after a backslash", help)

    def alias(self) -> Diagnostic:
        return self.at_context(
            "`*` without the name of an anchor", "put a text that begins with `*` in quotes"
        )

    def version(self) -> Diagnostic:
        return self.at_mark("a version of YAML other than 1.1 and 1.2", "take the `%YAML` line out")

    def tag(self) -> Diagnostic:
        return self.at_mark("a tag whose handle is not defined", "leave the tag out")

    def at_end(self) -> bool:
        return not self.source.text[self.mark.index :].strip()

    def at_mark(self, message: str, help: str, *related: Label) -> Diagnostic:
        return Diagnostic("E002", message, _span_at(self.source, self.mark), related=related, help=help)

    def at_context(self, message: str, help: str) -> Diagnostic:
        return Diagnostic("E002", message, _span_at(self.source, self.context), help=help)


# Parts of the messages of libyaml and of PyYAML's own parser, and who says it better.
_EXPLANATIONS: dict[str, Callable[[_SyntaxFault], Diagnostic]] = {
    "',' or '": _SyntaxFault.bracket,
    "unexpected end of stream": _SyntaxFault.quote,
    "mapping values are not allowed": _SyntaxFault.second_colon,
    "could not find expected ':'": _SyntaxFault.missing_colon,
    "did not find expected key": _SyntaxFault.misplaced,
    "did not find expected '-' indicator": _SyntaxFault.misplaced,
    "expected <block end>": _SyntaxFault.misplaced,
    "sequence entries are not allowed": _SyntaxFault.item,
    "cannot start any token": _SyntaxFault.character,
    "expected node content": _SyntaxFault.missing_value,
    "expected the node content": _SyntaxFault.missing_value,
    "<document start>": _SyntaxFault.after_end,
    "unknown escape character": _SyntaxFault.escape,
    "expected alphabetic or numeric character": _SyntaxFault.alias,
    "incompatible YAML document": _SyntaxFault.version,
    "undefined tag handle": _SyntaxFault.tag,
}
