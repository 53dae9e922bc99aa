"""What all layers have in common."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from cnncalc.layers import find_kind
from cnncalc.layers.arguments import ArgumentFault
from cnncalc.layers.base import ArgumentFaults
from tests.layers.helpers import figures, make


def test_layers_with_the_same_arguments_are_equal() -> None:
    one = make("conv2d", out_channels=8, kernel_size=3)
    assert one == make("conv2d", out_channels=8, kernel_size=[3, 3])
    assert hash(one) == hash(make("conv2d", out_channels=8, kernel_size=[3, 3]))
    assert one != make("conv2d", out_channels=8, kernel_size=5)
    assert one != make("conv1d", out_channels=8, kernel_size=3)


def test_equality_does_not_depend_on_what_was_asked_before() -> None:
    asked, other = (make("separable_conv2d", out_channels=8, kernel_size=3) for _ in range(2))
    figures(asked, (3, 8, 8))
    assert asked == other


def test_a_layer_cannot_be_changed_but_replaced() -> None:
    layer = make("conv2d", out_channels=8, kernel_size=3)
    with pytest.raises(FrozenInstanceError):
        layer.out_channels = 9  # type: ignore[attr-defined]
    assert replace(layer, out_channels=9) == make("conv2d", out_channels=9, kernel_size=3)


def test_a_layer_shows_its_arguments() -> None:
    assert repr(make("max_pool2d", kernel_size=2)) == (
        "max_pool2d(kernel_size=(2, 2), stride=(2, 2), padding=((0, 0), (0, 0)), dilation=(1, 1), "
        "ceil_mode=False)"
    )


def test_every_faulty_argument_is_told() -> None:
    with pytest.raises(ArgumentFaults) as caught:
        make("conv2d", out_channels=0, kernel_size="three")
    faults = caught.value.faults
    assert {name: fault.message for name, fault in faults.items()} == {
        "out_channels": "must be a whole number of at least 1, not 0",
        "kernel_size": "must be a whole number of at least 1, not `three`",
    }
    assert all(isinstance(fault, ArgumentFault) for fault in faults.values())


def test_an_unknown_kind_is_none() -> None:
    assert find_kind("conv4d") is None
