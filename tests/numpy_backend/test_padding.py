"""Cells added around and taken off. Expected values are worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import FREE
from cnncalc.numpy_backend.arrays import is_view_of
from cnncalc.numpy_backend.work import CannotRun, Reference
from tests.numpy_backend.executed_cases import LYING, laid
from tests.numpy_backend.helpers import execute

ROW = np.array([[[1.0, 2, 3, 4]]])
WHOLE = np.arange(20).reshape(4, 5)
SQUARE = np.array([[[[1.0, 2], [3, 4]]]])


@pytest.mark.parametrize(
    ("text", "padded"),
    [
        ("pad: 1", [0, 1, 2, 3, 4, 0]),
        ("pad: {padding: [[2, 0]], mode: zeros}", [0, 0, 1, 2, 3, 4]),
        ("pad: {padding: [[0, 1]], value: -1.5}", [1, 2, 3, 4, -1.5]),
        ("pad: {padding: [[0, 0]]}", [1, 2, 3, 4]),
        ("pad: {padding: [[2, 3]], mode: reflect}", [3, 2, 1, 2, 3, 4, 3, 2, 1]),
        ("pad: {padding: [[0, 2]], mode: reflect}", [1, 2, 3, 4, 3, 2]),
        ("pad: {padding: [[3, 5]], mode: replicate}", [1, 1, 1, 1, 2, 3, 4, 4, 4, 4, 4, 4]),
        ("pad: {padding: [[4, 1]], mode: circular}", [1, 2, 3, 4, 1, 2, 3, 4, 1]),
    ],
)
def test_one_axis(text, padded):
    found = execute(text, ROW)
    np.testing.assert_array_equal(found.output, [[padded]])
    assert found.operations == FREE
    assert not is_view_of(found.output, ROW)


@pytest.mark.parametrize(
    ("mode", "padded"),
    [
        ("constant", [[0, 0, 0, 0], [1, 2, 0, 0], [3, 4, 0, 0]]),
        ("reflect", [[3, 4, 3], [1, 2, 1], [3, 4, 3]]),
        ("replicate", [[1, 2, 2, 2], [1, 2, 2, 2], [3, 4, 4, 4]]),
        ("circular", [[3, 4, 3, 4], [1, 2, 1, 2], [3, 4, 3, 4]]),
    ],
)
def test_corners(mode, padded):
    after = 1 if mode == "reflect" else 2
    text = f"pad: {{padding: [[1, 0], [0, {after}]], mode: {mode}}}"
    np.testing.assert_array_equal(execute(text, SQUARE).output, [[padded]])


@pytest.mark.parametrize("lying", LYING)
def test_every_channel_sample_and_axis(lying):
    x = laid(np.arange(48.0).reshape(2, 3, 2, 2, 2), lying)
    found = execute("pad: {padding: [1, 0, [0, 1]], mode: replicate}", x, dtype="float32").output
    assert found.shape == (2, 3, 4, 2, 3)
    # the last sample's last channel: 40 to 47
    np.testing.assert_array_equal(found[1, 2, 0], [[40, 41, 41], [42, 43, 43]])
    np.testing.assert_array_equal(found[1, 2, 3], [[44, 45, 45], [46, 47, 47]])
    assert found.dtype == np.float32


def test_constants_take_any_number_of_axes():
    assert execute("pad: 1", np.ones((1, 1, 1, 1, 1, 1))).output.sum() == 1
    assert execute("pad: 1", np.ones((1, 1, 1, 1, 1, 1))).output.shape == (1, 1, 3, 3, 3, 3)


@pytest.mark.parametrize("lying", LYING)
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("crop: 1", [[6, 7, 8], [11, 12, 13]]),
        ("crop: {cropping: [[0, 3], [2, 0]]}", [[2, 3, 4]]),
        ("crop: {cropping: [0, 0]}", WHOLE),
        ("center_crop: {size: 2}", [[7, 8], [12, 13]]),  # 3 too wide: 2 before (torchvision)
        (
            "center_crop: {size: [3, 4]}",
            [[0, 1, 2, 3], [5, 6, 7, 8], [10, 11, 12, 13]],
        ),  # 1 too wide: none before
        ("center_crop: {size: [4, 5]}", WHOLE),
    ],
)
def test_crops(text, left, lying):
    """Of 4 x 5 cells; the second channel has 20 more in each."""
    x = laid(np.arange(40.0).reshape(1, 2, 4, 5), lying)
    found = execute(text, x)
    np.testing.assert_array_equal(found.output, [[left, np.add(left, 20)]])
    assert found.operations == FREE
    assert is_view_of(found.output, x)


def test_center_crop_like_another():
    x = np.arange(7.0).reshape(1, 1, 7)
    like = Reference((1, 9, 9), (1, 8, 2), None)
    np.testing.assert_array_equal(
        execute("center_crop: {like: other}", x, references=[like]).output, [[[2, 3]]]
    )


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("pad: 1", (2, 3)),
        ("pad: {padding: [1, 1]}", (2, 3, 4)),
        ("pad: {padding: 4, mode: reflect}", (2, 3, 4)),
        ("pad: {padding: [[0, 4]], mode: reflect}", (2, 3, 4)),
        ("pad: {padding: [[5, 0]], mode: circular}", (2, 3, 4)),
        ("pad: {padding: 1, mode: replicate}", (1, 1, 2, 2, 2, 2)),
        ("crop: 1", (2, 3)),
        ("crop: {cropping: [1, 1]}", (2, 3, 4)),
        ("crop: 2", (2, 3, 4)),
        ("crop: {cropping: [[5, 0]]}", (2, 3, 4)),
        ("center_crop: {size: 1}", (2, 3)),
        ("center_crop: {size: [1, 1]}", (2, 3, 4)),
        ("center_crop: {size: 5}", (2, 3, 4)),
    ],
)
def test_refusals(text, shape):
    with pytest.raises(CannotRun):
        execute(text, np.zeros(shape))


@pytest.mark.parametrize(
    ("shape", "like"),
    [((2, 3, 4), (2, 3, 5)), ((2, 3, 4), (2, 3, 2, 2)), ((2, 3), (2, 3)), ((2, 3, 4), (2, 3))],
)
def test_center_crop_like_what_does_not_go_with_it(shape, like):
    with pytest.raises(CannotRun):
        execute("center_crop: {like: other}", np.zeros(shape), references=[Reference(like, like, None)])
