from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend import arrays
from cnncalc.numpy_backend.executors import blockwise
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import Executed, execute

PRECISE = 1e-14
EIGHT = [2, 4, 4, 4, 5, 5, 7, 9]
"""Mean 5 and standard deviation 2."""
NORMALIZED = [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]


def lying(x: np.ndarray) -> list[np.ndarray]:
    """The same numbers, as they may lie in memory."""
    steps = np.zeros([2 * size for size in x.shape])[tuple([slice(None, None, 2)] * x.ndim)]
    steps[...] = x
    return [x, np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1), steps, np.asfortranarray(x)]


def shapes(tensors: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: tensor.shape for name, tensor in tensors.items()}


# batch_norm and instance_norm by running statistics

STATISTICS = {"running_mean": [1, -1], "running_var": [4, 0.25], "weight": [3, 1], "bias": [0, 10]}


def by_statistics(kind: str, x: Sequence[object], affine: bool = True) -> Executed:
    layer = f"{kind}: {{eps: 0, affine: {str(affine).lower()}, track_running_stats: true}}"
    return execute(layer, x, weights=STATISTICS)


@pytest.mark.parametrize("kind", ["batch_norm", "instance_norm"])
def test_running_statistics(kind: str) -> None:
    """By hand: (x - 1)/2*3, and (x + 1)/0.5 + 10; without weight and bias (x - 1)/2, and (x + 1)*2."""
    x = np.array([[[1, 3], [0, -1]], [[5, -1], [1, 2]]])
    for input_ in lying(x):
        found = by_statistics(kind, input_)
        assert found.output.tolist() == [[[0, 3], [12, 10]], [[6, -3], [14, 16]]]
        assert found.operations == Operations(adds=8, muls=8)
        assert shapes(found.weights) == {"weight": (2,), "bias": (2,)}
        assert shapes(found.buffers) == {"running_mean": (2,), "running_var": (2,)}
        found = by_statistics(kind, input_, affine=False)
        assert found.output.tolist() == [[[0, 1], [2, 0]], [[2, -1], [4, 6]]]
        assert found.operations == Operations(adds=8, muls=8)
        assert not found.weights


@pytest.mark.parametrize("axes", [0, 1, 2, 3])
def test_running_statistics_over_any_axes(axes: int) -> None:
    found = by_statistics("batch_norm", np.ones((3, 2, *range(2, 2 + axes)))).output
    assert (found[:, 0] == 0).all()
    assert (found[:, 1] == 14).all()


@pytest.mark.parametrize("kind", ["batch_norm", "instance_norm"])
def test_running_statistics_in_place(kind: str) -> None:
    x = np.array([[[1.0, 3], [0, -1]]])
    layer = f"{kind}: {{eps: 0, affine: true, track_running_stats: true}}"
    assert execute(layer, x, weights=STATISTICS, reusable=[True]).output is x
    assert x.tolist() == [[[0, 3], [12, 10]]]


def test_eps_is_added_to_the_variance() -> None:
    """sqrt(0.75 + 0.25) = 1."""
    given = {"running_mean": [0], "running_var": [0.75]}
    assert execute("batch_norm: {eps: 0.25, affine: false}", [[3]], weights=given).output.tolist() == [[3]]


# by the input's own statistics

OWN = "batch_norm: {eps: 0, affine: false, track_running_stats: false}"


def test_batch_norm_of_a_batch() -> None:
    """Over the samples and the positions of each channel, as PyTorch does in inference too."""
    x = np.array([[EIGHT[:4], [0, 0, 0, 0]], [EIGHT[4:], [6, 6, 6, 6]]])
    for input_ in lying(x):
        found = execute(OWN, input_)
        assert found.output == pytest.approx(
            np.array([[NORMALIZED[:4], [-1] * 4], [NORMALIZED[4:], [1] * 4]]), abs=PRECISE
        )
        assert not found.buffers
        assert not found.weights


def test_batch_norm_of_one_sample_in_place() -> None:
    x = np.array([[[1.0, 3], [7, -1]]])
    found = execute(OWN, x, reusable=[True])
    assert found.output is x
    assert x.tolist() == [[[-1, 1], [1, -1]]]


