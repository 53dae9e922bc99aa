"""Unpooling: values go back to the places that a pool has kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.work import CannotRun, Reference
from tests.numpy_backend.helpers import Executed, execute


def kept_by(text: str, x: Any) -> Reference:
    done = execute(text, x, keeps_indices=True)
    return Reference(np.shape(x), done.output.shape, done.indices)


def unpooled(reference: Reference, values: Any, **more: Any) -> Executed:
    axes = np.ndim(values) - 2
    return execute(f"max_unpool{axes}d: {{indices: pool}}", values, references=(reference,), **more)


def test_values_go_where_the_largest_were() -> None:
    x = [[[[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]]]]
    done = unpooled(kept_by("max_pool2d: 2", x), [[[[10, 20], [30, 40]]]])
    assert done.output.tolist() == [[[[0, 0, 20, 0], [0, 10, 0, 0], [0, 0, 0, 0], [30, 0, 0, 40]]]]
    assert done.operations == Operations()


def test_size_is_that_before_the_pool() -> None:
    """Of 5 cells the last was in no window."""
    done = unpooled(kept_by("max_pool1d: 2", [[[1, 2, 4, 3, 9]]]), [[[5, 6]]])
    assert done.output.tolist() == [[[0, 5, 6, 0, 0]]]


def test_last_value_for_a_place_stays() -> None:
    """Both windows have found the middle; torch.nn.MaxUnpool1d writes one after the other."""
    reference = kept_by("max_pool1d: {kernel_size: 2, stride: 1}", [[[1, 9, 2]]])
    assert unpooled(reference, [[[5, 6]]]).output.tolist() == [[[0, 6, 0]]]


def test_adaptive_pool() -> None:
    reference = kept_by("adaptive_max_pool1d: 2", [[[1, 9, 3, 0, 4]]])
    assert unpooled(reference, [[[5, 6]]]).output.tolist() == [[[0, 5, 0, 0, 6]]]


def test_what_was_found_in_the_padding_goes_nowhere() -> None:
    text = "max_pool1d: {kernel_size: 2, dilation: 2, stride: 1, padding: 1}"
    assert unpooled(kept_by(text, [[[5]]]), [[[7]]]).output.tolist() == [[[0]]]
    two = np.array([[[5.0, 4.0]]])
    assert unpooled(kept_by(text, two), [[[7, 8]]]).output.tolist() == [[[8, 7]]]


def test_volume_samples_and_channels() -> None:
    x = np.zeros((2, 3, 2, 2, 2))
    for sample in range(2):
        for channel in range(3):
            x[sample, channel].ravel()[sample * 4 + channel] = 1
    values = np.arange(1.0, 7).reshape(2, 3, 1, 1, 1)
    output = unpooled(kept_by("max_pool3d: 2", x), values).output
    assert output.shape == (2, 3, 2, 2, 2)
    assert [np.flatnonzero(output[0, c]).tolist() for c in range(3)] == [[0], [1], [2]]
    assert [np.flatnonzero(output[1, c]).tolist() for c in range(3)] == [[4], [5], [6]]
    assert output.sum(axis=(2, 3, 4)).tolist() == [[1, 2, 3], [4, 5, 6]]


def test_pooling_again_gives_the_values_back() -> None:
    """Over several blocks, and whatever the strides of the values."""
    x = np.random.default_rng(0).permutation(7 * 300 * 100).reshape(1, 7, 300, 100).astype(float)
    reference = kept_by("max_pool2d: 2", x)
    values = np.arange(1.0, 7 * 150 * 50 + 1).reshape(1, 7, 50, 150).swapaxes(2, 3)
    output = unpooled(reference, values).output
    assert np.count_nonzero(output) == 7 * 150 * 50
    np.testing.assert_array_equal(execute("max_pool2d: 2", output).output, values)


def test_single_precision_stays() -> None:
    done = unpooled(kept_by("max_pool1d: 2", [[[1, 2]]]), [[[5]]], dtype="float32")
    assert done.output.dtype == np.float32


@pytest.mark.parametrize("values", [np.ones((1, 1, 3)), np.ones((1, 2, 2)), np.ones((2, 1, 2))])
def test_values_that_the_pool_did_not_give(values: Any) -> None:
    with pytest.raises(CannotRun):
        unpooled(kept_by("max_pool1d: 2", [[[1, 2, 3, 4]]]), values)


def test_pool_without_indices() -> None:
    with pytest.raises(CannotRun):
        unpooled(Reference((1, 1, 4), (1, 1, 2), None), [[[1, 2]]])


def test_other_number_of_axes() -> None:
    reference = kept_by("max_pool1d: 2", [[[1, 2, 3, 4]]])
    with pytest.raises(CannotRun):
        execute("max_unpool2d: {indices: pool}", [[[1, 2]]], references=(reference,))


def test_index_outside_of_the_input() -> None:
    with pytest.raises(IndexError):
        unpooled(Reference((1, 1, 4), (1, 1, 2), np.array([[[0, 4]]])), [[[1, 2]]])
