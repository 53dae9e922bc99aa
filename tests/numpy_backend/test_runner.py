"""A network on arrays: what is a view, what is freed, what is written over, what the hook is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.api import load
from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.arrays import owner
from cnncalc.numpy_backend.executors import EXECUTORS
from cnncalc.numpy_backend.runner import Failure, LayerRun, Runner
from cnncalc.numpy_backend.tensors import GivenTensors, RandomTensors, random_inputs
from cnncalc.numpy_backend.work import CannotRun

RESIDUAL = """\
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: stem
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: conv
  - relu:
    name: relu
  - add:
    from: [stem, relu]
    name: sum
"""
ONE = 4 * 8 * 8 * 4  # bytes of each of its tensors


def runner(text: str, in_place: bool = True, dtype: str = "float32", seed: int = 0, **given: Any) -> Runner:
    chosen = np.dtype(dtype)
    tensors = GivenTensors(given["weights"], chosen) if "weights" in given else RandomTensors(seed, chosen)
    return Runner(load(text).graph, tensors, dtype, in_place)


def drawn(of: Runner, seed: int = 0) -> dict[str, Any]:
    return random_inputs(of.graph.inputs, 1, seed, of.dtype)


def layers_of(of: Runner, **inputs: Any) -> dict[str, LayerRun]:
    """What the hook was told, by name; the outputs are copies, as a later layer may write over them."""
    seen: dict[str, LayerRun] = {}

    def note(layer: LayerRun) -> None:
        seen[layer.name] = layer._replace(output=layer.output.copy())

    of.run(inputs or drawn(of), note)
    return seen


# --- views -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "view",
    [
        "identity",
        "dropout: 0.5",
        "flatten",
        "reshape: [8, 32]",
        "permute: {dims: [3, 1, 2]}",
        "split: {sections: 2, index: 1, dim: 1}",
        "slice: {start: 1, stop: 3, dim: 2}",
        "crop: 1",
        "unsqueeze: 1",
    ],
)
@pytest.mark.parametrize("front", ["conv2d: {out_channels: 4, kernel_size: 1}", "relu", "max_pool2d: 1"])
def test_views_take_no_memory(view: str, front: str) -> None:
    of = runner(f"input: [4, 8, 8]\nlayers:\n  - {front}\n  - {view}\n", in_place=False)
    seen: list[LayerRun] = []
    of.run(drawn(of), seen.append)
    assert [layer.is_view for layer in seen] == [False, True]
    assert owner(seen[1].output) is owner(seen[0].output)
    assert seen[1].live_bytes == ONE


def test_what_is_done_in_place_is_no_view() -> None:
    layers = layers_of(runner(RESIDUAL.replace("[stem, relu]", "[relu, relu]")))
    assert [layer.is_view for layer in layers.values()] == [False] * 4


# --- memory ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_place", "live"),
    [
        # the input and stem; stem and conv; these and the relu of conv; stem, relu and their sum
        (False, [2, 2, 3, 3]),
        # relu writes over conv, sum over one that it reads
        (True, [2, 2, 2, 2]),
    ],
)
def test_tensors_are_freed_at_their_last_use(in_place: bool, live: list[int]) -> None:
    layers = layers_of(runner(RESIDUAL, in_place))
    assert [layer.live_bytes for layer in layers.values()] == [count * ONE for count in live]


def test_a_view_keeps_the_memory_that_it_looks_at() -> None:
    text = """\
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 1}
  - slice: {start: 0, stop: 1, dim: 1}
    name: seen
  - max_pool2d: 2
  - upsample: {scale_factor: 2}
  - add:
    from: [upsample_1, seen]
"""
    small, quarter = ONE // 4, ONE // 16
    live = [layer.live_bytes for layer in layers_of(runner(text, in_place=False)).values()]
    assert live == [2 * ONE, ONE, ONE + quarter, ONE + quarter + small, ONE + 2 * small]


def test_indices_live_until_they_were_read() -> None:
    text = """\
input: [4, 8, 8]
layers:
  - max_pool2d: 2
    name: pool
  - max_unpool2d: {indices: pool}
  - max_pool2d: 2
