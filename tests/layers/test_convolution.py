"""Convolutions. Where not said otherwise the expectations are by hand; shapes were compared with PyTorch."""

from __future__ import annotations

import pytest

from cnncalc.geometry import Reach
from cnncalc.layers.base import ArgumentFaults, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits

# LeNet-5's C3 reads S2 by this table (LeCun et al. 1998, table I)
C3 = [
    *([first, (first + 1) % 6, (first + 2) % 6] for first in range(6)),
    *([first, (first + 1) % 6, (first + 2) % 6, (first + 3) % 6] for first in range(6)),
    [0, 1, 3, 4],
    [1, 2, 4, 5],
    [0, 2, 3, 5],
    [0, 1, 2, 3, 4, 5],
]


@pytest.mark.parametrize(
    ("name", "arguments", "input_shape", "output_shape", "params", "operations"),
    [
        # VGG-16's conv1_2
        (
            "conv2d",
            {"out_channels": 64, "kernel_size": 3, "padding": 1},
            (64, 224, 224),
            (64, 224, 224),
            36_928,
            Operations(macs=1_849_688_064, adds=3_211_264),
        ),
        # ResNet's stem
        (
            "conv2d",
            {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False},
            (3, 224, 224),
            (64, 112, 112),
            9408,
            Operations(macs=118_013_952),
        ),
        # AlexNet's second on two GPUs
        (
            "conv2d",
            {"out_channels": 256, "kernel_size": 5, "padding": 2, "groups": 2},
            (96, 27, 27),
            (256, 27, 27),
            307_456,
            Operations(macs=223_948_800, adds=186_624),
        ),
        (
            "conv2d",
            {"out_channels": 4, "kernel_size": [3, 5], "stride": [2, 1], "padding": [1, [2, 0]]},
            (2, 9, 9),
            (4, 5, 7),
            124,
            Operations(macs=4200, adds=140),
        ),
        (
            "conv1d",
            {"out_channels": 32, "kernel_size": 5, "dilation": 3},
            (16, 100),
            (32, 88),
            2592,
            Operations(macs=225_280, adds=2816),
        ),
        (
            "conv3d",
            {"out_channels": 8, "kernel_size": [1, 3, 3], "stride": 2, "padding": [0, 1, 1]},
            (4, 8, 16, 16),
            (8, 4, 8, 8),
            296,
            Operations(macs=73_728, adds=2048),
        ),
        (
            "depthwise_conv1d",
            {"kernel_size": 3, "bias": False},
            (16, 100),
            (16, 98),
            48,
            Operations(macs=4704),
        ),
        (
            "depthwise_conv2d",
            {"kernel_size": 3, "stride": 2, "padding": 1, "multiplier": 2},
            (32, 112, 112),
            (64, 56, 56),
            640,
            Operations(macs=1_806_336, adds=200_704),
        ),
        (
            "depthwise_conv3d",
            {"kernel_size": 2, "bias": False},
            (3, 4, 4, 4),
            (3, 3, 3, 3),
            24,
            Operations(macs=648),
        ),
        # 27 + 192 + 64 parameters; 1024 positions of 3*9 and of 3*64 macs
        (
            "separable_conv2d",
            {"out_channels": 64, "kernel_size": 3, "padding": 1},
            (3, 32, 32),
            (64, 32, 32),
            283,
            Operations(macs=224_256, adds=65_536),
        ),
        # 64*9 + 64*128 parameters; 196 positions
        (
            "separable_conv2d",
            {
                "out_channels": 128,
                "kernel_size": 3,
                "stride": 2,
                "padding": 1,
                "multiplier": 2,
                "bias": False,
            },
            (32, 28, 28),
            (128, 14, 14),
            8768,
            Operations(macs=1_718_528),
        ),
    ],
)
def test_figures(name, arguments, input_shape, output_shape, params, operations):
    found = figures(make(name, **arguments), input_shape)
    assert found.output_shape == output_shape
    assert found.params == params
    assert found.operations == operations
    assert found.buffers == {}