def test_counts_of_own_statistics() -> None:
    """Two channels of 4: means 3 + 1 and a division; 4 -, 4 squares, 3 + 1; eps and root; 4 divisions."""
    x = np.arange(8.0).reshape(1, 2, 4)
    channels = Operations(adds=2 * 11, muls=2 * 10, transcendentals=2)
    affine = Operations(adds=8, muls=8)
    assert execute(OWN, x).operations == channels
    assert execute("batch_norm: {track_running_stats: false}", x).operations == channels.plus(affine)
    assert execute("instance_norm", x).operations == channels
    assert execute("instance_norm: {affine: true}", x).operations == channels.plus(affine)
    assert execute("group_norm: 2", x).operations == channels.plus(affine)
    assert execute("layer_norm: {dim: 2, elementwise_affine: false}", x).operations == channels
    assert execute("layer_norm: {dim: 2, bias: false}", x).operations == channels.plus(Operations(muls=8))
    # one group of 8: 7 + 8 + 7 + 1 additions, 1 + 8 + 1 + 8 products
    assert execute("group_norm: 1", x).operations == Operations(0, 23, 18, 0, 1).plus(affine)
    assert execute("layer_norm", x).operations == Operations(0, 23, 18, 0, 1).plus(affine)


def test_counts_of_instance_norm_are_those_of_each_sample() -> None:
    one = execute("instance_norm", np.arange(24.0).reshape(1, 2, 3, 4)).operations
    three = execute("instance_norm", np.arange(72.0).reshape(3, 2, 3, 4)).operations
    assert three == one.times(3)


def test_instance_norm() -> None:
    """Each channel of each sample by itself, then weight and bias."""
    x = np.array([[EIGHT, [1, 3] * 4], [[0, 4] * 4, EIGHT]]).reshape(2, 2, 2, 4)
    expected = [[NORMALIZED, [-1, 1] * 4], [[-1, 1] * 4, NORMALIZED]]
    for input_ in lying(x):
        found = execute("instance_norm: {eps: 0}", input_).output
        assert found == pytest.approx(np.array(expected).reshape(2, 2, 2, 4), abs=PRECISE)
        found = execute(
            "instance_norm: {eps: 0, affine: true}", input_, weights={"weight": [2, 1], "bias": [0, 5]}
        ).output
        assert found[0, 1].ravel() == pytest.approx([4, 6] * 4)
        assert found[1, 0].ravel() == pytest.approx([-2, 2] * 4)


def test_group_norm() -> None:
    """Channels 1 and 2 together, and 3 and 4."""
    x = np.array([[EIGHT[:4], EIGHT[4:], [1] * 4, [3] * 4]]).reshape(1, 4, 2, 2)
    weights = {"weight": [1, 2, 1, 1], "bias": [0, 0, 0, 7]}
    for input_ in lying(x):
        found = execute("group_norm: {num_groups: 2, eps: 0}", input_, weights=weights)
        assert found.output.reshape(4, 4) == pytest.approx(
            np.array([NORMALIZED[:4], [0, 0, 2, 4], [-1] * 4, [8] * 4]), abs=PRECISE
        )
        assert shapes(found.weights) == {"weight": (4,), "bias": (4,)}


def test_group_norm_without_axes() -> None:
    found = execute("group_norm: {num_groups: 2, eps: 0, affine: false}", [[1, 3, 5, 9]])
    assert found.output.tolist() == [[-1, 1, -1, 1]]


@pytest.mark.parametrize(
    "layer", ["layer_norm: {eps: 0}", "layer_norm: {normalized_shape: [2, 4], eps: 0}",
              "layer_norm: {dim: [2, 1], normalized_shape: [2, 4], eps: 0}"]
)  # fmt: skip
def test_layer_norm_over_all(layer: str) -> None:
    x = np.array([EIGHT, [0, 4] * 4]).reshape(2, 2, 4)
    weight = np.array([1, 1, 1, 1, 1, 1, 1, 10]).reshape(2, 4)
    bias = np.array([0, 0, 0, 0, 0, 0, 0, 5]).reshape(2, 4)
    for input_ in lying(x):
        found = execute(layer, input_, weights={"weight": weight, "bias": bias})
        expected = [[*NORMALIZED[:7], 25], [-1, 1, -1, 1, -1, 1, -1, 15]]
        assert found.output.reshape(2, 8) == pytest.approx(np.array(expected), abs=PRECISE)


