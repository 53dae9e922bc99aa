"""`cnncalc.verify`: a sound network agrees in all figures, and each figure that a rule has wrong is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.analysis import memory
from cnncalc.analysis.report import LayerReport
from cnncalc.geometry import Reach, Window
from cnncalc.layers.base import Operations
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.linear import Linear
from cnncalc.layers.normalization import BatchNorm
from cnncalc.layers.pooling import MaxPool
from cnncalc.layers.reshape import Flatten
from cnncalc.numpy_backend import memory_limit
from cnncalc.numpy_backend.executors import EXECUTORS
from cnncalc.numpy_backend.verify import Comparison, Peak, Verification, verify

NETWORK = """\
name: Small
params: {width: 4}
input: [2, 10, 10]
layers:
  - conv2d: {out_channels: width, kernel_size: 3}
    name: conv
  - batch_norm:
    name: norm
  - max_pool2d: 2
    name: pool
  - flatten:
    name: flat
  - linear: 5
    name: fc
"""
FIGURES = {"output_shape", "tensors", "macs", "ops", "output_bytes", "live_bytes", "receptive_field", "dtype"}

Patch = pytest.MonkeyPatch


def found_in(verification: Verification) -> list[tuple[str, str, Any, Any]]:
    return [tuple(difference) for difference in verification.differences]


def test_all_equal() -> None:
    verification = verify(NETWORK)
    assert verification.all_equal
    assert (verification.name, verification.layers, len(verification.comparisons)) == ("Small", 5, 40)
    assert {comparison.figure for comparison in verification.comparisons} == FIGURES
    # conv: 4 x 8 x 8 floats, its norm the same; of the pool 4 x 4 x 4
    peak = verification.peak
    assert peak is not None
    assert (peak.computed, peak.measured) == (2048, 2048)


def test_figures_are_those_of_the_run() -> None:
    conv = verify(NETWORK).to_dict()["layers"][0]
    assert conv["name"] == "conv"
    measured = {figure: values["measured"] for figure, values in conv["figures"].items()}
    assert measured == {
        "output_shape": [4, 8, 8],
        "tensors": {"weights": {"weight": [4, 2, 3, 3], "bias": [4]}, "buffers": {}},
        "macs": 64 * 72,
        "ops": {"adds": 256, "muls": 0, "compares": 0, "transcendentals": 0},
        "output_bytes": 1024,
        "live_bytes": 1024 + 800,
        "receptive_field": {"size": [3, 3], "stride": [1, 1], "padding": [0, 0], "status": "exact"},
        "dtype": "float32",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"batch": 3},
        {"dtype": "float64"},
        {"dtype": "float16"},
        {"in_place": True},
        {"in_place": True, "batch": 2},
        {"input": (2, 17, 12)},
        {"params": {"width": 7}},
        {"seed": 5},
    ],
)
def test_all_equal_whatever_is_asked_for(arguments: dict[str, Any]) -> None:
    verification = verify(NETWORK, **arguments)
    assert found_in(verification) == []
    assert len(verification.comparisons) == 40


def test_numbers_grow_with_the_batch() -> None:
    figures = verify(NETWORK, batch=3).to_dict()["layers"][0]["figures"]
    assert figures["output_shape"]["measured"] == [4, 8, 8]
    assert figures["macs"]["measured"] == 3 * 64 * 72
    assert figures["live_bytes"]["measured"] == 3 * 1824


# --- wrong rules -------------------------------------------------------------------------------------


def wrong_shape(patch: Patch) -> None:
    """Of a last layer, so that no layer behind it is of the wrong shape as well."""
    patch.setattr(Linear, "output_shape", lambda self, _: (self.out_features + 1,))


def wrong_tensors(patch: Patch) -> None:
    patch.setattr(Convolution, "weights", lambda self, _: {"weight": (self.out_channels, 2, 3, 3)})


def wrong_buffers(patch: Patch) -> None:
    patch.setattr(BatchNorm, "buffers", lambda *_: {"running_mean": (4,)})


def wrong_macs(patch: Patch) -> None:
    patch.setattr(Linear, "operations", lambda *_: Operations(macs=5 * 64 + 5, adds=5))


def wrong_ops(patch: Patch) -> None:
    patch.setattr(MaxPool, "operations", lambda *_: Operations(compares=4 * 64))


def wrong_bytes(patch: Patch) -> None:
    patch.setattr(Flatten, "view", False)


def wrong_life(patch: Patch) -> None:
    """All tensors live a layer longer."""
    right = memory._memories
    patch.setattr(
        memory,
        "_memories",
        lambda *args: [one._replace(last=min(one.last + 1, 4)) for one in right(*args)],
    )


def wrong_field(patch: Patch) -> None:
    patch.setattr(Window, "reach", lambda self: Reach(self.stride, (self.before,), (self.kernel,)))


def wrong_type(patch: Patch) -> None:
    right = EXECUTORS["linear"]
    patch.setitem(EXECUTORS, "linear", lambda *args: right(*args).astype(np.float16))


@pytest.mark.parametrize(
    ("wrong", "layer", "figure", "computed", "measured"),
    [
        (wrong_shape, "fc", "output_shape", [6], [5]),
        (
            wrong_tensors,
            "conv",
            "tensors",
            {"weights": {"weight": [4, 2, 3, 3]}, "buffers": {}},
            {"weights": {"weight": [4, 2, 3, 3], "bias": [4]}, "buffers": {}},
        ),
        (
            wrong_buffers,
            "norm",
            "tensors",
            {"weights": {"weight": [4], "bias": [4]}, "buffers": {"running_mean": [4]}},
            {"weights": {"weight": [4], "bias": [4]}, "buffers": {"running_mean": [4], "running_var": [4]}},
        ),
        (wrong_macs, "fc", "macs", 325, 320),
        (
            wrong_ops,
            "pool",
            "ops",
            {"adds": 0, "muls": 0, "compares": 256, "transcendentals": 0},
            {"adds": 0, "muls": 0, "compares": 192, "transcendentals": 0},
        ),
        (wrong_bytes, "flat", "output_bytes", 256, 0),
        (wrong_life, "norm", "live_bytes", 800 + 2048, 2048),
        (
            wrong_field,
            "conv",
            "receptive_field",
            {"size": [4, 4], "stride": [1, 1], "padding": [0, 0], "status": "exact"},
            {"size": [3, 3], "stride": [1, 1], "padding": [0, 0], "status": "exact"},
        ),
        (wrong_type, "fc", "dtype", "float32", "float16"),
    ],
)
def test_a_wrong_rule_is_caught(
    wrong: Callable[[Patch], None],
    layer: str,
    figure: str,
    computed: Any,
    measured: Any,
    monkeypatch: Patch,
) -> None:
    wrong(monkeypatch)
    found = found_in(verify(NETWORK))
    assert (layer, figure, computed, measured) in found
    in_front = ["conv", "norm", "pool", "flat", "fc"]
    first = next(name for name, *_ in found if name)
    assert in_front.index(first) == in_front.index(layer)


def test_a_wrong_peak_is_caught(monkeypatch: Patch) -> None:
    monkeypatch.setattr("cnncalc.analysis.examine.peak_of", lambda *_: memory.Peak(2047, "conv", ()))
    assert found_in(verify(NETWORK)) == [("", "peak_bytes", 2047, 2048)]


def test_memory_that_no_array_accounts_for_is_caught(monkeypatch: Patch) -> None:
    right, kept = EXECUTORS["flatten"], list[Any]()

    def wasteful(*args: Any) -> Any:
        kept.append(np.zeros(5 << 20, np.uint8))
        return right(*args)

    monkeypatch.setitem(EXECUTORS, "flatten", wasteful)
    ((layer, figure, computed, measured),) = found_in(verify(NETWORK))
    assert (layer, figure, computed) == ("", "peak_bytes traced", 2048)
    assert 5 << 20 < measured < 6 << 20


@pytest.mark.parametrize(
    ("traced", "agrees"),
    [
        (100_000_000, True),
        (99_000_000, True),
        (98_999_999, False),
        (101_000_000 + (1 << 20), True),
        (101_000_001 + (1 << 20), False),
    ],
)
def test_the_traced_peak_is_within_1_percent_and_the_scratch_memory(traced: int, agrees: bool) -> None:
    assert Peak(100_000_000, 100_000_000, traced).traced_agrees == agrees


def test_a_layer_that_cannot_be_computed(monkeypatch: Patch) -> None:
    """A check that lets pass what does not run: what was run before it is compared all the same."""
    monkeypatch.setattr(MaxPool, "check", lambda *_: ())
    text = NETWORK.replace("max_pool2d: 2", "max_pool2d: {kernel_size: 2, padding: 2}")
    verification = verify(text)
    assert found_in(verification) == [
        ("pool", "run", "can be computed", "padding of 2 is over half a window of 2")
    ]
    assert len(verification.comparisons) == 1 + 2 * 8
    assert verification.peak is None
    assert verification.to_dict()["peak_bytes"] is None


def test_shared_weights_inputs_and_references() -> None:
    text = """\
