"""Pools. Where not said otherwise the expectations are by hand; `PyTorch` marks torch 2.13's answer."""

from __future__ import annotations

import pytest

from cnncalc.geometry import Reach
from cnncalc.layers.base import ArgumentFaults, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape", "operations"),
    [
        ("max_pool1d", {"kernel_size": 3}, (16, 100), (16, 33), Operations(compares=16 * 33 * 2)),
        ("max_pool2d", {"kernel_size": 2}, (6, 28, 28), (6, 14, 14), Operations(compares=3528)),
        # ResNet's stem
        (
            "max_pool2d",
            {"kernel_size": 3, "stride": 2, "padding": 1},
            (64, 112, 112),
            (64, 56, 56),
            Operations(compares=1_605_632),
        ),
        (
            "max_pool3d",
            {"kernel_size": [1, 2, 2]},
            (64, 16, 56, 56),
            (64, 16, 28, 28),
            Operations(compares=64 * 16 * 28 * 28 * 3),
        ),
        ("avg_pool1d", {"kernel_size": 4, "stride": 2}, (2, 10), (2, 4), Operations(adds=24, muls=8)),
        ("avg_pool2d", {"kernel_size": 2}, (6, 28, 28), (6, 14, 14), Operations(adds=3528, muls=1176)),
        ("avg_pool3d", {"kernel_size": 2}, (1, 4, 4, 4), (1, 2, 2, 2), Operations(adds=56, muls=8)),
        (
            "lp_pool1d",
            {"norm_type": 2, "kernel_size": 3},
            (4, 9),
            (4, 3),
            Operations(adds=24, transcendentals=48),
        ),
        (
            "lp_pool2d",
            {"norm_type": 1.5, "kernel_size": [2, 3], "stride": 1},
            (2, 4, 4),
            (2, 3, 2),
            Operations(adds=60, transcendentals=84),
        ),
        (
            "lp_pool3d",
            {"norm_type": 2, "kernel_size": 2},
            (1, 4, 4, 4),
            (1, 2, 2, 2),
            Operations(adds=56, transcendentals=72),
        ),
    ],
)
def test_figures(name, arguments, input_shape, output_shape, operations):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.operations == operations
    assert found.params == 0
    assert found.buffer_elements == 0