"""
    of = runner(text)
    pooled, indices = ONE // 4, 4 * 4 * 4 * 8
    live = [layer.live_bytes for layer in layers_of(of).values()]
    assert live == [ONE + pooled + indices, pooled + indices + ONE, ONE + pooled]
    assert all(work.indices is None and not work.references for work in of.works)


def test_a_pool_keeps_no_indices_that_nobody_reads() -> None:
    of = runner("input: [4, 8, 8]\nlayers:\n  - max_pool2d: 2\n  - max_pool2d: 2\n")
    assert [layer.live_bytes for layer in layers_of(of).values()] == [ONE + ONE // 4, ONE // 4 + ONE // 16]


def test_no_tensor_is_left_behind_by_a_run() -> None:
    of = runner(RESIDUAL)
    of.run(drawn(of))
    held = [*of.works, *(call.work for calls in of.calls[True] for call in calls)]
    assert all(not work.references and work.indices is None for work in held)


# --- in place ----------------------------------------------------------------------------------------


def test_inputs_are_never_written_to() -> None:
    for layers in (
        "relu",
        "identity\n  - relu",
        "flatten\n  - relu\n  - tanh",
        "add:\n    from: [input, input]",
    ):
        of = runner(f"input: [2, 3, 3]\nlayers:\n  - {layers}\n")
        inputs = drawn(of)
        before = inputs["input"].copy()
        inputs["input"].flags.writeable = False
        for hook in (None, lambda _: None):
            of.run(inputs, hook)
        assert np.array_equal(inputs["input"], before)


KEPT = {
    "read by a later layer": """\
  - tanh:
    name: a
  - relu:
    name: b
  - subtract:
    from: [a, b]
""",
    "the base of a view that is read later": """\
  - tanh:
    name: a
  - slice: {start: 0, stop: 2, dim: 1}
    name: part
  - relu:
    from: a
    name: b
  - slice: {start: 0, stop: 2, dim: 1}
    from: b
  - subtract:
    from: [part, slice_1]
""",
    "a view, in whose memory another one is read later": """\
  - tanh:
    name: a
  - permute: {dims: [1, 3, 2]}
    name: turned
  - relu:
    from: turned
  - subtract:
    from: [relu_1, a]
""",
    "two views of the same memory, turned against each other": """\
  - tanh:
    name: a
  - permute: {dims: [1, 3, 2]}
    name: turned
  - subtract:
    from: [a, turned]
""",
    "the same tensor twice": """\
  - tanh:
    name: a
  - multiply:
    from: [a, a]
""",
    "an output": """\
  - tanh:
    name: a
  - relu:
    name: b
outputs: [a, b]
""",
    "an output that is a view of it": """\
  - tanh:
    name: a
  - flatten:
    name: flat
  - relu:
    from: a
    name: b
outputs: [flat, b]
""",
    "a part of a larger memory": """\
  - tanh:
    name: a
  - slice: {start: 0, stop: 2, dim: 1}
    name: part
  - relu:
    name: b
  - slice: {start: 1, stop: 3, dim: 1}
    from: a
  - subtract:
    from: [b, slice_1]
""",
}


@pytest.mark.parametrize("layers", KEPT.values(), ids=KEPT)
def test_in_place_changes_no_number(layers: str) -> None:
    text = f"input: [4, 3, 3]\nlayers:\n{layers}"
    careful, daring = runner(text, in_place=False), runner(text)
    expected = careful.run(drawn(careful), lambda _: None)
    for hook in (None, lambda _: None):
        found = daring.run(drawn(daring), hook)
        assert found.keys() == expected.keys()
        for name, array in expected.items():
            assert np.array_equal(found[name], array)
            assert array.any()


def test_in_place_where_nothing_else_reads() -> None:
    of = runner("input: [4, 8, 8]\nlayers: [max_pool2d: 1, relu, batch_norm, identity, crop: 0, tanh]")
    seen: list[LayerRun] = []
    of.run(drawn(of), seen.append)
    assert len({id(owner(layer.output)) for layer in seen}) == 1


def test_a_part_of_a_larger_memory_is_not_kept_for_the_sake_of_the_part() -> None:
    text = """\
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 1}
  - slice: {stop: 1, dim: 1}
  - relu
  - max_pool2d: 8
