"""Measured receptive fields. Expected values are counted by hand, or those of the source named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.analysis.receptive_field import ReceptiveField
from cnncalc.geometry import Reach, Window
from cnncalc.layers.base import Shape
from cnncalc.numpy_backend import marks
from cnncalc.numpy_backend.receptive_field import measured_fields
from cnncalc.numpy_backend.runner import Runner
from cnncalc.numpy_backend.tensors import RandomTensors
from tests.analysis.designs import BRANCHED, RESIDUAL

FEW_OF_THE_ZOO = ("lenet5", "resnet18", "mobilenet_v2", "deconvnet", "unet_same", "wavenet", "yolov1")


def of_run(text: str) -> list[ReceptiveField]:
    """The fields of a design, for the shapes that a run of it gives."""
    graph = cnncalc.load(text).graph
    inputs = {name: np.ones((1, *shape), np.float32) for name, shape in graph.inputs.items()}
    shapes: list[Shape] = list(graph.inputs.values())
    runner = Runner(graph, RandomTensors(0, np.dtype("float32")))
    runner.run(inputs, lambda layer: shapes.append(layer.output.shape[1:]))
    return measured_fields(graph, graph.inputs, shapes)


def of_zoo(name: str) -> tuple[list[ReceptiveField], list[ReceptiveField]]:
    """Measured and analysed fields, for the shapes of the analysis (a run would take its time)."""
    network, report = cnncalc.load(name), cnncalc.analyze(name)
    shapes = [*network.graph.inputs.values(), *(layer.output_shape for layer in report.layers)]
    fields = measured_fields(network.graph, network.graph.inputs, shapes)
    return fields, [layer.receptive_field for layer in report.layers]


def field(layers: str, shape: str = "[4, 24, 24]") -> ReceptiveField:
    """Of the last layer."""
    return of_run(f"input: {shape}\nlayers:\n{layers}")[-1]


def square(size: int, stride: float, padding: int, status: str = "exact") -> ReceptiveField:
    return ReceptiveField((size, size), (stride, stride), (padding, padding), status)


def line(size: int, stride: float, padding: int, status: str = "exact") -> ReceptiveField:
    return ReceptiveField((size,), (stride,), (padding,), status)


WHOLE = square(24, 0, 0, "whole_input")


# --- one layer after the other ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("conv2d: {out_channels: 8, kernel_size: 3}", square(3, 1, 0)),
        ("conv2d: {out_channels: 8, kernel_size: 5, stride: 3, padding: 2, groups: 4}", square(5, 3, 2)),
        ("conv2d: {out_channels: 8, kernel_size: 3, dilation: 4}", square(9, 1, 0)),
        ("conv2d: {out_channels: 8, kernel_size: 1, stride: 4}", square(1, 4, 0)),
        ("conv2d: {out_channels: 8, kernel_size: 3, padding: 9}", square(3, 1, 9)),
        # 12 windows of stride 2 over 24 cells reach 1 cell too far: it is after the input
        ("conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: same}", square(3, 2, 0)),
        ("conv2d: {out_channels: 8, kernel_size: 4, padding: same}", square(4, 1, 1)),
        ("conv2d: {out_channels: 8, kernel_size: 3, padding: causal}", square(3, 1, 2)),
        ("conv2d: {out_channels: 8, kernel_size: 5, padding: 2, padding_mode: circular}", square(5, 1, 2)),
        ("depthwise_conv2d: {kernel_size: 3, stride: 2, padding: 1}", square(3, 2, 1)),
        ("separable_conv2d: {out_channels: 8, kernel_size: 3}", square(3, 1, 0)),
        ("max_pool2d: {kernel_size: 3, stride: 2, ceil_mode: true}", square(3, 2, 0)),
        ("max_pool2d: {kernel_size: 3, stride: 2, padding: 1, dilation: 2}", square(5, 2, 1)),
        ("avg_pool2d: {kernel_size: 2}", square(2, 2, 0)),
        # strides that are half of the cells that are marked first, or more
        ("max_pool2d: {kernel_size: 7, padding: 3}", square(7, 7, 3)),
        ("conv2d: {out_channels: 1, kernel_size: 4, stride: 9, padding: 1, dilation: 2}", square(7, 9, 1)),
        ("lp_pool2d: {norm_type: 3, kernel_size: 3}", square(3, 3, 0)),
        # of 3 taps 2 apart an output meets two or one; the first, cut off by 1, meets cell 0 and cell 1
        ("conv_transpose2d: {out_channels: 2, kernel_size: 3, stride: 2, padding: 1}", square(2, 0.5, 0)),
        ("conv_transpose2d: {out_channels: 2, kernel_size: 3}", square(3, 1, 2)),
        ("pad: {padding: 3, mode: reflect}", square(1, 1, 3)),
        ("crop: 2", square(1, 1, -2)),
        ("center_crop: {size: 10}", square(1, 1, -7)),
        ("upsample: {scale_factor: 2}", square(1, 0.5, 0)),
        # the centre of the first of two is a quarter of a cell before that of the input's first
        ("upsample: {scale_factor: 2, mode: bilinear}", square(2, 0.5, 1)),
        ("upsample: {scale_factor: 2, mode: bicubic}", square(4, 0.5, 2)),
        ("upsample: {size: 36, mode: nearest}", square(1, 24 / 36, 0)),
        # 24 cells to 47: every other one falls on a cell
        ("upsample: {size: 47, mode: bilinear, align_corners: true}", square(2, 0.5, 0)),
        ("adaptive_avg_pool2d: 8", square(3, 3, 0)),
        # 24 / 7: windows from floor to ceil, at most 5 cells (from 3.4 to 6.9: 3..6; from 6.9 to 10.3: 6..10)
        ("adaptive_max_pool2d: 7", square(5, 24 / 7, 0)),
        ("pixel_shuffle: 2", square(1, 0.5, 0)),
        ("pixel_unshuffle: 3", square(3, 3, 0)),
        ("batch_norm", square(1, 1, 0)),
        ("hardtanh: {min_val: 10, max_val: 20}", square(1, 1, 0)),
        ("binary_step", square(1, 1, 0)),
        ("local_response_norm: {size: 3}", square(1, 1, 0)),
        ("layer_norm: {dim: 1}", square(1, 1, 0)),
        ("channel_shuffle: 2", square(1, 1, 0)),
        ("reshape: [2, 2, 24, 24]", square(1, 1, 0)),
        ("unsqueeze: {dim: 1}", square(1, 1, 0)),
    ],
)
def test_a_layer(layer: str, expected: ReceptiveField) -> None:
    assert field(f"  - {layer}\n") == expected


@pytest.mark.parametrize(
    "layer",
    [
        *("global_avg_pool", "global_max_pool: {keepdim: false}", "adaptive_avg_pool2d: 1", "flatten"),
        *("layer_norm", "group_norm: 2", "instance_norm", "unfold: 3", "unfold: 1", "reshape: [4, 576]"),
        "batch_norm: {track_running_stats: false}",  # the samples of a batch are asked one by one
    ],
)
def test_what_mixes_both_axes(layer: str) -> None:
    assert field(f"  - {layer}\n") == WHOLE


@pytest.mark.parametrize("layer", ["linear: 5", "softmax: -1", "flatten: {start_dim: 1, end_dim: 2}"])
def test_what_mixes_one_axis(layer: str) -> None:
    measured = field(f"  - {layer}\n")
    assert sorted(zip(measured.size, measured.stride, strict=True)) == [(1, 1), (24, 0)]
    assert measured.status == "whole_input"


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("slice: {dim: 2, start: 5, step: 3}", line(1, 3, -5)),
        ("slice: {dim: 2, start: -7}", line(1, 1, -33)),
        ("slice: {dim: 2, start: 30, stop: 31}", line(1, 1, -30)),
        ("split: {sections: 4, index: 1, dim: 2}", line(1, 1, -10)),
        ("conv1d: {out_channels: 1, kernel_size: 2, dilation: 512, padding: causal}", line(513, 1, 512)),
        ("upsample: {scale_factor: 1.25}", line(1, 0.8, 0)),
        ("adaptive_max_pool1d: 1", line(40, 0, 0, "whole_input")),
        ("softmax: 1", line(1, 1, 0)),
    ],
)
def test_a_layer_on_one_axis(layer: str, expected: ReceptiveField) -> None:
    assert field(f"  - {layer}\n", "[2, 40]") == expected


def test_axes_are_apart_and_follow_a_permutation() -> None:
    measured = field(
        "  - conv2d: {out_channels: 4, kernel_size: [3, 5], stride: [1, 2], padding: [1, 0]}\n"
        "  - permute: [0, 3, 1, 2]\n"
    )
    assert measured == ReceptiveField((3, 5), (1, 2), (1, 0), "exact")


def test_an_unpooled_cell_may_come_from_any_window_over_it() -> None:
    pooled = """
  - max_pool2d: {kernel_size: 3, stride: 2}
    name: pool
  - relu
  - max_unpool2d: {indices: pool}
