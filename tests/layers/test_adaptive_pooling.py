"""Adaptive and global pools; expectations worked out by hand from PyTorch's window rule."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.geometry import Reach
from cnncalc.layers.base import Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape", "operations"),
    [
        # windows 0-2, 2-4: 3 + 3 cells
        ("adaptive_avg_pool1d", {"output_size": 2}, (4, 5), (4, 2), Operations(adds=16, muls=8)),
        ("adaptive_max_pool1d", {"output_size": 2}, (4, 5), (4, 2), Operations(compares=16)),
        # VGG at 224: each output is one input cell
        (
            "adaptive_avg_pool2d",
            {"output_size": 7},
            (512, 7, 7),
            (512, 7, 7),
            Operations(muls=25_088),
        ),
        (
            "adaptive_avg_pool2d",
            {"output_size": 1},
            (512, 7, 7),
            (512, 1, 1),
            Operations(adds=24_576, muls=512),
        ),
        # height whole, width 8 to 3: windows 0-2, 2-5, 5-7 take 3 + 4 + 3 cells
        (
            "adaptive_max_pool2d",
            {"output_size": [None, 3]},
            (2, 4, 8),
            (2, 4, 3),
            Operations(compares=2 * 4 * 10 - 24),
        ),
        # a larger output than input: 2 to 3 takes 1 + 2 + 1 cells
        ("adaptive_avg_pool1d", {"output_size": 3}, (1, 2), (1, 3), Operations(adds=1, muls=3)),
        (
            "adaptive_avg_pool3d",
            {"output_size": [1, 2, 2]},
            (1, 4, 4, 4),
            (1, 1, 2, 2),
            Operations(adds=60, muls=4),
        ),
        ("adaptive_max_pool3d", {"output_size": 2}, (1, 4, 4, 4), (1, 2, 2, 2), Operations(compares=56)),
        ("global_avg_pool", {}, (2048, 7, 7), (2048, 1, 1), Operations(adds=98_304, muls=2048)),
        ("global_avg_pool", {"keepdim": False}, (64, 50), (64,), Operations(adds=3136, muls=64)),
        ("global_max_pool", {}, (8, 2, 3, 4), (8, 1, 1, 1), Operations(compares=184)),
        ("global_max_pool", {"keepdim": False}, (8, 2, 3), (8,), Operations(compares=40)),
    ],
)
def test_figures(name, arguments, input_shape, output_shape, operations):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.operations == operations
    assert found.params == 0


def test_a_bare_null_keeps_every_size():
    assert figures(make("adaptive_avg_pool2d", output_size=None), (3, 5, 6)).output_shape == (3, 5, 6)


def test_movement_of_adaptive_windows():
    layer = make("adaptive_avg_pool3d", output_size=[1, None, 3])
    assert figures(layer, (1, 4, 5, 8)).movement == (
        Step(0),
        Step(1, whole=True),
        Step(2),
        Step(3, Reach(8, (0, -2, -5), (2, 3, 2))),
    )


def test_movement_of_global_pools():
    whole = (Step(0), Step(1, whole=True), Step(2, whole=True))
    assert figures(make("global_avg_pool"), (8, 7, 7)).movement == whole
    assert figures(make("global_avg_pool", keepdim=False), (8, 7, 7)).movement == (Step(0),)


@pytest.mark.parametrize("name", ["global_avg_pool", "global_max_pool"])
def test_global_pools_need_something_to_pool(name):
    (misfit,) = misfits(make(name), (512,))
    assert (misfit.code, misfit.message) == (
        "E304",
        f"{name} needs an input with spatial axes (C x L, C x H x W, ...), got 512",
    )


def test_rank_misfit():
    (misfit,) = misfits(make("adaptive_avg_pool2d", output_size=1), (512, 7))
    assert (misfit.code, misfit.message, misfit.help) == (
        "E304",
        "adaptive_avg_pool2d needs an input of C x H x W, got 512 x 7",
        "use adaptive_avg_pool1d, or bring the input to 3 dimensions with reshape",
    )


@pytest.mark.parametrize(
    "layer",
    [
        make("adaptive_avg_pool2d", output_size=[3, None]),
        make("adaptive_max_pool2d", output_size=6),
        make("global_avg_pool"),
        make("global_max_pool", keepdim=False),
    ],
)
def test_arrays_of_sizes(layer):
    assert_same_on_arrays(layer, ((8, 7, 32),), ((3, 8, 33),), ((5, 9, 2),))


def test_movement_on_an_array_stands_for_the_largest_window():
    layer = make("adaptive_avg_pool1d", output_size=3)
    step = layer.movement(((1, np.array([6, 8, 10])),), (1, 3))[1]
    # 6: 0-1, 2-3, 4-5; 8: at most 4 cells; 10: 0-3, 3-6, 6-9
    assert step.reach.advance.tolist() == [2, 2, 3]
    assert step.reach.extent[0].tolist() == [1, 3, 3]
    assert step.reach.aligned is False


@pytest.mark.parametrize(("rank", "shape"), [(1, (64, 50)), (2, (64, 14, 14)), (3, (64, 4, 14, 14))])
def test_global_pools_of_a_given_rank(rank: int, shape: tuple[int, ...]) -> None:
    assert figures(make(f"global_avg_pool{rank}d"), shape).output_shape == (64,) + (1,) * rank
    assert figures(make(f"global_max_pool{rank}d", keepdim=False), shape).output_shape == (64,)
    assert misfits(make(f"global_avg_pool{rank}d"), (64, 5, 5, 5, 5))[0].code == "E304"
