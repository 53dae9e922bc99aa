"""From YAML text to nodes, by the events of PyYAML's C parser."""

from __future__ import annotations

import re
from typing import Any, NoReturn, TypeAlias

import yaml
from yaml.reader import ReaderError

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Label, Source, Span, nearest
from cnncalc.language.nodes import Mapping, Mark, Node, Scalar, Sequence, span_of, span_of_marks
from cnncalc.language.reading import SIZE_LIMIT, refuse, refuse_size
from cnncalc.memory_pause import paused_garbage_collector

DEPTH_LIMIT = 100
NODE_LIMIT = 2_000_000
FAULT_LIMIT = 1000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml: the same events, slowly
_TAG = r"(?:&\S+ +)?(![^\s,\[\]{}]*)"

Event: TypeAlias = Any  # of PyYAML, whose annotations allow for events without marks


def parse(source: Source) -> Node:
    """The document as nodes. An alias gives the very node that it names.

    Raises ArchitectureError for what is not YAML, or is YAML that is not used here.
    """
    if len(source.text) > SIZE_LIMIT:
        refuse_size(source)
    builder = _Builder(source)
    try:
        with paused_garbage_collector():
            return builder.build()
    except (yaml.MarkedYAMLError, ReaderError, ValueError) as error:
        from cnncalc.language.syntax_faults import SyntaxFault, forbidden_character

        if isinstance(error, yaml.MarkedYAMLError):
            builder.check_open_keys()
            builder.faults.append(SyntaxFault(source, error, builder.open_bracket()).explain())
        else:  # ValueError: a lone surrogate, or an escape that gives no character
            builder.faults.append(forbidden_character(source))
    raise ArchitectureError(builder.faults)


