"""The contexts of templates: for which object of a class, and in which turn of a loop, an item stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, TypeVar

from cnncalc.interop.outline import Item
from cnncalc.interop.templates import LoopTemplate, Run, Template


class Context(NamedTuple):
    """One object of a class, by its number, and the turns of the loops around, by their variables."""

    number: int
    turns: tuple[tuple[str, int], ...] = ()


Contexts: TypeAlias = Sequence[Context | None]
"""The context of each item of a template; None where what the item stands in is left out."""

Found = TypeVar("Found")


def present_in(contexts: Contexts, items: Sequence[Found | None]) -> list[tuple[Context, Found]]:
    """The items that are there, with their contexts."""
    pairs = zip(contexts, items, strict=True)
    return [(context, item) for context, item in pairs if context is not None and item is not None]


def where_in(items: Sequence[object], contexts: Contexts) -> Contexts:
    """The contexts in which there is an item."""
    pairs = zip(contexts, items, strict=True)
    return [None if item is None else context for context, item in pairs]


def first_of(items: Sequence[Item | Run]) -> Item:
    """The first item of a list, that of its first turn where it begins with a repeat."""
    first = items[0]
    return first_of(first.turns[0][1]) if isinstance(first, Run) else first


def last_of(items: Sequence[Item | Run]) -> Item:
    """The last item of a list, that of its last turn where it ends with a repeat."""
    last = items[-1]
    return last_of(last.turns[-1][1]) if isinstance(last, Run) else last


def name_of(template: Template) -> str:
    """What an item is called (first)."""
    assert not isinstance(template, LoopTemplate)
    return next(item.name for item in template.items if item is not None)


def is_single(template: LoopTemplate) -> bool:
    """Whether a repeat has one turn wherever it stands, so that no loop is needed."""
    return all(run is None or len(run.turns) == 1 for run in template.runs)


def turns_in(template: LoopTemplate, contexts: Contexts) -> tuple[str, list[Context]]:
    """The variable of a loop, and a context for each of its turns."""
    variable = next(run.variable for run in template.runs if run is not None)
    inner = [
        Context(context.number, (*context.turns, (variable, number)))
        for context, run in present_in(contexts, template.runs)
        for number, _ in run.turns
    ]
    return variable, inner


def in_turn(template: LoopTemplate, contexts: Contexts, place: int) -> Contexts:
    """The contexts within one turn of an unrolled loop."""
    return [
        None
        if context is None or run is None
        else Context(context.number, (*context.turns, (run.variable, run.turns[place][0])))
        for context, run in zip(contexts, template.runs, strict=True)
    ]
