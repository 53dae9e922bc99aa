"""Layers that do nothing in inference."""

from __future__ import annotations

import pytest

from cnncalc.layers.base import POINTWISE, ArgumentFaults, Operations
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("dropout", (4096,)),
        ("dropout", (64, 8, 8)),
        ("dropout1d", (64, 100)),
        ("dropout2d", (64, 8, 8)),
        ("dropout3d", (64, 4, 8, 8)),
        ("alpha_dropout", (128,)),
        ("feature_alpha_dropout", (64, 8, 8)),
        ("stochastic_depth", (96, 56, 56)),
        ("identity", (96, 56, 56)),
    ],
)
def test_free_views(name, shape):
    layer = make(name)
    found = figures(layer, shape)
    assert found.output_shape == shape
    assert found.operations == Operations(0, 0, 0, 0, 0)
    assert (found.params, found.buffer_elements, found.output_bytes) == (0, 0, 0)
    assert found.movement is POINTWISE
    assert layer.view


def test_probability():
    assert make("dropout").p == 0.5
    assert make("stochastic_depth", p=0.2).p == 0.2
    assert make("dropout", p=1).p == 1.0
    with pytest.raises(ArgumentFaults, match="must be a number from 0 to 1, not 50"):
        make("dropout", p=50)


@pytest.mark.parametrize(
    ("name", "shape", "message", "help"),
    [
        # PyTorch: dropout1d refuses, dropout2d and dropout3d warn
        ("dropout1d", (64, 8, 8), "dropout1d needs an input of C x L, got 64 x 8 x 8", "use dropout2d"),
        ("dropout2d", (4096,), "dropout2d needs an input of C x H x W, got 4096", "use dropout"),
        ("dropout2d", (64, 100), "dropout2d needs an input of C x H x W, got 64 x 100", "use dropout1d"),
        (
            "dropout3d",
            (64, 8, 8),
            "dropout3d needs an input of C x D x H x W, got 64 x 8 x 8",
            "use dropout2d",
        ),
    ],
)
def test_channels_of_another_rank(name, shape, message, help):
    (misfit,) = misfits(make(name), shape)
    assert (misfit.code, misfit.message, misfit.help) == ("E304", message, help)
    assert not misfit.fatal


def test_rules_on_arrays_of_sizes():
    assert_same_on_arrays(make("dropout2d"), ((4, 2, 3),), ((64, 56, 56),))
