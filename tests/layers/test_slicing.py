"""Split and slice. Expectations are by hand."""

from __future__ import annotations

import pytest

from cnncalc.geometry import Reach
from cnncalc.layers.base import FREE, ArgumentFaults, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape"),
    [
        ("split", {"sections": 2, "index": 1}, (116, 28, 28), (58, 28, 28)),
        ("split", {"sections": [24, 92], "index": 1}, (116, 28, 28), (92, 28, 28)),
        ("split", {"sections": 4, "index": 0, "dim": -1}, (3, 8, 12), (3, 8, 3)),
        ("split", {"sections": [5], "index": 0, "dim": 2}, (3, 5), (3, 5)),
        ("slice", {"dim": 1, "stop": 48}, (96, 27, 27), (48, 27, 27)),
        ("slice", {"dim": 1, "start": 48}, (96, 27, 27), (48, 27, 27)),
        ("slice", {"dim": 2, "start": 1, "stop": -1}, (3, 8, 8), (3, 6, 8)),
        ("slice", {"dim": -1, "start": 1, "step": 3}, (3, 8, 9), (3, 8, 3)),  # places 1, 4, 7
        ("slice", {"dim": -1, "step": 2}, (3, 8, 9), (3, 8, 5)),
        ("slice", {"dim": -1, "start": -2}, (3, 8, 9), (3, 8, 2)),
        ("slice", {"dim": -1, "start": -100, "stop": 100}, (3, 8, 9), (3, 8, 9)),  # as in Python
    ],
)
def test_figures(name, arguments, input_shape, output_shape):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.params == 0
    assert found.operations == FREE
    assert found.output_bytes == 0


@pytest.mark.parametrize(
    ("name", "arguments", "movement"),
    [
        (
            "split",
            {"sections": 4, "index": 3, "dim": 2},
            (Step(0), Step(1, Reach(1, (-6,), (0,))), Step(2)),
        ),
        (
            "split",
            {"sections": [1, 2, 5], "index": 2, "dim": -2},
            (Step(0), Step(1, Reach(1, (-3,), (0,))), Step(2)),
        ),
        (
            "slice",
            {"dim": 3, "start": -7, "step": 2},
            (Step(0), Step(1), Step(2, Reach(2, (-2,), (0,)))),
        ),
    ],
)
def test_movements_along_the_dim_that_is_cut(name, arguments, movement):
    assert figures(make(name, **arguments), (3, 8, 9)).movement == movement


@pytest.mark.parametrize(
    ("name", "arguments", "code", "argument", "message", "help"),
    [
        (
            "split",
            {"sections": 4, "index": 0},
            "E303",
            "sections",
            "4 equal parts do not divide dim 1 of 6 x 8 x 9",
            "use sections: 3, or a list of sizes that add up to 6",
        ),
        (
            "split",
            {"sections": [2, 3], "index": 0},
            "E305",
            "sections",
            "the parts make 5, and dim 1 of 6 x 8 x 9 has 6",
            "use sizes that add up to 6",
        ),
        (
            "split",
            {"sections": 2, "index": 0, "dim": 4},
            "E307",
            "dim",
            "there is no dim 4 in a shape of 6 x 8 x 9",
            "use a dim from 1 (channels) to 3, or from -1 (the last) to -3",
        ),
        (
            "slice",
            {"dim": 0},
            "E307",
            "dim",
            "dim 0 is the batch, which stays as it is",
            "use a dim from 1 (channels) to 3, or from -1 (the last) to -3",
        ),
        (
            "slice",
            {"dim": 1, "start": 6},
            "E306",
            "start",
            "[6:] keeps nothing of dim 1 of 6 x 8 x 9",
            "use a start from 0 to 5",
        ),
        (
            "slice",
            {"dim": 1, "start": 9, "stop": 3},
            "E306",
            "start",
            "[9:3] keeps nothing of dim 1 of 6 x 8 x 9",
            "use a start from 0 to 2",
        ),
        (
            "slice",
            {"dim": 1, "start": 9, "stop": -7},
            "E306",
            "start",
            "[9:-7] keeps nothing of dim 1 of 6 x 8 x 9",
            "use a start from 0 to 5, and leave stop out",
        ),
        (
            "slice",
            {"dim": 2, "start": 3, "stop": -5},
            "E306",
            "stop",
            "[3:-5] keeps nothing of dim 2 of 6 x 8 x 9",
            "use a stop from 4 to 8",
        ),
    ],
)
def test_misfits(name, arguments, code, argument, message, help):
    (misfit,) = misfits(make(name, **arguments), (6, 8, 9))
    assert (misfit.code, misfit.argument, misfit.message, misfit.help) == (code, argument, message, help)


@pytest.mark.parametrize(
    ("name", "arguments", "argument", "message"),
    [
        ("split", {"sections": 2, "index": 2}, "index", "is 2, and there are 2 parts (from 0)"),
        ("split", {"sections": [7], "index": 1}, "index", "is 1, and there is 1 part (from 0)"),
        (
            "split",
            {"sections": [7, 0], "index": 1},
            "sections",
            "must be a whole number of at least 1, not 0",
        ),
        ("split", {"sections": 2}, "index", "split needs `index`: which part this is, from 0"),
        ("slice", {"dim": 1, "step": 0}, "step", "must be a whole number of at least 1, not 0"),
        ("slice", {"dim": 1, "step": -1}, "step", "must be a whole number of at least 1, not -1"),
    ],
)
def test_argument_faults(name, arguments, argument, message):
    with pytest.raises(ArgumentFaults) as caught:
        make(name, **arguments)
    assert caught.value.faults[argument].message == message


def test_rules_on_arrays():
    cases = [((4, 6, 9),), ((8, 3, 5),), ((12, 8, 8),)]
    assert_same_on_arrays(make("split", sections=4, index=1), *cases)
    for start, stop, step in ((0, None, 1), (1, -1, 2), (-4, 8, 1), (-6, None, 3)):
        assert_same_on_arrays(make("slice", dim=3, start=start, stop=stop, step=step), *cases)
