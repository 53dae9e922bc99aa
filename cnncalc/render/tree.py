"""Dotted names as a tree: blocks and branches get a line of their own, their layers stand below it.

A block whose parts are only numbered (`deep.0`, `deep.1`) and one with a single part (`block.conv`) get
none; a merge's branches (`add_1.main`) stand beside the merge `add_1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.analysis.fold import Row
from cnncalc.render.text import clean


class Line(NamedTuple):
    """One line of the tree: the marks, the part of the name, and the row (None for a block's line)."""

    marks: str
    label: str
    row: Row | None


class Signs(NamedTuple):
    """What is put before a label: below a block that goes on or has ended, for a part, for the last part."""

    on: str
    ended: str
    part: str
    last: str


UNICODE = Signs("│ ", "  ", "├ ", "└ ")
ASCII = Signs("  ", "  ", "  ", "  ")


class _Branch:
    """A block with its parts, or (`row`) a layer."""

    def __init__(self, label: str, row: Row | None = None) -> None:
        self.label = label
        self.row = row
        self.parts: list[_Branch] = []


def tree_lines(rows: Sequence[Row], signs: Signs = UNICODE) -> Iterator[Line]:
    """The rows in their order, with lines for blocks and branches between them."""
    root = _grown(rows)
    for branch in _bottom_up(root):
        branch.parts = [kept for part in branch.parts for kept in _simplified(part, branch)]
    yield from _drawn(root, signs)


def flat_lines(rows: Sequence[Row]) -> Iterator[Line]:
    """Each row with its full name."""
    for row in rows:
        yield Line("", label_of(row.name, row), row)


def label_of(name: str, row: Row | None) -> str:
    times = f" x {row.times}" if row is not None and row.times > 1 else ""
    return clean(name) + times


def _grown(rows: Sequence[Row]) -> _Branch:
    """The rows below a branch for each part of their names; the order stays that of the rows."""
    root = _Branch("")
    for row in rows:
        *blocks, name = row.name.split(".")
        branch = root
        for block in blocks:
            if not branch.parts or branch.parts[-1].row is not None or branch.parts[-1].label != block:
                branch.parts.append(_Branch(block))
            branch = branch.parts[-1]
        branch.parts.append(_Branch(name, row))
    return root


def _bottom_up(root: _Branch) -> list[_Branch]:
    """All branches, each after its parts."""
    found = [root]
    for branch in found:  # the list grows while it is walked
        found.extend(part for part in branch.parts if part.parts)
    return found[::-1]


def _simplified(branch: _Branch, around: _Branch) -> list[_Branch]:
    """The branch, or in its place its parts with its label before theirs."""
    if not branch.parts:
        return [branch]
    at = around.parts.index(branch)
    merge = around.parts[at + 1] if at + 1 < len(around.parts) else None
    only_numbered = all(part.label[:1].isdigit() for part in branch.parts)
    opens_a_merge = merge is not None and merge.row is not None and merge.label == branch.label
    if len(branch.parts) > 1 and not only_numbered and not opens_a_merge:
        return [branch]
    for part in branch.parts:
        part.label = f"{branch.label}.{part.label}"
    return branch.parts


def _drawn(root: _Branch, signs: Signs) -> Iterator[Line]:
    waiting = [("", "", part) for part in reversed(root.parts)]
    while waiting:
        before, mark, branch = waiting.pop()
        yield Line(before + mark, label_of(branch.label, branch.row), branch.row)
        below = before + {"": "", signs.part: signs.on, signs.last: signs.ended}[mark] if mark else before
        for part in reversed(branch.parts):
            waiting.append((below, signs.last if part is branch.parts[-1] else signs.part, part))
