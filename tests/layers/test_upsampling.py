"""Resizing. Sizes and what is refused are those of PyTorch, but for the exact ratio; the rest is by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.geometry import Reach
from cnncalc.layers import find_kind
from cnncalc.layers.base import FREE, ArgumentFaults, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("arguments", "input_shape", "output_shape", "operations"),
    [
        ({"scale_factor": 2}, (64, 16, 16), (64, 32, 32), FREE),
        ({"scale_factor": 1.5}, (4, 5), (4, 7), FREE),
        ({"scale_factor": 2}, (4, 1, 2, 3), (4, 2, 4, 6), FREE),
        ({"size": 9, "mode": "linear"}, (4, 5), (4, 9), Operations(adds=36, muls=72)),
        (
            {"scale_factor": 2, "mode": "bilinear"},
            (2, 3, 3),
            (2, 6, 6),
            Operations(adds=216, muls=288),
        ),
        (
            {"size": [4, 5], "mode": "bicubic", "align_corners": True},
            (1, 8, 8),
            (1, 4, 5),
            Operations(adds=300, muls=320),
        ),
        (
            {"scale_factor": [1, 2, 0.5], "mode": "trilinear"},
            (1, 2, 2, 2),
            (1, 2, 4, 1),
            Operations(adds=56, muls=64),
        ),
    ],
)
def test_figures(arguments, input_shape, output_shape, operations):
    layer = make("upsample", **arguments)
    found = figures(layer, input_shape)
    assert found.output_shape == output_shape
    assert found.operations == operations
    assert found.params == 0
    assert not layer.view


def test_the_ratio_is_exact():
    # PyTorch makes 28 of it: 100 * 0.29 is 28.999999999999996 in binary
    assert figures(make("upsample", scale_factor=0.29), (1, 100)).output_shape == (1, 29)
    assert figures(make("upsample", scale_factor=1 / 3), (1, 9)).output_shape == (1, 3)


@pytest.mark.parametrize(
    ("arguments", "size", "reach"),
    [
        ({"scale_factor": 2}, 8, Reach(1, (0, 0), (0, 0))),
        ({"scale_factor": 0.5}, 8, Reach(2, (0,), (0,))),
        # sources at -1/4 and 1/4
        ({"scale_factor": 2, "mode": "linear"}, 8, Reach(1, (1, 0), (1, 1))),
        # the middle one of three falls on the cell
        ({"scale_factor": 3, "mode": "linear"}, 8, Reach(1, (1, 0, 0), (1, 0, 1))),
        # 5 cells on 9: sources 0, 1/2, 1, ...
        ({"size": 9, "mode": "linear", "align_corners": True}, 5, Reach(1, (0, 0), (0, 1))),
        # a size that is kept is copied
        ({"scale_factor": 1.2, "mode": "linear"}, 4, Reach(1, (0,), (0,))),
        ({"scale_factor": 1.2}, 4, Reach(1, (0,), (0,))),
        ({"scale_factor": 1.2}, 5, Reach(5, (0, 0, -1, -2, -3, -4), (0,) * 6)),
        # the ratio is the factor's, not 7/5
        ({"scale_factor": 1.5}, 5, Reach(2, (0, 0, -1), (0, 0, 0))),
    ],
)
def test_movement(arguments, size, reach):
    assert figures(make("upsample", **arguments), (1, size)).movement == (Step(0), Step(1, reach))


@pytest.mark.parametrize(
    ("arguments", "shape", "expected"),
    [
        (
            {"scale_factor": 2, "mode": "bilinear"},
            (64, 100),
            (
                "E304",
                "mode bilinear needs 2 spatial axes, got 64 x 100",
                "mode",
                "use mode: nearest or linear",
            ),
        ),
        (
            {"scale_factor": 2, "mode": "linear"},
            (64, 8, 8),
            (
                "E304",
                "mode linear needs 1 spatial axis, got 64 x 8 x 8",
                "mode",
                "use mode: nearest or bilinear or bicubic",
            ),
        ),
        (
            {"scale_factor": 2},
            (2, 2, 2, 2, 2),
            (
                "E304",
                "mode nearest needs 1, 2 or 3 spatial axes, got 2 x 2 x 2 x 2 x 2",
                "mode",
                "bring the input to at most 4 dimensions",
            ),
        ),
        (
            {"size": [3, 3]},
            (64, 100),
            (
                "E304",
                "size has 2 values, and an input of 64 x 100 has 1 spatial axis (length)",
                "size",
                "write one number, or a list of 1",
            ),
        ),
        (
            {"scale_factor": [1, 0.25]},
            (64, 8, 3),
            (
                "E306",
                "an input width of 3 scaled by 0.25 leaves nothing",
                "scale_factor",
                "use a scale_factor of at least 1/3",
            ),
        ),
    ],
)
def test_misfits(arguments, shape, expected):
    (misfit,) = misfits(make("upsample", **arguments), shape)
    assert (misfit.code, misfit.message, misfit.argument, misfit.help) == expected


def test_an_input_without_axes_is_refused():
    (misfit,) = misfits(make("upsample", scale_factor=2), (64,))
    assert misfit.code == "E304"
    assert misfit.input == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "upsample needs `size` or `scale_factor`"),
        ({"size": 4, "scale_factor": 2}, "scale_factor: does not go together with size"),
        ({"size": 4, "align_corners": True}, "align_corners: has no meaning for mode nearest"),
    ],
)
def test_arguments_that_do_not_go_together(arguments, message):
    with pytest.raises(ArgumentFaults) as caught:
        make("upsample", **arguments)
    assert str(caught.value).removeprefix(": ") == message  # the fault of no argument alone


@pytest.mark.parametrize(
    "layer",
    [
        make("upsample", scale_factor=[1.5, 2], mode="bilinear"),
        make("upsample", size=[5, 6], mode="bicubic", align_corners=True),
        make("upsample", scale_factor=2, mode="bilinear", align_corners=True),
        make("upsample", size=12),
    ],
)
def test_arrays_of_sizes(layer):
    assert_same_on_arrays(layer, ((8, 7, 32),), ((3, 8, 33),), ((5, 9, 2),))


def test_a_scale_factor_has_one_pattern_for_all_sizes():
    layer = make("upsample", scale_factor=2)
    shape = (1, np.array([5, 8]))
    assert layer.movement((shape,), layer.output_shape((shape,))) == (
        Step(0),
        Step(1, Reach(1, (0, 0), (0, 0))),
    )


def test_a_bare_value_is_the_scale_factor() -> None:
    assert find_kind("upsample").bare_argument == "scale_factor"  # type: ignore[union-attr]
