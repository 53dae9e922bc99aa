"""Normalizations. Operations are counted by hand, group by group; parameters are PyTorch's."""

from __future__ import annotations

import pytest

from cnncalc.analysis.figures import figures_of
from cnncalc.geometry import Reach
from cnncalc.layers.base import POINTWISE, ArgumentFaults, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize("shape", [(64,), (64, 100), (64, 56, 56), (64, 8, 28, 28)])
def test_batch_norm_of_any_rank(shape):
    found = figures(make("batch_norm"), shape)
    assert found.output_shape == shape
    assert found.weights == {"weight": (64,), "bias": (64,)}
    assert found.buffers == {"running_mean": (64,), "running_var": (64,)}
    assert (found.params, found.buffer_elements) == (128, 128)
    assert found.movement is POINTWISE


@pytest.mark.parametrize(("affine", "params"), [(True, 128), (False, 0)])
def test_batch_norm_is_a_mul_and_an_add_an_element_affine_or_not(affine, params):
    found = figures(make("batch_norm", affine=affine), (64, 56, 56))
    assert found.operations == Operations(adds=200_704, muls=200_704)
    assert found.params == params


def test_batch_norm_without_running_statistics_works_them_out():
    # 2 channels of 3: mean 2 adds, 1 mul; variance 3 + 2 adds, 3 + 1 muls; eps, root; 3 muls; affine 3, 3
    layer = make("batch_norm", track_running_stats=False)
    found = figures(layer, (2, 3))
    assert found.operations == Operations(adds=22, muls=22, transcendentals=2)
    assert found.buffers == {}
    assert found.movement == (Step(0), Step(1, whole=True))


def test_batch_norm_without_running_statistics_takes_those_of_the_whole_batch():
    # of 2 channels 3 samples with 3 numbers each are 2 means and variances of 9, not 6 of 3
    found = figures_of(make("batch_norm", track_running_stats=False), ((2, 3),), batch=3)
    assert found.operations == Operations(adds=70, muls=58, transcendentals=2)


def test_batch_norm_takes_a_momentum_of_null_for_the_plain_mean():
    assert figures(make("batch_norm", momentum=None, eps=0.001), (8, 4, 4)).params == 16


@pytest.mark.parametrize(
    ("arguments", "weights", "operations"),
    [
        # one group of 16: 15 + 16 + 15 + 1 adds, 1 + 16 + 1 + 16 muls, a root; affine 16 of each
        ({}, {"weight": (4, 2, 2), "bias": (4, 2, 2)}, Operations(adds=63, muls=50, transcendentals=1)),
        # four groups of 4: 11 adds and 10 muls each
        ({"dim": 1}, {"weight": (4,), "bias": (4,)}, Operations(adds=60, muls=56, transcendentals=4)),
        (
            {"dim": [-1, 2]},
            {"weight": (2, 2), "bias": (2, 2)},
            Operations(adds=60, muls=56, transcendentals=4),
        ),
        (
            {"normalized_shape": [2, 2]},
            {"weight": (2, 2), "bias": (2, 2)},
            Operations(adds=60, muls=56, transcendentals=4),
        ),
        ({"dim": 1, "bias": False}, {"weight": (4,)}, Operations(adds=44, muls=56, transcendentals=4)),
        ({"dim": 1, "elementwise_affine": False}, {}, Operations(adds=44, muls=40, transcendentals=4)),
        # eight groups of 2: 5 adds and 6 muls each
        ({"dim": -1}, {"weight": (2,), "bias": (2,)}, Operations(adds=56, muls=64, transcendentals=8)),
    ],
)
def test_layer_norm(arguments, weights, operations):
    found = figures(make("layer_norm", **arguments), (4, 2, 2))
    assert found.output_shape == (4, 2, 2)
    assert found.weights == weights
    assert found.operations == operations


# PyTorch: nn.LayerNorm(768) on tokens
def test_layer_norm_of_a_transformer():
    found = figures(make("layer_norm", normalized_shape=768, eps=1e-6), (197, 768))
    assert found.params == 1536
    assert found.movement == (Step(0), Step(1, whole=True))


def test_layer_norm_over_channels_sees_single_positions():
    whole = Step(0, whole=True)
    assert figures(make("layer_norm", dim=1), (96, 56, 56)).movement == (whole, Step(1), Step(2))
    assert figures(make("layer_norm"), (96, 56, 56)).movement == (
        whole,
        Step(1, whole=True),
        Step(2, whole=True),
    )


