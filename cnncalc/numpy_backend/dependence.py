"""How the positions of a layer's output answer to the cells of its input, measured along one dimension.

What a window reads outside of its input cannot be marked. So a window is asked on an axis of a length where
it is well inside, and what it does there, again and again, holds for positions at the ends too. Whether it
holds for the real length is seen by asking at two lengths, with other sizes along all other dimensions.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cnncalc.layers.adaptive_pooling import AdaptivePool
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.merge import Concat
from cnncalc.layers.normalization import GroupNorm
from cnncalc.layers.pooling import MaxPool
from cnncalc.layers.readers import AxisValues
from cnncalc.layers.reshape import Reshape
from cnncalc.layers.transposed import TransposedConvolution
from cnncalc.layers.unpooling import MaxUnpool
from cnncalc.layers.upsampling import Upsample
from cnncalc.numpy_backend.marks import Masks, Subject, answers
from cnncalc.numpy_backend.moved_cells import Relation, at_two_sizes, by_single_cells
from cnncalc.numpy_backend.probes import Question, narrowed, subjects

WIDTHS = (8, 24, 100, 300)
"""Cells that are marked in the middle of an axis, in turn until they show a pattern that repeats."""

MOST_TRIED = 4
"""Shapes on which a layer may give nothing that answers."""


class Repeating(NamedTuple):
    """What answers to each of the first `advance` marked cells; it moves on by `period` positions with them.

    The period is 0 if all of it stays where it is: the positions do not walk along.
    """

    advance: int
    period: int
    answering: tuple[tuple[int, ...], ...]


def relation(question: Question) -> Relation | None:
    """How the output walks along a dimension of an input; None if it does not.

    Then each position sees all of it, or it is mixed with others.
    """
    question = question._replace(layer=narrowed(question.layer, question.dim))
    told = _Told.of(question)
    if told is not None:
        return told.relation()
    if question.dim == 0 and isinstance(question.layer, GROUPING):
        return _by_groups(question)
    by_windows = _in_the_middle(question)
    return by_single_cells(question) if by_windows is UNKNOWN else by_windows


# --- windows, asked in the middle of an axis -------------------------------------------------------


UNKNOWN = Relation(-1, 0, ())
"""There is no pattern that holds for every length."""


def _in_the_middle(question: Question) -> Relation | None:
    if isinstance(question.layer, (Reshape, Concat)):  # where cells go hangs on the real sizes
        return UNKNOWN
    real, spread, repeats = _length(question), _spread(question.layer), _repeats(question.layer)
    pool = getattr(question.layer, "pool", None)
    # of what a pool reads to one cell that its unpooling reads
    per_cell = pool.stride[question.dim - 1] if isinstance(pool, MaxPool) and question.dim else 1
    for width in WIDTHS:
        if width < 2 * repeats:
            continue
        needed = max(3 * width, per_cell * width + 2 * spread) + 2 * spread
        lengths = (needed, real * -(-needed // real))  # some take multiples of what divides the real one
        middle = next(
            filter(None, (_answers_in_the_middle(question, length, width) for length in lengths)), None
        )
        if middle is None:
            return UNKNOWN
        found = [_repeating(answer) for answer in middle.answers]
        walking = [dim for dim, pattern in enumerate(found) if pattern is not None and pattern.period]
        if len(walking) > 1:
            return None
        if walking:
            return _at_other_lengths(question, walking[0], found[walking[0]], needed, width)
        if all(pattern is not None for pattern in found):
            return None
    return UNKNOWN


def _at_other_lengths(
    question: Question, dim: int, pattern: Repeating | None, needed: int, width: int
) -> Relation | None:
    """The relation, if it is the same for two lengths that leave the real rest by the period.

    It must not change with the sizes of the other dimensions either, or these are mixed with it.
    """
    assert pattern is not None
    multiple = math.lcm(pattern.advance, pattern.period)
    real = _length(question)
    length = real + -(-(needed - real) // multiple) * multiple
    found = set()
    for longer, larger in ((0, False), (4 * multiple, True)):
        middle = _answers_in_the_middle(question, length + longer, width, larger)
        repeating = None if middle is None else _repeating(middle.answers[dim])
        if middle is None or repeating is None or not repeating.period:
            return UNKNOWN
        found.add(_reads(repeating, middle.start))
    if len(found) > 1:
        return UNKNOWN
    advance, reads = found.pop()
    return Relation(dim, advance, reads)


def _length(question: Question) -> int:
    """The real length of the axis that is made longer: of an unpooling, that of what its pool reads."""
    if isinstance(question.layer, MaxUnpool):
        return question.referenced[0][question.dim]
    return question.shapes[question.which][question.dim]


def _spread(layer: Any) -> int:
    """No window of the layer reaches further than this: it says how long an axis is long enough."""
    layer = getattr(layer, "pool", None) or layer
    cells = max(getattr(layer, "kernel_size", (1,))) * max(getattr(layer, "dilation", (1,)))
    stride = max(getattr(layer, "stride", (1,)))
    return cells // stride + 1 if isinstance(layer, TransposedConvolution) else cells + stride


def _repeats(layer: Any) -> int:
    """A pattern that comes back after so many cells could be taken for a shorter one."""
    factor = getattr(layer, "scale_factor", None)
    if factor is not None:
        return int(max(ratio.denominator for ratio in factor.values))
    return 1 if isinstance(layer, TransposedConvolution) else max(getattr(layer, "stride", None) or (1,))


class Middle(NamedTuple):
    """The answers, for each dimension of the output, to neighbouring cells from `start` on."""

    start: int
    answers: list[Masks]


def _answers_in_the_middle(
    question: Question, length: int, width: int, larger: bool = False
) -> Middle | None:
    """On an axis of this length; None if the executor does not take it, or nothing answers.

    Along the other axes the smallest windows may see nothing but padding, so a few sizes are tried.
    """
    for asked in itertools.islice(subjects(question, length, larger), MOST_TRIED):
        size = asked.shapes[question.which][question.dim]
        count = min(width, size)
        start = (size - count) // 2
        masks = np.eye(count, size, start, dtype=bool)
        marked = answers(asked, question.which, question.dim, masks)
        if any(answer.any() for answer in marked):
            return Middle(start, marked)
    return None


def _repeating(marked: Masks) -> Repeating | None:
    """The shortest pattern that repeats in the answers to neighbouring cells, None if there is none."""
    answering = [tuple(np.flatnonzero(row).tolist()) for row in marked]
    for advance in range(1, len(answering) // 2 + 1):
        period = _shift(answering, advance)
        if period is not None:
            return Repeating(advance, period, tuple(answering[:advance]))
    return None


def _shift(answering: Sequence[tuple[int, ...]], advance: int) -> int | None:
    """By how much the answers to all cells differ from those to the cells `advance` further."""
    shifts: set[int] = set()
    for here, there in zip(answering, answering[advance:], strict=False):
        if len(here) != len(there):
            return None
        shifts.update(after - before for before, after in zip(here, there, strict=True))
        if len(shifts) > 1:
            return None
    shift = shifts.pop() if shifts else None
    return shift if shift is not None and shift >= 0 else None


def _reads(repeating: Repeating, start: int) -> tuple[int, tuple[tuple[int, ...], ...]]:
    """The same the other way round: the cells read by each position of the first period."""
    advance, period, answering = repeating
    reads: list[list[int]] = [[] for _ in range(period)]
    for cell, positions in enumerate(answering, start=start):
        for position in positions:
            turn, phase = divmod(position, period)
            reads[phase].append(cell - turn * advance)
    return advance, tuple(tuple(sorted(cells)) for cells in reads)


# --- layers that are told the size of their output -------------------------------------------------


class _Told(NamedTuple):
    """A layer that fits any input to its output: only the ratio of the two counts.

    So it is asked with both made so many times longer, as that continues the pattern beyond the ends. Where
    the outermost centres stay in place the ratio is that of the distances between them.
    """

    question: Question
    size: int
    """Of the input, along the dimension."""
    made: int
    """Of the output."""

    @staticmethod
    def of(question: Question) -> _Told | None:
        layer, dim = question.layer, question.dim
        pool = getattr(layer, "pool", None)
        by_size = isinstance(layer, Upsample) and (
            layer.size is not None or layer.align_corners or _keeps_size(question)
        )
        adaptive = pool if isinstance(pool, AdaptivePool) else layer
        by_pool = isinstance(adaptive, AdaptivePool) and dim and adaptive.output_size[dim - 1] is not None
        if dim == 0 or not (by_size or by_pool):
            return None
        return _Told(question, question.shapes[0][dim], question.output[dim])

    def relation(self) -> Relation | None:
        if self.sees_everything():
            return None
        layer = self.question.layer
        corners = int(isinstance(layer, Upsample) and layer.align_corners)
        if min(self.size, self.made) > corners:
            return self.continued(corners)
        # between the centres of a single cell or position there is no distance
        return Relation(self.question.dim, self.size, ((0,),) * self.made)

    def sees_everything(self) -> bool:
        """Whether a single position takes all cells, however many there are."""
        if self.made > 1 or isinstance(self.question.layer, MaxUnpool):
            return False
        asked = self.asked(7, 1)
        return asked is not None and all(
            bool(answer.all()) for answer in answers(asked, 0, self.question.dim, np.eye(7, dtype=bool))
        )

    def continued(self, corners: int) -> Relation | None:
        """The relation by what neighbouring stretches of the ratio do alike."""
        divisor = math.gcd(self.size - corners, self.made - corners)
        advance, period = (self.size - corners) // divisor, (self.made - corners) // divisor
        stretches = max(5, -(-40 // min(advance, period)))
        asked = self.asked(stretches * advance + corners, stretches * period + corners)
        if asked is None:
            return None
        # stretches far apart: where the ratio is another one, the last has moved by a part of a cell
        near, far = stretches // 5, stretches - 1 - stretches // 5
        size = asked.shapes[0][self.question.dim]
        masks = [np.eye(advance, size, stretch * advance, dtype=bool) for stretch in (near, far)]
        marked = answers(asked, 0, self.question.dim, np.concatenate(masks))[self.question.dim]
        answering = [tuple(np.flatnonzero(row).tolist()) for row in marked]
        if _shift(answering, advance) != period * (far - near):
            return None
        _, reads = _reads(Repeating(advance, period, tuple(answering[:advance])), near * advance)
        return Relation(self.question.dim, advance, reads)

    def asked(self, size: int, made: int) -> Subject | None:
        layer, dim = self.question.layer, self.question.dim
        rank = len(self.question.output) - 1
        unpools = isinstance(layer, MaxUnpool)
        sizes = tuple(made if axis + 1 == dim else 2 for axis in range(rank))
        if isinstance(layer, Upsample):
            layer = dataclasses.replace(layer, scale_factor=None, size=AxisValues(sizes, False))
        elif unpools:
            sizes = tuple(size if axis + 1 == dim else 2 for axis in range(rank))
            pool = dataclasses.replace(layer.pool, output_size=sizes)
            layer = dataclasses.replace(layer, pool=pool)
        else:
            layer = dataclasses.replace(layer, output_size=sizes)
        return next(subjects(self.question._replace(layer=layer), made if unpools else size), None)


def _keeps_size(question: Question) -> bool:
    """Whether an upsampling leaves the size as it is: it then may copy, whatever the scale factor."""
    kept = question.shapes[0][question.dim] == question.output[question.dim]
    return kept and question.layer.mode != "bicubic"


# --- groups of channels ----------------------------------------------------------------------------


GROUPING = (Convolution, TransposedConvolution, GroupNorm)
"""Of these the number of groups is given: how large they are hangs on the real number of channels."""


def _by_groups(question: Question) -> Relation | None:
    """The relation at the real number of channels, if it repeats from group to group."""
    found = {_repeating_groups(question, asked) for asked in at_two_sizes(question)}
    return found.pop() if len(found) == 1 else None


def _repeating_groups(question: Question, asked: Subject) -> Relation | None:
    masks = np.eye(asked.shapes[question.which][0], dtype=bool)
    answering = answers(asked, question.which, 0, masks)[0]
    reads = [tuple(np.flatnonzero(column).tolist()) for column in answering.T]
    for period in range(1, len(reads) // 2 + 1):
        advance = _shift(reads, period)
        if advance:
            return Relation(0, advance, tuple(reads[:period]))
    return None
