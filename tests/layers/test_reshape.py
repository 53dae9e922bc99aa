"""Views of other shapes. Expectations are by hand; `PyTorch` marks torch 2.13's answer."""

from __future__ import annotations

import pytest

from cnncalc.analysis.receptive_field import described, input_state, moved
from cnncalc.layers.base import FREE, POINTWISE, ArgumentFaults, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape"),
    [
        ("flatten", {}, (512, 7, 7), (25088,)),
        ("flatten", {}, (10,), (10,)),
        ("flatten", {"start_dim": 2}, (768, 14, 14), (768, 196)),
        ("flatten", {"start_dim": -3, "end_dim": 2}, (6, 4, 5), (24, 5)),
        ("flatten", {"start_dim": 2, "end_dim": 3}, (2, 3, 4, 5), (2, 12, 5)),
        ("reshape", {"shape": [128, 7, 7]}, (6272,), (128, 7, 7)),
        ("reshape", {"shape": [4, -1, 28, 28]}, (240, 28, 28), (4, 60, 28, 28)),
        ("reshape", {"shape": -1}, (3, 4, 5), (60,)),
        ("reshape", {"shape": [-1, 2]}, (3, 4), (6, 2)),
        ("permute", {"dims": [0, 2, 3, 1]}, (96, 56, 28), (56, 28, 96)),
        ("permute", {"dims": [2, 3, 1]}, (96, 56, 28), (56, 28, 96)),
        ("permute", {"dims": [-1, 1, -2]}, (2, 3, 4), (4, 2, 3)),
        ("squeeze", {}, (512, 1, 1), (512,)),
        ("squeeze", {}, (1, 8, 1, 3), (8, 3)),
        ("squeeze", {"dim": -1}, (1, 8, 1), (1, 8)),
        ("squeeze", {"dim": 1}, (1, 8, 1), (8, 1)),
        ("squeeze", {"dim": 2}, (1, 8, 1), (1, 8, 1)),  # PyTorch: a dim of another size stays
        ("unsqueeze", {"dim": 1}, (64, 8), (1, 64, 8)),
        ("unsqueeze", {"dim": -1}, (64, 8), (64, 8, 1)),
        ("unsqueeze", {"dim": 3}, (64, 8), (64, 8, 1)),
        ("unsqueeze", {"dim": -2}, (64, 8), (64, 1, 8)),
    ],
)
def test_figures(name, arguments, input_shape, output_shape):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.params == 0
    assert found.operations == FREE
    assert found.output_bytes == 0


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "movement"),
    [
        ("flatten", {}, (512, 7, 7), (None,)),
        ("flatten", {}, (10,), POINTWISE),
        ("flatten", {"start_dim": 2, "end_dim": 3}, (2, 3, 4, 5), (Step(0), None, Step(3))),
        ("reshape", {"shape": [3, 8, 8]}, (3, 8, 8), POINTWISE),
        # a channel shuffle by hand: height and width stay
        ("reshape", {"shape": [2, 3, 8, 8]}, (6, 8, 8), (None, None, Step(1), Step(2))),
        ("reshape", {"shape": [6, -1, 8]}, (2, 3, 8, 8), (None, Step(2), Step(3))),
        # heads of channels that come last
        ("reshape", {"shape": [7, 9, 4, 6]}, (7, 9, 24), (Step(0), Step(1), None, None)),
        # all sizes as before, and one more: it takes no axis twice
        ("reshape", {"shape": [8, 8, 8, 1]}, (8, 8, 8), (Step(0), Step(1), Step(2), None)),
        ("reshape", {"shape": [8, 8]}, (1, 8, 8), (Step(1), Step(2))),
        ("reshape", {"shape": [16, 8, 2]}, (8, 4, 8), (None, None, None)),
        # 10 with as much in front of it as before
        ("reshape", {"shape": [1, 10, 1]}, (1, 1, 10), (None, Step(2), None)),
        # of single cells side by side nobody can tell which one is left
        ("reshape", {"shape": [4, 1]}, (4, 1, 1), (Step(0), None)),
        ("reshape", {"shape": [1, 1, 2, 2]}, (1, 1, 4), (Step(0), Step(1), None, None)),
        ("reshape", {"shape": [2, 3, 5, 2, 2]}, (6, 5, 4), (None, None, Step(1), None, None)),
        ("reshape", {"shape": [4, 5, 6]}, (6, 5, 4), (None, None, None)),  # 4 in front of 5 now
        ("permute", {"dims": [0, 3, 1, 2]}, (2, 3, 4), (Step(2), Step(0), Step(1))),
        ("squeeze", {}, (1, 8, 1, 3), (Step(1), Step(3))),
        ("unsqueeze", {"dim": 2}, (2, 3), (Step(0), None, Step(1))),
    ],
)
def test_movements(name, arguments, input_shape, movement):
    assert figures(make(name, **arguments), input_shape).movement == movement


