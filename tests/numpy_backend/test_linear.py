from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.executors import blockwise, linear
from tests.numpy_backend.helpers import execute

WEIGHT = [[1, 0, -1], [2, 2, 2]]
BIAS = [10, 20]


def test_values_and_counts() -> None:
    """By hand: 1 - 3 and 2*(1 + 2 + 3), then the bias."""
    found = execute("linear: 2", [[1, 2, 3], [0, 0, 5]], weights={"weight": WEIGHT, "bias": BIAS})
    assert found.output.tolist() == [[8, 32], [5, 30]]
    assert found.operations == Operations(macs=12, adds=4)
    assert {name: tensor.shape for name, tensor in found.weights.items()} == {"weight": (2, 3), "bias": (2,)}


def test_without_bias() -> None:
    found = execute("linear: {out_features: 2, bias: false}", [[1, 2, 3]], weights={"weight": WEIGHT})
    assert found.output.tolist() == [[-2, 12]]
    assert found.operations == Operations(macs=6)
    assert set(found.weights) == {"weight"}


def lying(x: np.ndarray) -> list[np.ndarray]:
    """The same numbers, as they may lie in memory."""
    steps = np.zeros([2 * size for size in x.shape])[tuple([slice(None, None, 2)] * x.ndim)]
    steps[...] = x
    return [x, np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1), steps, np.asfortranarray(x)]


@pytest.mark.parametrize("leading", [(2,), (2, 1), (1, 4), (2, 3, 2), (2, 1, 2, 3)])
def test_last_dimension_of_any_shape(leading: tuple[int, ...]) -> None:
    x = np.empty((*leading, 3))
    x[...] = [1, 2, 3]
    x[-1] *= 2
    for input_ in lying(x):
        found = execute("linear: 2", input_, weights={"weight": WEIGHT, "bias": BIAS})
        assert found.output.shape == (*leading, 2)
        first, last = found.output[0], found.output[-1]
        assert (last == [6, 44]).all()
        assert len(leading) == 1 or leading[0] == 1 or (first == [8, 32]).all()
        positions = int(np.prod(leading))
        assert found.operations == Operations(macs=6 * positions, adds=2 * positions)


def test_float32() -> None:
    found = execute("linear: 4", np.ones((2, 3, 5)), dtype="float32")
    assert found.output.dtype == np.float32


# radial basis functions


def test_squared_distances() -> None:
    """By hand: (1 - 0)**2 + (2 - 0)**2 and (1 - 3)**2 + (2 + 1)**2."""
    found = execute("rbf: 2", [[1, 2]], weights={"centers": [[0, 0], [3, -1]]})
    assert found.output.tolist() == [[5, 13]]
    assert found.operations == Operations(adds=2 * (2 + 1), muls=4)
    assert {name: tensor.shape for name, tensor in found.buffers.items()} == {"centers": (2, 2)}
    assert not found.weights


def test_of_a_single_feature() -> None:
    found = execute("rbf: 1", [[3]], weights={"centers": [[1]]})
    assert found.output.tolist() == [[4]]
    assert found.operations == Operations(adds=1, muls=1)


def test_lenet_counts() -> None:
    """LeNet-5's last layer, 84 to 10: 840 subtractions, 840 squarings, 830 additions."""
    assert execute("rbf: 10", np.ones((2, 84))).operations == Operations(adds=3340, muls=1680)


@pytest.mark.parametrize("block_bytes", [1 << 18, 16, 64])
@pytest.mark.parametrize("leading", [(2,), (2, 1), (2, 3, 2), (1, 2, 2, 3)])
def test_distances_along_the_last_dimension(
    leading: tuple[int, ...], block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blockwise, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(linear, "BLOCK_BYTES", block_bytes)
    x = np.empty((*leading, 2))
    x[...] = [1, 2]
    x[-1] += 1
    for input_ in lying(x):
        found = execute("rbf: 3", input_, weights={"centers": [[0, 0], [3, -1], [2, 3]]})
        assert found.output.shape == (*leading, 3)
        assert (found.output[-1] == [13, 17, 0]).all()
        assert leading[0] == 1 or (found.output[0] == [5, 13, 2]).all()
        assert found.operations == Operations(adds=9, muls=6).times(int(np.prod(leading)))


def test_memory_is_that_of_blocks() -> None:
    """All differences at once would be 4 MB."""
    found = execute("rbf: 500", np.ones((1, 1000)))
    assert found.work.scratch_memory.bytes <= blockwise.BLOCK_BYTES
