from __future__ import annotations

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import execute

ANY_SHAPE = ["dropout: 0.9", "alpha_dropout", "feature_alpha_dropout: 1", "stochastic_depth: 1", "identity"]


@pytest.mark.parametrize("layer", ANY_SHAPE)
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (1, 1, 1, 1), (2, 3, 1, 2, 2)])
def test_gives_its_input_without_a_copy(layer: str, shape: tuple[int, ...]) -> None:
    x = np.arange(float(np.prod(shape))).reshape(shape)
    found = execute(layer, x)
    assert found.output.shape == shape
    assert np.shares_memory(found.output, x)
    assert np.array_equal(found.output, np.arange(x.size).reshape(shape))
    assert found.operations == Operations()


@pytest.mark.parametrize("axes", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_dropout_of_channels_needs_their_axes(rank: int, axes: int) -> None:
    x = np.ones((2, 3, *(2,) * axes))
    layer = f"dropout{rank}d: 0.5"
    if axes == rank:
        assert np.shares_memory(execute(layer, x).output, x)
    else:
        with pytest.raises(CannotRun, match=f"channels of {rank} axes, and those of the input have {axes}"):
            execute(layer, x)


def test_view_of_a_view() -> None:
    x = np.arange(12.0).reshape(2, 6)[:, ::2]
    found = execute("dropout", x).output
    assert np.shares_memory(found, x)
    assert found.tolist() == [[0, 2, 4], [6, 8, 10]]
