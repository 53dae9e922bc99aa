"""Merges. Shapes and refusals are PyTorch's with a batch in front; operations are by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnncalc.geometry import Reach
from cnncalc.layers.base import POINTWISE, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("add", Operations(adds=48)),
        ("multiply", Operations(muls=48)),
        ("maximum", Operations(compares=48)),
        ("mean", Operations(adds=48, muls=24)),
    ],
)
def test_three_inputs_element_by_element(name, operations):
    layer = make(name)
    found = figures(layer, (2, 3, 4), (2, 3, 4), (2, 3, 4))
    assert found.output_shape == (2, 3, 4)
    assert found.operations == operations
    assert (found.params, found.buffer_elements) == (0, 0)
    assert found.movement is POINTWISE
    assert layer.elementwise


def test_subtract_takes_two_inputs():
    layer = make("subtract")
    assert figures(layer, (2, 3, 4), (2, 3, 4)).operations == Operations(adds=24)
    (misfit,) = misfits(layer, (8,), (8,), (8,))
    assert (misfit.code, misfit.message) == ("E302", "subtract takes two inputs, got 3")
    assert misfit.input == 2
    assert misfit.help == "add the others first, then subtract their sum"


@pytest.mark.parametrize(
    ("inputs", "output"),
    [
        (((64, 8, 8), (64, 1, 1)), (64, 8, 8)),  # squeeze and excitation
        (((64, 1, 1), (64, 8, 8)), (64, 8, 8)),
        (((1, 8, 8), (64, 8, 8)), (64, 8, 8)),  # a map of attention
        (((64, 8, 1), (64, 1, 6)), (64, 8, 6)),
        (((1, 1), (5, 1), (1, 7)), (5, 7)),
    ],
)
def test_sizes_of_1_are_stretched(inputs, output):
    assert figures(make("multiply"), *inputs).output_shape == output


def test_operations_are_those_of_the_stretched_output():
    assert figures(make("multiply"), (64, 8, 8), (64, 1, 1)).operations == Operations(muls=4096)


@pytest.mark.parametrize(
    ("inputs", "message", "help"),
    [
        (
            ((32, 32, 32), (16, 32, 32)),
            "add needs inputs of one shape, got 32 x 32 x 32 and 16 x 32 x 32",
            "match the channels with conv2d: {out_channels: 32, kernel_size: 1} on the path of 16 x 32 x 32",
        ),
        (
            ((128, 28, 28), (64, 56, 56)),
            "add needs inputs of one shape, got 128 x 28 x 28 and 64 x 56 x 56",
            "shrink the path of 64 x 56 x 56 with conv2d: {out_channels: 128, kernel_size: 1, stride: 2}",
        ),
        (
            ((64, 28, 28), (64, 14, 14)),
            "add needs inputs of one shape, got 64 x 28 x 28 and 64 x 14 x 14",
            "shrink the path of 64 x 28 x 28 with conv2d: {out_channels: 64, kernel_size: 1, stride: 2}, "
            "or enlarge that of 64 x 14 x 14 with upsample: {scale_factor: 2}",
        ),
        (
            ((64, 28, 7), (64, 28, 21)),
            "add needs inputs of one shape, got 64 x 28 x 7 and 64 x 28 x 21",
            "shrink the path of 64 x 28 x 21 with conv2d: {out_channels: 64, kernel_size: 1, stride: [1, 3]}"
            ", or enlarge that of 64 x 28 x 7 with upsample: {scale_factor: [1, 3]}",
        ),
        (
            ((64, 17, 17), (32, 33, 33)),
            "add needs inputs of one shape, got 64 x 17 x 17 and 32 x 33 x 33",
            "shrink the path of 32 x 33 x 33 with conv2d: {out_channels: 64, kernel_size: 1, stride: 2}",
        ),
        (
            ((64, 28, 28), (64, 10, 10)),
            "add needs inputs of one shape, got 64 x 28 x 28 and 64 x 10 x 10",
            "shrink the path of 64 x 28 x 28 with conv2d: {out_channels: 64, kernel_size: 1, stride: 3}",
        ),
        (
            ((64, 32, 32), (64, 28, 28)),
            "add needs inputs of one shape, got 64 x 32 x 32 and 64 x 28 x 28",
            "crop 64 x 32 x 32 with center_crop, `like` naming the layer that gives 64 x 28 x 28, "
            "or pad the smaller one",
        ),
        (
            ((64, 30, 30), (32, 28, 28)),
            "add needs inputs of one shape, got 64 x 30 x 30 and 32 x 28 x 28",
            "crop 64 x 30 x 30 with center_crop, `like` naming the layer that gives 32 x 28 x 28, "
            "and match the channels with conv2d: {out_channels: 32, kernel_size: 1} there",
        ),
        (
            ((8, 30, 28), (8, 28, 30)),
            "add needs inputs of one shape, got 8 x 30 x 28 and 8 x 28 x 30",
            "match height and width with center_crop and pad",
        ),
        (
            ((8, 30, 28), (4, 28, 30)),
            "add needs inputs of one shape, got 8 x 30 x 28 and 4 x 28 x 30",
            "match height and width with center_crop and pad, "
            "and the channels with conv2d: {out_channels: 8, kernel_size: 1}",
        ),
        (
            ((128,), (64,)),
            "add needs inputs of one shape, got 128 and 64",
            "match them with linear: 128 on the path of 64",
        ),
        (
            ((2, 3, 4, 5, 6), (2, 3, 4, 5, 7)),
            "add needs inputs of one shape, got 2 x 3 x 4 x 5 x 6 and 2 x 3 x 4 x 5 x 7",
            "bring both to one shape, for instance with reshape",
        ),
        # with a batch in front PyTorch would set it against the channels
        (
            ((32, 8, 32), (32,)),
            "add needs inputs of one shape, got 32 x 8 x 32 and 32",
            "bring 32 to 32 x 1 x 1 with reshape",
        ),
        (
            ((32, 8, 8), (8, 8)),
            "add needs inputs of one shape, got 32 x 8 x 8 and 8 x 8",
            "bring both to 3 dimensions, for instance with reshape",
        ),
    ],
)
def test_unequal_shapes(inputs, message, help):
    (misfit,) = misfits(make("add"), *inputs)
    assert (misfit.code, misfit.message, misfit.help) == ("E302", message, help)
    assert (misfit.input, misfit.fatal) == (1, True)


def test_the_suggestions_fit():
    shrink = make("conv2d", out_channels=128, kernel_size=1, stride=2)
    assert figures(shrink, (64, 56, 56)).output_shape == (128, 28, 28)
    odd = make("conv2d", out_channels=64, kernel_size=1, stride=2)
    assert figures(odd, (32, 33, 33)).output_shape == (64, 17, 17)
    narrow = make("conv2d", out_channels=64, kernel_size=1, stride=[1, 3])
    assert figures(narrow, (64, 28, 21)).output_shape == (64, 28, 7)
    enlarge = make("upsample", scale_factor=[1, 3])
    assert figures(enlarge, (64, 28, 7)).output_shape == (64, 28, 21)


def test_the_first_input_that_does_not_fit_is_pointed_at():
    (misfit,) = misfits(make("multiply"), (8, 1, 1), (8, 4, 4), (8, 1, 4), (8, 6, 6), (9, 4, 4))
    assert (
        misfit.message
        == "multiply needs inputs of one shape, got 8 x 1 x 1, 8 x 4 x 4, 8 x 1 x 4, 8 x 6 x 6 and 9 x 4 x 4"
    )
    assert misfit.input == 3


def test_of_several_inputs_each_shape_is_named_once():
    (misfit,) = misfits(make("add"), (8, 4, 4), (8, 4, 4), (8, 8, 8))
    assert misfit.message == "add needs inputs of one shape, got 8 x 4 x 4 and 8 x 8 x 8"
    assert misfit.help.startswith("shrink the path of 8 x 8 x 8")


@pytest.mark.parametrize(
    ("dim", "inputs", "output"),
    [
        (1, ((64, 8, 8), (32, 8, 8), (32, 8, 8)), (128, 8, 8)),
        (-1, ((4, 8, 8), (4, 8, 3)), (4, 8, 11)),
        (2, ((4, 5), (4, 6)), (4, 11)),
        (1, ((10,), (20,)), (30,)),
    ],
)
def test_concat(dim, inputs, output):
    layer = make("concat", dim=dim)
    found = figures(layer, *inputs)
    assert found.output_shape == output
    assert found.operations == Operations(0, 0, 0, 0, 0)
    assert (found.params, found.buffer_elements) == (0, 0)
    assert not layer.view
    assert found.output_bytes == 4 * int(np.prod(output))


def test_concat_keeps_positions_but_along_its_dimension():
    assert figures(make("concat"), (4, 8, 8), (4, 8, 8)).movement == (
        Step(0, Reach(1, (0,), (0,), aligned=False)),
        Step(1),
        Step(2),
    )
    assert figures(make("concat", dim=2), (4, 8, 8), (4, 8, 8)).movement == (
        Step(0),
        Step(1, Reach(1, (0,), (0,), aligned=False)),
        Step(2),
    )


@pytest.mark.parametrize(
    ("dim", "inputs", "message", "help"),
    [
        (
            1,
            ((64, 64, 64), (64, 56, 56)),
            "concat along dim 1 needs inputs alike in all other dims, got 64 x 64 x 64 and 64 x 56 x 56",
            "crop 64 x 64 x 64 with center_crop, `like` naming the layer that gives 64 x 56 x 56, "
            "or pad the smaller one",
        ),
        # no size is stretched
        (
            1,
            ((256, 8, 8), (256, 1, 1)),
            "concat along dim 1 needs inputs alike in all other dims, got 256 x 8 x 8 and 256 x 1 x 1",
            "shrink the path of 256 x 8 x 8 with conv2d: {out_channels: 256, kernel_size: 1, stride: 8}, "
            "or enlarge that of 256 x 1 x 1 with upsample: {scale_factor: 8}",
        ),
        (
            -1,
            ((8, 4, 4), (6, 4, 9)),
            "concat along dim -1 needs inputs alike in all other dims, got 8 x 4 x 4 and 6 x 4 x 9",
            "match the channels with conv2d: {out_channels: 8, kernel_size: 1} on the path of 6 x 4 x 9",
        ),
        (
            1,
            ((8, 4, 4), (128,)),
            "concat along dim 1 needs inputs alike in all other dims, got 8 x 4 x 4 and 128",
            "bring both to 3 dimensions, for instance with reshape",
        ),
    ],
)
def test_concat_of_unequal_shapes(dim, inputs, message, help):
    (misfit,) = misfits(make("concat", dim=dim), *inputs)
    assert (misfit.code, misfit.message, misfit.help, misfit.input) == ("E302", message, help, 1)


@pytest.mark.parametrize(
    ("dim", "output", "movement"),
    [
        (1, (3, 4, 8, 6), (None, Step(0), Step(1), Step(2))),
        (2, (4, 3, 8, 6), (Step(0), None, Step(1), Step(2))),
        (4, (4, 8, 6, 3), (Step(0), Step(1), Step(2), None)),
        (-1, (4, 8, 6, 3), (Step(0), Step(1), Step(2), None)),
        (-4, (3, 4, 8, 6), (None, Step(0), Step(1), Step(2))),
    ],
)
def test_stack(dim, output, movement):
    layer = make("stack", dim=dim)
    found = figures(layer, (4, 8, 6), (4, 8, 6), (4, 8, 6))
    assert found.output_shape == output
    assert found.operations == Operations(0, 0, 0, 0, 0)
    assert found.movement == movement
    assert not layer.view


def test_stack_of_unequal_shapes():
    (misfit,) = misfits(make("stack"), (4, 8, 8), (4, 1, 8))
    assert (misfit.code, misfit.input) == ("E302", 1)
    assert misfit.message == "stack needs inputs of one shape, got 4 x 8 x 8 and 4 x 1 x 8"


def test_dimensions_that_are_not_there():
    (misfit,) = misfits(make("concat", dim=4), (4, 8, 8), (4, 8, 8))
    assert (misfit.code, misfit.message) == ("E307", "there is no dim 4 in a shape of 4 x 8 x 8")
    (misfit,) = misfits(make("concat", dim=0), (4, 8, 8), (4, 8, 8))
    assert misfit.message == "dim 0 is the batch, which stays as it is"
    (misfit,) = misfits(make("stack", dim=5), (4, 8, 8), (4, 8, 8))
    assert misfit.message == "there is no dim 5 in a shape of 2 x 4 x 8 x 8"
    assert misfit.help == "use a dim from 1 (channels) to 4, or from -1 (the last) to -4"


@pytest.mark.parametrize("name", ["add", "mean", "multiply", "maximum", "concat", "stack"])
def test_rules_on_arrays_of_sizes(name):
    assert_same_on_arrays(make(name), ((4, 2, 3),) * 2, ((8, 7, 5),) * 2, ((64, 56, 56),) * 2)


def test_stretching_on_arrays_of_sizes():
    assert_same_on_arrays(
        make("multiply"), ((4, 2, 3), (4, 1, 1)), ((8, 1, 1), (8, 7, 5)), ((1, 9, 1), (6, 1, 4))
    )
