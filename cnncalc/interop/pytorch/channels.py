"""Numbers of channels as texts: what a layer gives is what the next one reads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from cnncalc.interop.expressions import folded, names_in
from cnncalc.interop.outline import Item
from cnncalc.interop.pytorch.contexts import Context
from cnncalc.interop.pytorch.design import Design
from cnncalc.interop.pytorch.parameters import Parameters

Channels: TypeAlias = "str | None"
"""The text of a number of channels; None where there is none."""


class ChannelTexts:
    """Finds the texts of the channels within one class."""

    def __init__(self, design: Design, parameters: Parameters) -> None:
        self.design = design
        self.parameters = parameters

    def given(self, present: Sequence[tuple[Context, Item]], candidates: Sequence[Channels]) -> Channels:
        """The text for the channels that items give."""
        values = [(context, self.design.channels_given(item)) for context, item in present]
        return self.text(values, candidates)

    def text(self, wanted: Sequence[tuple[Context, int]], candidates: Sequence[Channels]) -> Channels:
        for candidate in candidates:
            if candidate is not None and self.parameters.holds(candidate, wanted):
                return candidate
        first = wanted[0][1]
        return str(first) if all(value == first for _, value in wanted) else None

    def growing(self, channels: str, variable: str, wanted: Sequence[tuple[Context, int]]) -> Channels:
        """The channels that each turn reads: always the same, or more by a constant each time."""
        if self.parameters.holds(channels, wanted):
            return channels
        steps = []
        for (before, some), (context, more) in pairwise(wanted):
            if before.number == context.number and before.turns[:-1] == context.turns[:-1]:
                steps.append((context, more - some))
        if not steps:
            return None
        names = self.parameters.visible[wanted[0][0].number]
        candidates = [name for name in names if self.parameters.holds(name, steps)]
        first = steps[0][1]
        if all(step == first for _, step in steps):
            candidates.append(str(first))
        for step in candidates:
            text = f"{channels} + {variable}" + (f" * {step}" if step != "1" else "")
            if self.parameters.holds(text, wanted):
                return text
        return None


def sum_of(parts: Sequence[Channels]) -> Channels:
    """The channels of several tensors, one behind the other."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    text = " + ".join(f"({part})" for part in known)
    names = {name for part in known for name in names_in(part)}
    return folded(text, names, {})
