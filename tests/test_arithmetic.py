"""The few functions of rules, on ints, NumPy arrays and traced numbers. Expectations by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.arithmetic import ceil_div, everywhere, gcd, maximum, minimum, product, settled
from cnncalc.tracing import Traced


@pytest.mark.parametrize(
    ("function", "first", "second", "expected"),
    [
        (maximum, [3, -2, 5], [4, -7, 5], [4, -2, 5]),
        (minimum, [3, -2, 5], [4, -7, 5], [3, -7, 5]),
        (gcd, [12, 7, 224, 5, 1], [18, 7, 7, 12, 9], [6, 7, 7, 1, 1]),
        # two neighbouring Fibonacci numbers, Euclid's longest way in 63 bits
        (gcd, [7540113804746346429], [4660046610375530309], [1]),
        (ceil_div, [7, 8, -3, 0], [2, 2, 2, 5], [4, 4, -1, 0]),
    ],
)
def test_functions_of_two_numbers(function, first, second, expected):
    assert [function(a, b) for a, b in zip(first, second, strict=True)] == expected
    assert function(np.array(first), np.array(second)).tolist() == expected
    for a, b, result in zip(first, second, expected, strict=True):
        for traced in (function(Traced(a), b), function(a, Traced(b))):
            assert isinstance(traced, Traced)
            assert traced.value == result


def test_an_array_with_a_number():
    sizes = np.array([4, 6, 9])
    assert maximum(sizes, 5).tolist() == [5, 6, 9]
    assert maximum(5, sizes).tolist() == [5, 6, 9]
    assert minimum(5, sizes).tolist() == [4, 5, 5]
    assert gcd(6, sizes).tolist() == [2, 6, 3]
    assert gcd(sizes, 6).tolist() == [2, 6, 3]
    assert ceil_div(sizes, 4).tolist() == [1, 2, 3]


def test_product():
    assert product([]) == 1
    assert product(iter([7])) == 7
    assert product((64, 3, 7, 7)) == 9408
    assert product([3, np.array([2, 5])]).tolist() == [6, 15]
    assert product([Traced(3), 4, Traced(5)]).derivation == "3*4*5 = 60"


def test_everywhere():
    assert everywhere(True) is True
    assert everywhere(False) is False
    assert everywhere(Traced(3) > 2) is True
    assert everywhere(np.array([1, 2]) > 0) is True
    assert everywhere(np.array([1, 2]) > 1) is False


def test_settled():
    assert settled(5) == 5
    assert type(settled(Traced(5))) is int
    assert settled(np.array([4, 4])) == 4
    assert type(settled(np.array([4, 4]))) is int
    assert settled(np.array([4, 5])) is None