class _Builder:
    """Builds the nodes of one document from the events of PyYAML, without recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Diagnostic] = []
        self.document: list[Node] = []
        self.open: list[tuple[Sequence | Mapping, list[Node]]] = []
        """The lists and mappings not complete yet, each with the items it is itself among."""
        self.anchors: dict[str, Node] = {}
        self.measured: dict[int, tuple[int, int]] = {}
        """Of nodes that aliases name, by id: how many nodes they are, and how many levels deep."""
        self.repeated = 0
        """Nodes that aliases have added to those written."""

    def build(self) -> Node:
        """The one document of the source. What is frequent is done here, as each call would tell."""
        scalar_event, mapping_start, mapping_end = (
            yaml.ScalarEvent,
            yaml.MappingStartEvent,
            yaml.MappingEndEvent,
        )
        sequence_start, sequence_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent
        get_event = _Loader(self.source.text).get_event
        unfinished, items, count = self.open, self.document, 0
        node: Node
        while True:
            event = get_event()
            kind = type(event)
            if kind is scalar_event:
                node = Scalar(event.value, event.implicit[0], event.start_mark, event.end_mark)
                items.append(node)
            elif kind is mapping_start or kind is sequence_start:
                node = (Mapping if kind is mapping_start else Sequence)([], event.start_mark, event.end_mark)
                items.append(node)
                unfinished.append((node, items))
                items = node.items
                if len(unfinished) > DEPTH_LIMIT:
                    self.refuse_depth(event)
            elif kind is mapping_end or kind is sequence_end:
                node, items = unfinished.pop()
                node.end = event.end_mark
                if kind is mapping_end and not _distinct_scalars(node.items):
                    self.report_keys(node.items[::2])
                continue
            elif kind is yaml.StreamEndEvent:
                return self.finish()
            else:
                self.rare_event(event, items)
                continue
            if event.tag is not None or event.anchor is not None:
                self.properties(event, node)
            count += 1
            if count + self.repeated > NODE_LIMIT:
                self.refuse_count(event)

    def rare_event(self, event: Event, items: list[Node]) -> None:
        """An alias, or the start of a document."""
        if isinstance(event, yaml.AliasEvent):
            items.append(self.alias(event))
        elif isinstance(event, yaml.DocumentStartEvent) and self.document:
            message = "a second document in one file"
            self.stop("E005", message, event, "put each network into a file of its own")

    def properties(self, event: Event, node: Node) -> None:
        """Refuse the tag of a node; keep its anchor."""
        if event.tag is not None:
            self.report_tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def alias(self, event: Event) -> Node:
        """The node that an alias names."""
        node = self.anchors.get(event.anchor)
        if node is None or any(node is unfinished for unfinished, _ in self.open):
            self.report_alias(event, node)
            return Scalar("", True, event.start_mark, event.end_mark)
        count, levels = self.measure(node)
        self.repeated += count
        if len(self.open) + levels > DEPTH_LIMIT:
            self.refuse_depth(event)
        if self.repeated > NODE_LIMIT:
            self.refuse_count(event)
        return node

    def measure(self, node: Node) -> tuple[int, int]:
        """How many nodes a node is with its aliases expanded, and how many levels of lists and mappings."""
        if id(node) not in self.measured:
            count, levels, depth = 0, 0, 0
            level: list[Node] = [node]
            while level:
                below: list[Node] = []
                for part in level:
                    inner_count, inner_levels = self.measured.get(id(part), (1, 0))
                    count += inner_count
                    levels = max(levels, depth + inner_levels)
                    if id(part) not in self.measured and not isinstance(part, Scalar):
                        levels = max(levels, depth + 1)
                        below.extend(part.items)
                level, depth = below, depth + 1
            self.measured[id(node)] = count, levels
        return self.measured[id(node)]

    def check_open_keys(self) -> None:
        """Report the duplicate keys of what is not complete yet."""
        for node, _ in self.open:
            if isinstance(node, Mapping):
                self.report_keys([key for key in node.items[::2] if isinstance(key, Scalar)])

    def open_bracket(self) -> Mark | None:
        """The innermost bracket that is not closed yet."""
        start = self.open[-1][0].start if self.open else None
        return start if start is not None and self.source.text[start.index] in "[{" else None

    def refuse_depth(self, event: Event) -> None:
        message = f"nesting deeper than {DEPTH_LIMIT} levels"
        self.stop("E004", message, event, "name inner layers as a block, and use the block")

    def refuse_count(self, event: Event) -> None:
        message = f"more than {NODE_LIMIT:,} YAML nodes, with aliases expanded"
        self.stop("E004", message, event, "write repeated layers once, with `repeat`")

    def report_tag(self, event: Event) -> None:
        start = event.start_mark
        found = re.compile(_TAG).match(self.source.text, start.index)
        if found is None:  # an anchor and its tag on two lines, or the like
            span, tag = span_of_marks(self.source, start, event.end_mark), event.tag
        else:
            line, column, tag = start.line + 1, start.column + 1 + found.start(1) - found.start(), found[1]
            span = Span(self.source, line, column, line, column + len(tag))
        self.report("E005", f"tag `{tag}` is not used here", span, "leave the tag out")

    def report_alias(self, event: Event, node: Node | None) -> None:
        name = event.anchor
        span = span_of_marks(self.source, event.start_mark, event.end_mark)
        if node is not None:
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
        self.report(code, message, span_of_marks(self.source, event.start_mark, event.end_mark), help)
        raise ArchitectureError(self.faults)

    def finish(self) -> Node:
        if self.faults:
            raise ArchitectureError(self.faults)
        if not self.document or _is_nothing(self.document[0]):
            message = f"`{self.source.name}` describes no network: it is empty"
            refuse("E006", self.source, message, "start with `input:` and `layers:`")
        return self.document[0]


def _distinct_scalars(pairs: list[Node]) -> bool:
    """Whether the keys of a mapping are all scalars and no two the same."""
    if len(pairs) == 2:
        return isinstance(pairs[0], Scalar)
    keys = pairs[::2]
    try:
        return len({key.text for key in keys}) == len(keys)  # type: ignore[union-attr]
    except AttributeError:  # a list or mapping among them
        return False


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text