def test_shapes_of_the_weights():
    grouped = make("conv2d", out_channels=256, kernel_size=5, padding=2, groups=2)
    assert figures(grouped, (96, 27, 27)).weights == {"weight": (256, 48, 5, 5), "bias": (256,)}
    depthwise = make("depthwise_conv2d", kernel_size=[3, 1], multiplier=2)
    assert figures(depthwise, (32, 8, 8)).weights == {"weight": (64, 1, 3, 1), "bias": (64,)}
    separable = make("separable_conv2d", out_channels=128, kernel_size=3, multiplier=2)
    assert figures(separable, (32, 28, 28)).weights == {
        "depthwise_weight": (64, 1, 3, 3),
        "pointwise_weight": (128, 64, 1, 1),
        "bias": (128,),
    }
    plain = make("separable_conv2d", out_channels=128, kernel_size=3, bias=False)
    assert list(figures(plain, (32, 28, 28)).weights) == ["depthwise_weight", "pointwise_weight"]


def test_connection_table_of_lenet_5():
    # 60 kernels of 25 and 16 biases; the paper's 1,516 trainable parameters and 151,600 connections
    found = figures(make("conv2d", out_channels=16, kernel_size=5, connection_table=C3), (6, 14, 14))
    assert found.output_shape == (16, 10, 10)
    assert found.params == 1516
    assert found.weights == {"weight": (60, 5, 5), "bias": (16,)}
    assert found.operations == Operations(macs=150_000, adds=1600)


@pytest.mark.parametrize(
    ("arguments", "size", "output", "reach"),
    [
        # TensorFlow: SAME, the odd cell after the input
        ({"kernel_size": 3, "stride": 2, "padding": "same"}, 224, 112, Reach(2, (0,), (2,))),
        ({"kernel_size": 3, "stride": 2, "padding": "same"}, 225, 113, Reach(2, (1,), (2,))),
        ({"kernel_size": 7, "stride": 2, "padding": "same"}, 224, 112, Reach(2, (2,), (6,))),
        ({"kernel_size": 4, "padding": "same"}, 10, 10, Reach(1, (1,), (3,))),
        ({"kernel_size": 1, "stride": 2, "padding": "same"}, 9, 5, Reach(2, (0,), (0,))),
        ({"kernel_size": 3, "dilation": 2, "padding": "same"}, 10, 10, Reach(1, (2,), (4,), spacing=2)),
        ({"kernel_size": 3, "padding": "valid"}, 10, 8, Reach(1, (0,), (2,))),
        # as in WaveNet: no output sees what comes after it
        ({"kernel_size": 2, "dilation": 8, "padding": "causal"}, 100, 100, Reach(1, (8,), (8,), spacing=8)),
        ({"kernel_size": 3, "stride": 2, "padding": "causal"}, 9, 5, Reach(2, (2,), (2,))),
        ({"kernel_size": 3, "padding": [[2, 0]]}, 10, 10, Reach(1, (2,), (2,))),
        ({"kernel_size": 3, "dilation": 4, "padding": 4}, 10, 10, Reach(1, (4,), (8,), spacing=4)),
    ],
)
def test_padding_dilation_and_what_they_reach(arguments, size, output, reach):
    kinds = (("conv1d", {"out_channels": 8}, None), ("depthwise_conv1d", {}, Step(0, Reach(1, (0,), (0,)))))
    for name, more, channels in kinds:
        found = figures(make(name, **more, **arguments), (8, size))
        assert found.output_shape == (8, output)
        assert found.movement == (channels, Step(1, reach))


def test_channels_read_their_group():
    grouped = make("conv1d", out_channels=6, kernel_size=1, groups=3)
    # channels 0 and 1 read 0 to 3, and so on
    assert figures(grouped, (12, 8)).movement[0] == Step(0, Reach(4, (0, 0), (3, 3)))
    depthwise = make("depthwise_conv1d", kernel_size=1, multiplier=2)
    assert figures(depthwise, (12, 8)).movement[0] == Step(0, Reach(1, (0, 0), (0, 0)))


def test_movement_of_a_separable_convolution_is_that_of_its_depthwise_part():
    layer = make("separable_conv2d", out_channels=8, kernel_size=[3, 5], stride=2, padding="same")
    found = figures(layer, (4, 8, 8))
    assert found.output_shape == (8, 4, 4)
    # in height 1 cell is added, in width 3
    assert found.movement == (None, Step(1, Reach(2, (0,), (2,))), Step(2, Reach(2, (1,), (4,))))


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_modes_have_the_same_figures(mode):
    layer = make("conv2d", out_channels=4, kernel_size=5, padding=2, padding_mode=mode)
    found = figures(layer, (2, 8, 8))
    assert found.output_shape == (4, 8, 8)
    assert found.operations == Operations(macs=12_800, adds=256)


