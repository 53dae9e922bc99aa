"""Dimensions merged, cut, put in another order, dropped and put in. Expected values are worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import FREE
from cnncalc.numpy_backend.arrays import is_view_of
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.executed_cases import laid
from tests.numpy_backend.helpers import execute

TWO = np.arange(24.0).reshape(2, 3, 2, 2)
"""Two samples of three channels of 2 x 2 cells."""


@pytest.mark.parametrize(
    ("text", "shape", "sample"),
    [
        ("flatten", (2, 12), [*range(12, 24)]),
        ("flatten: {start_dim: 2}", (2, 3, 4), [[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]),
        ("flatten: {start_dim: 1, end_dim: -2}", (2, 6, 2), [[12 + 2 * i, 13 + 2 * i] for i in range(6)]),
        ("flatten: {start_dim: -2, end_dim: 2}", (2, 3, 2, 2), TWO[1]),
        ("reshape: {shape: [2, -1]}", (2, 2, 6), [[*range(12, 18)], [*range(18, 24)]]),
        ("reshape: {shape: 12}", (2, 12), [*range(12, 24)]),
        (
            "permute: {dims: [0, 2, 3, 1]}",
            (2, 2, 2, 3),
            [[[12, 16, 20], [13, 17, 21]], [[14, 18, 22], [15, 19, 23]]],
        ),
        (
            "permute: {dims: [-1, 1, 2]}",
            (2, 2, 3, 2),
            [[[12, 14], [16, 18], [20, 22]], [[13, 15], [17, 19], [21, 23]]],
        ),
        ("squeeze", (2, 3, 2, 2), TWO[1]),
        ("squeeze: {dim: 1}", (2, 3, 2, 2), TWO[1]),
        ("unsqueeze: {dim: 1}", (2, 1, 3, 2, 2), TWO[1][None]),
        ("unsqueeze: {dim: -1}", (2, 3, 2, 2, 1), TWO[1][..., None]),
    ],
)
def test_elements_keep_their_order(text, shape, sample):
    found = execute(text, TWO)
    assert found.output.shape == shape
    np.testing.assert_array_equal(found.output[1], sample)
    assert found.operations == FREE
    assert is_view_of(found.output, TWO)


@pytest.mark.parametrize(
    ("text", "shape", "left"),
    [
        ("squeeze", (2, 1, 3, 1), (2, 3)),
        ("squeeze: {dim: 1}", (2, 1, 3, 1), (2, 3, 1)),
        ("squeeze: {dim: -1}", (2, 1, 3, 1), (2, 1, 3)),
        ("squeeze: {dim: 2}", (2, 1, 3, 1), (2, 1, 3, 1)),
        ("squeeze", (1, 1, 3), (1, 3)),  # a batch of one is kept
    ],
)
def test_squeeze_drops_sizes_of_one(text, shape, left):
    assert execute(text, np.zeros(shape)).output.shape == left


@pytest.mark.parametrize("lying", ["channels last", "apart"])
def test_arrays_that_do_not_lie_in_their_order(lying):
    x = laid(TWO, lying)
    np.testing.assert_array_equal(execute("flatten", x).output[1], range(12, 24))
    np.testing.assert_array_equal(execute("reshape: {shape: [4, 3]}", x).output[0, 1], [3, 4, 5])
    assert is_view_of(execute("permute: {dims: [2, 3, 1]}", x).output, x)
    assert is_view_of(execute("unsqueeze: {dim: 2}", x).output, x)


def test_views_of_channels_last_arrays_where_one_cell_or_channel_is_all_there_is():
    pooled = laid(np.zeros((2, 5, 1, 1)), "channels last")
    assert is_view_of(execute("flatten", pooled).output, pooled)
    gray = laid(np.zeros((2, 1, 4, 4)), "channels last")
    assert is_view_of(execute("flatten", gray).output, gray)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("flatten: {start_dim: 0}", (2, 3, 4)),
        ("flatten: {start_dim: 3}", (2, 3, 4)),
        ("flatten: {end_dim: -3}", (2, 3, 4)),
        ("flatten: {start_dim: 2, end_dim: 1}", (2, 3, 4)),
        ("reshape: {shape: [5, -1]}", (2, 3, 4)),
        ("reshape: {shape: [2, 5]}", (2, 3, 4)),
        ("reshape: {shape: [2, 3, 4]}", (2, 3, 4)),  # which would take the batch for one of the dims
        ("permute: {dims: [1]}", (2, 3, 4)),
        ("permute: {dims: [1, 1]}", (2, 3, 4)),
        ("permute: {dims: [1, 3]}", (2, 3, 4)),
        ("permute: {dims: [1, -3]}", (2, 3, 4)),
        ("permute: {dims: [1, 2, 0]}", (2, 3, 4)),
        ("squeeze", (2, 1, 1)),
        ("squeeze: {dim: 1}", (2, 1)),
        ("squeeze: {dim: 0}", (1, 3)),
        ("squeeze: {dim: 2}", (2, 3)),
        ("unsqueeze: {dim: 0}", (2, 3)),
        ("unsqueeze: {dim: 3}", (2, 3)),
        ("unsqueeze: {dim: -3}", (2, 3)),
    ],
)
def test_refusals(text, shape):
    with pytest.raises((CannotRun, ValueError)):
        execute(text, np.zeros(shape))
