"""Pads and crops. Expectations are by hand; `PyTorch` marks torch 2.13's or torchvision's answer."""

from __future__ import annotations

import pytest

from cnncalc.geometry import Reach
from cnncalc.layers.base import FREE, ArgumentFaults, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape"),
    [
        ("pad", {"padding": 2}, (3, 32, 32), (3, 36, 36)),
        ("pad", {"padding": 3}, (16, 100), (16, 106)),
        ("pad", {"padding": [1, 2, 3]}, (2, 4, 8, 8), (2, 6, 12, 14)),
        ("pad", {"padding": [[1, 0], 3]}, (3, 32, 32), (3, 33, 38)),
        ("pad", {"padding": [[0, 2]], "mode": "replicate"}, (1, 1), (1, 3)),
        ("pad", {"padding": 4, "mode": "reflect"}, (3, 5, 5), (3, 13, 13)),  # PyTorch: up to size - 1
        ("pad", {"padding": 5, "mode": "circular"}, (3, 5, 5), (3, 15, 15)),  # PyTorch: up to size
        ("pad", {"padding": 1, "mode": "zeros"}, (1, 2, 2, 2, 2), (1, 4, 4, 4, 4)),
        ("crop", {"cropping": 2}, (3, 32, 32), (3, 28, 28)),
        ("crop", {"cropping": [[1, 0], [2, 3]]}, (3, 32, 32), (3, 31, 27)),
        ("crop", {"cropping": [7]}, (16, 15), (16, 1)),
        ("center_crop", {"size": 388}, (64, 392, 392), (64, 388, 388)),
        ("center_crop", {"size": [3, 5, 7]}, (1, 8, 8, 8), (1, 3, 5, 7)),
    ],
)
def test_figures(name, arguments, input_shape, output_shape):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.params == 0
    assert found.operations == FREE


def test_a_pad_is_a_new_tensor_and_a_crop_a_view():
    assert figures(make("pad", padding=1), (2, 3, 3)).output_bytes == 2 * 5 * 5 * 4
    assert figures(make("crop", cropping=1), (2, 3, 3)).output_bytes == 0
    assert figures(make("center_crop", size=1), (2, 3, 3)).output_bytes == 0


def test_center_crop_takes_the_spatial_sizes_of_what_it_is_like():
    crop = make("center_crop", like="up")
    # the input, what `up` reads, and what it gives
    shapes = ((64, 568, 568), (1024, 28, 28), (512, 392, 390))
    assert figures(crop, *shapes).output_shape == (64, 392, 390)


def test_movements():
    pad = figures(make("pad", padding=[[1, 0], 3]), (3, 32, 32))
    assert pad.movement == (Step(0), Step(1, Reach(1, (1,), (0,))), Step(2, Reach(1, (3,), (0,))))
    crop = figures(make("crop", cropping=[[4, 1]]), (3, 32))
    assert crop.movement == (Step(0), Step(1, Reach(1, (-4,), (0,))))


@pytest.mark.parametrize(
    # PyTorch: torchvision's int(round((height - 10) / 2.0)), which rounds a half to the even number
    ("size", "start"),
    [(10, 0), (11, 0), (12, 1), (13, 2), (14, 2), (15, 2), (16, 3), (17, 4)],
)
def test_center_crop_starts_where_torchvision_does(size, start):
    found = figures(make("center_crop", size=10), (3, size))
    assert found.movement == (Step(0), Step(1, Reach(1, (-start,), (0,))))


