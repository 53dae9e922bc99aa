from __future__ import annotations

import math

import numpy as np
import pytest

from cnncalc.numpy_backend.erf import erf

EVERYWHERE = np.concatenate([np.linspace(-7, 7, 20_001), np.logspace(-30, 1, 500), [0.46875, -0.46875]])


def test_values_of_a_table() -> None:
    """Abramowitz & Stegun 1964, table 7.1."""
    assert erf(np.array([0.1, 0.5, 1.0, 2.0])) == pytest.approx(
        [0.1124629160, 0.5204998778, 0.8427007929, 0.9953222650], abs=1e-10
    )


def test_is_that_of_the_standard_library_in_float64() -> None:
    exact = np.array([math.erf(number) for number in EVERYWHERE])
    assert np.allclose(erf(EVERYWHERE), exact, rtol=1e-15, atol=0)


def test_is_that_of_the_standard_library_in_float32() -> None:
    x = EVERYWHERE.astype(np.float32)
    found = erf(x)
    assert found.dtype == np.float32
    assert np.allclose(found, [math.erf(number) for number in x], rtol=6e-7, atol=0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ends(dtype: str) -> None:
    found = erf(np.array([np.nan, np.inf, -np.inf, 0.0, -0.0], dtype))
    assert np.array_equal(found, np.array([np.nan, 1, -1, 0, 0], dtype), equal_nan=True)
    assert np.signbit(found[4])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grows_and_stays_within_one(dtype: str) -> None:
    found = erf(np.linspace(-7, 7, 5001).astype(dtype))
    assert np.abs(found).max() == 1
    assert np.diff(found).min() >= -4 * np.finfo(dtype).eps


def test_half_precision() -> None:
    found = erf(np.array([1.0], np.float16))
    assert found.dtype == np.float16
    assert found[0] == pytest.approx(0.8427, abs=1e-3)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_in_place_on_a_view_with_steps(dtype: str) -> None:
    memory = np.array([1.0, 7.0, 2.0, 7.0], dtype)
    view = memory[::2]
    assert erf(view, out=view) is view
    assert memory == pytest.approx([0.8427, 7, 0.9953, 7], abs=1e-3)
