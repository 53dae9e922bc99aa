"""Where a layer of the graph was written, kept small and worked out only when a fault must point at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.diagnostics import Source, Span
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence, span_of

SIBLINGS = ("name", "from", "when", "repeat", "share", "silence")


class Origin(NamedTuple):
    """The entry that a layer was made of, and the use of the block it stands in, if any."""

    source: Source
    entry: Node
    caller: Origin | None = None

    @property
    def kind(self) -> tuple[Scalar | None, Node | None]:
        """The scalar that names the kind, and its arguments."""
        if isinstance(self.entry, Scalar):
            return self.entry, None
        if isinstance(self.entry, Mapping):
            for key, value in self.entry.pairs():
                if key.text not in SIBLINGS:
                    return key, value
        return None, None

    def span(self) -> Span:
        """The layer itself: the name of its kind."""
        kind, _ = self.kind
        return span_of(self.source, kind or self.entry)

    def argument_span(self, argument: str, index: int | None = None) -> Span:
        """The value of an argument, or the item of it; the layer if the argument is not written."""
        _, arguments = self.kind
        value = arguments.get(argument) if isinstance(arguments, Mapping) else arguments
        if value is None or (isinstance(value, Scalar) and not value.text):
            value = self.sibling(argument)  # beside the kind: a fault, but read as meant
        if value is None:
            return self.span()
        if index is not None and isinstance(value, Sequence) and index < len(value.items):
            value = value.items[index]
        return span_of(self.source, value)

    def sibling(self, key: str) -> Node | None:
        """The value of a sibling such as `from`."""
        return self.entry.get(key) if isinstance(self.entry, Mapping) else None

    def input_spans(self, count: int) -> list[Span]:
        """Where each of the `count` inputs is named: a branch or an item of `from`; empty if not one each."""
        _, arguments = self.kind
        branches = [key for key, value in _pairs(arguments) if isinstance(value, Sequence)]
        written = self.sibling("from")
        items = written.items if isinstance(written, Sequence) else [written] if written else []
        nodes = branches if count > 1 and len(branches) == count else items
        return [span_of(self.source, node) for node in nodes] if len(nodes) == count else []

    def inputs_span(self) -> Span:
        """The list after `from`; the layer if there is none."""
        written = self.sibling("from")
        return span_of(self.source, written) if isinstance(written, Sequence) else self.span()

    def share_span(self) -> Span:
        """Where the layer says whose weights it uses."""
        where = self.sibling("share")
        return self.span() if where is None else span_of(self.source, where)

    def uses(self) -> Iterator[tuple[str, Span]]:
        """The uses of blocks around the layer, the innermost first: the block's name and the place."""
        for caller in self.callers():
            kind, _ = caller.kind
            yield kind.text if kind else "", caller.span()

    def callers(self) -> Iterator[Origin]:
        """The uses of blocks around the layer, the innermost first."""
        caller = self.caller
        while caller is not None:
            yield caller
            caller = caller.caller


def _pairs(arguments: Node | None) -> Iterator[tuple[Scalar, Node]]:
    return arguments.pairs() if isinstance(arguments, Mapping) else iter(())