inputs: {a: [4, 6, 6], b: [4, 8, 8], unread: [3]}
outputs: [crop, b]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: one
    from: a
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    share: one
  - max_pool2d: 2
    name: pool
  - max_unpool2d: {indices: pool}
    name: unpool
  - upsample: {scale_factor: 2}
  - center_crop: {like: b}
    name: crop
"""
    for in_place in (False, True):
        assert found_in(verify(text, in_place=in_place)) == []


# --- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "arguments"),
    [
        ("[tanh, {multiply: null, from: [tanh_1, tanh_1, input]}]", {"in_place": True}),
        ("[tanh, {multiply: null, from: [input, tanh_1, input]}]", {"in_place": True}),
        ("[tanh, silu]\noutputs: [tanh_1, silu_1]", {"in_place": True}),
        ("[batch_norm: {track_running_stats: false}]", {"batch": 3}),
        ("[conv_transpose2d: {out_channels: 2, kernel_size: 1, stride: 3, padding: 2, dilation: 2}]", {}),
        ("[slice: {dim: 2, start: 5, step: 4}]", {}),  # a single row is left
        ("[slice: {dim: 3, start: -2, step: 3}, max_pool2d: [2, 1]]", {}),
        ("[crop: [1, 3], upsample: {scale_factor: 1.3, mode: bicubic}]", {}),
        ("[crop: [1, 3], upsample: {scale_factor: 1.3, mode: bilinear}]", {}),
        ("[crop: [1, 3], upsample: {scale_factor: 1.3}]", {}),
        ("[slice: {dim: 2, stop: 1}, pad: [0, 1], {center_crop: {size: 1}, name: crop}]", {}),
        (
            "[permute: [3, 1, 2], slice: {dim: 2, stop: 1}, max_pool2d: {kernel_size: 2, padding: 1, "
            "dilation: 3, ceil_mode: true}]",
            {},
        ),  # windows of the row see padding alone
        ("[permute: [2, 3, 1], flatten]", {}),
        ("[slice: {dim: 2, step: 2}, flatten]", {"batch": 2}),
        ("[tanh, permute: [2, 3, 1], silu, reshape: [16, 16]]", {"in_place": True}),
        ("[tanh, squeeze: 1, {add: null, from: [tanh_1, squeeze_1]}]", {"in_place": True}),
        ("[tanh, crop: 0, {add: null, from: [crop_1, tanh_1]}]", {"in_place": True}),
        ("[tanh, permute: [1, 3, 2], {add: null, from: [permute_1, tanh_1]}]", {"in_place": True}),
        ("[unsqueeze: {dim: 1}, {identity: null, name: other}, center_crop: {like: unsqueeze_1}]", {}),
    ],
)
def test_what_random_designs_found(layers: str, arguments: dict[str, Any]) -> None:
    verification = cnncalc.verify(f"input: [4, 8, 8]\nlayers: {layers}\n", **arguments)
    assert verification.all_equal, verification.differences


def test_a_run_that_is_too_large(monkeypatch: Patch) -> None:
    monkeypatch.setattr(memory_limit, "available_bytes", lambda: 1 << 20)
    with pytest.raises(MemoryError, match=r"1\.00 MiB are free; .* or allow_large=True"):
        verify(NETWORK)
    assert verify(NETWORK, allow_large=True).all_equal


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dtype": "int8"}, "int8 is for the analysis only"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"batch": 0}, "batch must be a whole number from 1"),
        ({"input": (0, 1, 1)}, "sizes of an input"),
    ],
)
def test_arguments_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        verify(NETWORK, **arguments)


def test_faults_of_the_network() -> None:
    with pytest.raises(cnncalc.ArchitectureError, match="E301"):
        verify(NETWORK, input=(2, 2, 2))


def test_it_is_public() -> None:
    assert cnncalc.verify is verify


def test_a_wrong_total_is_found_where_all_layers_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = """
input: [4, 6, 6]
layers:
  - conv2d: {out_channels: 4, kernel_size: 1}
    name: a
  - conv2d: {out_channels: 4, kernel_size: 1}
    share: a
"""
    assert verify(shared).all_equal
    monkeypatch.setattr(LayerReport, "params", property(lambda row: row.figures.params))
    # 4 x 4 + 4 numbers are there once, and the report would count them twice
    assert verify(shared).differences == (Comparison("", "params", 40, 20),)