"""
    live = [layer.live_bytes for layer in layers_of(runner(text)).values()]
    assert live == [2 * ONE, ONE, ONE + ONE // 4, ONE // 4 + 4]


# --- hooks, failures ---------------------------------------------------------------------------------


def test_the_hook_is_told_what_a_layer_did() -> None:
    layers = layers_of(runner(RESIDUAL))
    assert list(layers) == ["stem", "conv", "relu", "sum"]
    stem = layers["stem"]
    assert stem.operations == Operations(macs=64 * 4 * 4 * 9, adds=64 * 4)
    assert {name: tensor.shape for name, tensor in stem.weights.items()} == {
        "weight": (4, 4, 3, 3),
        "bias": (4,),
    }
    assert stem.buffers == {}
    assert layers["relu"].operations == Operations(compares=256)
    assert np.array_equal(layers["relu"].output, np.maximum(layers["conv"].output, 0))
    assert np.allclose(layers["sum"].output, layers["stem"].output + layers["relu"].output)


def test_the_hook_sees_counts_of_each_run_alone() -> None:
    of = runner(RESIDUAL)
    assert layers_of(of)["stem"].operations == layers_of(of)["stem"].operations


def test_progress_is_told_the_layers_that_are_done() -> None:
    of, done = runner(RESIDUAL), list[int]()
    of.run(drawn(of), lambda _: None, done.append)
    assert done == [1, 2, 3, 4]
    done.clear()
    of.run(drawn(of), None, done.append)
    assert done == [1, 3, 4]  # conv and relu go together


@pytest.mark.parametrize("with_hook", [False, True])
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CannotRun("too tired"), "too tired"),
        (ValueError("shapes differ"), "NumPy cannot do it: shapes differ"),
        (IndexError("axis 7"), "NumPy cannot do it: axis 7"),
    ],
)
def test_a_failure_names_the_layer(
    error: Exception, reason: str, with_hook: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise error

    monkeypatch.setitem(EXECUTORS, "conv2d", fails)
    of = runner(
        "input: [4, 8, 8]\nlayers:\n  - relu\n  - conv2d: {out_channels: 1, kernel_size: 1}\n    name: bad\n"
    )
    with pytest.raises(Failure) as raised:
        of.run(drawn(of), (lambda _: None) if with_hook else None)
    assert (raised.value.layer, raised.value.reason) == ("bad", reason)
    assert str(raised.value) == f"bad: {reason}"


def test_a_failure_of_a_layer_done_with_another_s_blocks_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise CannotRun("too tired")

    monkeypatch.setitem(EXECUTORS, "relu", fails)
    of = runner(RESIDUAL)
    with pytest.raises(Failure) as raised:
        of.run(drawn(of))
    assert raised.value.layer == "relu"


def test_a_run_after_a_failure_is_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    of = runner(RESIDUAL)
    expected = of.run(drawn(of))["sum"].copy()
    with monkeypatch.context() as patched:
        patched.setattr(of.works[1], "matmul", None)
        with pytest.raises(TypeError):
            of.run(drawn(of), lambda _: None)
    assert np.array_equal(of.run(drawn(of))["sum"], expected)


# --- seeds, types, runs ------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    one, same, other = runner(RESIDUAL), runner(RESIDUAL), runner(RESIDUAL, seed=1)
    inputs = drawn(one)
    first = one.run(inputs)["sum"].copy()
    assert np.array_equal(one.run(inputs)["sum"], first)
    assert np.array_equal(same.run(inputs)["sum"], first)
    assert not np.allclose(other.run(inputs)["sum"], first)
    assert not np.array_equal(drawn(one)["input"], drawn(one, seed=1)["input"])


def test_tensors_of_one_shape_are_different() -> None:
    layers = layers_of(runner(RESIDUAL))
    assert not np.allclose(layers["stem"].weights["weight"], layers["conv"].weights["weight"])


def test_shared_weights_are_the_same() -> None:
    text = RESIDUAL.replace("    name: conv\n", "    name: conv\n    share: stem\n")
    layers = layers_of(runner(text))
    assert layers["conv"].weights["weight"] is layers["stem"].weights["weight"]


def test_given_weights() -> None:
    text = "input: [1, 1, 2]\nlayers:\n  - conv2d: {out_channels: 1, kernel_size: 1}\n    name: c\n"
    of = runner(text, weights={"c.weight": np.full((1, 1, 1, 1), 3), "c.bias": np.ones(1)})
    assert of.run({"input": np.array([[[[1.0, 2]]]], np.float32)})["c"].tolist() == [[[[4, 7]]]]
    with pytest.raises(Failure, match=r"c: there is no tensor c\.bias"):
        runner(text, weights={"c.weight": np.ones((1, 1, 1, 1))}).run(drawn(of))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_of_all_tensors(dtype: str) -> None:
    layers = layers_of(runner(RESIDUAL, dtype=dtype))
    assert {layer.output.dtype.name for layer in layers.values()} == {dtype}
    assert layers["stem"].live_bytes == 2 * ONE // 4 * np.dtype(dtype).itemsize