@pytest.mark.parametrize("dim", [1, -3])
def test_layer_norm_over_channels(dim: int) -> None:
    """Each position by itself, the weights for the channels (ConvNeXt)."""
    x = np.array([[[[1, 4], [0, 9]], [[3, 0], [6, 7]]]])
    weights = {"weight": [1, 2], "bias": [0, 100]}
    for input_ in lying(x):
        found = execute(f"layer_norm: {{dim: {dim}, eps: 0}}", input_, weights=weights)
        assert found.output.tolist() == [[[[-1, 1], [-1, 1]], [[102, 98], [102, 98]]]]
        assert shapes(found.weights) == {"weight": (2,), "bias": (2,)}


def test_layer_norm_over_two_dimensions_apart() -> None:
    """Channels and width, for each row: dim 1 and 3, with weights 2 x 2."""
    x = np.array([[[[1, 1], [0, 8]], [[3, 3], [8, 0]]]])
    found = execute("layer_norm: {dim: [3, 1], eps: 0, bias: false}", x, weights={"weight": [[1, 2], [3, 4]]})
    assert found.output.tolist() == [[[[-1, -2], [-1, 2]], [[3, 4], [3, -4]]]]


def test_constant_input_is_nan_without_eps_and_zero_with_it() -> None:
    assert np.isnan(execute("layer_norm: {eps: 0}", np.ones((1, 4))).output).all()
    assert (execute("layer_norm: {elementwise_affine: false}", np.ones((1, 4))).output == 0).all()


OVER_OWN_STATISTICS = ["instance_norm: {affine: true}", "group_norm: 2", "layer_norm", "layer_norm: {dim: 1}",
                       "layer_norm: {dim: [2, 1]}", "layer_norm: {dim: 3}",
                       "batch_norm: {track_running_stats: false}", "local_response_norm: 3"]  # fmt: skip


@pytest.mark.parametrize("block_bytes", [64, 200, 1000])
@pytest.mark.parametrize("layer", OVER_OWN_STATISTICS)
def test_blocks_change_nothing(layer: str, block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).standard_normal((2, 4, 5, 6))
    whole = execute(layer, x)
    monkeypatch.setattr(blockwise, "BLOCK_BYTES", block_bytes)
    for input_ in lying(x):
        cut = execute(layer, input_)
        assert cut.output == pytest.approx(whole.output, abs=1e-13)
        assert cut.operations == whole.operations
        assert np.array_equal(input_, x)


@pytest.mark.parametrize("layer", OVER_OWN_STATISTICS)
def test_scratch_memory_is_that_of_blocks(layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blockwise, "BLOCK_BYTES", 4096)
    x = arrays.empty((2, 8, 32, 16), np.dtype("float64"))
    x[...] = 1
    # local_response_norm has the squares, with the zeros beyond the edge, and their sums
    assert execute(layer, x).work.scratch_memory.bytes <= 2.5 * 4096


