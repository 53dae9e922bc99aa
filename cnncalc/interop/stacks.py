"""Groups whose members are alike and run one behind the other, while something of each is collected."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from cnncalc.interop.wiring import Plan

FEWEST = 3
"""Of fewer members the calls are easier to read than a loop."""


class Stack(NamedTuple):
    """How the members of a stack are run: each is called with what `carried` is of the one before.

    `carried` and `collected` are places among what a member gives; `collected` is None where that is all.
    `ends` says whether what the last one carries is given, behind what is collected; `last_differs` that the
    last one gives nothing but what is collected.
    """

    carried: int
    collected: int | None
    ends: bool
    last_differs: bool = False


def stack_of(plan: Plan) -> Stack | None:
    """The group as a stack, if it is one."""
    calls = plan.calls
    if len(calls) < FEWEST or [call.target for call in calls] != [str(place) for place in range(len(calls))]:
        return None
    given = {len(call.gives) for call in calls[:-1]}
    if not given <= {1, 2} or len(given) > 1 or calls[1].reads[0] not in calls[0].gives:
        return None
    last_differs = given == {2} and len(calls[-1].gives) == 1
    if not last_differs and {len(calls[-1].gives)} != given:
        return None
    carried = calls[0].gives.index(calls[1].reads[0])
    others = calls[0].reads[1:]
    if calls[0].reads[0] not in plan.inputs or any(value not in plan.inputs for value in others):
        return None
    for before, call in pairwise(calls):
        if call.reads != (before.gives[carried], *others):
            return None
    collected = 1 - carried if given == {2} else None
    listed = () if collected is None else tuple(call.gives[collected] for call in calls[:-1])
    if last_differs:
        alike = plan.outputs == (*listed, *calls[-1].gives)
        return Stack(carried, collected, ends=False, last_differs=True) if alike else None
    if collected is not None:
        listed += (calls[-1].gives[collected],)
    last = calls[-1].gives[carried]
    if plan.outputs == (*listed, last):
        return Stack(carried, collected, ends=True)
    return Stack(carried, collected, ends=False) if listed and plan.outputs == listed else None
