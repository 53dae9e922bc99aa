"""Resizing: nn.Upsample, where its binary fractions lead to our sizes and cells; they nearly always do."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from cnncalc.interop.pytorch.arguments import collapsed, number, plain
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shape, Shapes

MOST_PLACES = 1 << 16
"""Outputs along an axis that are looked at one by one."""


def upsample(layer: Any, inputs: Shapes) -> Module:
    sizes, wanted = inputs[0][1:], layer.output_shape(inputs)[1:]
    if layer.size is not None:
        factors = tuple(Fraction(size, own) for size, own in zip(wanted, sizes, strict=True))
        target = Given("size", collapsed(wanted))
    else:
        factors = layer.scale_factor.over(len(sizes))
        target = _by_factors(factors, sizes, wanted)
    if layer.mode == "nearest" and not all(map(_finds_the_nearest, factors, sizes, wanted)):
        if layer.size is not None:
            return plain("NearestUpsample", Given("size", wanted))
        return plain(
            "NearestUpsample", Given("factors", tuple(factor.as_integer_ratio() for factor in factors))
        )
    return plain(
        "nn.Upsample",
        target,
        Given("mode", layer.mode, "nearest"),
        Given("align_corners", True if layer.align_corners else None, None),
    )


def _by_factors(factors: tuple[Fraction, ...], sizes: Shape, wanted: Shape) -> Given:
    """The scale factors, or the size where PyTorch would make another one: 28 of 100 * 0.29."""
    scaled = [_reaching(float(factor), *axis) for factor, *axis in zip(factors, sizes, wanted, strict=True)]
    exact = [size * factor == output for factor, size, output in zip(factors, sizes, wanted, strict=True)]
    if scaled != [float(factor) for factor in factors] and all(exact):
        return Given("size", collapsed(wanted))
    return Given("scale_factor", collapsed([number(factor) for factor in scaled]))


def _reaching(factor: float, size: int, output: int) -> float:
    """The factor, or the next larger number with which `size * factor` is not below the output."""
    while math.floor(size * factor) < output:
        factor = math.nextafter(factor, math.inf)
    return factor


def _finds_the_nearest(factor: Fraction, size: int, outputs: int) -> bool:
    """Whether output / factor, rounded down, is the right cell in numbers of either precision too.

    It is not for 1 * (2 / 82), 41 times: PyTorch takes the cell before there. Where a factor keeps the size
    (4 by 1.2) it hangs on the memory's layout whether PyTorch copies, as it should.
    """
    if size == outputs:
        return factor == 1
    places = range(min(outputs, MOST_PLACES))
    cells = [place * factor.denominator // factor.numerator for place in places]
    return all(_cells(1 / factor, places, rounded) == cells for rounded in (float, _single))


def _cells(ratio: Fraction, places: Iterable[int], rounded: Callable[[float], float]) -> list[int]:
    step = rounded(float(ratio))
    return [math.floor(rounded(place * step)) for place in places]


def _single(value: float) -> float:
    """The number of single precision that is next."""
    found: float = struct.unpack("f", struct.pack("f", value))[0]
    return found


MODULES = {"upsample": upsample}
