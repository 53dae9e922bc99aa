"""Receptive fields on graphs. Expected values are counted by hand, or those of the source named."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.receptive_field import ReceptiveField


def field(layers: str, shape: str = "[3, 64, 64]") -> ReceptiveField:
    return cnncalc.analyze(f"input: {shape}\nlayers:\n{layers}").layers[-1].receptive_field


def square(size: int, stride: float, padding: int, status: str = "exact") -> ReceptiveField:
    return ReceptiveField((size, size), (stride, stride), (padding, padding), status)


def test_a_chain_after_araujo_norris_and_sim() -> None:
    chain = """
  - conv2d: {out_channels: 4, kernel_size: 7, stride: 2, padding: 3}
  - max_pool2d: {kernel_size: 3, stride: 2, padding: 1}
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
"""
    # 1 + 6*1 = 7, + 2*2 = 11, + 2*4 = 19; padding 3 + 1*2 + 1*4 = 9
    assert field(chain) == square(19, 4, 9)


def test_dilation_spreads_the_taps() -> None:
    assert field("  - conv2d: {out_channels: 4, kernel_size: 3, dilation: 4}\n") == square(9, 1, 0)


def test_axes_are_apart() -> None:
    measured = field("  - conv2d: {out_channels: 4, kernel_size: [3, 5], stride: [1, 2], padding: [1, 0]}\n")
    assert measured == ReceptiveField((3, 5), (1, 2), (1, 0), "exact")


def test_an_identity_shortcut_keeps_the_larger_path() -> None:
    residual = """
  - add:
      main:
        - conv2d: {out_channels: 3, kernel_size: 3, padding: 1}
        - conv2d: {out_channels: 3, kernel_size: 3, padding: 1}
      shortcut: []
"""
    assert field(residual) == square(5, 1, 2)


def test_paths_with_other_centres_are_unaligned_and_united() -> None:
    shifted = """
  - add:
      left: [{conv2d: {out_channels: 3, kernel_size: 3, padding: [[2, 0], [2, 0]]}}]
      right: [{conv2d: {out_channels: 3, kernel_size: 3, padding: [[0, 2], [0, 2]]}}]
"""
    assert field(shifted) == square(5, 1, 2, "unaligned")  # from 2 before to 2 after


def test_paths_with_other_strides_are_unaligned() -> None:
    uneven = """
  - concat:
      slow:
        - max_pool2d: 2
        - upsample: {scale_factor: 2}
      fast: [{conv2d: {out_channels: 3, kernel_size: 3, padding: 1}}]
"""
    assert field(uneven).status == "unaligned"


@pytest.mark.parametrize("layer", ["global_avg_pool", "flatten", "adaptive_avg_pool2d: 1", "linear: 4"])
def test_what_mixes_an_axis_sees_the_whole_of_it(layer: str) -> None:
    assert field(f"  - {layer}\n").status == "whole_input"


def test_whole_input_is_the_size_of_the_input_with_stride_0() -> None:
    assert field("  - global_avg_pool\n") == square(64, 0, 0, "whole_input")


def test_a_gate_sees_the_whole_input_and_so_does_what_it_multiplies() -> None:
    gated = """
  - multiply:
      features: []
      gate: [global_avg_pool, sigmoid]
"""
    assert field(gated).status == "whole_input"


def test_upsampling_has_a_stride_below_one() -> None:
    assert field("  - upsample: {scale_factor: 2}\n") == square(1, 0.5, 0)
    # two neighbours of the upsampled grid read one or two cells; the size is the larger
    assert field("  - upsample: {scale_factor: 2}\n  - conv2d: {out_channels: 1, kernel_size: 2}\n").size == (
        2,
        2,
    )


def test_a_transposed_convolution_reads_ceil_of_kernel_over_stride() -> None:
    assert field("  - conv_transpose2d: {out_channels: 1, kernel_size: 2, stride: 2}\n").size == (1, 1)
    assert field("  - conv_transpose2d: {out_channels: 1, kernel_size: 3, stride: 2}\n").size == (2, 2)
    assert field("  - conv_transpose2d: {out_channels: 1, kernel_size: 4, stride: 2, padding: 1}\n").size == (
        2,
        2,
    )


def test_causal_convolutions_of_wavenet() -> None:
    # van den Oord et al. 2016: dilations 1, 2, 4, ..., 512 give a receptive field of 1024
    block = (
        "  - conv1d: {out_channels: 2, kernel_size: 2, dilation: 2 ** i, padding: causal}\n    repeat: 10\n"
    )
    assert field(block, "[2, 2000]") == ReceptiveField((1024,), (1,), (1023,), "exact")


def test_padding_and_cropping_shift_the_field() -> None:
    assert field("  - pad: 2\n").padding == (2, 2)
    assert field("  - crop: 2\n").padding == (-2, -2)


def test_several_inputs_share_one_frame() -> None:
    report = cnncalc.analyze(
        """
inputs: {left: [3, 32, 32], right: [3, 32, 32]}
layers:
  - conv2d: {out_channels: 4, kernel_size: 5, padding: 2}
    from: left
    name: near
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    from: right
    name: far
  - add:
    from: [near, far]
    name: both
"""
    )
    assert report.layer("both").receptive_field == square(5, 1, 2)


def test_a_vector_has_no_axes() -> None:
    report = cnncalc.analyze("input: [10]\nlayers:\n  - linear: 4\n")
    assert report.layers[0].receptive_field == ReceptiveField((), (), (), "whole_input")


def test_an_axis_in_two_dimensions_at_once_is_seen_whole() -> None:
    # position (c, h, w) of the sum reads row h by the one path and row c by the other
    report = cnncalc.analyze(
        """
input: [4, 6, 6]
layers:
  - conv2d: {out_channels: 6, kernel_size: 1}
    name: a
  - permute: {dims: [2, 1, 3]}
    name: turned
  - add:
    from: [a, turned]
"""
    )
    assert report.layer("add_1").receptive_field == ((6, 1), (0, 1), (0, 0), "whole_input")


def test_a_stretched_input_is_seen_whole_by_every_position() -> None:
    # the gate is one cell that reads all 8 x 8; each position of the product reads that cell
    gated = "  - multiply: {features: [], gate: [{conv2d: {out_channels: 3, kernel_size: 8}}]}\n"
    report = cnncalc.analyze(f"input: [3, 8, 8]\nlayers:\n{gated}")
    assert report.layers[-1].receptive_field == ((8, 8), (0, 0), (0, 0), "whole_input")


def test_a_row_of_channels_that_no_group_divides_is_a_fault_and_no_crash() -> None:
    text = "input: [3, 4, 5]\nlayers:\n- permute: [3, 2, 1]\n- group_norm: 8\n- relu"
    with pytest.raises(cnncalc.ArchitectureError, match="E303 in `group_norm_1`"):
        cnncalc.analyze(text)


def test_an_axis_that_a_path_walks_in_another_place_is_seen_whole() -> None:
    crossed = """
  - multiply:
      one: []
      left: [permute: [3, 2, 4, 1]]
"""
    # the output at (c, d, h, w) reads the input at (c, d, h, w) and at (w, d, c, h): along W at w and at h
    assert field(crossed, "[6, 1, 1, 6]") == ReceptiveField((1, 1, 6), (1, 0, 0), (0, 0, 0), "whole_input")
