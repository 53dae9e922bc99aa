from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend import arrays
from tests.numpy_backend.helpers import execute

INPUT = np.array([[-3, -1, 0, 0.5, 2, 4]])

# values of PyTorch 2.13 in float64 where they are not plain to see
VALUES = {
    "relu": [0, 0, 0, 0.5, 2, 4],
    "relu6": [0, 0, 0, 0.5, 2, 4],
    "selu": [-1.6705687287671118, -1.1113307378125625, 0, 0.5253504936777402, 2.101401974710961,
             4.202803949421922],
    "silu": [-0.14227761953270035, -0.2689414213699951, 0, 0.3112296656009273, 1.7615941559557646,
             3.928055160151634],
    "mish": [-0.1456474612756246, -0.30340146137410895, 0, 0.3752452113048951, 1.9439589595339946,
             3.9974128069762385],
    "sigmoid": [0.04742587317756678, 0.2689414213699951, 0.5, 0.6224593312018546, 0.8807970779778823,
                0.9820137900379085],
    "hardsigmoid": [0, 1 / 3, 0.5, 7 / 12, 5 / 6, 1],
    "tanh": [-0.9950547536867305, -0.7615941559557649, 0, 0.46211715726000974, 0.9640275800758169,
             0.999329299739067],
    "arctan": [-1.2490457723982544, -0.7853981633974483, 0, 0.4636476090008061, 1.1071487177940904,
               1.3258176636680326],
    "softsign": [-3 / 4, -1 / 2, 0, 1 / 3, 2 / 3, 4 / 5],
    "hardswish": [0, -1 / 3, 0, 7 / 24, 5 / 3, 4],
    "binary_step": [0, 0, 1, 1, 1, 1],
}  # fmt: skip

every_activation = pytest.mark.parametrize("name", VALUES)


@every_activation
def test_values(name: str) -> None:
    assert execute(name, INPUT).output == pytest.approx(np.array([VALUES[name]]), abs=1e-15)


@every_activation
def test_values_in_float32(name: str) -> None:
    found = execute(name, INPUT, dtype="float32").output
    assert found.dtype == np.float32
    assert found == pytest.approx(np.array([VALUES[name]]), rel=1e-6, abs=1e-7)


def test_no_digits_are_lost_near_0() -> None:
    # PyTorch 2.13; exp(x) - 1 would be right to five digits only
    tiny = np.array([[-1e-12, -1e-6]])
    expected = {
        "selu": [-1.758099340846497475e-12, -1.758098461797999245e-06],
        "elu": [-9.999999999994999557e-13, -9.999995000001667006e-07],
        "celu: {alpha: 2}": [-9.999999999997499678e-13, -9.999997500000416113e-07],
    }
    for layer, values in expected.items():
        np.testing.assert_allclose(execute(layer, tiny).output, [values], rtol=1e-14)


def test_no_digits_are_lost_far_below_0() -> None:
    # PyTorch 2.13; log(1 + exp(x)) would be 0 at -40
    far = np.array([[-40, -20]])
    expected = {
        "softplus": [4.248354255291589e-18, 2.061153620314381e-09],
        "mish": [-1.6993417021166355e-16, -4.122307240628762e-08],
    }
    for layer, values in expected.items():
        np.testing.assert_allclose(execute(layer, far).output, [values], rtol=1e-14)


def test_relu6_is_bounded() -> None:
    assert execute("relu6", [[5.5, 6, 7, np.inf, -np.inf]]).output.tolist() == [[5.5, 6, 6, 6, 0]]


# counted by hand from the formulas, for one element
COUNTS = {
    "relu": Operations(compares=1),
    "relu6": Operations(compares=2),
    "selu": Operations(adds=1, muls=2, compares=1, transcendentals=1),
    "silu": Operations(adds=1, muls=1, transcendentals=1),
    "mish": Operations(adds=1, muls=1, transcendentals=3),
    "sigmoid": Operations(adds=1, muls=1, transcendentals=1),
    "hardsigmoid": Operations(adds=1, muls=1, compares=2),
    "tanh": Operations(transcendentals=1),
    "arctan": Operations(transcendentals=1),
    "softsign": Operations(adds=1, muls=1),
    "hardswish": Operations(adds=1, muls=2, compares=2),
    "binary_step": Operations(compares=1),
}


@every_activation
def test_counts(name: str) -> None:
    assert execute(name, INPUT).operations == COUNTS[name].times(6)


# what PyTorch 2.13 gives for NaN, infinity and minus infinity
ENDS = {
    "relu": [np.nan, np.inf, 0],
    "relu6": [np.nan, 6, 0],
    "selu": [np.nan, np.inf, -1.7580993408473766],
    "silu": [np.nan, np.inf, np.nan],
    "mish": [np.nan, np.inf, np.nan],
    "sigmoid": [np.nan, 1, 0],
    "hardsigmoid": [np.nan, 1, 0],
    "tanh": [np.nan, 1, -1],
    "arctan": [np.nan, np.pi / 2, -np.pi / 2],
    "softsign": [np.nan, np.nan, np.nan],
    "hardswish": [np.nan, np.inf, np.nan],
    "binary_step": [0, 1, 0],
}


@every_activation
@pytest.mark.filterwarnings("error")
def test_ends(name: str) -> None:
    found = execute(name, [[np.nan, np.inf, -np.inf]]).output
    assert found == pytest.approx(np.array([ENDS[name]]), abs=1e-15, nan_ok=True)


@every_activation
@pytest.mark.filterwarnings("error")
def test_large_numbers_do_not_overflow(name: str) -> None:
    """PyTorch 2.13 gives no infinity for them either."""
    assert np.isfinite(execute(name, [[-1000, 1000, -1e30, 1e30]], dtype="float32").output).all()


def lying_otherwise() -> list[np.ndarray]:
    """2 x 3 x 1 x 4 numbers, as they lie in different ways."""
    x = np.linspace(-4, 7, 24).reshape(2, 3, 1, 4)
    steps = np.zeros((4, 3, 2, 8))[::2, :, :1, ::2]
    steps[...] = x
    return [x, np.ascontiguousarray(x.transpose(3, 1, 0, 2)).transpose(2, 1, 3, 0), steps]


@every_activation
def test_any_strides(name: str) -> None:
    """What the numbers are does not follow from where they lie."""
    flat = execute(name, np.linspace(-4, 7, 24).reshape(1, 24)).output.reshape(2, 3, 1, 4)
    for x in lying_otherwise():
        before = x.copy()
        assert np.array_equal(execute(name, x).output, flat)
        assert np.array_equal(x, before)


@every_activation
def test_in_place(name: str) -> None:
    x = INPUT.copy()
    found = execute(name, x, reusable=[True]).output
    assert found is x
    assert x == pytest.approx(np.array([VALUES[name]]), abs=1e-15)


@every_activation
def test_needs_memory_of_a_block_only(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.numpy_backend.executors import blockwise

    monkeypatch.setattr(blockwise, "BLOCK_BYTES", 1024)
    x = arrays.empty((2, 8, 16, 16), np.dtype("float64"))
    x[...] = np.linspace(-4, 7, x.size).reshape(x.shape)
    found = execute(name, x)
    assert found.work.scratch_memory.bytes <= 1024
    flat = execute(name, np.ascontiguousarray(x).reshape(1, -1)).output
    assert np.array_equal(found.output.ravel(), flat.ravel())
