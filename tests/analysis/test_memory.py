"""Peak memory by liveness, on designs small enough to follow by hand. Bytes are float32."""

from __future__ import annotations

import cnncalc
from tests.analysis.designs import RESIDUAL

# 4 x 8 x 8 floats are 1,024 bytes; 8 x 8 x 8 floats 2,048


def test_a_tensor_lives_until_its_last_use() -> None:
    report = cnncalc.analyze(RESIDUAL)
    # sum reads main's relu and the stem while it writes: three tensors of 2,048
    assert report.totals.peak_bytes == 3 * 2048
    assert report.peak.layer == "sum.main.relu_1"  # stem waits, conv2d_1 is read, relu_1 written
    assert report.peak.tensors == ("stem", "sum.main.conv2d_1", "sum.main.relu_1")


def test_in_place_reuses_what_nothing_else_reads() -> None:
    report = cnncalc.analyze(RESIDUAL, in_place=True)
    # relu_1 takes over conv2d_1; the sum takes over one of its inputs, out the sum
    assert report.totals.peak_bytes == 2 * 2048
    assert report.peak.layer == "sum.main.conv2d_1"


def test_in_place_leaves_alone_what_is_read_again() -> None:
    report = cnncalc.analyze(
        """
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 8, kernel_size: 1}
    name: first
  - relu
  - concat:
    from: [first, relu_1]
""",
        in_place=True,
    )
    assert report.totals.peak_bytes == 2048 + 2048 + 4096


def test_the_input_counts_while_it_is_read() -> None:
    report = cnncalc.analyze("input: [4, 8, 8]\nlayers:\n  - conv2d: {out_channels: 1, kernel_size: 1}\n")
    assert report.totals.peak_bytes == 1024 + 256
    assert report.peak.tensors == ("input", "conv2d_1")


def test_views_cost_nothing_and_keep_what_they_look_at() -> None:
    report = cnncalc.analyze(
        """
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 8, kernel_size: 1}
    name: seen
  - flatten
  - dropout
  - linear: 2
"""
    )
    assert report.layer("flatten_1").output_bytes == 0
    assert report.layer("dropout_1").output_bytes == 0
    assert report.totals.activation_bytes == 2048 + 8
    assert report.totals.peak_bytes == 1024 + 2048
    assert report.peak.layer == "seen"


def test_outputs_of_the_network_live_to_the_end() -> None:
    text = """
input: [4, 8, 8]
outputs: [early, late]
layers:
  - conv2d: {out_channels: 8, kernel_size: 1}
    name: early
  - conv2d: {out_channels: 8, kernel_size: 1}
  - conv2d: {out_channels: 8, kernel_size: 1}
    name: late
"""
    assert cnncalc.analyze(text).totals.peak_bytes == 3 * 2048
    assert cnncalc.analyze(text.replace("[early, late]", "[late]")).totals.peak_bytes == 2 * 2048


def test_indices_of_a_max_pool_are_kept_for_its_unpool() -> None:
    report = cnncalc.analyze(
        """
input: [8, 8, 8]
layers:
  - max_pool2d: 2
    name: pool
  - conv2d: {out_channels: 8, kernel_size: 1}
    name: middle
  - max_unpool2d: {indices: pool}
    name: unpool
"""
    )
    # the unpool reads middle (512 bytes) and 128 int64 indices, and writes 2,048 bytes
    assert report.totals.peak_bytes == 2048 + 512 + 128 * 8
    assert report.peak.layer in ("pool", "unpool")


def test_batch_and_dtype_scale_activations_but_not_parameters() -> None:
    one, many = cnncalc.analyze(RESIDUAL), cnncalc.analyze(RESIDUAL, batch=4, dtype="float16")
    assert many.totals.peak_bytes == 2 * one.totals.peak_bytes
    assert many.totals.macs == 4 * one.totals.macs
    assert many.totals.params == one.totals.params
    assert many.totals.param_bytes * 2 == one.totals.param_bytes


def test_in_place_never_under_another_view_of_the_same_memory() -> None:
    design = """
input: [4, 6, 6]
layers:
  - conv2d: {out_channels: 6, kernel_size: 1}
    name: a
  - VIEW
    name: seen
  - add:
    from: [a, seen]
"""
    # 6 x 6 x 6 floats are 864 bytes; the sum may write over a memory that both see alike, and no other
    turned = cnncalc.analyze(design.replace("VIEW", "permute: {dims: [2, 1, 3]}"), in_place=True)
    assert turned.totals.peak_bytes == 2 * 864
    alike = cnncalc.analyze(design.replace("VIEW", "dropout: 0.5"), in_place=True)
    assert alike.totals.peak_bytes == 864 + 576  # the input and a, while a is made
    thrice = cnncalc.analyze(design.replace("VIEW", "dropout: 0.5").replace("[a,", "[a, a,"), in_place=True)
    assert thrice.totals.peak_bytes == 2 * 864


def test_in_place_never_over_an_output_of_the_network() -> None:
    design = """
input: [1, 5]
outputs: [a, b]
layers:
  - conv1d: {out_channels: 2, kernel_size: 5}
    name: a
  - silu:
    name: b
"""
    # the input of 5 floats, then a and b of 2
    assert cnncalc.analyze(design, in_place=True).totals.peak_bytes == 5 * 4 + 2 * 4
    assert cnncalc.analyze(design.replace("1, 5", "1, 6"), in_place=True).totals.peak_bytes == 10 * 4
