"""Transposed convolutions; expectations worked out by hand, sizes also those of PyTorch."""

from __future__ import annotations

import pytest

from cnncalc.geometry import Reach
from cnncalc.layers.base import Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape", "weights", "operations"),
    [
        # U-Net's up-convolution
        (
            "conv_transpose2d",
            {"out_channels": 512, "kernel_size": 2, "stride": 2},
            (1024, 28, 28),
            (512, 56, 56),
            {"weight": (1024, 512, 2, 2), "bias": (512,)},
            Operations(macs=784 * 1024 * 512 * 4, adds=1_605_632),
        ),
        # DCGAN's first layer
        (
            "conv_transpose2d",
            {"out_channels": 8, "kernel_size": 4, "stride": 1, "bias": False},
            (100, 1, 1),
            (8, 4, 4),
            {"weight": (100, 8, 4, 4)},
            Operations(macs=12_800),
        ),
        (
            "conv_transpose1d",
            {
                "out_channels": 6,
                "kernel_size": 3,
                "stride": 2,
                "padding": 1,
                "output_padding": 1,
                "groups": 2,
            },
            (4, 10),
            (6, 20),
            {"weight": (4, 3, 3), "bias": (6,)},
            Operations(macs=360, adds=120),
        ),
        (
            "conv_transpose3d",
            {"out_channels": 2, "kernel_size": [1, 2, 3], "stride": [1, 2, 1], "dilation": [1, 1, 2]},
            (3, 2, 2, 2),
            (2, 2, 4, 6),
            {"weight": (3, 2, 1, 2, 3), "bias": (2,)},
            Operations(macs=288, adds=96),
        ),
    ],
)
def test_figures(name, arguments, input_shape, output_shape, weights, operations):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.weights == weights
    assert found.operations == operations


def test_padding_before_and_after():
    layer = make("conv_transpose1d", out_channels=1, kernel_size=4, stride=2, padding=[[0, 3]])
    assert figures(layer, (1, 5)).output_shape == (1, 9)


def test_movement():
    # output 0 gets tap 1 of input 0, output 1 taps 2 and 0 of inputs 0 and 1
    layer = make("conv_transpose1d", out_channels=1, kernel_size=3, stride=2, padding=1)
    assert figures(layer, (1, 5)).movement == (None, Step(1, Reach(1, (0, 0), (0, 1))))


@pytest.mark.parametrize(
    ("arguments", "shape", "expected"),
    [
        (
            {"kernel_size": 2},
            (8, 10),
            (
                "E304",
                "conv_transpose2d needs an input of C x H x W, got 8 x 10",
                None,
                "use conv_transpose1d, or bring the input to 3 dimensions with reshape",
                True,
            ),
        ),
        (
            {"kernel_size": 2, "groups": 3},
            (8, 4, 4),
            (
                "E303",
                "3 groups do not divide 8 input channels",
                None,
                "use groups: 2, which divides 8 and 4",
                False,
            ),
        ),
        (
            {"kernel_size": 3, "stride": [1, 2], "output_padding": [0, 2]},
            (8, 4, 4),
            (
                "E306",
                "output_padding of 2 is not below stride 2 or dilation 1",
                1,
                "use output_padding of at most 1",
                False,
            ),
        ),
        (
            {"kernel_size": 3, "padding": [2, 3]},
            (8, 4, 4),
            (
                "E306",
                "padding cuts 3 + 3 cells off an output width of 6",
                1,
                "use padding of at most 2",
                True,
            ),
        ),
    ],
)
def test_misfits(arguments, shape, expected):
    (misfit,) = misfits(make("conv_transpose2d", out_channels=4, **arguments), shape)
    assert (misfit.code, misfit.message, misfit.index, misfit.help, misfit.fatal) == expected


def test_output_padding_may_go_up_to_the_dilation():
    layer = make("conv_transpose1d", out_channels=1, kernel_size=2, dilation=3, output_padding=2)
    assert figures(layer, (1, 5)).output_shape == (1, 10)


def test_arrays_of_sizes():
    layer = make("conv_transpose2d", out_channels=4, kernel_size=3, stride=2, padding=1, groups=2)
    assert_same_on_arrays(layer, ((8, 7, 32),), ((4, 8, 33),), ((6, 9, 2),))
