"""Activations. Expectations are counted by hand from the functions' formulas, on few elements."""

from __future__ import annotations

import pytest

from cnncalc.layers.base import POINTWISE, ArgumentFaults, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make, misfits


@pytest.mark.parametrize(
    ("name", "arguments", "operations"),
    [
        ("relu", {}, Operations(compares=6)),
        ("relu6", {}, Operations(compares=12)),
        ("leaky_relu", {"negative_slope": 0.2}, Operations(muls=6, compares=6)),
        ("prelu", {}, Operations(muls=6, compares=6)),
        ("elu", {"alpha": 0.5}, Operations(adds=6, muls=6, compares=6, transcendentals=6)),
        ("selu", {}, Operations(adds=6, muls=12, compares=6, transcendentals=6)),
        ("celu", {"alpha": 2}, Operations(adds=6, muls=12, compares=6, transcendentals=6)),
        ("gelu", {}, Operations(adds=6, muls=18, transcendentals=6)),
        ("gelu", {"approximate": "tanh"}, Operations(adds=12, muls=36, transcendentals=6)),
        ("silu", {}, Operations(adds=6, muls=6, transcendentals=6)),
        ("mish", {}, Operations(adds=6, muls=6, transcendentals=18)),
        ("sigmoid", {}, Operations(adds=6, muls=6, transcendentals=6)),
        ("hardsigmoid", {}, Operations(adds=6, muls=6, compares=12)),
        ("tanh", {}, Operations(transcendentals=6)),
        ("hardtanh", {"min_val": 0, "max_val": 6}, Operations(compares=12)),
        ("arctan", {}, Operations(transcendentals=6)),
        (
            "softplus",
            {"beta": 2, "threshold": 10},
            Operations(adds=6, muls=12, compares=6, transcendentals=12),
        ),
        ("softsign", {}, Operations(adds=6, muls=6)),
        ("hardswish", {}, Operations(adds=6, muls=12, compares=12)),
        ("binary_step", {}, Operations(compares=6)),
    ],
)
def test_each_element_by_itself(name, arguments, operations):
    layer = make(name, **arguments)
    found = figures(layer, (2, 3, 1))
    assert found.output_shape == (2, 3, 1)
    assert found.operations == operations
    assert found.movement is POINTWISE
    assert found.buffers == {}
    assert found.params == (1 if name == "prelu" else 0)
    assert layer.elementwise


# PyTorch: nn.PReLU(), nn.PReLU(64)
@pytest.mark.parametrize(("count", "params"), [(1, 1), (64, 64), ("channels", 64)])
def test_prelu_learns_one_slope_or_one_for_each_channel(count, params):
    found = figures(make("prelu", num_parameters=count), (64, 8, 8))
    assert found.weights == {"weight": (params,)}
    assert found.operations == Operations(muls=4096, compares=4096)


def test_prelu_with_another_number_of_slopes_is_a_fault():
    (misfit,) = misfits(make("prelu", num_parameters=32), (64, 8, 8))
    assert misfit.code == "E303"
    assert misfit.message == "32 slopes are neither 1 nor one for each of 64 channels"
    assert misfit.argument == "num_parameters"
    assert misfit.help == "use num_parameters: 1, or num_parameters: channels"
    assert not misfit.fatal


@pytest.mark.parametrize(
    ("name", "dim", "shape", "operations"),
    [
        ("softmax", 1, (5,), Operations(adds=9, muls=5, compares=4, transcendentals=5)),
        ("softmax", 1, (4, 2, 3), Operations(adds=42, muls=24, compares=18, transcendentals=24)),
        ("softmax", -1, (4, 2, 3), Operations(adds=40, muls=24, compares=16, transcendentals=24)),
        ("log_softmax", 1, (5,), Operations(adds=14, compares=4, transcendentals=6)),
        ("log_softmax", 2, (4, 2, 3), Operations(adds=60, compares=12, transcendentals=36)),
    ],
)
def test_softmax_along_a_dimension(name, dim, shape, operations):
    found = figures(make(name, dim=dim), shape)
    assert found.output_shape == shape
    assert found.operations == operations
    assert found.params == 0


def test_softmax_sees_all_of_its_dimension():
    assert figures(make("softmax"), (4, 2, 3)).movement == (Step(0, whole=True), Step(1), Step(2))
    assert figures(make("log_softmax", dim=-1), (4, 2, 3)).movement == (Step(0), Step(1), Step(2, whole=True))
    assert not make("softmax").elementwise


def test_softmax_along_a_dimension_that_is_not_there():
    (misfit,) = misfits(make("softmax", dim=4), (4, 2, 3))
    assert (misfit.code, misfit.message) == ("E307", "there is no dim 4 in a shape of 4 x 2 x 3")
    assert misfit.argument == "dim"
    assert misfit.help == "use a dim from 1 (channels) to 3, or from -1 (the last) to -3"
    (misfit,) = misfits(make("log_softmax", dim=0), (10,))
    assert misfit.message == "dim 0 is the batch, which stays as it is"


@pytest.mark.parametrize(
    ("name", "arguments", "argument", "message"),
    [
        ("hardtanh", {"min_val": 2}, "max_val", "must be above min_val, and 1 is not above 2"),
        ("celu", {"alpha": 0}, "alpha", "must not be 0, by which x is divided"),
        ("gelu", {"approximate": "erf"}, "approximate", "must be none or tanh, not `erf`"),
        (
            "prelu",
            {"num_parameters": 0},
            "num_parameters",
            "must be a whole number of at least 1, or channels, not 0",
        ),
        (
            "prelu",
            {"num_parameters": "each"},
            "num_parameters",
            "must be a whole number of at least 1, or channels, not `each`",
        ),
    ],
)
def test_arguments_that_pytorch_refuses(name, arguments, argument, message):
    with pytest.raises(ArgumentFaults) as raised:
        make(name, **arguments)
    assert {name: fault.message for name, fault in raised.value.faults.items()} == {argument: message}


def test_softplus_has_no_beta_of_0() -> None:
    """PyTorch takes it, and gives inf for any number."""
    with pytest.raises(ArgumentFaults, match="beta: must not be 0, by which the logarithm is divided"):
        make("softplus", beta=0.0)


def test_elu_takes_an_alpha_of_0_as_pytorch_does():
    assert figures(make("elu", alpha=0), (2,)).output_shape == (2,)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("gelu", {}), ("prelu", {"num_parameters": "channels"}), ("log_softmax", {"dim": 2})],
)
def test_rules_on_arrays_of_sizes(name, arguments):
    assert_same_on_arrays(make(name, **arguments), ((4, 2, 3),), ((1, 7, 5),), ((64, 56, 56),))