# PyTorch refuses reflect padding from the size on, circular padding beyond it
@pytest.mark.parametrize(
    ("mode", "padding", "fits"),
    [("reflect", 2, True), ("reflect", 3, False), ("circular", 3, True), ("circular", 4, False)],
)
def test_limits_of_padding_modes(mode, padding, fits):
    layer = make("conv2d", out_channels=4, kernel_size=3, padding=[0, padding], padding_mode=mode)
    assert (misfits(layer, (2, 8, 3)) == []) is fits


def test_padding_beyond_what_a_mode_can_give():
    layer = make("conv1d", out_channels=4, kernel_size=3, padding=4, padding_mode="reflect")
    (misfit,) = misfits(layer, (2, 3))
    assert misfit.code == "E306"
    assert misfit.message == "reflect padding of 4 is more than an input length of 3 can give"
    assert misfit.argument == "padding"
    assert misfit.notes == ("conv1d can take at most 2 cells from inside the input",)
    assert misfit.help == "use padding of at most 2, or padding_mode: zeros"
    # with only 2 cells on each side the window of 9 would not fit
    layer = make("separable_conv2d", out_channels=4, kernel_size=9, padding=4, padding_mode="reflect")
    (misfit,) = misfits(layer, (2, 3, 3))
    assert misfit.help == "use padding_mode: zeros"


@pytest.mark.parametrize("padding_mode", ["zeros", "reflect"])
@pytest.mark.parametrize(
    ("name", "more"),
    [("conv2d", {"out_channels": 32}), ("depthwise_conv2d", {}), ("separable_conv2d", {"out_channels": 32})],
)
def test_a_window_that_does_not_fit(name, more, padding_mode):
    (misfit,) = misfits(make(name, kernel_size=5, padding_mode=padding_mode, **more), (16, 3, 3))
    assert (misfit.code, misfit.argument, misfit.index) == ("E301", "kernel_size", 0)
    assert misfit.message == "a window of 5 does not fit an input height of 3"
    assert misfit.label == "spans 5 cells"
    assert misfit.notes == ("floor((3 - 5) / 1) + 1 = -1, and an output needs at least 1",)
    assert misfit.help == "use a kernel_size of at most 3, or padding: 1"
    assert misfit.fatal


def test_a_dilated_window_that_does_not_fit():
    layer = make("conv2d", out_channels=4, kernel_size=3, dilation=[1, 4], stride=2, padding=[0, [1, 0]])
    (misfit,) = misfits(layer, (2, 6, 6))
    assert (misfit.message, misfit.index) == ("a window of 9 does not fit an input width of 6 padded to 7", 1)
    assert misfit.label == "spans 9 cells with dilation 4"
    assert misfit.notes == ("floor((6 + 1 - 9) / 2) + 1 = 0, and an output needs at least 1",)
    assert misfit.help == "use a kernel_size of at most 2, or padding: 2"


def test_the_suggestions_fit():
    assert figures(make("conv2d", out_channels=4, kernel_size=3), (16, 3, 3)).output_shape == (4, 1, 1)
    padded = make("conv2d", out_channels=4, kernel_size=5, padding=1)
    assert figures(padded, (16, 3, 3)).output_shape == (4, 1, 1)
    narrow = make("conv1d", out_channels=4, kernel_size=2, dilation=4, stride=2, padding=[[1, 0]])
    assert figures(narrow, (2, 6)).output_shape == (4, 2)


