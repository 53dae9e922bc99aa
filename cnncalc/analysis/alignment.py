"""Which layer of one network is which of another: a sequence alignment.

Each layer of either side is paired with one of the other or with none, and pairs do not cross. The pairs
that score most in all win (Needleman and Wunsch 1970, with gaps that cost nothing): what a layer computes
counts more than what it is called, and a name that only numbers (`conv2d_3`) hardly counts, since a layer put
in before renumbers it.

That takes the product of both lengths. So equal beginnings and ends are paired at once; what is still too
long is parted at layers that are alike (Myers 1986, for few differences) or at names that both have.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

from cnncalc.analysis.report import LayerReport

Pair = tuple[int | None, int | None]
Matches = list[tuple[int, int]]

MOST_CELLS = 400_000
"""Of a table of scores: half a second."""
MOST_DIFFERENCES = 400
"""That are looked for between long sequences: as much."""


class Features(NamedTuple):
    """What of a layer is compared. `arguments` are those that do not name other layers."""

    name: str
    stem: str
    """The name without its numbers."""
    numbered: bool
    """Whether the name is the kind and a number, as layers without a name get it."""
    kind: str
    arguments: tuple[object, ...]
    output_shape: tuple[int, ...]

    @property
    def content(self) -> tuple[object, ...]:
        return self.kind, self.arguments


def features_of(layer: LayerReport) -> Features:
    last = layer.name.rpartition(".")[2]
    references = layer.layer.kind.references
    return Features(
        layer.name,
        re.sub(r"\d+", "#", layer.name),
        re.fullmatch(rf"{re.escape(layer.kind)}_\d+", last) is not None,
        layer.kind,
        tuple(getattr(layer.layer, name) for name in layer.layer.kind.arguments if name not in references),
        layer.output_shape,
    )


def aligned(before: Sequence[LayerReport], after: Sequence[LayerReport]) -> list[Pair]:
    """The places of both sequences in pairs, in order; None where the other side has none."""
    first, second = list(map(features_of, before)), list(map(features_of, after))
    matches = _matches(first, second, _STRATEGIES)
    pairs: list[Pair] = []
    at, other = 0, 0
    for mine, theirs in [*matches, (len(first), len(second))]:
        pairs += [(place, None) for place in range(at, mine)]
        pairs += [(None, place) for place in range(other, theirs)]
        pairs.append((mine, theirs))
        at, other = mine + 1, theirs + 1
    return pairs[:-1]


def score(first: Features, second: Features) -> int:
    """How well two layers go together; 0 if they must not."""
    named_alike = first.name == second.name and not first.numbered
    shape = 2 * (first.output_shape == second.output_shape)
    if first.kind != second.kind:
        return 4 + shape if named_alike else 0
    if first.arguments == second.arguments:
        names = _name_score(first, second)
        return 16 + names + shape if names or shape else 0
    if first.stem != second.stem:
        return 0
    same = sum(mine == theirs for mine, theirs in zip(first.arguments, second.arguments, strict=True))
    return (10 if named_alike else 4) + 4 * same // max(len(first.arguments), 1) + shape


def _name_score(first: Features, second: Features) -> int:
    if first.name == second.name:
        return 5 if first.numbered else 8
    if first.stem == second.stem:
        return 4
    return 2 if first.name.rpartition(".")[2] == second.name.rpartition(".")[2] else 0


# --- strategies ------------------------------------------------------------------------------------

Strategy = Callable[[Sequence[Features], Sequence[Features]], Matches]


def _matches(
    first: Sequence[Features], second: Sequence[Features], strategies: Sequence[Strategy]
) -> Matches:
    """The pairs of two sequences: their equal ends, and between them by the table of scores; where that
    would be too large, by the first strategy that parts them, and so on in the parts."""
    start = _equal_at_start(first, second)
    end = _equal_at_start(first[start:][::-1], second[start:][::-1])
    inner, other = first[start : len(first) - end], second[start : len(second) - end]
    if len(inner) * len(other) <= MOST_CELLS:
        found = best(inner, other)
    else:
        found = []
        for place, strategy in enumerate(strategies):
            anchors = strategy(inner, other)
            if anchors:
                found = _between(inner, other, anchors, strategies[place + 1 :])
                break
    return [
        *((place, place) for place in range(start)),
        *((start + mine, start + theirs) for mine, theirs in found),
        *((len(first) - place, len(second) - place) for place in range(end, 0, -1)),
    ]


def _equal_at_start(first: Sequence[Features], second: Sequence[Features]) -> int:
    for place, (mine, theirs) in enumerate(zip(first, second, strict=False)):
        if mine != theirs:
            return place
    return min(len(first), len(second))


def _between(
    first: Sequence[Features], second: Sequence[Features], anchors: Matches, strategies: Sequence[Strategy]
) -> Matches:
    """The anchors, and the pairs of what lies between them."""
    found: Matches = []
    at, other = 0, 0
    for mine, theirs in [*anchors, (len(first), len(second))]:
        if at < mine and other < theirs:
            inner = _matches(first[at:mine], second[other:theirs], strategies)
            found += [(at + one, other + two) for one, two in inner]
        found.append((mine, theirs))
        at, other = mine + 1, theirs + 1
    return found[:-1]


def best(first: Sequence[Features], second: Sequence[Features]) -> Matches:
    """The pairs of the largest sum of scores, by a table of all sums."""
    known: dict[tuple[int, int], int] = {}
    mine_ids, their_ids = _numbers(first, second)
    columns = range(len(second))
    above = [0] * (len(second) + 1)
    moves: list[bytearray] = []
    for place, one in enumerate(first):
        row = [0]
        move = bytearray(len(second))
        left = 0
        mine = mine_ids[place]
        for column in columns:
            key = (mine, their_ids[column])
            gain = known.get(key)
            if gain is None:
                gain = known[key] = score(one, second[column])
            paired, skipped = above[column] + gain, above[column + 1]
            if gain and paired >= skipped and paired >= left:
                left = paired
                move[column] = 1
            elif skipped > left:
                left = skipped
                move[column] = 2
            row.append(left)
        moves.append(move)
        above = row
    return _traced_back(moves, len(first), len(second))


def _numbers(first: Sequence[Hashable], second: Sequence[Hashable]) -> tuple[list[int], list[int]]:
    """A number for each item, the same for those that are equal."""
    numbers: dict[Hashable, int] = {}
    mine, theirs = ([numbers.setdefault(one, len(numbers)) for one in items] for items in (first, second))
    return mine, theirs


def _traced_back(moves: Sequence[bytearray], row: int, column: int) -> Matches:
    found: Matches = []
    while row and column:
        move = moves[row - 1][column - 1]
        if move == 1:
            found.append((row - 1, column - 1))
        row -= move != 0
        column -= move != 2
    return found[::-1]


def few_differences(first: Sequence[Features], second: Sequence[Features]) -> Matches:
    """The longest common subsequence of layers alike but for numbers in their names; nothing if the sequences
    differ too much. After Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1986."""
    mine, theirs = _numbers(
        *([(one.stem, one.content, one.output_shape) for one in layers] for layers in (first, second))
    )
    reached = {1: 0}
    history: list[dict[int, int]] = []
    for differences in range(MOST_DIFFERENCES + 1):
        history.append(reached.copy())
        for diagonal in range(-differences, differences + 1, 2):
            down = diagonal == -differences or (
                diagonal != differences and reached[diagonal - 1] < reached[diagonal + 1]
            )
            row = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            column = row - diagonal
            while row < len(mine) and column < len(theirs) and mine[row] == theirs[column]:
                row, column = row + 1, column + 1
            reached[diagonal] = row
            if row >= len(mine) and column >= len(theirs):
                return list(_walked_back(history, len(mine), len(theirs)))[::-1]
    return []


def _walked_back(history: Sequence[dict[int, int]], row: int, column: int) -> Iterator[tuple[int, int]]:
    for differences in range(len(history) - 1, -1, -1):
        reached = history[differences]
        diagonal = row - column
        down = diagonal == -differences or (
            diagonal != differences and reached[diagonal - 1] < reached[diagonal + 1]
        )
        before = diagonal + 1 if down else diagonal - 1
        start_row = reached[before] if differences else 0
        start_column = start_row - before if differences else 0
        while row > start_row and column > start_column:
            row, column = row - 1, column - 1
            yield row, column
        row, column = start_row, start_column


def common_names(first: Sequence[Features], second: Sequence[Features]) -> Matches:
    """The most layers whose names and kinds both have, in the order of both."""
    places = {(one.name, one.kind): place for place, one in enumerate(second)}
    common = [
        (place, places[one.name, one.kind])
        for place, one in enumerate(first)
        if (one.name, one.kind) in places
    ]
    tails: list[int] = []  # the longest increasing subsequence of the second places
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, place) in enumerate(common):
        length = bisect_left(tails, place)
        previous.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [index]
    found: Matches = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(common[at])
        at = previous[at]
    return found[::-1]


_STRATEGIES: tuple[Strategy, ...] = (few_differences, common_names)
