"""Arithmetic counts what it computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.counting import CountedArithmetic

A = np.array([[1.0, -2, 3], [4, 5, -6]])
ROW = np.array([2.0, 2, -2])

Call = Callable[[CountedArithmetic], Any]


def macs(count: int) -> Operations:
    return Operations(macs=count)


@pytest.mark.parametrize(
    ("call", "result", "counted"),
    [
        (lambda work: work.add(A, ROW), [[3, 0, 1], [6, 7, -8]], Operations(adds=6)),
        (lambda work: work.add(A, 1.0), [[2, -1, 4], [5, 6, -5]], Operations(adds=6)),
        (lambda work: work.subtract(A, ROW), [[-1, -4, 5], [2, 3, -4]], Operations(adds=6)),
        (lambda work: work.sum(A, 0), [5, 3, -3], Operations(adds=3)),
        (lambda work: work.sum(A, 1, keepdims=True), [[2], [3]], Operations(adds=4)),
        (lambda work: work.sum(A, (0, 1)), 5, Operations(adds=5)),
        (lambda work: work.sum(A[:1], 0), [1, -2, 3], Operations()),
        (lambda work: work.multiply(A, ROW), [[2, -4, -6], [8, 10, 12]], Operations(muls=6)),
        (lambda work: work.divide(A, 2.0), [[0.5, -1, 1.5], [2, 2.5, -3]], Operations(muls=6)),
        (lambda work: work.maximum(A, ROW), [[2, 2, 3], [4, 5, -2]], Operations(compares=6)),
        (lambda work: work.max(A, 0), [4, 5, 3], Operations(compares=3)),
        (lambda work: work.max(A, (0, 1)), 5, Operations(compares=5)),
        (lambda work: work.max(A, 1, keepdims=True), [[3], [5]], Operations(compares=4)),
        (lambda work: work.greater(A, 3.0), [[0, 0, 0], [1, 1, 0]], Operations(compares=6)),
        (lambda work: work.at_least(A, 3.0), [[0, 0, 1], [1, 1, 0]], Operations(compares=6)),
        (lambda work: work.bound(A, low=0.0), [[1, 0, 3], [4, 5, 0]], Operations(compares=6)),
        (lambda work: work.bound(A, high=3.0), [[1, -2, 3], [3, 3, -6]], Operations(compares=6)),
        (lambda work: work.bound(A, 0.0, 3.0), [[1, 0, 3], [3, 3, 0]], Operations(compares=12)),
        (lambda work: work.apply(np.square, A), [[1, 4, 9], [16, 25, 36]], Operations(transcendentals=6)),
        (lambda work: work.apply(np.power, ROW, 2.0), [4, 4, 4], Operations(transcendentals=3)),
        (
            lambda work: work.exp_less_one(np.log([2.0, 5.0]), out=np.empty(2)).round(12),
            [1, 4],
            Operations(adds=2, transcendentals=2),
        ),
        (
            lambda work: work.log_of_one_and(np.exp([2.0, 5.0]) - 1, out=np.empty(2)).round(12),
            [2, 5],
            Operations(adds=2, transcendentals=2),
        ),
        # 2 x 3 by 3 x 1: two sums of three products
        (lambda work: work.matmul(A, ROW[:, None]), [[-8], [30]], macs(6)),
        (lambda work: work.matmul(A, A.T), [[14, -24], [-24, 77]], macs(12)),
        (lambda work: work.matmul(np.ones((5, 2, 3)), np.ones((5, 3, 4))), [[[3] * 4] * 2] * 5, macs(120)),
    ],
)
def test_what_is_computed_is_counted(call: Call, result: Any, counted: Operations) -> None:
    work = CountedArithmetic()
    assert np.asarray(call(work)).tolist() == result
    assert work.counted == counted


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "maximum"])
def test_into_given_memory(name: str) -> None:
    work, out = CountedArithmetic(), np.full((2, 3), np.nan)
    result = getattr(work, name)(A, ROW, out=out)
    assert result is out
    assert not np.isnan(out).any()
    assert sum(work.counted) == 6


@pytest.mark.parametrize(
    "call",
    [
        lambda work, out: work.bound(A, 0.0, out=out),
        lambda work, out: work.apply(np.square, A, out=out),
        lambda work, out: work.matmul(A, np.eye(3), out=out),
        lambda work, out: work.sum_of_products("yk,k->yk", A, ROW, out=out),
    ],
)
def test_functions_into_given_memory(call: Callable[[CountedArithmetic, Any], Any]) -> None:
    out = np.full((2, 3), np.nan)
    assert call(CountedArithmetic(), out) is out
    assert not np.isnan(out).any()


@pytest.mark.parametrize(
    ("subscripts", "a", "b", "result", "products"),
    [
        # each row with the weights, summed: two sums of three
        ("yk,k->y", A, ROW, [-8, 30], 6),
        # nothing is summed: a product for each of the six
        ("yk,k->yk", A, ROW, [[2, -4, -6], [8, 10, 12]], 6),
        # windows of 2 over 3 rows of 4: three rows of four sums of two
        ("ywk,wk->yk", np.ones((3, 2, 4)), np.ones((2, 4)), [[2] * 4] * 3, 24),
        ("ydhwk,dhwk->yk", np.ones((2, 1, 3, 2, 5)), np.ones((1, 3, 2, 5)), [[6] * 5] * 2, 60),
    ],
)
def test_sums_of_products(subscripts: str, a: Any, b: Any, result: Any, products: int) -> None:
    work = CountedArithmetic()
    out = np.empty(np.shape(result))
    work.sum_of_products(subscripts, a, b, out=out)
    assert out.tolist() == result
    assert work.counted == macs(products)


def test_counts_add_up_until_they_start_anew() -> None:
    work = CountedArithmetic()
    work.add(A, A)
    work.multiply(A, A)
    work.add(A, A)
    assert work.counted == Operations(adds=12, muls=6)
    work.start_counting()
    assert work.counted == Operations()


def test_bounds_keep_what_is_not_a_number() -> None:
    bounded = CountedArithmetic().bound(np.array([np.nan, -np.inf, np.inf]), 0.0)
    assert np.isnan(bounded[0])
    assert bounded[1:].tolist() == [0, np.inf]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_is_kept(dtype: str) -> None:
    work, x = CountedArithmetic(), A.astype(dtype)
    results = (
        *(getattr(work, name)(x, 2.0) for name in ("add", "subtract", "multiply", "divide", "maximum")),
        *(work.sum(x, 0), work.max(x, 0), work.bound(x, 0.0), work.matmul(x, x.T), work.apply(np.exp, x)),
    )
    assert {result.dtype.name for result in results} == {dtype}