@pytest.mark.parametrize(
    ("arguments", "size", "output_size"),
    [
        ({"kernel_size": 3, "stride": 2}, 112, 55),
        ({"kernel_size": 3, "stride": 2, "ceil_mode": True}, 112, 56),  # GoogLeNet
        # the third window would start in the padding behind the input (PyTorch)
        ({"kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True}, 3, 2),
        ({"kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True}, 4, 3),
        # a window larger than the input, which ceil_mode lets hang over (PyTorch)
        ({"kernel_size": 3, "stride": 2, "ceil_mode": True}, 2, 1),
        ({"kernel_size": 2, "stride": 1, "dilation": 3}, 10, 7),
        ({"kernel_size": 3, "stride": 2, "padding": [[0, 1]]}, 8, 4),
        ({"kernel_size": 3, "stride": 2, "padding": [[1, 1]]}, 7, 4),
        ({"kernel_size": 3, "stride": 2, "padding": "same"}, 7, 4),
        ({"kernel_size": 3, "stride": 2, "padding": "same"}, 8, 4),
        ({"kernel_size": 2, "stride": 5, "padding": "same"}, 11, 3),
        ({"kernel_size": 3, "stride": 2, "padding": "valid"}, 8, 3),
    ],
)
def test_size_of_one_axis(arguments, size, output_size):
    assert figures(make("max_pool1d", **arguments), (1, size)).output_shape == (1, output_size)


def test_movement_follows_each_axis():
    layer = make("max_pool2d", kernel_size=[3, 2], stride=[2, 1], padding=[1, 0], dilation=[1, 4])
    assert figures(layer, (8, 20, 20)).movement == (
        Step(0),
        Step(1, Reach(2, (1,), (2,))),
        Step(2, Reach(1, (0,), (4,), spacing=4)),
    )


def test_same_pads_the_odd_cell_after_the_input():
    movement = figures(make("avg_pool1d", kernel_size=3, stride=2, padding="same"), (1, 8)).movement
    assert movement == (Step(0), Step(1, Reach(2, (0,), (2,))))


def test_options_that_change_only_the_divisor_cost_nothing():
    plain = figures(make("avg_pool2d", kernel_size=2), (3, 8, 8))
    other = make("avg_pool2d", kernel_size=2, count_include_pad=False, divisor_override=3)
    assert figures(other, (3, 8, 8)) == plain


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (
            make("max_pool2d", kernel_size=3),
            (16, 100),
            (
                "E304",
                "max_pool2d needs an input of C x H x W, got 16 x 100",
                None,
                "use max_pool1d, or bring the input to 3 dimensions with reshape",
            ),
        ),
        (
            make("max_pool2d", kernel_size=[3, 5]),
            (16, 4, 4),
            ("E301", "a window of 5 does not fit an input width of 4", 1, "use a kernel_size of at most 4"),
        ),
        (
            make("max_pool1d", kernel_size=4, stride=1, padding=1, dilation=4),
            (1, 5),
            (
                "E301",
                "a window of 13 does not fit an input length of 5 padded to 7",
                0,
                "use a kernel_size of at most 2",
            ),
        ),
        (
            make("max_pool1d", kernel_size=4, stride=1, padding=2, dilation=9),
            (1, 5),
            (
                "E301",
                "a window of 28 does not fit an input length of 5 padded to 9",
                0,
                "use a kernel_size of at most 1 with padding: 0",
            ),
        ),
        (
            make("avg_pool2d", kernel_size=3, padding=[1, 2]),
            (16, 8, 8),
            ("E306", "padding of 2 is more than half a kernel of 3", 1, "use padding of at most 1"),
        ),
        # PyTorch leaves dilation out of the half
        (
            make("max_pool1d", kernel_size=3, padding=2, dilation=2),
            (16, 8),
            ("E306", "padding of 2 is more than half a kernel of 3", 0, "use padding of at most 1"),
        ),
        # PyTorch: "input image (T: 3 H: 8 W: 8) smaller than kernel size"
        (
            make("avg_pool3d", kernel_size=[4, 2, 2], padding=1),
            (1, 3, 8, 8),
            (
                "E301",
                "a window of 4 is larger than an input depth of 3",
                0,
                "use a kernel_size of at most 3",
            ),
        ),
        (
            make("avg_pool3d", kernel_size=[4, 2, 2], padding=1),
            (1, 1, 8, 8),
            (
                "E301",
                "a window of 4 is larger than an input depth of 1",
                0,
                "use a kernel_size of at most 1 with padding: 0",
            ),
        ),
        (
            make("avg_pool3d", kernel_size=[4, 2, 2], padding=[2, 0, 0]),
            (1, 3, 8, 8),
            (
                "E301",
                "a window of 4 is larger than an input depth of 3",
                0,
                "use a kernel_size of at most 3 with padding: 0",
            ),
        ),
        (
            make("lp_pool3d", norm_type=2, kernel_size=2, ceil_mode=True),
            (1, 4, 4, 1),
            (
                "E301",
                "a window of 2 is larger than an input width of 1",
                2,
                "use a kernel_size of at most 1",
            ),
        ),
    ],
)
def test_misfits(layer, shape, expected):
    (misfit,) = misfits(layer, shape)
    assert (misfit.code, misfit.message, misfit.index, misfit.help) == expected


def test_the_note_of_a_window_says_how_it_is_rounded():
    (floor,) = misfits(make("max_pool1d", kernel_size=5, stride=2), (1, 3))
    (ceil,) = misfits(make("max_pool1d", kernel_size=5, stride=2, ceil_mode=True), (1, 3))
    assert floor.notes == ("floor((3 - 5) / 2) + 1 = 0, and an output needs at least 1",)
    assert ceil.notes == ("ceil((3 - 5) / 2) + 1 = 0, and an output needs at least 1",)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (
            "lp_pool2d",
            {"norm_type": 0, "kernel_size": 2},
            "norm_type: must be a finite number above 0, not 0",
        ),
        (
            "lp_pool2d",
            {"norm_type": float("inf"), "kernel_size": 2},
            "norm_type: must be a finite number above 0, not inf",
        ),
        (
            "avg_pool1d",
            {"kernel_size": 2, "divisor_override": 3},
            "divisor_override: is there for avg_pool2d and avg_pool3d only, as in PyTorch",
        ),
    ],
)
def test_arguments_that_are_refused(name, arguments, message):
    with pytest.raises(ArgumentFaults) as caught:
        make(name, **arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "layer",
    [
        make("max_pool2d", kernel_size=3, stride=2, padding=1, ceil_mode=True),
        make("max_pool2d", kernel_size=3, stride=2, padding="same"),
        make("avg_pool2d", kernel_size=2),
        make("lp_pool2d", norm_type=2, kernel_size=2, ceil_mode=True),
    ],
)
def test_arrays_of_sizes(layer):
    assert_same_on_arrays(layer, ((8, 7, 32),), ((3, 8, 33),), ((5, 9, 2),))