@pytest.mark.parametrize(
    ("arguments", "message", "help", "fatal"),
    [
        (
            {"normalized_shape": 96},
            "a normalized_shape of 96 is not the end of 96 x 56 x 56",
            "add dim: 1 to normalize over the channels of each position",
            False,
        ),
        (
            {"normalized_shape": [28, 56]},
            "a normalized_shape of 28 x 56 is not the end of 96 x 56 x 56",
            "use normalized_shape: [56, 56]",
            False,
        ),
        (
            {"normalized_shape": [1, 96, 56, 56]},
            "a normalized_shape of 1 x 96 x 56 x 56 is not the end of 96 x 56 x 56",
            "use normalized_shape: [96, 56, 56]",
            True,
        ),
        (
            {"normalized_shape": 64, "dim": 1},
            "a normalized_shape of 64 is not dim 1 of 96 x 56 x 56",
            "use normalized_shape: [96]",
            False,
        ),
    ],
)
def test_layer_norm_of_another_shape(arguments, message, help, fatal):
    (misfit,) = misfits(make("layer_norm", **arguments), (96, 56, 56))
    assert (misfit.code, misfit.message, misfit.help) == ("E305", message, help)
    assert misfit.argument == "normalized_shape"
    assert misfit.fatal is fatal


def test_layer_norm_helps_itself():
    assert figures(make("layer_norm", normalized_shape=96, dim=1), (96, 56, 56)).params == 192
    assert figures(make("layer_norm", normalized_shape=[56, 56]), (96, 56, 56)).params == 6272


def test_layer_norm_over_dimensions_that_are_not_there():
    (misfit,) = misfits(make("layer_norm", dim=[1, 3]), (64, 8))
    assert (misfit.code, misfit.message) == ("E307", "there is no dim 3 in a shape of 64 x 8")
    assert (misfit.argument, misfit.index) == ("dim", 1)
    (misfit,) = misfits(make("layer_norm", dim=[2, -1]), (64, 8))
    assert (misfit.code, misfit.message) == ("E307", "dim names one dimension of 64 x 8 twice")
    assert misfit.help == "use dim: [2]"


def test_group_norm():
    # two groups of 8: 7 + 8 + 7 + 1 adds, 1 + 8 + 1 + 8 muls; affine 16 of each
    found = figures(make("group_norm", num_groups=2), (4, 2, 2))
    assert found.output_shape == (4, 2, 2)
    assert found.operations == Operations(adds=62, muls=52, transcendentals=2)
    assert found.weights == {"weight": (4,), "bias": (4,)}
    assert found.buffers == {}
    # channels 0 and 1 see each other, and 2 and 3
    assert found.movement == (Step(0, Reach(2, (0, 0), (1, 1))), Step(1, whole=True), Step(2, whole=True))
    together = figures(make("group_norm", num_groups=1), (4, 2))
    assert together.movement == (Step(0, whole=True), Step(1, whole=True))
    plain = figures(make("group_norm", num_groups=2, affine=False), (4, 2, 2))
    assert plain.operations == Operations(adds=46, muls=36, transcendentals=2)
    assert plain.params == 0


@pytest.mark.parametrize(("groups", "fitting"), [(24, 16), (3, 2), (100, 64)])
def test_group_norm_whose_groups_do_not_divide(groups, fitting):
    (misfit,) = misfits(make("group_norm", num_groups=groups), (64, 8, 8))
    assert misfit.code == "E303"
    assert misfit.message == f"{groups} groups do not divide 64 channels"
    assert misfit.argument == "num_groups"
    assert misfit.help == f"use num_groups: {fitting}, which divides 64"
    assert not misfit.fatal


# PyTorch: "Expected more than 1 value per channel when training"
def test_group_norm_of_single_numbers():
    (misfit,) = misfits(make("group_norm", num_groups=8), (8, 1, 1))
    assert misfit.code == "E306"
    assert misfit.message == "group_norm needs more than one number in a group, got 8 x 1 x 1 in 8 groups"
    assert misfit.help == "use num_groups: 1"
    assert misfits(make("group_norm", num_groups=1), (8, 1, 1)) == []
    (misfit,) = misfits(make("group_norm", num_groups=1), (1,))
    assert misfit.help == "take the layer out"


