"""How arrays lie in memory, and how they are cut into blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.numpy_backend import arrays
from cnncalc.numpy_backend.arrays import AS_READ, blocks, channels_first, channels_last, merged, owner, part

FLOAT32 = np.dtype("float32")


def order_of(x: Any) -> list[int]:
    """The dimensions as they lie in memory, the outermost first."""
    return sorted(range(x.ndim), key=lambda place: -x.strides[place])


@pytest.mark.parametrize(
    ("shape", "order", "expected"),
    [
        ((2, 3, 4, 5), None, [0, 2, 3, 1]),
        ((2, 3, 4), None, [0, 2, 1]),
        ((2, 3, 4, 5, 6), None, [0, 2, 3, 4, 1]),
        ((2, 3), None, [0, 1]),
        ((2, 3, 4, 5), AS_READ, [0, 1, 2, 3]),
        ((2, 3, 4, 5), (0, 3, 1, 2), [0, 3, 1, 2]),
        ((2, 3, 4), (0, 2, 1), [0, 2, 1]),
    ],
)
def test_a_new_array(shape: tuple[int, ...], order: Any, expected: list[int]) -> None:
    x = arrays.empty(shape, FLOAT32, order)
    assert (x.shape, x.dtype) == (shape, FLOAT32)
    assert order_of(x) == expected
    assert owner(x).nbytes == x.nbytes == 4 * int(np.prod(shape))


def test_channels_first_and_last() -> None:
    x = np.zeros((2, 3, 4, 5))
    assert channels_last(x).shape == (2, 4, 5, 3)
    assert channels_first(channels_last(x)).shape == x.shape
    assert np.shares_memory(channels_first(x), x)


def test_the_owner_of_memory() -> None:
    x, other = np.zeros((2, 3, 4)), np.zeros((2, 3, 4))
    view = x[:, 1:].transpose(2, 0, 1)[::-1]
    assert owner(view) is x
    assert arrays.is_view_of(view, x[0])
    assert not arrays.is_view_of(view, other)


# --- blocks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "x",
    [
        np.zeros((4, 6, 5)),
        arrays.empty((3, 6, 7, 5), np.dtype("float64")),
        np.zeros((1, 50)),
        np.zeros((1, 1)),
        np.zeros(()).reshape(1),
        np.zeros((4, 6, 5))[::-1, :, ::2],
        np.zeros((4, 6, 5)).T,
    ],
    ids=lambda x: f"{x.shape} {x.strides}",
)
@pytest.mark.parametrize("block_bytes", [1, 500, 1 << 20])
def test_blocks_are_all_of_an_array_once(x: Any, block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "BLOCK_BYTES", block_bytes)
    met = np.zeros(x.shape, int)
    for place in blocks(x):
        met[place] += 1
    assert (met == 1).all()


def test_blocks_fit_the_cache_and_are_runs_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "BLOCK_BYTES", 1000)
    x = arrays.empty((1, 8, 10, 5), FLOAT32)  # a row of positions is 160 bytes
    sizes = [x[place].shape for place in blocks(x)]
    assert sizes == [(1, 8, 6, 5), (1, 8, 4, 5)]
    assert all(channels_last(x[place]).flags.c_contiguous for place in blocks(x))


def test_blocks_are_cut_where_memory_is_outermost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "BLOCK_BYTES", 1)
    assert len(list(blocks(np.zeros((1, 3, 4, 5))))) == 3
    assert len(list(blocks(arrays.empty((1, 3, 4, 5), FLOAT32)))) == 4
    assert len(list(blocks(np.zeros((7, 3))))) == 7


def test_the_part_of_an_operand_that_goes_with_a_block() -> None:
    block = (slice(None), slice(1, 2))
    x = np.arange(6).reshape(2, 3)
    assert part(x, block).tolist() == [[1], [4]]
    assert part(np.array([[5], [6]]), block).tolist() == [[5], [6]]  # one for all blocks
    assert part(np.array([[7, 8, 9]]), block).tolist() == [[8]]


# --- numbers of channels, other shapes ---------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 3, 4, 5), (2, 3, 2, 4, 5)])
def test_one_number_for_each_channel(shape: tuple[int, ...]) -> None:
    x = np.zeros(shape)
    met = x + arrays.per_channel(np.array([1.0, 2, 3]), shape)
    assert met.shape == shape
    for channel in range(3):
        assert (met[:, channel] == channel + 1).all()


def test_another_shape_without_a_copy() -> None:
    x = np.arange(24).reshape(2, 3, 4)
    seen = merged(x, 6, 4)
    assert seen is not None
    assert np.shares_memory(seen, x)
    assert merged(x.transpose(0, 2, 1), 2, 12) is None
    assert merged(x, 5) is None