@pytest.mark.parametrize(
    ("name", "arguments", "shapes", "code", "message", "help"),
    [
        (
            "pad",
            {"padding": [1, 2]},
            [(3, 10)],
            "E304",
            "padding has 2 values, and an input of 3 x 10 has 1 spatial axis (length)",
            "write one number, or a list of 1",
        ),
        (
            "pad",
            {"padding": 1},
            [(10,)],
            "E304",
            "pad needs an input with spatial axes (C x L, C x H x W, ...), got 10",
            "use it before the flatten, or bring the input to more dimensions with reshape",
        ),
        (
            "pad",
            {"padding": [[0, 0], [1, 5]], "mode": "reflect"},
            [(3, 5, 5)],
            "E306",
            "reflect padding of 5 is more than an input width of 5 can give",
            "use padding of at most 4, or mode: replicate",
        ),
        (
            "pad",
            {"padding": 6, "mode": "circular"},
            [(3, 5)],
            "E306",
            "circular padding of 6 is more than an input length of 5 can give",
            "use padding of at most 5, or mode: replicate",
        ),
        (
            "pad",
            {"padding": 1, "mode": "replicate"},
            [(1, 2, 2, 2, 2)],
            "E304",
            "replicate padding takes up to 3 spatial axes, and 1 x 2 x 2 x 2 x 2 has 4",
            "use mode: constant",
        ),
        (
            "crop",
            {"cropping": [1, [2, 3]]},
            [(3, 5, 5)],
            "E306",
            "cropping of 2 + 3 cells leaves nothing of an input width of 5",
            "take off at most 4 cells, both sides together",
        ),
        (
            "crop",
            {"cropping": [1, 1, 1]},
            [(3, 5, 5)],
            "E304",
            "cropping has 3 values, and an input of 3 x 5 x 5 has 2 spatial axes (height, width)",
            "write one number, or a list of 2",
        ),
        (
            "center_crop",
            {"size": [4, 6]},
            [(3, 5, 5)],
            "E306",
            "center_crop to 6 is more than an input width of 5",
            "use a size of at most 5, or pad the input first",
        ),
        (
            "center_crop",
            {"size": [4]},
            [(3, 5, 5)],
            "E304",
            "size has 1 value, and an input of 3 x 5 x 5 has 2 spatial axes (height, width)",
            "write one number, or a list of 2",
        ),
        (
            "center_crop",
            {"like": "up"},
            [(3, 5, 5), (8, 3, 3), (8, 6, 6)],
            "E306",
            "center_crop to 6 is more than an input height of 5",
            "crop the larger of the two to the smaller, or pad the input first",
        ),
        (
            "center_crop",
            {"like": "up"},
            [(3, 5, 5), (8, 3), (8, 4)],
            "E304",
            "center_crop of 3 x 5 x 5 cannot be like 8 x 4, which has another number of dimensions",
            "name a layer whose output has 3 dimensions, or give the size",
        ),
    ],
)
def test_misfits(name, arguments, shapes, code, message, help):
    (misfit,) = misfits(make(name, **arguments), *shapes)
    assert (misfit.code, misfit.message, misfit.help) == (code, message, help)


def test_misfits_point_at_the_axis():
    (misfit,) = misfits(make("pad", padding=[0, 9], mode="reflect"), (3, 5, 5))
    assert (misfit.argument, misfit.index) == ("padding", 1)
    (misfit,) = misfits(make("crop", cropping=[[0, 0], [3, 3]]), (3, 5, 5))
    assert (misfit.argument, misfit.index) == ("cropping", 1)
    (misfit,) = misfits(make("center_crop", like="up"), (3, 5, 5), (1, 1, 1), (1, 2, 6))
    assert (misfit.argument, misfit.index) == ("like", 1)


@pytest.mark.parametrize(
    ("name", "arguments", "argument", "message"),
    [
        ("pad", {}, "padding", "pad needs `padding`: cells added to each side of the axes"),
        ("pad", {"padding": -1}, "padding", "must be a whole number of at least 0, not -1"),
        ("pad", {"padding": [[1, 2, 3]]}, "padding", "needs [before, after], not [1, 2, 3]"),
        ("pad", {"padding": []}, "padding", "must be a whole number of at least 0 or [before, after], "),
        ("pad", {"padding": 1, "mode": "wrap"}, "mode", "must be constant, zeros, reflect, "),
        (
            "pad",
            {"padding": 1, "mode": "reflect", "value": 1},
            "value",
            "does not go together with mode reflect",
        ),
        ("center_crop", {}, "", "center_crop needs `size` or `like`"),
        ("center_crop", {"size": 3, "like": "up"}, "like", "does not go together with size"),
        ("center_crop", {"size": 0}, "size", "must be a whole number of at least 1, not 0"),
    ],
)
def test_argument_faults(name, arguments, argument, message):
    with pytest.raises(ArgumentFaults) as caught:
        make(name, **arguments)
    (place,) = caught.value.faults
    assert place == argument
    assert caught.value.faults[place].message.startswith(message)


def test_center_crop_refers_to_a_layer():
    assert make("center_crop", like="up").kind.references == ("like",)


def test_rules_on_arrays():
    cases = [((3, 17, 9),), ((4, 30, 12),), ((5, 8, 8),)]
    assert_same_on_arrays(make("pad", padding=[[1, 0], 3]), *cases)
    assert_same_on_arrays(make("crop", cropping=[[1, 0], 3]), *cases)
    assert_same_on_arrays(make("center_crop", size=7), *cases)
