"""Derivations as they are printed."""

from __future__ import annotations

import pytest

from cnncalc.arithmetic import ceil_div, gcd, maximum, minimum
from cnncalc.geometry import TransposedWindow, Window
from cnncalc.tracing import Traced

A, B, C = Traced(7), Traced(2), Traced(3)


@pytest.mark.parametrize(
    ("number", "derivation"),
    [
        (Traced(7), "7"),
        (Traced(7, "height"), "7"),
        (A + B, "7 + 2 = 9"),
        (1 + A, "1 + 7 = 8"),
        (10 - A - B, "10 - 7 - 2 = 1"),
        (10 - (A - B), "10 - (7 - 2) = 5"),
        (A - (-3), "7 - (-3) = 10"),
        ((A + B) * C, "(7 + 2)*3 = 27"),
        (A * B + C, "7*2 + 3 = 17"),
        (A * (B * C), "7*(2*3) = 42"),
        (2 * A, "2*7 = 14"),
        (A // B, "floor(7 / 2) = 3"),
        (20 // A, "floor(20 / 7) = 2"),
        ((A + B) // (B * C) + 1, "floor((7 + 2) / (2*3)) + 1 = 2"),
        (A % B, "7 mod 2 = 1"),
        (20 % A, "20 mod 7 = 6"),
        (-(A + B), "-(7 + 2) = -9"),
        (-A, "-7 = -7"),
        (1 + (A > B), "1 + (7 > 2) = 2"),
        (A >= 8, "7 >= 8 = 0"),
        (A < B, "7 < 2 = 0"),
        (A <= 7, "7 <= 7 = 1"),
        (A == 7, "7 = 7 = 1"),
        (A != 7, "7 ≠ 7 = 0"),
        (ceil_div(A, B), "ceil(7 / 2) = 4"),
        (ceil_div(A + 1, 3) * B, "ceil((7 + 1) / 3)*2 = 6"),
        (maximum(A - 9, 0), "max(7 - 9, 0) = 0"),
        (minimum(A, B), "min(7, 2) = 2"),
        (gcd(12, Traced(18)), "gcd(12, 18) = 6"),
        ((A * B).settled() + 1, "14 + 1 = 15"),
    ],
)
def test_derivation(number, derivation):
    assert number.derivation == derivation


def test_a_traced_number_is_an_index_a_truth_and_a_key():
    assert [10, 11, 12][Traced(2)] == 12
    assert int(A + B) == 9
    assert bool(Traced(0)) is False
    assert {Traced(4): "four"}[4] == "four"
    assert (Traced(1) & (A > B)) is True
    assert repr(A + B) == "Traced(7 + 2 = 9)"


@pytest.mark.parametrize(
    ("size", "derivation"),
    [
        (Window(7, 2, 3, 3).output_size(Traced(224)), "floor((224 + 3 + 3 - 6 - 1) / 2) + 1 = 112"),
        (Window(3, 1, 1, 1, 2).output_size(Traced(8)), "floor((8 + 1 + 1 - 4 - 1) / 1) + 1 = 6"),
        (
            Window(3, 2, ceil_mode=True).output_size(Traced(112)),
            "min(ceil((112 + 0 + 0 - 2 - 1) / 2) + 1, ceil((112 + 0) / 2)) = 56",
        ),
        (
            TransposedWindow(3, 2, 1, 1, 1, 1).output_size(Traced(10)),
            "(10 - 1)*2 - 1 - 1 + 2 + 1 + 1 = 20",
        ),
        (
            Window(Traced(5), Traced(1)).output_size(Traced(32)),
            "floor((32 + 0 + 0 - 1*(5 - 1) - 1) / 1) + 1 = 28",
        ),
    ],
)
def test_sizes_of_windows(size, derivation):
    assert size.derivation == derivation


def test_a_power_is_a_product() -> None:
    cube = Traced(3, "U") ** 3
    assert (int(cube), cube.derivation) == (27, "3*3*3 = 27")
