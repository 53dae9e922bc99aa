"""Resized arrays. Expected values are PyTorch 2.13's, those of nearest worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import FREE, Operations
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.executed_cases import LYING, laid
from tests.numpy_backend.helpers import execute

ROW = np.array([[[1.0, 2, 4, 8]]])
SQUARE = np.array([[[[0.0, 4], [8, 16]]]])
CUBE = np.arange(8.0).reshape(1, 1, 2, 2, 2)


@pytest.mark.parametrize(
    ("text", "resized"),
    [
        ("upsample: 2", [1, 1, 2, 2, 4, 4, 8, 8]),
        ("upsample: {size: 6}", [1, 1, 2, 4, 4, 8]),
        ("upsample: {scale_factor: 0.75}", [1, 2, 4]),
        ("upsample: {scale_factor: 0.25}", [1]),
        ("upsample: {scale_factor: 2, mode: linear}", [1, 1.25, 1.75, 2.5, 3.5, 5, 7, 8]),
        ("upsample: {scale_factor: 1.5, mode: linear}", [1, 1.5, 7 / 3, 11 / 3, 6, 8]),
        ("upsample: {size: 3, mode: linear}", [7 / 6, 3, 22 / 3]),
        ("upsample: {size: 1, mode: linear}", [3]),
        ("upsample: {size: 7, mode: linear, align_corners: true}", [1, 1.5, 2, 3, 4, 6, 8]),
        ("upsample: {size: 1, mode: linear, align_corners: true}", [1]),
    ],
)
def test_one_axis(text, resized):
    np.testing.assert_allclose(execute(text, ROW).output, [[resized]], rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "resized"),
    [
        ("{scale_factor: 2}", [0, 0, 4, 4, 0, 0, 4, 4, 8, 8, 16, 16, 8, 8, 16, 16]),
        ("{scale_factor: [1, 2]}", [0, 0, 4, 4, 8, 8, 16, 16]),
        (
            "{scale_factor: 2, mode: bilinear}",
            [0, 1, 3, 4, 2, 3.25, 5.75, 7, 6, 7.75, 11.25, 13, 8, 10, 14, 16],
        ),
        ("{size: [3, 1], mode: bilinear, align_corners: true}", [0, 4, 8]),
    ],
)
def test_two_axes(text, resized):
    np.testing.assert_allclose(execute(f"upsample: {text}", SQUARE).output.ravel(), resized, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "resized"),
    [
        (
            "{size: [1, 8], mode: bicubic}",
            [0.89453125, 1.15625, 1.5625, 2.41796875, 3.16015625, 5.1171875, 7.1640625, 8.421875],
        ),
        ("{size: [1, 3], mode: bicubic, align_corners: true}", [1, 2.71875, 8]),
        ("{size: [1, 4], mode: bicubic}", [1, 2, 4, 8]),
    ],
)
def test_cubic(text, resized):
    found = execute(f"upsample: {text}", ROW[:, :, None])
    np.testing.assert_allclose(found.output, [[[resized]]], rtol=1e-15)


def test_three_axes():
    found = execute("upsample: {size: [1, 3, 2], mode: trilinear}", CUBE).output
    np.testing.assert_array_equal(found, [[[[[2, 3], [3, 4], [4, 5]]]]])
    found = execute("upsample: {size: 3, mode: trilinear, align_corners: true}", CUBE).output
    np.testing.assert_array_equal(found[0, 0, 1], [[2, 2.5, 3], [3, 3.5, 4], [4, 4.5, 5]])


@pytest.mark.parametrize(
    ("text", "x", "operations"),
    [
        ("{scale_factor: 2}", SQUARE, FREE),
        ("{size: 9, mode: linear}", ROW, Operations(adds=9, muls=18)),
        ("{size: [2, 3], mode: bilinear}", SQUARE, Operations(adds=18, muls=24)),
        ("{size: [2, 3], mode: bicubic}", SQUARE, Operations(adds=90, muls=96)),
        ("{size: [1, 2, 3], mode: trilinear}", CUBE, Operations(adds=42, muls=48)),
    ],
)
def test_each_tap_is_a_product(text, x, operations):
    assert execute(f"upsample: {text}", x).operations == operations
    assert execute(f"upsample: {text}", np.concatenate([x, x])).operations == operations.times(2)


@pytest.mark.parametrize("lying", LYING)
def test_every_sample_and_channel_in_blocks(lying):
    """More than fits one block: a plane that rises by 1 a cell does so by 1/2 in twice as many."""
    plane = np.arange(70.0)[:, None] * 100 + np.arange(70)
    x = laid(np.stack([plane, plane + 5, -plane])[None].repeat(2, axis=0), lying)
    found = execute("upsample: {scale_factor: 2, mode: bilinear}", x, dtype="float32").output
    assert found.shape == (2, 3, 140, 140)
    assert found.dtype == np.float32
    inner = 0.5 * np.arange(1, 139) - 0.25
    np.testing.assert_allclose(found[1, 1, 1:-1, 1:-1], inner[:, None] * 100 + inner + 5, rtol=1e-6)
    np.testing.assert_allclose(found[0, 2, -1], -found[0, 0, -1])


def test_what_is_no_number_reaches_all_that_read_it():
    """Also with a weight of 0, as the first output of PyTorch does."""
    found = execute("upsample: {scale_factor: 2, mode: linear}", [[[1.0, np.nan, 4, 8]]]).output
    np.testing.assert_array_equal(found, [[[np.nan] * 5 + [5, 7, 8]]])


def test_nearest_copies_along_an_axis_that_keeps_its_size():
    """PyTorch's gradient always; its values by rank, size and layout of the memory, in small images."""
    kept = execute("upsample: 1.2", ROW)
    np.testing.assert_array_equal(kept.output, ROW)
    assert kept.operations == Operations()
    wider = execute("upsample: {scale_factor: [1.5, 2]}", [[[[3.0, 5.0]]]]).output
    assert wider.tolist() == [[[[3, 3, 5, 5]]]]


