"""Max unpooling; expectations worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.analysis.figures import figures_of
from cnncalc.geometry import Reach
from cnncalc.layers.arguments import ArgumentFault
from cnncalc.layers.base import FREE, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


def unpool(pool, rank=2, **arguments):
    return make(f"max_unpool{rank}d", indices="pool1", **arguments).referring((pool,))


@pytest.mark.parametrize(
    ("rank", "pool_input", "pooled"),
    [(1, (16, 9), (16, 4)), (2, (16, 9, 8), (16, 4, 4)), (3, (16, 9, 8, 7), (16, 4, 4, 3))],
)
def test_figures(rank, pool_input, pooled):
    pool = make(f"max_pool{rank}d", kernel_size=2)
    layer = unpool(pool, rank)
    found = figures(layer, pooled, pool_input, pooled)
    assert found.output_shape == pool_input
    assert found.operations == FREE
    assert found.params == 0
    assert layer.keeps_of_reference == 8


def test_movement_is_that_of_the_pool_backwards():
    layer = unpool(make("max_pool2d", kernel_size=2))
    movement = figures(layer, (4, 4, 4), (4, 8, 8), (4, 4, 4)).movement
    assert movement == (
        Step(0),
        Step(1, Reach(1, (0, 0), (0, 0))),
        Step(2, Reach(1, (0, 0), (0, 0))),
    )


def test_movement_of_overlapping_windows():
    # windows -1..1, 1..3, ...: an even cell is in one of them, an odd one in two
    layer = unpool(make("max_pool1d", kernel_size=3, stride=2, padding=1), 1)
    movement = figures(layer, (1, 4), (1, 8), (1, 4)).movement
    assert movement == (Step(0), Step(1, Reach(1, (0, 0), (0, 1))))


def test_movement_of_an_adaptive_pool():
    # windows 0-2, 2-4: cell 2 is in both
    layer = unpool(make("adaptive_max_pool1d", output_size=2), 1)
    movement = figures(layer, (1, 2), (1, 5), (1, 2)).movement
    assert movement == (Step(0), Step(1, Reach(2, (0, 0, 0, -1, -1), (0, 0, 1, 0, 0))))


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        (None, "the network's input"),
        (make("avg_pool2d", kernel_size=2), "avg_pool2d"),
        (make("max_pool1d", kernel_size=2), "max_pool1d"),
        (make("adaptive_avg_pool2d", output_size=2), "adaptive_avg_pool2d"),
        (make("relu"), "relu"),
    ],
)
def test_what_is_no_max_pool_is_refused(reference, found):
    with pytest.raises(ArgumentFault) as caught:
        unpool(reference)
    assert caught.value.argument == "indices"
    assert caught.value.message == f"must name a max_pool2d or adaptive_max_pool2d, not {found}"


def test_windows_written_out_must_be_those_of_the_pool():
    pool = make("max_pool2d", kernel_size=2, padding=1)
    assert unpool(pool, kernel_size=2, stride=2, padding=1).pool is pool
    with pytest.raises(ArgumentFault) as caught:
        unpool(pool, kernel_size=3)
    fault = caught.value
    assert (fault.argument, fault.message, fault.help) == (
        "kernel_size",
        "is [3, 3], and max_pool2d `pool1` has [2, 2]",
        "leave kernel_size out, it is taken from the pool",
    )


def test_the_input_must_have_the_shape_of_the_pool():
    layer = unpool(make("max_pool2d", kernel_size=2))
    (misfit,) = misfits(layer, (32, 4, 4), (16, 8, 8), (16, 4, 4))
    assert (misfit.code, misfit.input, misfit.message, misfit.help) == (
        "E302",
        0,
        "max_unpool2d reads 32 x 4 x 4, and the pool it undoes gives 16 x 4 x 4",
        "bring the input to 16 x 4 x 4, or name a pool that gives 32 x 4 x 4",
    )
    (misfit,) = misfits(layer, (16,), (16, 8, 8), (16, 4, 4))
    assert (misfit.code, misfit.message) == ("E304", "max_unpool2d needs an input of C x H x W, got 16")


def test_arrays_of_sizes():
    layer = unpool(make("max_pool1d", kernel_size=2), 1)
    assert_same_on_arrays(layer, ((8, 4), (8, 9), (8, 4)), ((6, 5), (6, 10), (6, 5)))


def test_same_padding_that_depends_on_an_array_of_sizes():
    layer = unpool(make("max_pool1d", kernel_size=4, stride=2, padding="same"), 1)
    sizes, pooled = np.array([8, 9]), np.array([4, 5])
    found = figures_of(layer, ((3, pooled), (3, sizes), (3, pooled)))
    assert found.output_shape[1].tolist() == [8, 9]
