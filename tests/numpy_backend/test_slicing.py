"""Parts of one dim, as views. Expected values are worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import FREE
from cnncalc.numpy_backend.arrays import is_view_of
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.executed_cases import LYING, laid
from tests.numpy_backend.helpers import execute

SIX = np.arange(12.0).reshape(2, 6, 1)
"""Two samples of six channels: 0 to 5 and 6 to 11."""


@pytest.mark.parametrize("lying", LYING)
@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("split: {sections: 2, index: 0}", [6, 7, 8]),
        ("split: {sections: 3, index: 2}", [10, 11]),
        ("split: {sections: 1, index: 0}", [6, 7, 8, 9, 10, 11]),
        ("split: {sections: [1, 3, 2], index: 0}", [6]),
        ("split: {sections: [1, 3, 2], index: 1}", [7, 8, 9]),
        ("split: {sections: [1, 3, 2], index: 2, dim: -2}", [10, 11]),
        ("slice: {dim: 1, stop: 2}", [6, 7]),
        ("slice: {dim: 1, start: 4}", [10, 11]),
        ("slice: {dim: 1, start: 1, stop: 6, step: 2}", [7, 9, 11]),
        ("slice: {dim: -2, start: -3, stop: -1}", [9, 10]),
        ("slice: {dim: 1, start: -9, stop: 99, step: 4}", [6, 10]),
    ],
)
def test_parts(text, second, lying):
    x = laid(SIX, lying)
    found = execute(text, x)
    np.testing.assert_array_equal(found.output[1, :, 0], second)
    assert found.output.shape == (2, len(second), 1)
    assert is_view_of(found.output, x)
    assert found.operations == FREE


def test_a_spatial_axis_is_cut_in_every_channel():
    x = np.arange(8.0).reshape(1, 2, 4)
    np.testing.assert_array_equal(execute("slice: {dim: 2, start: 1, stop: 3}", x).output, [[[1, 2], [5, 6]]])
    np.testing.assert_array_equal(
        execute("split: {sections: 2, index: 1, dim: -1}", x).output, [[[2, 3], [6, 7]]]
    )


@pytest.mark.parametrize(
    "text",
    [
        "split: {sections: 4, index: 0}",
        "split: {sections: 7, index: 0}",
        "split: {sections: [2, 3], index: 0}",
        "split: {sections: [2, 5], index: 0}",
        "split: {sections: 2, index: 0, dim: 0}",
        "split: {sections: 1, index: 0, dim: 3}",
        "split: {sections: 1, index: 0, dim: -3}",
        "slice: {dim: 0, stop: 1}",
        "slice: {dim: 3, stop: 1}",
        "slice: {dim: 1, start: 6}",
        "slice: {dim: 1, start: 2, stop: 2}",
        "slice: {dim: 1, stop: -6}",
    ],
)
def test_refusals(text):
    with pytest.raises(CannotRun):
        execute(text, SIX)