"""
    # cells 2, 4, ... lie in two windows, of which together 5 cells are seen; 0 in the one from -2 too
    assert field(pooled, "[4, 25, 25]") == square(5, 1, 2)


def test_of_values_for_one_cell_any_may_stay() -> None:
    text = "  - adaptive_max_pool1d: 7\n    name: pool\n  - max_unpool1d: {indices: pool}\n"
    # windows 0, 0, 0-1, 1, 1-2, 2, 2: the middle cell may have its value from the third, fourth or fifth
    assert field(text, "[4, 3]") == line(3, 1, 0)


def test_a_pool_with_a_stride_longer_than_its_input() -> None:
    text = "  - max_pool1d: {kernel_size: 5, padding: 1}\n    name: pool\n  - max_unpool1d: {indices: pool}\n"
    assert field(text, "[4, 3]") == line(5, 1, 1)


def test_windows_that_leave_cells_out() -> None:
    gaps = "  - conv_transpose1d: {out_channels: 1, kernel_size: 1, stride: 3, padding: 1}\n"
    # outputs 2, 5, ... see cells 1, 2, ...; the first that sees anything starts behind cell 0
    assert field(gaps, "[1, 20]") == line(1, 1 / 3, -1)


def test_a_window_as_large_as_its_input_still_walks() -> None:
    assert field("  - conv2d: {out_channels: 4, kernel_size: 24}\n") == square(24, 1, 0)


# --- networks --------------------------------------------------------------------------------------


def test_a_chain_after_araujo_norris_and_sim() -> None:
    chain = """
  - conv2d: {out_channels: 4, kernel_size: 7, stride: 2, padding: 3}
  - max_pool2d: {kernel_size: 3, stride: 2, padding: 1}
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
"""
    # 1 + 6*1 = 7, + 2*2 = 11, + 2*4 = 19; padding 3 + 1*2 + 1*4 = 9
    assert field(chain) == square(19, 4, 9)


def test_upsampled_positions_see_by_turns() -> None:
    chain = "  - upsample: {scale_factor: 2}\n  - conv2d: {out_channels: 1, kernel_size: 2}\n"
    assert field(chain) == square(2, 0.5, 0)  # 0 alone, 0 and 1, 1 alone, ...


def test_a_shortcut_is_united_with_the_path_beside_it() -> None:
    assert of_run(RESIDUAL)[-1] == square(5, 1, 2)


@pytest.mark.parametrize(
    ("branches", "expected"),
    [
        (("max_pool2d: 2", "upsample: {scale_factor: 2}"), square(3, 1, 1, "unaligned")),
        (
            ("conv2d: {out_channels: 4, kernel_size: 3, padding: [[2, 0], [2, 0]]}",),
            square(4, 1, 2, "unaligned"),
        ),
        (("conv2d: {out_channels: 4, kernel_size: 5, padding: 2}",), square(5, 1, 2)),
        (("global_avg_pool",), WHOLE),
    ],
)
def test_paths_that_meet(branches: tuple[str, ...], expected: ReceptiveField) -> None:
    listed = ", ".join(branch if ":" not in branch else f"{{{branch}}}" for branch in branches)
    other = "{conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}"
    assert field(f"  - add:\n      one: [{listed}]\n      other: [{other}]\n") == expected


def test_a_single_cell_stretched_to_all_positions_is_no_walk() -> None:
    stretched = """
  - multiply:
      features: []
      gate: [{conv2d: {out_channels: 4, kernel_size: 24}}]
