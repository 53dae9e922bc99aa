"""Figures as people read them: 1 k/M/G = 1000, 1 KiB/MiB = 1024, three significant digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.analysis.receptive_field import ReceptiveField
    from cnncalc.layers.base import Shape

COUNT_UNITS = ("", "k", "M", "G", "T", "P", "E")
BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def count(number: int, digits: int = 3) -> str:
    """A number with three significant digits, or so many: 1.79 k, 138 M; exact below 1000."""
    return _scaled(number, 1000, COUNT_UNITS, digits)


def size(number: int, digits: int = 3) -> str:
    """Bytes: 12.2 MiB."""
    return _scaled(number, 1024, BYTE_UNITS, digits)


def change(difference: int, of_bytes: bool = False) -> str:
    """A difference with its sign: +1.79 k, -12.2 MiB; - for none."""
    if not difference:
        return "-"
    return ("+" if difference > 0 else "-") + (size if of_bytes else count)(abs(difference))


def ratio(number: int, first: int) -> str:
    """How many times the first a number is: 2.3x, 0.45x, 1.02x; 1x only for what is equal; - of zeros."""
    if not first or not number:
        return "-"
    if number == first:
        return "1x"
    times = number / first
    if times >= 99.95:
        return f"{times:,.0f}x"
    if times >= 1.095:
        return f"{times:.1f}x"
    if times < 0.0001:
        return "<0.0001x"
    return f"{times:.2f}x" if times >= 0.0995 else f"{times:#.2g}x"


def _scaled(number: int, base: int, units: Sequence[str], digits: int) -> str:
    if abs(number) < base:
        return f"{number} {units[0]}".rstrip()
    power = 1
    while power < len(units) - 1 and float(_rounded(number, base**power, digits)) >= base:
        power += 1
    return f"{_rounded(number, base**power, digits)} {units[power]}"


def _rounded(number: int, scale: int, digits: int) -> str:
    """The quotient with so many significant digits, or all digits before the point if they are more."""
    for decimals in range(digits - 1, 0, -1):
        rounded = (number * 10**decimals * 2 + scale) // (2 * scale)
        if rounded < 10**digits:
            return f"{rounded // 10**decimals}.{rounded % 10**decimals:0{decimals}d}"
    return str((2 * number + scale) // (2 * scale))


def exact(number: int) -> str:
    """An integer with all its digits: 138,357,544."""
    return f"{number:,}"


def share(part: int, total: int) -> str:
    """A part of the total in percent; never a zero for what is not."""
    if not part or not total:
        return ""
    percent = f"{100 * part / total:.1f}"
    return f"{percent} %" if percent != "0.0" else "<0.1 %"


def shape(sizes: Shape, narrow: bool = False) -> str:
    """A shape: 64 x 112 x 112."""
    return ("x" if narrow else " x ").join(map(str, sizes))


def field_size(field: ReceptiveField) -> str:
    """212, or 7x5 if not square; `all` where the whole input is seen; `~` before an unaligned one."""
    # an axis that each position sees whole has no distance of neighbours
    words = [str(size) if stride else "all" for size, stride in zip(field.size, field.stride, strict=True)]
    return ("~" if field.status == "unaligned" else "") + (per_axis(words) or "all")


def field_stride(field: ReceptiveField) -> str:
    """The distance of neighbouring positions; `-` where each sees the whole input."""
    return per_axis([f"{stride:.3g}" if stride else "-" for stride in field.stride]) or "-"


def per_axis(values: Sequence[object]) -> str:
    """One value for each axis; just one if all are the same."""
    words = [str(value) for value in values]
    return words[0] if len(set(words)) == 1 else "x".join(words)