@pytest.mark.parametrize(
    ("channels", "out_channels", "groups", "message", "note", "help"),
    [
        (
            64,
            64,
            3,
            "3 groups do not divide 64 input channels",
            "64 / 3 leaves 1",
            "use groups: 2, which divides 64 and 64",
        ),
        (
            64,
            96,
            64,
            "64 groups do not divide 96 output channels",
            "96 / 64 leaves 32",
            "use groups: 32, which divides 64 and 96",
        ),
        (
            3,
            64,
            2,
            "2 groups do not divide 3 input channels",
            "3 / 2 leaves 1",
            "use groups: 1, which divides 3 and 64",
        ),
    ],
)
def test_groups_that_do_not_divide(channels, out_channels, groups, message, note, help):
    layer = make("conv2d", out_channels=out_channels, kernel_size=1, groups=groups)
    (misfit,) = misfits(layer, (channels, 8, 8))
    assert (misfit.code, misfit.argument) == ("E303", "groups")
    assert (misfit.message, misfit.notes, misfit.help) == (message, (note,), help)
    assert not misfit.fatal


@pytest.mark.parametrize(
    ("name", "shape", "message", "help"),
    [
        (
            "conv2d",
            (16, 100),
            "conv2d needs an input of C x H x W, got 16 x 100",
            "use conv1d, or bring the input to 3 dimensions with reshape",
        ),
        (
            "conv3d",
            (3, 32, 32),
            "conv3d needs an input of C x D x H x W, got 3 x 32 x 32",
            "use conv2d, or bring the input to 4 dimensions with reshape",
        ),
        (
            "depthwise_conv1d",
            (400,),
            "depthwise_conv1d needs an input of C x L, got 400",
            "bring the input to 2 dimensions, for instance with reshape",
        ),
        # there is no separable_conv1d
        (
            "separable_conv2d",
            (16, 100),
            "separable_conv2d needs an input of C x H x W, got 16 x 100",
            "bring the input to 3 dimensions, for instance with reshape",
        ),
    ],
)
def test_inputs_of_another_rank(name, shape, message, help):
    out = {} if name.startswith("depthwise") else {"out_channels": 8}
    (misfit,) = misfits(make(name, kernel_size=3, **out), shape)
    assert (misfit.code, misfit.message, misfit.help) == ("E304", message, help)
    assert (misfit.input, misfit.fatal) == (0, True)


def test_a_connection_table_that_reads_a_channel_too_many():
    layer = make("conv2d", out_channels=16, kernel_size=5, connection_table=C3)
    (misfit,) = misfits(layer, (4, 14, 14))
    assert (misfit.code, misfit.argument) == ("E303", "connection_table")
    assert misfit.message == "the connection table reads channel 5, and the input has 4 (from 0)"
    assert misfit.help == "use channels from 0 to 3"
    assert not misfit.fatal


@pytest.mark.parametrize(
    ("arguments", "argument", "message"),
    [
        ({"connection_table": [[0], [1]]}, "connection_table", "has 2 rows for 3 output channels"),
        ({"connection_table": [[0], [1], [1, 1]]}, "connection_table", "names a channel twice in one row"),
        (
            {"connection_table": [[0], [1], [2]], "groups": 3},
            "groups",
            "does not go together with a connection_table",
        ),
        ({"stride": 0}, "stride", "must be a whole number of at least 1, not 0"),
        ({"kernel_size": [3, 3, 3]}, "kernel_size", "needs one value or 2 (height, width), not 3"),
        (
            {"padding_mode": "constant"},
            "padding_mode",
            "must be zeros, reflect, replicate or circular, not `constant`",
        ),
        ({"padding": "full"}, "padding", "must be same, valid or causal, not `full`"),
    ],
)
def test_arguments_that_cannot_be(arguments, argument, message):
    with pytest.raises(ArgumentFaults) as raised:
        make("conv2d", **{"out_channels": 3, "kernel_size": 3, **arguments})
    assert {name: fault.message for name, fault in raised.value.faults.items()} == {argument: message}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("conv2d", {"out_channels": 8, "kernel_size": 3, "stride": 2, "padding": "same"}),
        ("conv2d", {"out_channels": 8, "kernel_size": 3, "dilation": 2, "groups": 4, "padding": [1, [2, 0]]}),
        ("depthwise_conv2d", {"kernel_size": 5, "padding": "causal"}),
        ("separable_conv2d", {"out_channels": 8, "kernel_size": 3, "stride": 2}),
    ],
)
def test_rules_on_arrays_of_sizes(name, arguments):
    assert_same_on_arrays(make(name, **arguments), ((4, 12, 13),), ((8, 7, 5),), ((64, 56, 56),))
