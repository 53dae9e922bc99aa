from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.executors import blockwise
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import execute

INPUT = np.array([[[1.0, 2, 3], [4, 4, 4]], [[0, 0, 10], [-5, 1, 1]]])

# PyTorch 2.13 in float64
OVER_CHANNELS = [
    [[0.04742587317756679, 0.11920292202211755, 0.2689414213699951],
     [0.9525741268224334, 0.8807970779778823, 0.7310585786300049]],
    [[0.9933071490757153, 0.2689414213699951, 0.9998766054240137],
     [0.006692850924284856, 0.7310585786300049, 0.00012339457598623172]],
]  # fmt: skip
OVER_LAST = [
    [[0.09003057317038045, 0.2447284710547976, 0.6652409557748218], [1 / 3, 1 / 3, 1 / 3]],
    [[4.539580782951091e-05, 4.539580782951091e-05, 0.9999092083843409],
     [0.001237841936635777, 0.49938107903168216, 0.49938107903168216]],
]  # fmt: skip
LOG_OVER_LAST = [
    [[-2.4076059644443806, -1.4076059644443804, -0.4076059644443804], [-1.0986122886681098] * 3],
    [[-10.000090795737467, -10.000090795737467, -9.079573746725622e-05],
     [-6.694385789255728, -0.6943857892557275, -0.6943857892557275]],
]  # fmt: skip


@pytest.mark.parametrize("layer", ["softmax", "softmax: 1", "softmax: -2"])
def test_over_channels(layer: str) -> None:
    assert execute(layer, INPUT).output == pytest.approx(np.array(OVER_CHANNELS), rel=1e-14)


@pytest.mark.parametrize("dim", [2, -1])
def test_over_the_last_dimension(dim: int) -> None:
    assert execute(f"softmax: {dim}", INPUT).output == pytest.approx(np.array(OVER_LAST), rel=1e-14)
    assert execute(f"log_softmax: {dim}", INPUT).output == pytest.approx(np.array(LOG_OVER_LAST), rel=1e-12)


def test_of_large_numbers() -> None:
    """They would overflow if the largest were not taken away."""
    x = [[1000, 1000, -1000]]
    assert execute("softmax", x).output.tolist() == [[0.5, 0.5, 0]]
    assert execute("log_softmax", x).output == pytest.approx(
        np.log([[0.5, 0.5, 1]]) - [[0, 0, 2000.69314718]]
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_spoils_its_slice_alone(bad: float) -> None:
    """As in PyTorch; infinity minus infinity is NaN."""
    found = execute("softmax: 2", [[[1, bad], [3, 3]]]).output
    assert np.isnan(found[0, 0]).any()
    assert found[0, 1].tolist() == [0.5, 0.5]


def test_minus_infinity_has_no_share() -> None:
    assert execute("softmax", [[0, -np.inf, 0]]).output.tolist() == [[0.5, 0, 0.5]]


def test_of_one_channel() -> None:
    assert execute("softmax", [[[3.0, 4.0]]]).output.tolist() == [[[1, 1]]]
    assert execute("log_softmax", [[[3.0, 4.0]]]).output.tolist() == [[[0, 0]]]


def test_counts() -> None:
    """4 slices of 3: 8 compares, 12 subtractions, 12 exp, 8 additions; 12 divisions, or 4 log and 12 more."""
    assert execute("softmax: 2", INPUT).operations == Operations(0, 20, 12, 8, 12)
    assert execute("log_softmax: 2", INPUT).operations == Operations(0, 32, 0, 8, 16)


@pytest.mark.parametrize("block_bytes", [1 << 18, 64, 256])
@pytest.mark.parametrize("kind", ["softmax", "log_softmax"])
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_blocks_and_strides(kind: str, dim: int, block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each slice by itself gives what all together give, however they lie and are cut."""
    monkeypatch.setattr(blockwise, "BLOCK_BYTES", block_bytes)
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    last = np.moveaxis(x, dim, -1).reshape(-1, x.shape[dim])
    rows = np.concatenate([execute(kind, row[None]).output for row in last])
    expected = np.moveaxis(rows.reshape(np.moveaxis(x, dim, -1).shape), -1, dim)
    steps = np.zeros((4, 3, 8, 5))[::2, :, ::2]
    steps[...] = x
    for lying in (x, np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1), steps):
        found = execute(f"{kind}: {dim}", lying)
        assert found.output == pytest.approx(expected, rel=1e-13)
        assert found.operations == execute(kind, last).operations
        assert np.array_equal(lying, x)


@pytest.mark.parametrize("kind", ["softmax", "log_softmax"])
def test_input_is_kept_though_it_may_be_written_over(kind: str) -> None:
    """The layer is not elementwise, so that its output is expected to be a tensor of its own."""
    x = INPUT.copy()
    assert not np.shares_memory(execute(kind, x, reusable=[True]).output, x)
    assert np.array_equal(x, INPUT)


def test_float32() -> None:
    found = execute("softmax", INPUT, dtype="float32").output
    assert found.dtype == np.float32
    assert found == pytest.approx(np.array(OVER_CHANNELS), rel=1e-6)


@pytest.mark.parametrize("dim", [0, 3, -3, -4])
@pytest.mark.parametrize("kind", ["softmax", "log_softmax"])
def test_refuses_the_batch_and_what_there_is_not(kind: str, dim: int) -> None:
    with pytest.raises(CannotRun, match=f"dim {dim}"):
        execute(f"{kind}: {dim}", INPUT)
