"""Shuffles, unfold and fold. Expectations are by hand; `PyTorch` marks torch 2.13's answer."""

from __future__ import annotations

import pytest

from cnncalc.analysis.receptive_field import described, input_state, moved
from cnncalc.geometry import Reach
from cnncalc.layers.base import FREE, POINTWISE, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape", "operations"),
    [
        ("pixel_shuffle", {"upscale_factor": 3}, (9, 10, 20), (1, 30, 60), FREE),
        ("pixel_unshuffle", {"downscale_factor": 3}, (1, 30, 60), (9, 10, 20), FREE),
        ("channel_shuffle", {"groups": 3}, (240, 28, 28), (240, 28, 28), FREE),
        ("channel_shuffle", {"groups": 2}, (4, 3), (4, 3), FREE),
        # PyTorch: the example of torch.nn.Unfold's documentation
        ("unfold", {"kernel_size": [2, 3]}, (5, 3, 4), (30, 4), FREE),
        ("unfold", {"kernel_size": 3, "padding": 1}, (3, 32, 32), (27, 1024), FREE),
        ("unfold", {"kernel_size": 16, "stride": 16}, (3, 224, 224), (768, 196), FREE),
        (
            "unfold",
            {"kernel_size": [3, 2], "dilation": 2, "padding": [1, 0], "stride": [2, 1]},
            (2, 9, 6),
            (12, 16),  # 4 x 4 windows
            FREE,
        ),
        # PyTorch: the example of torch.nn.Fold's documentation
        ("fold", {"output_size": [4, 5], "kernel_size": 2}, (12, 12), (3, 4, 5), Operations(adds=144)),
        (
            "fold",
            {"output_size": 224, "kernel_size": 16, "stride": 16},
            (768, 196),
            (3, 224, 224),
            Operations(adds=150_528),
        ),
        (
            "fold",
            {
                "output_size": [9, 6],
                "kernel_size": [3, 2],
                "dilation": 2,
                "padding": [1, 0],
                "stride": [2, 1],
            },
            (12, 16),
            (2, 9, 6),
            Operations(adds=192),
        ),
    ],
)
def test_figures(name, arguments, input_shape, output_shape, operations):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.params == 0
    assert found.operations == operations
    assert found.output_bytes == found.tensor_bytes > 0


def test_output_positions_of_a_pixel_shuffle_read_their_block():
    movement = figures(make("pixel_shuffle", upscale_factor=2), (4, 8, 8)).movement
    # outputs 0 and 1 read input 0, and so on by one input for two outputs
    reach = Reach(1, (0, 0), (0, 0))
    # channel c is made of 4c to 4c + 3
    assert movement == (Step(0, Reach(4, (0,), (3,))), Step(1, reach), Step(2, reach))


def test_a_pixel_unshuffle_reads_blocks():
    movement = figures(make("pixel_unshuffle", downscale_factor=4), (1, 8, 8)).movement
    block = Reach(4, (0,), (3,))
    # 16 channels are made of each one
    assert movement == (Step(0, Reach(1, (0,) * 16, (0,) * 16)), Step(1, block), Step(2, block))


def test_receptive_field_behind_unshuffle_and_shuffle():
    state = input_state((4, 8, 8))
    state = moved(state, figures(make("pixel_unshuffle", downscale_factor=2), (4, 8, 8)).movement)
    field = described(state, (8, 8))
    assert (field.size, field.stride, field.padding) == ((2, 2), (2, 2), (0, 0))
    state = moved(state, figures(make("pixel_shuffle", upscale_factor=4), (16, 4, 4)).movement)
    field = described(state, (8, 8))
    assert (field.size, field.stride, field.status) == ((2, 2), (0.5, 0.5), "exact")


