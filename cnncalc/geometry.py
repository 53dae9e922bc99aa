"""The one formula of window sizes and the one of receptive fields.

A `Window` slides over one axis and says how many outputs there are. Its `Reach` says which inputs an
output reads, and a `Field` carries that back to the network's input, layer by layer. The recurrence is
that of Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill,
2019): size += extent * stride, padding += before * stride, stride *= advance.

Behind a transposed convolution or an upsampling neighbouring outputs differ in what they read. The
pattern repeats with a period, so a `Reach` or `Field` holds one entry for each phase of its period; all
other windows have the period 1.

Where a pattern would hang on array elements that differ (a sweep over sizes), one entry stands for it, as
for patterns that are too long: its largest, marked as not aligned.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.arithmetic import ceil_div, everywhere, gcd, maximum, minimum, settled
from cnncalc.tracing import Traced, named

LONGEST_PERIOD = 1024
"""Longer patterns (an odd resizing behind another) are taken by their largest field, as unaligned."""


class Reach(NamedTuple):
    """What the outputs of one axis read of it: output `u` from `first(u)` to `last(u)`, `spacing` apart.

    Both advance by `advance` inputs with every `period` outputs. For output `u` of the first period
    `first(u) = -before[u]` and `last(u) = extent[u] - before[u]`; an extent of -1 says that it reads
    nothing. `aligned` is false where the pattern is too long to be followed and stands for its largest
    phase.
    """

    advance: int
    before: tuple[int, ...]
    extent: tuple[int, ...]
    aligned: bool = True
    spacing: int = 1

    def settled(self) -> Reach | None:
        """With ints in place of arrays and traced numbers; None where the elements of an array differ."""
        advance = settled(self.advance)
        before = tuple([settled(cells) for cells in self.before])
        extent = tuple([settled(cells) for cells in self.extent])
        if advance is None or None in before or None in extent:
            return None
        return self._replace(advance=advance, before=before, extent=extent)  # type: ignore[arg-type]

    def flattened(self) -> Reach:
        """With one phase, the largest."""
        step = maximum(self.advance // len(self.before), 1)
        return Reach(step, self.before[:1], (_largest(self.extent),), False)


class Window(NamedTuple):
    """A window of `kernel` taps, `dilation` apart, that moves by `stride` over a padded axis."""

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def spread(self) -> int:
        """Cells from the first tap to the last, one of the two counted."""
        return self.dilation * (self.kernel - 1)

    @property
    def extent(self) -> int:
        """Cells from the first tap to the last, both counted."""
        return self.spread + 1

    def keeping(self, size: int) -> Window:
        """The window padded so that the output is ceil(size / stride), the odd cell after the input.

        That is TensorFlow's rule of `same` padding.
        """
        total = maximum((ceil_div(size, self.stride) - 1) * self.stride + self.spread + 1 - size, 0)
        total = named(total, "P")
        before = named(total // 2, "P_before")
        return self._replace(before=before, after=named(total - before, "P_after"))

    def output_size(self, size: int) -> int:
        """floor((size + before + after - dilation*(kernel - 1) - 1) / stride) + 1.

        `ceil_mode` rounds up, and drops a last window that would start in the padding after the input
        (as PyTorch does). The result is below 1 where no window fits: callers check that.
        """
        room = size + self.before + self.after - self.spread - 1
        if not self.ceil_mode:
            return room // self.stride + 1
        return minimum(ceil_div(room, self.stride) + 1, ceil_div(size + self.before, self.stride))

    def reach(self) -> Reach:
        return Reach(self.stride, (self.before,), (self.spread,), spacing=self.dilation)


class TransposedWindow(NamedTuple):
    """The window of a transposed convolution: every input writes `kernel` outputs, `stride` apart."""

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    output_padding: int = 0

    def output_size(self, size: int) -> int:
        """(size - 1)*stride - before - after + dilation*(kernel - 1) + output_padding + 1."""
        return (
            (size - 1) * self.stride
            - self.before
            - self.after
            + self.dilation * (self.kernel - 1)
            + self.output_padding
            + 1
        )

    def reach(self) -> Reach:
        """Output `u` reads the inputs `i` with `u + before - i*stride = dilation*tap` for any of the taps."""
        before = settled(self.before)
        # a pattern is followed on plain numbers
        kernel, stride, dilation = int(self.kernel), int(self.stride), int(self.dilation)
        divisor = math.gcd(stride, dilation)
        spread, spacing = dilation * (kernel - 1), dilation // divisor
        if before is None or stride > LONGEST_PERIOD:
            return Reach(1, ((spread - self.before) // stride,), (spread // stride,), False)
        # of any `spacing` neighbouring inputs one fits the dilation, if the divisor lets any fit
        turn = pow(stride // divisor, -1, spacing)
        reads = []
        for output in range(stride):
            last = (output + before) // stride
            last -= (last - (output + before) // divisor * turn) % spacing
            first = ceil_div(output + before - spread, stride)
            first += (last - first) % spacing
            nothing = (output + before) % divisor or last < first
            reads.append((first, first - 1) if nothing else (first, last))
        return _reach_between(1, reads, spacing)


def resizing_reach(size: int, resized: int, taps: int = 1, align_corners: bool = False) -> Reach:
    """What interpolation from `size` to `resized` cells reads: 1 tap (nearest), 2 (linear), 4 (cubic).

    Only the ratio of the two counts, unless `align_corners`. Outputs that fall on a cell read it alone.
    """
    size, resized = _known(size, resized)
    if align_corners and (_is_one(size) or _is_one(resized)):  # PyTorch: all outputs read the first cell
        taps, align_corners = 1, False
    if align_corners:
        size, resized = size - 1, maximum(resized - 1, 1)
    # twice the source of output u, in cells / resized: 2u*size, or (2u + 1)*size - resized about the centres
    slope, shift = 2 * size, 0 if align_corners or taps == 1 else size - resized

    def reads(output: int) -> tuple[int, int]:
        source, rest = divmod(output * slope + shift, 2 * resized)
        if taps > 1 and rest == 0:
            return source, source
        return source - max(taps // 2 - 1, 0), source + taps // 2

    advance, period = _lowest_terms(size, resized)
    if period is None:
        before = max(taps // 2 - 1, 0) - shift // (2 * resized)
        return Reach(maximum(size // resized, 1), (before,), (taps - 1,), False)
    return _reach_between(advance, map(reads, range(period)))


def adaptive_reach(size: int, pooled: int) -> Reach:
    """What adaptive pooling reads: output `u` from `floor(u*size/pooled)` up to `ceil((u+1)*size/pooled)`."""
    size, pooled = _known(size, pooled)
    advance, period = _lowest_terms(size, pooled)
    if period is None:
        rest = size % pooled
        # one cell more where it does not divide, another where a window has a part of a cell at both ends
        extent = size // pooled - 1 + (rest > 0) + (rest > gcd(size, pooled))
        return Reach(maximum(size // pooled, 1), (0,), (extent,), everywhere(rest == 0))
    return _reach_between(
        advance,
        (
            (output * advance // period, ceil_div((output + 1) * advance, period) - 1)
            for output in range(period)
        ),
    )


def grouped_reach(read: int, made: int) -> Reach:
    """What outputs read in groups: `made` neighbouring ones all read the same `read` cells."""
    count = settled(made)
    if count == 0:  # of more groups than channels, which is a fault
        return grouped_reach(read, 1)
    if count is None or count > LONGEST_PERIOD:
        return Reach(maximum(read // made, 1), (0,), (read - 1,), False)
    return Reach(read, (0,) * count, (read - 1,) * count)


def _known(size: int, resized: int) -> tuple[int, int]:
    """Both as ints, or as they are where one of them is an array of different sizes."""
    known, known_resized = settled(size), settled(resized)
    return (size, resized) if known is None or known_resized is None else (known, known_resized)


def _is_one(size: int) -> bool:
    return type(size) is int and size == 1


def _lowest_terms(size: int, resized: int) -> tuple[int, int | None]:
    """The reduced ratio; None in place of its denominator if there is no one, or a too large one."""
    if type(size) is not int or type(resized) is not int:
        return size, None
    divisor = math.gcd(size, resized)
    return size // divisor, resized // divisor if resized // divisor <= LONGEST_PERIOD else None


def _reach_between(advance: int, reads: Iterable[tuple[int, int]], spacing: int = 1) -> Reach:
    firsts, lasts = zip(*reads, strict=True)
    extents = tuple(last - first for first, last in zip(firsts, lasts, strict=True))
    return Reach(advance, tuple(-first for first in firsts), extents, spacing=spacing)


def _largest(numbers: Iterable[int]) -> int:
    return functools.reduce(maximum, numbers)


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
        return self.sizes[0] if len(self.sizes) == 1 else _largest(self.sizes)

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
    padding = _largest(padding for _, padding in seen)
    return padding + _largest(size - padding for size, padding in seen), padding


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
