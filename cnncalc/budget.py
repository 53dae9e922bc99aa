"""What a limit is, and how an amount is written: `5M`, `320KiB`, `<= 600M`.

1 k/M/G/T = 1000, of bytes 1 KiB/MiB/GiB = 1024; other units, which leave open what they mean, are refused.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from cnncalc.diagnostics import Span, nearest
from cnncalc.layers.base import Shape

COUNTS = ("params", "buffers", "macs", "flops")
BYTES = ("param_bytes", "buffer_bytes", "activation_bytes", "peak_bytes", "output_bytes")
NETWORK = (*COUNTS, "depth", *BYTES[:4], "receptive_field", "output")
"""The figures of a network that can be limited."""
LAYER = (*COUNTS, "param_bytes", "buffer_bytes", "output_bytes", "receptive_field", "output")
"""Those of a layer, or of the layers below one name together."""

COMPARISONS = ("<=", ">=", "==")

COUNT_UNITS = {"k": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}
BYTE_UNITS = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}

_COMPARISON = re.compile(r"\s*(<=|>=|==|<|>|=|≤|≥)\s*")
_NUMBER = r"(?<![\w.])(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_UNIT = re.compile(_NUMBER + r"(?:(?![eE][+-]?\d)([A-Za-z]\w*)|\s(k|M|G|T|B|[KMGT]i?B)\b)")


class Limit(NamedTuple):
    """A bound that a figure of the network must keep, or the same figure of each of some layers.

    `bound` is a number, or for `output` a shape. `pattern` is the name or glob as written, `names` are the
    layers and groups that it means. `span` is where the file says it; a limit of the command line has
    the name of its `option` instead, and perhaps the limits of the file that it `replaces`.
    """

    figure: str
    comparison: str
    bound: int | Shape
    span: Span | None = None
    pattern: str = ""
    names: tuple[str, ...] = ()
    option: str = ""
    replaces: tuple[Limit, ...] = ()


class AmountFault(Exception):
    """An amount that cannot be read, with a way out."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def apart(text: str) -> tuple[str, str]:
    """The comparison at the beginning of a text, empty if there is none, and the rest. Raises AmountFault."""
    found = _COMPARISON.match(text)
    if found is None:
        return "", text
    sign = {"≤": "<=", "≥": ">=", "=": "=="}.get(found[1], found[1])
    if found[1] not in COMPARISONS:
        meant = sign if sign in COMPARISONS else f"{sign}="
        raise AmountFault(f"a limit begins with <=, >= or ==, not `{found[1]}`", f"did you mean `{meant}`?")
    return sign, text[found.end() :]


def without_units(text: str, of_bytes: bool) -> str:
    """The text with each number that has a unit as a plain one: `2 * 5M` is `2 * 5000000`.

    Raises AmountFault for units that are none of the figure.
    """
    units = BYTE_UNITS if of_bytes else COUNT_UNITS

    def plain(found: re.Match[str]) -> str:
        unit = found[2] or found[3]
        if unit not in units:
            raise _unknown_unit(found[1], unit, of_bytes)
        number = Fraction(found[1].replace("_", "")) * units[unit]
        return str(number) if number.denominator == 1 else repr(float(number))

    return _UNIT.sub(plain, text)


def _unknown_unit(number: str, unit: str, of_bytes: bool) -> AmountFault:
    units = BYTE_UNITS if of_bytes else COUNT_UNITS
    folded = {name.lower(): name for name in units}
    folded |= {"kb": "KiB", "mb": "MiB", "gb": "GiB", "k": "KiB", "m": "MiB", "g": "GiB"} if of_bytes else {}
    meant = folded.get(unit.lower()) or (None if of_bytes else nearest(unit, units))
    what = "units are B, KiB, MiB, GiB; 1 KiB is 1024 bytes" if of_bytes else "units are k, M, G, T"
    return AmountFault(
        f"`{number}{unit}`: there is no unit `{unit}` of {'bytes' if of_bytes else 'this figure'}",
        f"did you mean `{number}{meant}`? {what}" if meant else what,
    )


def whole(value: object, comparison: str) -> int:
    """The bound as an integer that allows just the same integers. Raises AmountFault."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise AmountFault("a limit must be a number", "write for example 5M, or an expression that gives one")
    if value in (float("inf"), float("-inf")) or value < 0:
        raise AmountFault("a limit must be a number of at least 0")
    rounded = int(value)
    if rounded == value:
        return rounded
    if comparison == "==":
        raise AmountFault(f"a figure is a whole number, and never {value:g}", "use <= or >=, or round(...)")
    return rounded + (comparison == ">=")
