"""Several arrays become one. Expected values are worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import FREE, Operations
from cnncalc.numpy_backend.arrays import is_view_of
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.executed_cases import LYING, laid
from tests.numpy_backend.helpers import execute

A, B, C = (
    np.array([[[1.0, -2]], [[3, 4]]]),
    np.array([[[5.0, 1]], [[-6, 0]]]),
    np.array([[[2.0, 0]], [[1, 8]]]),
)
"""Two samples of one channel of two cells."""


@pytest.mark.parametrize(
    ("kind", "arrays", "merged", "operations"),
    [
        ("add", (A, B), [[[6, -1]], [[-3, 4]]], Operations(adds=4)),
        ("add", (A, B, C), [[[8, -1]], [[-2, 12]]], Operations(adds=8)),
        ("subtract", (A, B), [[[-4, -3]], [[9, 4]]], Operations(adds=4)),
        ("multiply", (A, B, C), [[[10, 0]], [[-18, 0]]], Operations(muls=8)),
        ("maximum", (A, B, C), [[[5, 1]], [[3, 8]]], Operations(compares=8)),
        ("mean", (A, B), [[[3, -0.5]], [[-1.5, 2]]], Operations(adds=4, muls=4)),
        ("mean", (A, B, C, C), [[[2.5, -0.25]], [[-0.25, 5]]], Operations(adds=12, muls=4)),
    ],
)
def test_element_by_element(kind, arrays, merged, operations):
    found = execute(kind, *arrays)
    np.testing.assert_array_equal(found.output, merged)
    assert found.operations == operations
    assert not any(is_view_of(found.output, x) for x in arrays)


@pytest.mark.parametrize("lying", LYING)
def test_sizes_of_one_are_stretched(lying):
    x = laid(np.arange(12.0).reshape(1, 3, 2, 2), lying)
    gates = laid(np.array([1.0, 10, 0]).reshape(1, 3, 1, 1), lying)
    found = execute("multiply", gates, x)
    np.testing.assert_array_equal(found.output, [[[[0, 1], [2, 3]], [[40, 50], [60, 70]], [[0, 0], [0, 0]]]])
    assert found.operations == Operations(muls=12)


def test_stretched_ones_are_counted_as_the_output_is_large():
    rows, columns = np.array([[[[1.0], [2]]]]), np.array([[[[10.0, 20, 30]]]])
    found = execute("add", rows, columns, rows)
    np.testing.assert_array_equal(found.output, [[[[12, 22, 32], [14, 24, 34]]]])
    assert found.operations == Operations(adds=12)


def test_blocks_go_together_whatever_is_stretched():
    """More than fits one block, with ones along the outermost dimension in memory."""
    x = laid(np.ones((1, 8, 200, 100)), "channels last")
    row = np.arange(100.0).reshape(1, 1, 1, 100)
    column = np.arange(200.0).reshape(1, 1, 200, 1)
    found = execute("add", x, row, column).output
    np.testing.assert_array_equal(found[0, 7, [0, 199], 99], [100, 299])
    np.testing.assert_array_equal(found[0, 0, [0, 199], 0], [1, 200])


def test_what_is_no_number_stays_none():
    nothing = np.array([[np.nan, 1.0]])
    assert np.isnan(execute("maximum", nothing, np.ones((1, 2))).output[0, 0])
    assert np.isnan(execute("maximum", np.ones((1, 2)), nothing).output[0, 0])


# In place


@pytest.mark.parametrize(
    ("kind", "merged"),
    [
        ("add", [[[8, -1]], [[-2, 12]]]),
        ("maximum", [[[5, 1]], [[3, 8]]]),
        ("mean", [[[8 / 3, -1 / 3]], [[-2 / 3, 4]]]),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_input_may_be_written_over(kind, merged, place):
    arrays = [A.copy(), B.copy(), C.copy()]
    found = execute(kind, *arrays, reusable=[place == other for other in range(3)])
    assert is_view_of(found.output, arrays[place])
    np.testing.assert_allclose(found.output, merged)


@pytest.mark.parametrize(("reusable", "over"), [([True, False], 0), ([False, True], 1)])
def test_subtract_in_place(reusable, over):
    arrays = [A.copy(), B.copy()]
    found = execute("subtract", *arrays, reusable=reusable)
    assert is_view_of(found.output, arrays[over])
    np.testing.assert_array_equal(found.output, [[[-4, -3]], [[9, 4]]])


def test_one_that_has_to_be_stretched_is_not_written_over():
    small, large = np.ones((1, 2, 1)), np.ones((1, 2, 3))
    assert is_view_of(execute("add", small, large, reusable=[True, True]).output, large)
    assert not is_view_of(execute("add", small, large, reusable=[True, False]).output, small)


def test_an_input_read_twice():
    x = A.copy()
    found = execute("add", x, x, reusable=[True, True])
    assert is_view_of(found.output, x)
    np.testing.assert_array_equal(found.output, [[[2, -4]], [[6, 8]]])


@pytest.mark.parametrize("count", [2, 3])
def test_an_input_that_is_also_seen_otherwise_is_not_written_over(count):
    """In place the blocks that come first would change what those behind read."""
    x = np.arange(300.0 * 300).reshape(1, 300, 300)
    turned = x.transpose(0, 2, 1)
    arrays = [x, turned, x][:count]
    expected = np.array(sum(arrays[1:], arrays[0]))
    found = execute("add", *arrays, reusable=[True] * count)
    np.testing.assert_array_equal(found.output, expected)


# End to end and side by side


@pytest.mark.parametrize("lying", LYING)
@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ("concat", [[[1, 2], [3, 4], [5, 6], [7, 8]]]),
        ("concat: {dim: -1}", [[[1, 2, 5, 6], [3, 4, 7, 8]]]),
        ("stack", [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]),
        ("stack: {dim: 2}", [[[[1, 2], [5, 6]], [[3, 4], [7, 8]]]]),
        ("stack: {dim: -1}", [[[[1, 5], [2, 6]], [[3, 7], [4, 8]]]]),
    ],
)
def test_copies(text, merged, lying):
    first, second = np.array([[[1.0, 2], [3, 4]]]), np.array([[[5.0, 6], [7, 8]]])
    found = execute(text, laid(first, lying), laid(second, lying))
    np.testing.assert_array_equal(found.output, merged)
    assert found.operations == FREE


def test_concat_of_unequal_sizes():
    found = execute("concat: {dim: 2}", np.ones((2, 1, 1)), np.zeros((2, 1, 3)), np.ones((2, 1, 2))).output
    np.testing.assert_array_equal(found[1], [[1, 0, 0, 0, 1, 1]])


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("add", [(2, 2, 4), (2, 4)]),  # the batch against the channels
        ("multiply", [(2, 3, 4, 4), (2, 3)]),
        ("subtract", [(2, 3)] * 3),
        ("concat: {dim: 0}", [(2, 3), (2, 3)]),
        ("concat: {dim: 2}", [(2, 3), (2, 3)]),
        ("concat: {dim: -2}", [(2, 3), (2, 3)]),
        ("concat", [(2, 3, 4), (2, 3, 1)]),  # which NumPy would stretch
        ("concat", [(2, 3, 1), (2, 3, 4)]),
        ("concat", [(2, 3, 4), (2, 3)]),
        ("stack: {dim: 0}", [(2, 3), (2, 3)]),
        ("stack: {dim: 3}", [(2, 3), (2, 3)]),
        ("stack: {dim: -3}", [(2, 3), (2, 3)]),
        ("stack", [(2, 3, 4), (2, 3, 1)]),
        ("stack", [(2, 3, 4), (2, 3)]),
    ],
)
def test_refusals(text, shapes):
    with pytest.raises(CannotRun):
        execute(text, *map(np.zeros, shapes))


@pytest.mark.parametrize("shapes", [[(2, 3, 4), (2, 3, 5)], [(2, 3, 4), (2, 3, 4), (2, 3, 3)]])
def test_sizes_that_cannot_be_stretched(shapes):
    with pytest.raises(ValueError, match="broadcast"):
        execute("add", *map(np.zeros, shapes))