def test_linear_modes_copy_along_an_axis_that_keeps_its_size():
    kept = execute("upsample: {scale_factor: 1.2, mode: linear}", ROW)
    np.testing.assert_array_equal(kept.output, ROW)
    assert kept.operations == Operations(adds=4, muls=8)  # all taps are weighed all the same
    image = np.array([[[[0.0, 1, 4], [9, 16, 25], [36, 49, 64]]]])
    wider = execute("upsample: {scale_factor: [1.3, 2], mode: bilinear}", image)
    np.testing.assert_allclose(
        wider.output,
        [
            [
                [
                    [0, 0.25, 0.75, 1.75, 3.25, 4],
                    [9, 10.75, 14.25, 18.25, 22.75, 25],
                    [36, 39.25, 45.75, 52.75, 60.25, 64],
                ]
            ]
        ],
    )


def test_bicubic_goes_by_the_factor():
    image = np.array([[[[0.0, 1, 4], [9, 16, 25], [36, 49, 64]]]])
    cubic = execute("upsample: {scale_factor: 1.3, mode: bicubic}", image).output
    np.testing.assert_allclose(cubic[0, 0, 0], [-0.6497, -0.4988, 1.1199], atol=5e-5)


def test_the_ratio_is_exact():
    # 100 * 0.29 is 28.999999999999996 in binary
    found = execute("upsample: {scale_factor: 0.29}", np.arange(100.0)[None, None]).output
    assert found.shape == (1, 1, 29)
    np.testing.assert_array_equal(found[0, 0, [0, 1, 2, 27, 28]], [0, 3, 6, 93, 96])


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("{scale_factor: 2}", (2, 3)),
        ("{scale_factor: 2}", (1, 1, 2, 2, 2, 2)),
        ("{scale_factor: [2, 2]}", (2, 3, 4)),
        ("{size: [2, 2]}", (2, 3, 4)),
        ("{scale_factor: 0.2}", (2, 3, 4)),
        ("{scale_factor: 2, mode: bilinear}", (2, 3, 4)),
        ("{scale_factor: 2, mode: linear}", (2, 3, 4, 4)),
        ("{scale_factor: 2, mode: bicubic}", (2, 3, 4, 4, 4)),
        ("{scale_factor: 2, mode: trilinear}", (2, 3, 4, 4)),
    ],
)
def test_refusals(text, shape):
    with pytest.raises(CannotRun):
        execute(f"upsample: {text}", np.zeros(shape))
