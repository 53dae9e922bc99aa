"""The one formula of window sizes.

A `Window` slides over one axis and says how many outputs there are. Its `Reach` says which inputs an
output reads; a `Field` (in `fields`) carries that back to the network's input, layer by layer.

Behind a transposed convolution or an upsampling neighbouring outputs differ in what they read. The
pattern repeats with a period, so a `Reach` or `Field` holds one entry for each phase of its period; all
other windows have the period 1.

Where a pattern would hang on array elements that differ (a sweep over sizes), one entry stands for it, as
for patterns that are too long: its largest, marked as not aligned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.arithmetic import ceil_div, everywhere, gcd, largest, maximum, minimum, settled
from cnncalc.tracing import named

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
        return Reach(step, self.before[:1], (largest(self.extent),), False)


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
