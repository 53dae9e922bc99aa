"""What the uses of a block have in common: one pattern with the places in which they differ.

A template stands for the same item in several contexts, the uses of a class, and within a loop also its
turns. For each context it keeps the item, or None where it is left out (`when`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from cnncalc.interop.outline import Group, Item, Layer
from cnncalc.language.entry import Entry


class Mismatch(Exception):
    """The items cannot be written as one."""


class Run(NamedTuple):
    """A repeat within a group: for each turn its number and what it makes."""

    entry: Entry
    variable: str
    turns: tuple[tuple[int, list[Item | Run]], ...]


@dataclass(eq=False)
class LayerTemplate:
    items: list[Layer | None]


@dataclass(eq=False)
class UseTemplate:
    """Groups that are objects of one class."""

    items: list[Group | None]
    used: Class


@dataclass(eq=False)
class ChainTemplate:
    """Groups that just run their children one behind the other."""

    items: list[Group | None]
    children: list[Template]


@dataclass(eq=False)
class BranchesTemplate:
    """Merges whose branches all read the one input; a branch of None hands it on."""

    items: list[Group | None]
    merges: list[Layer | None]
    branches: list[tuple[str, Template | None]]


@dataclass(eq=False)
class HolderTemplate:
    """Groups that are never called; the class around them calls their children."""

    items: list[Group | None]
    children: list[Template]


@dataclass(eq=False)
class LoopTemplate:
    """A repeat. `body` has a context for each turn of each context; `unrolled` is it turn by turn.

    Either may be missing: the body where turns are too different, the unrolled form where the contexts have
    unequal numbers of turns.
    """

    runs: list[Run | None]
    body: list[Template] | None
    unrolled: list[list[Template]] | None


Template = LayerTemplate | UseTemplate | ChainTemplate | BranchesTemplate | HolderTemplate | LoopTemplate


@dataclass(eq=False)
class Class:
    """A class of the program, and the groups that are objects of it."""

    origin: Hashable
    groups: list[Group] = field(default_factory=list)
    patterns: dict[Hashable, Group] = field(default_factory=dict)
    """One group of each structure that there is among them."""

    @property
    def block(self) -> str | None:
        return self.groups[0].block