def test_the_other_movements():
    assert figures(make("channel_shuffle", groups=2), (4, 8, 8)).movement == (None, Step(1), Step(2))
    for groups in (1, 4):  # nothing is dealt out
        assert figures(make("channel_shuffle", groups=groups), (4, 8, 8)).movement is POINTWISE
    state = moved(input_state((3, 8, 8)), figures(make("unfold", kernel_size=3), (3, 8, 8)).movement)
    assert described(state, (8, 8)).status == "whole_input"
    fold = figures(make("fold", output_size=4, kernel_size=2), (4, 9))
    assert described(moved(state, fold.movement), (8, 8)).status == "whole_input"


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "code", "argument", "message", "help"),
    [
        (
            "pixel_shuffle",
            {"upscale_factor": 2},
            (10, 4, 4),
            "E303",
            "upscale_factor",
            "pixel_shuffle by 2 cannot share out 10 channels",
            "give it a multiple of 4 channels, for instance 12",
        ),
        (
            "pixel_shuffle",
            {"upscale_factor": 2},
            (16,),
            "E304",
            None,
            "pixel_shuffle needs an input of C x H x W, got 16",
            "bring the input to 3 dimensions, for instance with reshape",
        ),
        (
            "pixel_unshuffle",
            {"downscale_factor": 4},
            (1, 8, 10),
            "E305",
            "downscale_factor",
            "pixel_unshuffle by 4 does not divide an input width of 10",
            "pad or resize the width to 12, or crop it to 8",
        ),
        (
            "pixel_unshuffle",
            {"downscale_factor": 4},
            (1, 3, 8),
            "E305",
            "downscale_factor",
            "pixel_unshuffle by 4 does not divide an input height of 3",
            "pad or resize the height to 4",
        ),
        (
            "pixel_unshuffle",
            {"downscale_factor": 2},
            (4, 4),
            "E304",
            None,
            "pixel_unshuffle needs an input of C x H x W, got 4 x 4",
            "bring the input to 3 dimensions, for instance with reshape",
        ),
        (
            "channel_shuffle",
            {"groups": 4},
            (58, 8, 8),
            "E303",
            "groups",
            "4 groups do not divide 58 channels",
            "use groups: 2, which divides 58",
        ),
        (
            "channel_shuffle",  # PyTorch refuses a shape without spatial axes too
            {"groups": 2},
            (58,),
            "E304",
            None,
            "channel_shuffle needs an input with spatial axes (C x L, C x H x W, ...), got 58",
            "use it before the flatten, or bring the input to more dimensions with reshape",
        ),
        (
            "unfold",
            {"kernel_size": [3, 5]},
            (3, 4, 4),
            "E301",
            "kernel_size",
            "a window of 5 does not fit an input width of 4",
            "use a kernel_size of at most 4, or padding: 1",
        ),
        (
            "unfold",
            {"kernel_size": 3},
            (3, 4),
            "E304",
            None,
            "unfold needs an input of C x H x W, got 3 x 4",
            "bring the input to 3 dimensions, for instance with reshape",
        ),
        (
            "fold",
            {"output_size": 4, "kernel_size": 2},
            (3, 4, 4),
            "E304",
            None,
            "fold needs an input of C*kh*kw x L (columns of windows), got 3 x 4 x 4",
            "use it on what unfold gives, or bring the input to 2 dimensions with reshape",
        ),
        (
            "fold",
            {"output_size": 4, "kernel_size": 2},
            (10, 9),
            "E303",
            "kernel_size",
            "windows of 2 x 2 do not divide columns of 10 values",
            "use the kernel_size of the unfold, or an input of 12 x 9",
        ),
        (
            "fold",
            {"output_size": [4, 5], "kernel_size": 2},
            (12, 10),
            "E305",
            "output_size",
            "an output of 4 x 5 has 12 windows, and the input 10 columns",
            "use the output_size, padding, dilation and stride of the unfold",
        ),
        (
            "fold",
            {"output_size": [4, 2], "kernel_size": 3},
            (9, 2),
            "E301",
            "kernel_size",
            "a window of 3 does not fit an output width of 2",
            "use a kernel_size of at most 2, or padding: 1",
        ),
    ],
)
def test_misfits(name, arguments, shape, code, argument, message, help):
    (misfit,) = misfits(make(name, **arguments), shape)
    assert (misfit.code, misfit.argument, misfit.message, misfit.help) == (code, argument, message, help)


def test_the_output_shape_holds_though_groups_do_not_divide():
    assert not misfits(make("channel_shuffle", groups=4), (58, 8, 8))[0].fatal


def test_rules_on_arrays():
    cases = [((4, 6, 12),), ((16, 12, 6),), ((36, 18, 24),)]
    assert_same_on_arrays(make("pixel_shuffle", upscale_factor=2), *cases)
    assert_same_on_arrays(make("pixel_unshuffle", downscale_factor=6), *cases)
    assert_same_on_arrays(make("channel_shuffle", groups=4), *cases)
    assert_same_on_arrays(make("unfold", kernel_size=[3, 2], stride=2, padding=1), *cases)
    assert_same_on_arrays(make("fold", output_size=4, kernel_size=2), ((8, 9),), ((40, 9),))
