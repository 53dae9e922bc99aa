"""The one formula of receptive fields: what a tensor's positions see of the network's input.

A `Field` is carried from layer to layer by the `Reach` of each. The recurrence is that of Araujo, Norris &
Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019): size += extent * stride,
padding += before * stride, stride *= advance.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.arithmetic import everywhere, largest, maximum
from cnncalc.geometry import LONGEST_PERIOD, Reach
from cnncalc.tracing import Traced


class Field(NamedTuple):
    """The receptive field of a tensor's positions along one `axis` of the network's input.

    Position `v` sees `sizes[v]` cells of the input from `-paddings[v]` on (if that is 0 none, and the padding
    is that of the next position which sees any); all of it moves by `advance` cells with every `len(sizes)`
    positions. `whole` says that every position sees the whole axis, `aligned` is false where paths with
    different strides or centres have met.
    """

    axis: int
    advance: int = 1
    sizes: tuple[int, ...] = (1,)
    paddings: tuple[int, ...] = (0,)
    whole: bool = False
    aligned: bool = True

    @property
    def size(self) -> int:
        """Cells seen; the largest of the phases."""
        return self.sizes[0] if len(self.sizes) == 1 else largest(self.sizes)

    @property
    def stride(self) -> int | float:
        """Input cells between neighbouring positions, a fraction where the axis was upsampled."""
        period = len(self.sizes)
        if period == 1 or everywhere(self.advance % period == 0):
            return self.advance // period
        return self.advance / period

    @property
    def padding(self) -> int:
        """How far the field of the first position that sees any cell reaches outside of the input."""
        return self.paddings[0]

    def through(self, reach: Reach) -> Field:
        """The field behind a layer with this reach."""
        if len(self.sizes) == 1 and _sees_nothing(self.sizes[0]):
            return self
        if len(self.sizes) == 1 and len(reach.before) == 1:
            return Field(
                self.axis,
                self.advance * reach.advance,
                (self.sizes[0] + reach.extent[0] * self.advance,),
                (self.paddings[0] + reach.before[0] * self.advance,),
                self.whole,
                self.aligned and reach.aligned,
            )
        settled_reach = reach.settled()
        if settled_reach is None:
            return self._flattened().through(reach.flattened())
        return self._through_phases(settled_reach)

    def _through_phases(self, reach: Reach) -> Field:
        """The same recurrence where the inputs, the outputs or both differ by phase."""
        period = len(self.sizes)
        rounds = period // math.gcd(reach.advance, period)
        if len(reach.before) * rounds > LONGEST_PERIOD:
            return self._flattened().through(reach)
        in_order = self._in_order()
        sizes, paddings = [], []
        for turn in range(rounds):
            for before, extent in zip(reach.before, reach.extent, strict=True):
                first = turn * reach.advance - before
                size, padding = self._union(first, extent, reach.spacing, in_order)
                sizes.append(size)
                paddings.append(padding)
        advance = self.advance * reach.advance * rounds // period
        paddings = _of_the_next_that_sees(sizes, paddings, advance)
        return Field(
            self.axis, advance, tuple(sizes), tuple(paddings), self.whole, self.aligned and reach.aligned
        )._simplified()

    def _union(self, first: int, extent: int, spacing: int, in_order: bool) -> tuple[int, int]:
        """Size and padding of all that the positions `first`, `first + spacing`, ... see together."""
        last, period = first + extent, len(self.sizes)
        if extent < 0:
            return 0, self._at(first)[1]
        if in_order:
            ends = [first, last]
        else:  # the outermost cells are seen from within one period of either end
            cycle = min(extent + spacing, period * spacing)
            ends = [*range(first, first + cycle, spacing), *range(last, last - cycle, -spacing)]
        return _hull(map(self._at, ends))

    def _in_order(self) -> bool:
        """Whether later positions never see earlier cells, and each sees some."""
        fields = [self._at(position) for position in range(len(self.sizes) + 1)]
        return not any(_sees_nothing(size) for size, _ in fields) and all(
            everywhere(padding >= next_padding) and everywhere(size - padding <= next_size - next_padding)
            for (size, padding), (next_size, next_padding) in itertools.pairwise(fields)
        )

    def _at(self, position: int) -> tuple[int, int]:
        """Size and padding of any one position."""
        block, phase = divmod(position, len(self.sizes))
        return self.sizes[phase], self.paddings[phase] - block * self.advance

    def _simplified(self) -> Field:
        """With the period 1 where all phases turn out alike."""
        period = len(self.sizes)
        if period == 1 or not everywhere(self.advance % period == 0):
            return self
        step = self.advance // period
        alike = all(
            everywhere(size == self.sizes[0]) and everywhere(padding == self.paddings[0] - phase * step)
            for phase, (size, padding) in enumerate(zip(self.sizes, self.paddings, strict=True))
        )
        if not alike:
            return self
        return Field(self.axis, step, self.sizes[:1], self.paddings[:1], self.whole, self.aligned)

    def _flattened(self) -> Field:
        """With one phase, the largest: for patterns too long to follow."""
        step = maximum(self.advance // len(self.sizes), 1)
        return Field(self.axis, step, (self.size,), (self.padding,), self.whole, False)

    def joined(self, other: Field) -> Field:
        """The union with the field of another path to the same layer."""
        if self is other:
            return self
        period = math.lcm(len(self.sizes), len(other.sizes))
        one_stride = everywhere(self.advance * len(other.sizes) == other.advance * len(self.sizes))
        if not one_stride or period > LONGEST_PERIOD:
            return self._larger(other)
        aligned = self.aligned and other.aligned
        sizes, paddings = [], []
        for position in range(period):
            mine, theirs = self._at(position), other._at(position)
            if not _sees_nothing(mine[0]) and not _sees_nothing(theirs[0]):
                # centres are compared doubled, to stay with integers
                aligned = aligned and everywhere(mine[0] - 2 * mine[1] == theirs[0] - 2 * theirs[1])
            size, padding = _hull((mine, theirs))
            sizes.append(size)
            paddings.append(padding)
        advance = self.advance * period // len(self.sizes)
        whole = self.whole or other.whole
        return Field(self.axis, advance, tuple(sizes), tuple(paddings), whole, aligned)._simplified()

    def _larger(self, other: Field) -> Field:
        """The field of greater size, for paths that do not go together."""
        whole = self.whole or other.whole
        wins = self.size >= other.size
        if isinstance(wins, (bool, Traced)):
            return (self if wins else other)._replace(whole=whole, aligned=False)
        mine, theirs = self._flattened(), other._flattened()
        advance, size, padding = (
            that + wins * (this - that)
            for this, that in (
                (mine.advance, theirs.advance),
                (mine.size, theirs.size),
                (mine.padding, theirs.padding),
            )
        )
        return Field(self.axis, advance, (size,), (padding,), whole, False)


def _hull(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Size and padding of all that spans of these sizes and paddings cover."""
    all_spans = list(spans)
    seen = [span for span in all_spans if not _sees_nothing(span[0])] or all_spans[:1]
    padding = largest(padding for _, padding in seen)
    return padding + largest(size - padding for size, padding in seen), padding


def _of_the_next_that_sees(sizes: list[int], paddings: list[int], advance: int) -> list[int]:
    """The paddings, with those of the next phase in place of those of phases that see nothing."""
    seeing = next((phase for phase, size in enumerate(sizes) if not _sees_nothing(size)), None)
    if seeing is None:
        return [0] * len(paddings)
    filled = list(paddings)
    behind = paddings[seeing] - advance  # the first one that sees, a period later
    for phase in range(len(sizes) - 1, -1, -1):
        behind = filled[phase] = behind if _sees_nothing(sizes[phase]) else paddings[phase]
    return filled


def _sees_nothing(size: int) -> bool:
    """Whether a position is one that a transposed convolution leaves out, its stride being too large."""
    return type(size) is int and size == 0
