"""What a fault is: where it stands, what was found, what was expected, what to do.

A stage that finds faults reports them as `Diagnostic` values; `cnncalc.api` raises one `ArchitectureError`
with all of them. How they are printed is the business of `cnncalc.render.diagnostics`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

MOST_CANDIDATES = 500
"""Of more words than these only some of about the same length are looked at: a fault must be quick."""


@dataclass(frozen=True)
class Source:
    """A text that was read: `name` as the user knows it (a path, `<stdin>`, `<text>`)."""

    name: str
    text: str = field(repr=False)


class Span(NamedTuple):
    """A place in a source. Lines and columns count from 1; the end column is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int


class Label(NamedTuple):
    """A further place that belongs to a fault, and what stands there."""

    span: Span
    text: str


class Diagnostic(NamedTuple):
    """One fault (`E...`) or warning (`W...`).

    `message` stands alone on one line; `label` is what is said under the caret; `related` are other
    places (such as the inputs of a merge); arithmetic goes to `notes`, the way out to `help`.
    `strict` makes a fault of a warning.
    """

    code: str
    message: str
    span: Span
    label: str = ""
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    strict: bool = False

    @property
    def is_error(self) -> bool:
        return self.strict or self.code.startswith("E")


class ArchitectureError(Exception):
    """All the faults of one architecture.

    `report` is the `Report` with the layers that could still be worked out, if it came to that (its type
    belongs to a stage that builds on this module).
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], report: Any = None) -> None:
        self.diagnostics = in_file_order(diagnostics)
        self.report = report
        super().__init__("\n".join(one_line(diagnostic) for diagnostic in self.diagnostics))


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, files in the order of their first appearance; exact repeats dropped."""
    unique = dict.fromkeys(diagnostics)
    files: dict[str, int] = {}
    for diagnostic in unique:
        files.setdefault(diagnostic.span.source.name, len(files))
    return tuple(
        sorted(unique, key=lambda d: (files[d.span.source.name], d.span.line, d.span.column, d.code))
    )


def one_line(diagnostic: Diagnostic) -> str:
    """`file:line:column: CODE message`, the form editors and `--errors concise` use."""
    span = diagnostic.span
    return f"{span.source.name}:{span.line}:{span.column}: {diagnostic.code} {diagnostic.message}"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate a person most likely meant by `word`, or None if none is close."""
    from difflib import get_close_matches  # only a fault needs it

    folded = word.lower().replace("_", "")
    by_folded = {candidate.lower().replace("_", ""): candidate for candidate in candidates}
    if len(by_folded) > MOST_CANDIDATES:
        of_its_length = (name for name in by_folded if abs(len(name) - len(folded)) <= 2)
        by_folded = {name: by_folded[name] for name in islice(of_its_length, MOST_CANDIDATES)}
    close = get_close_matches(folded, by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None
