"""The one formula of window sizes and the one of receptive fields.

A `Window` slides over one axis and says how many outputs there are. Its `Reach` says which inputs an
output reads, and a `Field` carries that back to the network's input, layer by layer. The recurrence is
that of Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill,
2019): size += extent * stride, padding += before * stride, stride *= advance.

Behind a transposed convolution or an upsampling neighbouring outputs differ in what they read. The
pattern repeats with a period, so a `Reach` or `Field` holds one entry for each phase of its period; all
other windows have the period 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.arithmetic import ceil_div, maximum

LONGEST_PERIOD = 1024
"""Longer patterns (an odd resizing behind another) are taken by their largest field, as unaligned."""


class Reach(NamedTuple):
    """What the outputs of one axis read of it: output `u` reads from `first(u)` to `last(u)`.

    Both advance by `advance` inputs with every `period` outputs. For output `u` of the first period
    `first(u) = -before[u]` and `last(u) = extent[u] - before[u]`. `aligned` is false where the pattern is
    too long to be followed and stands for its largest phase.
    """

    advance: int
    before: tuple[int, ...]
    extent: tuple[int, ...]
    aligned: bool = True


class Window(NamedTuple):
    """A window of `kernel` taps, `dilation` apart, that moves by `stride` over a padded axis."""

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def extent(self) -> int:
        """Cells from the first tap to the last, both counted."""
        return self.dilation * (self.kernel - 1) + 1

    def output_size(self, size: int) -> int:
        """floor((size + before + after - dilation*(kernel - 1) - 1) / stride) + 1.

        `ceil_mode` rounds up, and drops a last window that would start in the padding after the input
        (as PyTorch does). The result is below 1 where no window fits: callers check that.
        """
        room = size + self.before + self.after - self.dilation * (self.kernel - 1) - 1
        if not self.ceil_mode:
            return room // self.stride + 1
        rounded_up = ceil_div(room, self.stride) + 1
        return rounded_up - ((rounded_up - 1) * self.stride >= size + self.before)

    def reach(self) -> Reach:
        return Reach(self.stride, (self.before,), (self.dilation * (self.kernel - 1),))


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
        """Output `u` reads the inputs `i` with `0 <= u + before - i*stride <= dilation*(kernel - 1)`."""
        spread = self.dilation * (self.kernel - 1)
        firsts = [ceil_div(output + self.before - spread, self.stride) for output in range(self.stride)]
        lasts = [(output + self.before) // self.stride for output in range(self.stride)]
        return _reach_between(1, firsts, lasts)


def resizing_reach(size: int, resized: int, taps: int = 1, align_corners: bool = False) -> Reach:
    """What interpolation from `size` to `resized` cells reads: 1 tap (nearest), 2 (linear), 4 (cubic)."""
    if align_corners and resized > 1:
        numerator, denominator, shift = size - 1, resized - 1, 0
    else:
        numerator, denominator, shift = size, resized, 0 if taps == 1 else 1
    divisor = math.gcd(numerator, denominator) or 1
    advance, period = numerator // divisor, denominator // divisor
    if period > LONGEST_PERIOD or advance == 0:
        return Reach(max(advance // period, 1), (taps // 2,), (taps,), aligned=False)
    # the source of output u is (u + 1/2)*advance/period - 1/2 (or u*advance/period), here in half cells
    floors = [((2 * output + shift) * advance - shift * period) // (2 * period) for output in range(period)]
    firsts = [source - (taps // 2 - 1 if taps > 1 else 0) for source in floors]
    return _reach_between(advance, firsts, [first + taps - 1 for first in firsts])


def adaptive_reach(size: int, pooled: int) -> Reach:
    """What adaptive pooling reads: output `u` from `floor(u*size/pooled)` up to `ceil((u+1)*size/pooled)`."""
    divisor = math.gcd(size, pooled)
    advance, period = size // divisor, pooled // divisor
    if period > LONGEST_PERIOD:
        return Reach(max(advance // period, 1), (0,), (ceil_div(size, pooled),), aligned=False)
    firsts = [output * advance // period for output in range(period)]
    lasts = [ceil_div((output + 1) * advance, period) - 1 for output in range(period)]
    return _reach_between(advance, firsts, lasts)


def _reach_between(advance: int, firsts: Sequence[int], lasts: Sequence[int]) -> Reach:
    extents = tuple(last - first for first, last in zip(firsts, lasts, strict=True))
    return Reach(advance, tuple(-first for first in firsts), extents)


class Field(NamedTuple):
    """The receptive field of a tensor's positions along one `axis` of the network's input.

    Position `v` sees `sizes[v]` cells of the input from `-paddings[v]` on; all of it moves by `advance`
    cells with every `len(sizes)` positions. `whole` says that every position sees the whole axis,
    `aligned` is false where paths with different strides or centres have met.
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
        largest = self.sizes[0]
        for size in self.sizes[1:]:
            largest = maximum(largest, size)
        return largest

    @property
    def stride(self) -> int | float:
        """Input cells between neighbouring positions, a fraction where the axis was upsampled."""
        period = len(self.sizes)
        if period == 1 or self.advance % period == 0:
            return self.advance // period
        return self.advance / period

    @property
    def padding(self) -> int:
        """How far the first position's field reaches outside of the input."""
        return self.paddings[0]

    def through(self, reach: Reach) -> Field:
        """The field behind a layer with this reach."""
        if len(self.sizes) == 1 and len(reach.before) == 1:
            return Field(
                self.axis,
                self.advance * reach.advance,
                (self.sizes[0] + reach.extent[0] * self.advance,),
                (self.paddings[0] + reach.before[0] * self.advance,),
                self.whole,
                self.aligned and reach.aligned,
            )
        return self._through_phases(reach)

    def _through_phases(self, reach: Reach) -> Field:
        """The same recurrence where the inputs, the outputs or both differ by phase."""
        period = len(self.sizes)
        rounds = period // math.gcd(reach.advance, period)
        outputs = len(reach.before) * rounds
        if outputs > LONGEST_PERIOD:
            return self._flattened()._through_phases(reach) if period > 1 else self._flattened()
        sizes, paddings = [], []
        for turn in range(rounds):
            for before, extent in zip(reach.before, reach.extent, strict=True):
                first = turn * reach.advance - before
                last_size, last_padding = self._at(first + extent)
                padding = self._at(first)[1]
                paddings.append(padding)
                sizes.append(last_size + padding - last_padding)
        advance = self.advance * reach.advance * rounds // period
        return Field(
            self.axis, advance, tuple(sizes), tuple(paddings), self.whole, self.aligned and reach.aligned
        )._simplified()

    def _at(self, position: int) -> tuple[int, int]:
        """Size and padding of any one position."""
        block, phase = divmod(position, len(self.sizes))
        return self.sizes[phase], self.paddings[phase] - block * self.advance

    def _simplified(self) -> Field:
        """With the period 1 where all phases turn out alike."""
        period = len(self.sizes)
        if period == 1 or self.advance % period:
            return self
        step = self.advance // period
        first_size, first_padding = self.sizes[0], self.paddings[0]
        for phase in range(1, period):
            if self.sizes[phase] != first_size or self.paddings[phase] != first_padding - phase * step:
                return self
        return Field(self.axis, step, (first_size,), (first_padding,), self.whole, self.aligned)

    def _flattened(self) -> Field:
        """With one phase, the largest: for patterns too long to follow."""
        step = max(self.advance // len(self.sizes), 1)
        return Field(self.axis, step, (self.size,), (self.padding,), self.whole, False)

    def joined(self, other: Field) -> Field:
        """The union with the field of another path to the same layer."""
        if self is other:
            return self
        whole = self.whole or other.whole
        if self.advance * len(other.sizes) != other.advance * len(self.sizes):
            larger = self if self.size >= other.size else other
            return larger._replace(whole=whole, aligned=False)
        aligned = self.aligned & other.aligned
        sizes, paddings = [], []
        for position in range(math.lcm(len(self.sizes), len(other.sizes))):
            size, padding = self._at(position)
            other_size, other_padding = other._at(position)
            # centres are compared doubled, to stay with integers
            aligned = aligned & (size - 2 * padding == other_size - 2 * other_padding)
            widest = maximum(padding, other_padding)
            paddings.append(widest)
            sizes.append(widest + maximum(size - padding, other_size - other_padding))
        advance = self.advance * len(sizes) // len(self.sizes)
        return Field(self.axis, advance, tuple(sizes), tuple(paddings), whole, aligned)
