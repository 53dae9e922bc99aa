"""`cnncalc.run`: inputs and weights as people give them, and what is said when they do not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.numpy_backend import memory_limit
from cnncalc.numpy_backend.tensors import WeightsMisfit

NETWORK = """\
name: Tiny
params: {channels: 1}
input: [1, 2, 2]
layers:
  - conv2d: {out_channels: channels, kernel_size: 1}
    name: conv
  - relu
"""
WEIGHTS = {"conv.weight": [[[[2]]]], "conv.bias": [-3]}
IMAGE = [[[1, 2], [3, 4]]]
RESULT = [[[0, 1], [3, 5]]]  # 2 x - 3, negative ones cut off

TWO_INPUTS = """\
inputs: {left: [2], right: [2]}
layers:
  - subtract: {}
    from: [left, right]
"""

BATCH_NORM = """\
input: [2]
layers:
  - batch_norm: {eps: 0}
    name: bn
"""


# --- values ------------------------------------------------------------------------------------------


def test_given_input_and_weights() -> None:
    outputs = cnncalc.run(NETWORK, IMAGE, WEIGHTS)
    assert list(outputs) == ["relu_1"]
    assert outputs["relu_1"].tolist() == [RESULT]
    assert outputs["relu_1"].dtype == np.float32


@pytest.mark.filterwarnings("error")
def test_numbers_too_large_for_the_dtype_are_infinite() -> None:
    weights = {"conv.weight": [[[[1e300]]]], "conv.bias": [0]}
    assert cnncalc.run(NETWORK, IMAGE, weights)["relu_1"].min() == np.inf
    assert cnncalc.run(NETWORK, [[[1e300] * 2] * 2], WEIGHTS)["relu_1"].min() == np.inf


def test_a_batch_is_given_or_added() -> None:
    assert cnncalc.run(NETWORK, [IMAGE, IMAGE], WEIGHTS)["relu_1"].tolist() == [RESULT, RESULT]
    assert cnncalc.run(NETWORK, [IMAGE, IMAGE], WEIGHTS, batch=2)["relu_1"].shape == (2, 1, 2, 2)
    assert cnncalc.run(NETWORK, {"input": IMAGE}, WEIGHTS)["relu_1"].tolist() == [RESULT]


def test_several_inputs_by_name() -> None:
    given = {"right": np.array([1, 10]), "left": [[5.5, 5.5]]}
    assert cnncalc.run(TWO_INPUTS, given)["subtract_1"].tolist() == [[4.5, -4.5]]


def test_other_sizes_than_those_of_the_file() -> None:
    assert cnncalc.run(NETWORK, [[[4]]], WEIGHTS)["relu_1"].tolist() == [[[[5]]]]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_inputs_of_any_type_are_computed_in_the_dtype(dtype: str) -> None:
    for given in (np.uint8, np.int64, np.float16, np.float64, ">f4"):
        output = cnncalc.run(NETWORK, np.array(IMAGE, given), WEIGHTS, dtype=dtype)["relu_1"]
        assert output.dtype == dtype
        assert output.tolist() == [RESULT]


def test_batch_norm_with_its_statistics_as_pytorch_names_them() -> None:
    tensors = {
        "bn.weight": np.array([2, 1]),
        "bn.bias": np.array([1, 0]),
        "bn.running_mean": np.array([3, 4]),
        "bn.running_var": np.array([4, 16]),
        "bn.num_batches_tracked": np.array(77),
    }
    # (5 - 3) / 2 * 2 + 1, (0 - 4) / 4
    assert cnncalc.run(BATCH_NORM, [5, 0], tensors)["bn"].tolist() == [[3, -1]]


def test_shared_weights_are_given_once() -> None:
    network = NETWORK + "  - conv2d: {out_channels: 1, kernel_size: 1}\n    share: conv\n"
    assert cnncalc.run(network, IMAGE, WEIGHTS)["conv2d_1"].tolist() == [[[[-3, -1], [3, 7]]]]


def test_an_input_that_is_not_a_number_comes_out_as_such() -> None:
    output = cnncalc.run(NETWORK, [[[np.nan, np.inf]]], WEIGHTS)["relu_1"]
    assert np.isnan(output[0, 0, 0, 0])
    assert np.isinf(output[0, 0, 0, 1])


def test_what_is_given_is_not_written_to() -> None:
    image = np.array(IMAGE, np.float32)
    weights = {name: np.array(tensor, np.float32) for name, tensor in WEIGHTS.items()}
    for array in (image, *weights.values()):
        array.flags.writeable = False
    assert cnncalc.run(NETWORK, image, weights)["relu_1"].tolist() == [RESULT]


def test_files_of_weights(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **{name: np.array(tensor) for name, tensor in WEIGHTS.items()})
    for path in (tmp_path / "w.npz", str(tmp_path / "w.npz")):
        assert cnncalc.run(NETWORK, IMAGE, path)["relu_1"].tolist() == [RESULT]


def test_the_network_may_be_loaded_and_have_its_parameters_set() -> None:
    network = cnncalc.load(NETWORK)
    assert cnncalc.run(network, IMAGE, WEIGHTS)["relu_1"].tolist() == [RESULT]
    assert cnncalc.run(network, IMAGE, params={"channels": 3})["relu_1"].shape == (1, 3, 2, 2)
    assert cnncalc.run(NETWORK, IMAGE, params={"channels": 3})["relu_1"].shape == (1, 3, 2, 2)


def test_the_hook_sees_each_layer() -> None:
    seen: list[tuple[str, Any]] = []
    cnncalc.run(
        NETWORK, IMAGE, WEIGHTS, on_layer=lambda layer: seen.append((layer.name, layer.output.tolist()))
    )
    assert seen == [("conv", [[[[-1, 1], [3, 5]]]]), ("relu_1", [RESULT])]


# --- random numbers ----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, again = cnncalc.run("lenet5"), cnncalc.run("lenet5", seed=0)
    other = cnncalc.run("lenet5", seed=1)
    assert first["output"].shape == (1, 10)
    assert np.array_equal(first["output"], again["output"])
    assert not np.allclose(first["output"], other["output"])


def test_a_sample_does_not_depend_on_the_batch_around_it() -> None:
    alone, among = cnncalc.run("lenet5"), cnncalc.run("lenet5", batch=3)
    assert among["output"].shape == (3, 10)
    assert np.allclose(alone["output"][0], among["output"][0], rtol=1e-5, atol=1e-6)
    assert not np.allclose(among["output"][0], among["output"][1])


def test_random_inputs_are_standard_normal() -> None:
    image = cnncalc.run("input: [3, 100, 100]\nlayers: [identity]\n")["identity_1"]
    assert abs(image.mean()) < 0.02
    assert abs(image.std() - 1) < 0.02


# --- what cannot be ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (np.zeros(4), "the input 'input' has the shape (4,); the network takes 1 x 2 x 2, or a batch"),
        (np.zeros((1, 1, 1, 2, 2)), "has the shape (1, 1, 1, 2, 2)"),
        (np.zeros((3, 2, 2)), "has 3 channels; the network takes 1 x 2 x 2"),
        (np.zeros((0, 1, 2, 2)), "of shape (0, 1, 2, 2) is empty"),
        ([[[1, 2], [3]]], "cannot be read as an array"),
        ([[["a", "b"]]], "holds str32, not real numbers"),
        (np.zeros((1, 2, 2), complex), "holds complex128, not real numbers"),
        (np.full((1, 2, 2), None), "holds object, not real numbers"),
        ({"inptu": IMAGE}, "the network has no input 'inptu'; did you mean 'input'?"),
        ({"x": IMAGE}, "the network has no input 'x'; it has input"),
        ({}, "no array is given for the input 'input'"),
    ],
)
def test_inputs_that_do_not_fit(inputs: Any, message: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        cnncalc.run(NETWORK, inputs)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (np.zeros(2), "the network has several inputs; give a mapping of left, right"),
        ({"left": [1, 2]}, "no array is given for the input 'right'"),
        ({"left": [1, 2], "right": np.zeros((2, 2))}, "batches of different sizes: left 1, right 2"),
        ({"left": [1, 2, 3], "right": [1, 2]}, "has 3 features; the network takes 2, or a batch (N, 2)"),
    ],
)
def test_several_inputs_that_do_not_fit(inputs: Any, message: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        cnncalc.run(TWO_INPUTS, inputs)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dtype": "int8"}, "int8 is for the analysis only: NumPy has no arithmetic for it"),
        ({"dtype": "bfloat16"}, "bfloat16 is for the analysis only"),
        ({"dtype": "float8"}, "dtype must be one of float32, float64, float16, not 'float8'"),
        ({"seed": -1}, "seed must be a whole number from 0, not -1"),
        ({"seed": 0.5}, "seed must be a whole number from 0"),
        ({"batch": 0}, "batch must be a whole number from 1"),
        ({"batch": 3, "inputs": [IMAGE, IMAGE]}, "the inputs are a batch of 2, and batch says 3"),
        ({"weights": "w.pth"}, "there is no such file"),
    ],
)
def test_arguments_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        cnncalc.run(NETWORK, **arguments)
    assert message in str(raised.value)


def test_weights_that_do_not_fit() -> None:
    with pytest.raises(WeightsMisfit) as raised:
        cnncalc.run(NETWORK, IMAGE, {"conv.wieght": [[[[2]]]], "conv.bias": [1, 2]})
    assert str(raised.value) == (
        "the weights do not fit the network: 1 missing, 1 unknown, 1 misshapen\n"
        "  missing     `conv.weight`, shape 1 x 1 x 1 x 1\n"
        "  unknown     `conv.wieght`; did you mean `conv.weight`?\n"
        "  misshapen   `conv.bias`, shape 2; the network needs 1"
    )


def test_faults_of_the_network_come_first() -> None:
    with pytest.raises(cnncalc.ArchitectureError, match="E301"):
        cnncalc.run("vgg16", np.zeros((3, 8, 8)))


def test_a_run_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limit, "available_bytes", lambda: 1 << 20)
    with pytest.raises(MemoryError, match=r"1\.00 MiB are free; use smaller inputs .* or allow_large=True"):
        cnncalc.run(NETWORK, IMAGE)
    assert cnncalc.run(NETWORK, IMAGE, WEIGHTS, allow_large=True)["relu_1"].tolist() == [RESULT]