def test_a_channel_shuffle_by_hand_keeps_the_receptive_field_exact():
    state = input_state((6, 8, 9))
    shape = (6, 8, 9)
    for layer in (
        make("reshape", shape=[2, 3, 8, 9]),
        make("permute", dims=[0, 2, 1, 3, 4]),
        make("reshape", shape=[-1, 8, 9]),
    ):
        found = figures(layer, shape)
        state, shape = moved(state, found.movement), found.output_shape
    assert shape == (6, 8, 9)
    field = described(state, (8, 9))
    assert (field.size, field.stride, field.status) == ((1, 1), (1, 1), "exact")


def test_permute_carries_the_axes_with_it():
    state = moved(input_state((3, 8, 9)), figures(make("permute", dims=[3, 1, 2]), (3, 8, 9)).movement)
    assert [field and field.axis for field in state] == [1, None, 0]


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "code", "argument", "message", "help"),
    [
        (
            "flatten",
            {"start_dim": 0},
            (3, 4, 5),
            "E307",
            "start_dim",
            "dim 0 is the batch, which stays as it is",
            "use a dim from 1 (channels) to 3, or from -1 (the last) to -3",
        ),
        (
            "flatten",
            {"end_dim": 4},
            (3, 4, 5),
            "E307",
            "end_dim",
            "there is no dim 4 in a shape of 3 x 4 x 5",
            "use a dim from 1 (channels) to 3, or from -1 (the last) to -3",
        ),
        (
            "flatten",
            {"start_dim": -1, "end_dim": 2},
            (3, 4, 5),
            "E307",
            "start_dim",
            "start_dim -1 comes after end_dim 2 in 3 x 4 x 5",
            "use start_dim: 2, end_dim: 3",
        ),
        (
            "reshape",
            {"shape": [32, 7, 7]},
            (64, 7, 7),
            "E305",
            "shape",
            "64 x 7 x 7 cannot be reshaped to [32, 7, 7]",
            "use shape: [64, 7, 7]",
        ),
        (
            "reshape",
            {"shape": [5, 3]},
            (7, 4),
            "E305",
            "shape",
            "7 x 4 cannot be reshaped to [5, 3]",
            "use sizes whose product is 28",
        ),
        (
            "reshape",
            {"shape": [-1, 3]},
            (7, 4),
            "E305",
            "shape",
            "7 x 4 cannot be reshaped to [-1, 3]",
            "use sizes whose product divides 28",
        ),
        (
            "permute",
            {"dims": [0, 2, 1]},
            (3, 4, 5),
            "E304",
            "dims",
            "dims names 2 dims beside the batch, and 3 x 4 x 5 has 3",
            "name each dim from 1 to 3 once",
        ),
        (
            "permute",
            {"dims": [0, 2, 1, 2]},
            (3, 4, 5),
            "E307",
            "dims",
            "dims names dim 2 twice",
            "name each dim from 1 to 3 once",
        ),
        (
            "permute",
            {"dims": [1, 2, 4]},
            (3, 4, 5),
            "E307",
            "dims",
            "there is no dim 4 in a shape of 3 x 4 x 5",
            "use a dim from 1 (channels) to 3, or from -1 (the last) to -3",
        ),
        (
            "squeeze",
            {"dim": 3},
            (3, 1),
            "E307",
            "dim",
            "there is no dim 3 in a shape of 3 x 1",
            "use a dim from 1 (channels) to 2, or from -1 (the last) to -2",
        ),
        (
            "squeeze",
            {},
            (1, 1),
            "E304",
            None,
            "squeeze leaves no dimension of 1 x 1",
            "name one dim to drop",
        ),
        (
            "squeeze",
            {"dim": 1},
            (1,),
            "E304",
            "dim",
            "squeeze leaves no dimension of 1",
            "leave this squeeze out",
        ),
        (
            "unsqueeze",
            {"dim": 4},
            (3, 8),
            "E307",
            "dim",
            "a new dim cannot be put at 4 into a shape of 3 x 8",
            "use a dim from 1 (channels) to 3, or from -1 (the last) to -3",
        ),
        (
            "unsqueeze",
            {"dim": 0},
            (3, 8),
            "E307",
            "dim",
            "dim 0 is the batch, which stays as it is",
            "use a dim from 1 (channels) to 3, or from -1 (the last) to -3",
        ),
    ],
)
def test_misfits(name, arguments, shape, code, argument, message, help):
    (misfit,) = misfits(make(name, **arguments), shape)
    assert (misfit.code, misfit.argument, misfit.message, misfit.help) == (code, argument, message, help)


