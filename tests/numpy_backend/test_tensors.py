"""Random tensors, and given ones: all that is wrong with these in one error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.api import analyze
from cnncalc.numpy_backend.tensors import RandomTensors, WeightsMisfit, fitting, random_inputs, wanted_tensors

FLOAT32 = np.dtype("float32")
WANTED = {"a.weight": (2, 3), "a.bias": (2,), "b.scale": ()}
GOOD = {"a.weight": np.ones((2, 3)), "a.bias": np.ones(2), "b.scale": 4}


def misfit(given: dict[str, Any]) -> WeightsMisfit:
    with pytest.raises(WeightsMisfit) as raised:
        fitting(given, WANTED, FLOAT32)
    return raised.value


def test_random_tensors_have_the_mean_and_deviation_asked_for() -> None:
    tensor = RandomTensors(3, FLOAT32).tensor("conv", "weight", (100, 200), 5.0, 0.25)
    assert tensor.dtype == np.float32
    assert abs(tensor.mean() - 5) < 0.01
    assert abs(tensor.std() - 0.25) < 0.01


def test_each_random_tensor_is_its_own() -> None:
    tensors = RandomTensors(3, FLOAT32)
    weight = tensors.tensor("conv", "weight", (4,), 0, 1)
    tensors.tensor("other", "weight", (1000,), 0, 1)
    assert np.array_equal(tensors.tensor("conv", "weight", (4,), 0, 1), weight)
    assert not np.allclose(tensors.tensor("conv", "bias", (4,), 0, 1), weight)
    assert not np.allclose(RandomTensors(4, FLOAT32).tensor("conv", "weight", (4,), 0, 1), weight)


def test_random_inputs_differ_from_each_other() -> None:
    inputs = random_inputs({"left": (2, 3), "right": (2, 3)}, 5, 0, np.dtype("float16"))
    assert {name: (array.shape, str(array.dtype)) for name, array in inputs.items()} == {
        "left": ((5, 2, 3), "float16"),
        "right": ((5, 2, 3), "float16"),
    }
    assert not np.allclose(inputs["left"], inputs["right"])


def test_the_tensors_of_a_network() -> None:
    report = analyze(
        "input: [3, 4, 4]\nlayers:\n  - conv2d: {out_channels: 2, kernel_size: 1}\n  - batch_norm\n"
        "  - batch_norm:\n    share: batch_norm_1\n"
    )
    assert wanted_tensors(report) == {
        "conv2d_1.weight": (2, 3, 1, 1),
        "conv2d_1.bias": (2,),
        "batch_norm_1.weight": (2,),
        "batch_norm_1.bias": (2,),
        "batch_norm_1.running_mean": (2,),
        "batch_norm_1.running_var": (2,),
    }


def test_tensors_that_fit_are_arrays_of_the_dtype() -> None:
    tensors = fitting(GOOD, WANTED, FLOAT32)
    assert {name: (array.shape, array.dtype) for name, array in tensors.items()} == {
        name: (shape, FLOAT32) for name, shape in WANTED.items()
    }
    assert tensors["b.scale"] == 4


def test_what_pytorch_counts_is_ignored() -> None:
    assert list(fitting({**GOOD, "b.num_batches_tracked": 9}, WANTED, FLOAT32)) == list(WANTED)


def test_all_misfits_are_in_one_error() -> None:
    error = misfit(
        {"a.wieght": np.ones((2, 3)), "a.bias": np.ones(3), "b.scale": "x", "zzz": 1, "a.bais": np.ones(2)}
    )
    assert error.missing == {"a.weight": (2, 3)}
    assert error.unknown == ["a.wieght", "zzz", "a.bais"]
    assert error.misshapen == {"a.bias": ((3,), (2,))}
    assert error.unreadable == {"b.scale": "holds str32, not real numbers"}
    assert str(error) == (
        "the weights do not fit the network: 1 missing, 3 unknown, 1 misshapen, 1 unreadable\n"
        "  missing     `a.weight`, shape 2 x 3\n"
        "  unknown     `a.wieght`; did you mean `a.weight`?\n"
        "  unknown     `zzz`\n"
        "  unknown     `a.bais`\n"  # a.bias is there
        "  misshapen   `a.bias`, shape 3; the network needs 2\n"
        "  unreadable  `b.scale` holds str32, not real numbers"
    )


def test_a_number_where_a_vector_belongs() -> None:
    error = misfit({**GOOD, "a.bias": 3.0, "b.scale": [1, 2]})
    assert "`a.bias`, shape a single number; the network needs 2" in str(error)
    assert "`b.scale`, shape 2; the network needs a single number" in str(error)


@pytest.mark.parametrize("value", [1j, None, {"a": 1}, [[1], [2, 3]], object()])
def test_what_holds_no_numbers(value: Any) -> None:
    assert list(misfit({**GOOD, "a.bias": value}).unreadable) == ["a.bias"]


def test_long_lists_are_cut_but_kept() -> None:
    error = misfit({**GOOD, **{f"extra_{number}": 1 for number in range(1000)}})
    lines = str(error).splitlines()
    assert lines[0] == "the weights do not fit the network: 1,000 unknown"
    assert len(lines) == 42
    assert lines[-1] == "  unknown     ... and 960 more"
    assert len(error.unknown) == 1000