def test_instance_norm_by_its_own_statistics():
    # four groups of 4: 3 + 4 + 3 + 1 adds, 1 + 4 + 1 + 4 muls
    found = figures(make("instance_norm"), (4, 2, 2))
    assert found.output_shape == (4, 2, 2)
    assert found.operations == Operations(adds=44, muls=40, transcendentals=4)
    assert (found.params, found.buffer_elements) == (0, 0)
    assert found.movement == (Step(0), Step(1, whole=True), Step(2, whole=True))


def test_instance_norm_by_running_statistics():
    found = figures(make("instance_norm", affine=True, track_running_stats=True), (4, 2, 2))
    assert found.operations == Operations(adds=16, muls=16)
    assert found.weights == {"weight": (4,), "bias": (4,)}
    assert found.buffers == {"running_mean": (4,), "running_var": (4,)}
    assert found.movement is POINTWISE


# PyTorch: "Expected more than 1 spatial element when training"
def test_instance_norm_needs_positions():
    (misfit,) = misfits(make("instance_norm"), (64, 1, 1))
    assert misfit.code == "E306"
    assert misfit.message == "instance_norm needs more than one position in a channel, got 64 x 1 x 1"
    assert misfit.help == "use layer_norm or batch_norm here"
    assert misfits(make("instance_norm", track_running_stats=True), (64, 1, 1)) == []
    (misfit,) = misfits(make("instance_norm"), (64,))
    assert misfit.code == "E304"
    assert misfit.message == "instance_norm needs an input with spatial axes (C x L, C x H x W, ...), got 64"


def test_local_response_norm_of_alexnet():
    # 290,400 elements: a square, 4 sums over 5 channels, alpha/size, k, a power, a division
    found = figures(make("local_response_norm", size=5, k=2), (96, 55, 55))
    assert found.output_shape == (96, 55, 55)
    assert found.operations == Operations(adds=1_452_000, muls=871_200, transcendentals=290_400)
    assert (found.params, found.buffer_elements) == (0, 0)
    assert found.movement == (Step(0, Reach(1, (2,), (4,))), Step(1), Step(2))


# PyTorch: "Expected 3D or higher dimensionality input"
def test_local_response_norm_needs_spatial_axes():
    (misfit,) = misfits(make("local_response_norm", size=5), (96,))
    assert misfit.code == "E304"


@pytest.mark.parametrize(
    ("arguments", "weights", "operations"),
    [
        ({}, {"weight": (6,)}, Operations(muls=1176)),
        ({"bias": True}, {"weight": (6,), "bias": (6,)}, Operations(adds=1176, muls=1176)),
        ({"dim": -1}, {"weight": (14,)}, Operations(muls=1176)),
    ],
)
def test_scale(arguments, weights, operations):
    layer = make("scale", **arguments)
    found = figures(layer, (6, 14, 14))
    assert found.output_shape == (6, 14, 14)
    assert found.weights == weights
    assert found.operations == operations
    assert found.movement is POINTWISE
    assert layer.elementwise


def test_scale_of_a_dimension_that_is_not_there():
    (misfit,) = misfits(make("scale", dim=2), (84,))
    assert (misfit.code, misfit.message) == ("E307", "there is no dim 2 in a shape of 84")


@pytest.mark.parametrize(
    ("name", "arguments", "argument", "message"),
    [
        ("batch_norm", {"eps": -1}, "eps", "must be a number of at least 0, not -1"),
        ("batch_norm", {"momentum": 2}, "momentum", "must be a number from 0 to 1, not 2"),
        (
            "group_norm",
            {},
            "num_groups",
            "group_norm needs `num_groups`: groups of channels, each with its own mean and variance",
        ),
        ("local_response_norm", {"size": 0}, "size", "must be a whole number of at least 1, not 0"),
    ],
)
def test_arguments_out_of_range(name, arguments, argument, message):
    with pytest.raises(ArgumentFaults) as raised:
        make(name, **arguments)
    assert list(raised.value.faults) == [argument]
    assert raised.value.faults[argument].message == message


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("batch_norm", {}),
        ("batch_norm", {"track_running_stats": False}),
        ("layer_norm", {"dim": 1}),
        ("layer_norm", {}),
        ("group_norm", {"num_groups": 4}),
        ("instance_norm", {}),
        ("local_response_norm", {"size": 5}),
        ("scale", {"bias": True}),
    ],
)
def test_rules_on_arrays_of_sizes(name, arguments):
    assert_same_on_arrays(make(name, **arguments), ((4, 2, 3),), ((8, 7, 5),), ((64, 56, 56),))