@pytest.mark.parametrize("layer", OVER_OWN_STATISTICS)
def test_float32(layer: str) -> None:
    x = np.random.default_rng(0).standard_normal((2, 4, 5, 6)).astype("float32")
    found = execute(layer, x, dtype="float32")
    assert found.output.dtype == np.float32
    assert found.output == pytest.approx(execute(layer, x, weights=found.weights).output, abs=1e-5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("layer", ["instance_norm", "layer_norm: {dim: [2, 3]}", "local_response_norm: 1"])
def test_nan_spoils_its_own_channel_alone(layer: str) -> None:
    x = np.arange(16.0).reshape(1, 2, 2, 4)
    x[0, 1, 1, 2] = np.nan
    found = execute(layer, x).output
    assert not np.isnan(found[0, 0]).any()
    assert np.isnan(found[0, 1, 1, 2])


# local_response_norm


def test_local_response_norm() -> None:
    """By hand, three channels 1, 2, 3 and size 3, alpha 3: sums of squares 5, 14 and 13, plus k."""
    x = np.array([1.0, 2, 3]).reshape(1, 3, 1)
    found = execute("local_response_norm: {size: 3, alpha: 3, beta: 1, k: 2}", x)
    assert found.output.ravel() == pytest.approx([1 / 7, 2 / 16, 3 / 15])
    # for each: a square, 2 additions and k, a product with alpha/size, a power, a division
    assert found.operations == Operations(adds=9, muls=9, transcendentals=3)


def test_window_of_an_even_size_has_more_channels_before() -> None:
    """PyTorch 2.13: with size 2 each channel and the one before it, 1, 1 + 4, 4 + 9."""
    x = np.array([1.0, 2, 3]).reshape(1, 3, 1)
    found = execute("local_response_norm: {size: 2, alpha: 2, beta: 1, k: 0}", x).output
    assert found.ravel() == pytest.approx([1, 2 / 5, 3 / 13])


def test_window_wider_than_the_channels() -> None:
    found = execute("local_response_norm: {size: 9, alpha: 9, beta: 0.5, k: 11}", [[[1], [2]]])
    assert found.output.ravel() == pytest.approx([1 / 4, 2 / 4])
    assert found.operations == Operations(adds=18, muls=6, transcendentals=2)


# scale


@pytest.mark.parametrize(("dim", "expected"), [
    (1, [[[2, 4], [9, 12]]]), (2, [[[2, 6], [6, 12]]]), (-1, [[[2, 6], [6, 12]]]), (-2, [[[2, 4], [9, 12]]]),
])  # fmt: skip
def test_scale(dim: int, expected: list[object]) -> None:
    for input_ in lying(np.array([[[1, 2], [3, 4]]])):
        found = execute(f"scale: {{dim: {dim}}}", input_, weights={"weight": [2, 3]})
        assert found.output.tolist() == expected
        assert found.operations == Operations(muls=4)
        assert shapes(found.weights) == {"weight": (2,)}
        found = execute(
            f"scale: {{dim: {dim}, bias: true}}", input_, weights={"weight": [2, 3], "bias": [1, 1]}
        )
        assert found.output.tolist() == (np.array(expected) + 1).tolist()
        assert found.operations == Operations(adds=4, muls=4)


@pytest.mark.parametrize("axes", [0, 1, 2, 3])
def test_scale_of_channels_over_any_axes_in_place(axes: int) -> None:
    x = np.ones((2, 2, *range(2, 2 + axes)))
    assert (
        execute("scale: {bias: true}", x, weights={"weight": [2, 3], "bias": [1, 0]}, reusable=[True]).output
        is x
    )
    assert (x == 3).all()


# refusals


@pytest.mark.parametrize("track", ["true", "false"])
def test_instance_norm_needs_axes(track: str) -> None:
    with pytest.raises(CannotRun, match="no spatial axes"):
        execute(f"instance_norm: {{track_running_stats: {track}}}", np.ones((2, 3)))


def test_instance_norm_needs_more_than_one_position() -> None:
    with pytest.raises(CannotRun, match="single position"):
        execute("instance_norm", np.ones((2, 3, 1, 1)))
    found = by_statistics("instance_norm", np.ones((1, 2, 1, 1)))
    assert found.output.ravel().tolist() == [0, 14]


def test_group_norm_needs_groups_of_several_numbers() -> None:
    with pytest.raises(CannotRun, match="3 groups do not divide 4 channels"):
        execute("group_norm: 3", np.ones((1, 4, 2)))
    with pytest.raises(CannotRun, match="single element"):
        execute("group_norm: 4", np.ones((2, 4, 1)))


@pytest.mark.parametrize("layer", [
    "layer_norm: {normalized_shape: [3]}", "layer_norm: {normalized_shape: [2]}",
    "layer_norm: {normalized_shape: [4, 2]}", "layer_norm: {normalized_shape: [1, 2, 4]}",
    "layer_norm: {normalized_shape: [2, 1, 2, 4]}", "layer_norm: {normalized_shape: [3], dim: 1}",
    "layer_norm: {dim: 0}", "layer_norm: {dim: 3}", "layer_norm: {dim: -3}", "layer_norm: {dim: [1, 1]}",
    "layer_norm: {dim: [2, -1]}",
])  # fmt: skip
def test_layer_norm_refuses_what_is_not_there(layer: str) -> None:
    with pytest.raises(CannotRun):
        execute(layer, np.ones((1, 2, 4)))


def test_local_response_norm_needs_axes() -> None:
    with pytest.raises(CannotRun, match="no spatial axes"):
        execute("local_response_norm: 3", np.ones((2, 3)))


@pytest.mark.parametrize("dim", [0, 3, -3])
def test_scale_refuses_the_batch_and_what_there_is_not(dim: int) -> None:
    with pytest.raises(CannotRun, match=f"dim {dim}"):
        execute(f"scale: {{dim: {dim}}}", np.ones((1, 2, 4)))