"""
    assert field(stretched) == WHOLE


def test_side_by_side_along_an_axis() -> None:
    measured = of_run("input: [2, 12]\nlayers:\n  - concat: {dim: 2}\n    from: [input, input]\n")
    assert measured[-1] == line(1, 1, 0, "unaligned")


def test_a_single_cell_before_others_shifts_none_of_them() -> None:
    text = """
input: [2, 5]
layers:
  - avg_pool1d: 5
    name: one
  - conv_transpose1d: {out_channels: 2, kernel_size: 5}
    name: five
  - concat: {dim: 2}
    from: [one, five]
"""
    # each of the five may see five positions of the pool, of 5 cells each; counted from where `five` begins
    assert of_run(text)[-1] == line(25, 5, 20, "unaligned")


def test_several_inputs_share_one_frame() -> None:
    measured = of_run(
        """
inputs: {left: [3, 16, 16], right: [3, 16, 16]}
layers:
  - conv2d: {out_channels: 4, kernel_size: 5, padding: 2}
    from: left
    name: near
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    from: right
    name: far
  - add:
    from: [near, far]
"""
    )
    assert measured[-1] == square(5, 1, 2)


@pytest.mark.parametrize("text", [RESIDUAL, BRANCHED])
def test_designs_are_as_analysed(text: str) -> None:
    assert of_run(text) == [layer.receptive_field for layer in cnncalc.analyze(text).layers]


@pytest.mark.parametrize(
    ("name", "layer", "expected"),
    [
        # Araujo, Norris & Sim 2019, table of networks: AlexNet 195 / 32 / 64, VGG-16 212 / 32 / 90
        ("alexnet", "pool5", square(195, 32, 64)),
        ("vgg16", "pool5", square(212, 32, 90)),
        # and ResNet-50 483 / 32, there with stride 2 in the last block of a stage, here in the first 1x1
        ("resnet50_v1", "layer4.2.relu", square(483, 32, 241)),
    ],
)
def test_published_fields(name: str, layer: str, expected: ReceptiveField) -> None:
    names = [one.name for one in cnncalc.analyze(name).layers]
    assert of_zoo(name)[0][names.index(layer)] == expected


@pytest.mark.parametrize("name", FEW_OF_THE_ZOO)
def test_the_zoo_is_as_analysed(name: str) -> None:
    measured, analysed = of_zoo(name)
    assert measured == analysed


# --- it is a measurement ---------------------------------------------------------------------------


def test_a_wrong_rule_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Window, "reach", lambda window: Reach(window.stride, (0,), (window.spread,)))
    text = "input: [2, 20, 20]\nlayers:\n  - conv2d: {out_channels: 1, kernel_size: 3, padding: 1}\n"
    assert cnncalc.analyze(text).layers[0].receptive_field == square(3, 1, 0)
    assert of_run(text) == [square(3, 1, 1)]


def test_a_wrong_executor_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def shifted(layer: Any, inputs: Any, work: Any) -> Any:  # noqa: ARG001
        return np.roll(inputs[0], 1, axis=3)

    monkeypatch.setitem(marks.EXECUTORS, "relu", shifted)
    assert field("  - relu\n") == ReceptiveField((1, 1), (1, 1), (0, 1), "exact")