def test_the_arithmetic_of_a_reshape_is_told():
    (misfit,) = misfits(make("reshape", shape=[32, 7, 7]), (64, 7, 7))
    assert misfit.notes == ("64 x 7 x 7 = 3136 elements, and [32, 7, 7] has 1568",)
    (misfit,) = misfits(make("reshape", shape=[-1, 3]), (7, 4))
    assert misfit.notes == ("7 x 4 = 28 elements, and 3 does not divide them",)


def test_permute_points_at_the_wrong_dim_of_the_list():
    assert misfits(make("permute", dims=[0, 2, 1, 2]), (3, 4, 5))[0].index == 3
    assert misfits(make("permute", dims=[1, 2, 4]), (3, 4, 5))[0].index == 2


@pytest.mark.parametrize(
    ("name", "arguments", "argument", "message", "index"),
    [
        ("reshape", {"shape": [-1, 3, -1]}, "shape", "holds -1 twice", 2),
        ("reshape", {"shape": [4, 0]}, "shape", "holds a size of 0", 1),
        ("reshape", {"shape": [4, -2]}, "shape", "must be a whole number of at least -1, not -2", 1),
        ("permute", {"dims": []}, "dims", "must be a list, each a whole number, not []", None),
        ("unsqueeze", {"dim": 1.5}, "dim", "must be a whole number, not 1.5", None),
    ],
)
def test_argument_faults(name, arguments, argument, message, index):
    with pytest.raises(ArgumentFaults) as caught:
        make(name, **arguments)
    fault = caught.value.faults[argument]
    assert (fault.message, fault.index) == (message, index)


def test_rules_on_arrays():
    cases = [((4, 6, 9),), ((8, 3, 1),), ((12, 8, 8),)]
    assert_same_on_arrays(make("flatten", start_dim=2), *cases)
    assert_same_on_arrays(make("reshape", shape=[-1, 4]), *cases)
    assert_same_on_arrays(make("permute", dims=[3, 1, 2]), *cases)
    assert_same_on_arrays(make("unsqueeze", dim=2), *cases)
    assert_same_on_arrays(make("squeeze"), ((4, 1),), ((7, 1),))
    assert_same_on_arrays(make("squeeze", dim=1), *cases)


def test_a_reshape_of_arrays_keeps_the_axes_that_all_of_them_keep():
    import numpy as np

    shuffle = make("reshape", shape=[2, -1, 8, 8])
    channels = np.array([4, 6])
    shape = (channels, 8, 8)
    assert shuffle.movement((shape,), shuffle.output_shape((shape,))) == (None, None, Step(1), Step(2))
    rows = (np.array([8, 16]), np.array([16, 8]), 8)
    assert shuffle.movement((rows,), shuffle.output_shape((rows,))) == (None, None, None, Step(2))
