from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import execute

INPUT = np.array([[-3, -1, 0, 0.5, 2, 4]])

# values of PyTorch 2.13 in float64 where they are not plain to see
VALUES = {
    "leaky_relu": [-0.03, -0.01, 0, 0.5, 2, 4],
    "leaky_relu: 0.5": [-1.5, -0.5, 0, 0.5, 2, 4],
    "leaky_relu: -1": [3, 1, 0, 0.5, 2, 4],
    "leaky_relu: 2": [-6, -2, 0, 0.5, 2, 4],
    "leaky_relu: 0": [0, 0, 0, 0.5, 2, 4],
    "elu": [-0.950212931632136, -0.6321205588285577, 0, 0.5, 2, 4],
    "elu: 0.5": [-0.475106465816068, -0.31606027941427883, 0, 0.5, 2, 4],
    "elu: -1": [0.950212931632136, 0.6321205588285577, 0, 0.5, 2, 4],
    "celu": [-0.950212931632136, -0.6321205588285577, 0, 0.5, 2, 4],
    "celu: 2": [-1.5537396797031404, -0.7869386805747332, 0, 0.5, 2, 4],
    "gelu": [-0.00404969409489031, -0.15865525393145702, 0, 0.34573123063700656, 1.9544997361036416,
             3.9998733150326675],
    "gelu: {approximate: tanh}": [-0.0036373920817729943, -0.15880800939172324, 0, 0.34571400982514394,
                                  1.954597694087775, 3.9999297540518075],
    "hardtanh": [-1, -1, 0, 0.5, 1, 1],
    "hardtanh: {min_val: -2, max_val: 3}": [-2, -1, 0, 0.5, 2, 3],
    "softplus": [0.04858735157374206, 0.31326168751822286, 0.6931471805599453, 0.9740769841801067,
                 2.1269280110429727, 4.0181499279178094],
    # above the threshold, at 2*2 and 2*4, it is x itself
    "softplus: {beta: 2, threshold: 3}": [0.0012378425688652247, 0.06346400552148625, 0.34657359027997264,
                                          0.6566308437591114, 2, 4],
}  # fmt: skip

every_layer = pytest.mark.parametrize("layer", VALUES)


@every_layer
def test_values(layer: str) -> None:
    assert execute(layer, INPUT).output == pytest.approx(np.array([VALUES[layer]]), abs=1e-15)


@every_layer
def test_values_in_float32(layer: str) -> None:
    """To 1e-6: in 1 + erf(x/sqrt(2)) little is left of -1, so small outputs of gelu have few digits."""
    found = execute(layer, INPUT, dtype="float32").output
    assert found.dtype == np.float32
    assert found == pytest.approx(np.array([VALUES[layer]]), rel=1e-6, abs=1e-6)


@every_layer
def test_in_place(layer: str) -> None:
    x = INPUT.copy()
    assert execute(layer, x, reusable=[True]).output is x
    assert x == pytest.approx(np.array([VALUES[layer]]), abs=1e-15)


@every_layer
def test_any_strides(layer: str) -> None:
    x = np.linspace(-4, 7, 24).reshape(2, 3, 1, 4)
    flat = execute(layer, x.reshape(1, 24)).output.reshape(x.shape)
    steps = np.zeros((4, 3, 2, 8))[::2, :, :1, ::2]
    steps[...] = x
    for lying in (x, x.transpose(3, 1, 0, 2).copy().transpose(2, 1, 3, 0), steps):
        assert np.array_equal(execute(layer, lying).output, flat)
        assert np.array_equal(lying, x)


# counted by hand from the formulas, for one element
COUNTS = {
    "leaky_relu": Operations(muls=1, compares=1),
    "leaky_relu: -1": Operations(muls=1, compares=1),
    "prelu": Operations(muls=1, compares=1),
    "elu": Operations(adds=1, muls=1, compares=1, transcendentals=1),
    "celu: 2": Operations(adds=1, muls=2, compares=1, transcendentals=1),
    "gelu": Operations(adds=1, muls=3, transcendentals=1),
    "gelu: {approximate: tanh}": Operations(adds=2, muls=6, transcendentals=1),
    "hardtanh": Operations(compares=2),
    "softplus": Operations(adds=1, muls=2, compares=1, transcendentals=2),
}


@pytest.mark.parametrize("layer", COUNTS)
def test_counts(layer: str) -> None:
    assert execute(layer, INPUT).operations == COUNTS[layer].times(6)


# what PyTorch 2.13 gives for NaN, infinity and minus infinity
ENDS = {
    "leaky_relu": [np.nan, np.inf, -np.inf],
    "leaky_relu: 0": [np.nan, np.inf, np.nan],
    "elu": [np.nan, np.inf, -1],
    "celu: 2": [np.nan, np.inf, -2],
    "celu: -2": [np.nan, np.inf, -np.inf],
    "gelu": [np.nan, np.inf, np.nan],
    "gelu: {approximate: tanh}": [np.nan, np.inf, np.nan],
    "hardtanh": [np.nan, 1, -1],
    "softplus": [np.nan, np.inf, 0],
}


@pytest.mark.parametrize("layer", ENDS)
@pytest.mark.filterwarnings("error")
def test_ends(layer: str) -> None:
    found = execute(layer, [[np.nan, np.inf, -np.inf]]).output
    assert found == pytest.approx(np.array([ENDS[layer]]), abs=1e-15, nan_ok=True)


@every_layer
@pytest.mark.filterwarnings("error")
def test_large_numbers_do_not_overflow(layer: str) -> None:
    found = execute(layer, [[-1000, 1000, -1e30, 1e30]], dtype="float32").output
    assert np.isfinite(found).all()


# prelu


@pytest.mark.parametrize("slope", [0.25, 0.0, 1.0, 2.0, -0.5])
def test_prelu_with_one_slope(slope: float) -> None:
    x = [[[-4, 4], [0, -1]]]
    found = execute("prelu", x, weights={"weight": [slope]})
    assert found.output.tolist() == [[[-4 * slope, 4], [0, -slope]]]
    assert {name: tensor.shape for name, tensor in found.weights.items()} == {"weight": (1,)}


@pytest.mark.parametrize("number", ["channels", "3"])
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 2, 2), (2, 3, 1, 2, 2)])
def test_prelu_with_a_slope_for_each_channel(number: str, shape: tuple[int, ...]) -> None:
    x = np.full(shape, -8.0)
    found = execute(f"prelu: {{num_parameters: {number}}}", x, weights={"weight": [0.5, 2, -1]}).output
    assert [found[:, channel].max() for channel in range(3)] == [-4, -16, 8]
    assert [found[:, channel].min() for channel in range(3)] == [-4, -16, 8]


def test_prelu_in_place_with_slopes_between_zero_and_one() -> None:
    x = np.array([[[-8.0, 8.0], [-8.0, 8.0]]])
    found = execute("prelu: channels", x, weights={"weight": [0.5, 0.25]}, reusable=[True])
    assert found.output is x
    assert x.tolist() == [[[-4, 8], [-2, 8]]]


def test_prelu_needs_as_many_slopes_as_channels() -> None:
    with pytest.raises(CannotRun, match="2 slopes are neither 1 nor one for each of 3 channels"):
        execute("prelu: 2", np.ones((1, 3, 2)))
