"""The receptive field along an axis that a permute has put in the channels' place: computed and measured.

Fields are worked out by hand from what each output channel reads.
"""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.receptive_field import ReceptiveField
from tests.numpy_backend.test_receptive_field import of_run

LINE = """
input: [4, 24]
layers:
  - permute: [2, 1]
    name: turned
"""
"""24 channels that are cells 0 to 23."""
IMAGE = """
input: [8, 8, 16]
layers:
  - permute: [3, 1, 2]
    name: turned
"""
"""16 channels that are columns 0 to 15, over 8 rows that were channels and 8 columns that are rows."""


def both(text: str) -> ReceptiveField:
    """The field of the last layer, which is the same by the rules and by measurement."""
    computed, measured = cnncalc.analyze(text).layers[-1].receptive_field, of_run(text)[-1]
    assert computed == measured
    return computed


def line(size: int, stride: float, padding: int, status: str = "exact") -> ReceptiveField:
    return ReceptiveField((size,), (stride,), (padding,), status)


WHOLE = line(24, 0, 0, "whole_input")


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("relu", line(1, 1, 0)),
        ("max_pool1d: 2", line(1, 1, 0)),
        ("avg_pool1d: {kernel_size: 3, stride: 1, padding: 1}", line(1, 1, 0)),
        ("adaptive_avg_pool1d: 3", line(1, 1, 0)),
        ("global_avg_pool", line(1, 1, 0)),
        ("global_max_pool: {keepdim: false}", line(1, 1, 0)),
        ("pad: 2", line(1, 1, 0)),
        ("crop: 1", line(1, 1, 0)),
        ("center_crop: {size: 2}", line(1, 1, 0)),
        ("upsample: {scale_factor: 2}", line(1, 1, 0)),
        ("depthwise_conv1d: 3", line(1, 1, 0)),
        # two channels are made of each one
        ("depthwise_conv1d: {kernel_size: 1, multiplier: 2}", line(1, 1 / 2, 0)),
        ("conv1d: {out_channels: 8, kernel_size: 1}", WHOLE),
        ("conv1d: {out_channels: 24, kernel_size: 1, groups: 24}", line(1, 1, 0)),
        ("conv1d: {out_channels: 48, kernel_size: 1, groups: 24}", line(1, 1 / 2, 0)),
        # three groups of 8 cells, with 2 channels each
        ("conv1d: {out_channels: 6, kernel_size: 1, groups: 3}", line(8, 4, 0)),
        ("conv_transpose1d: {out_channels: 3, kernel_size: 1, groups: 3}", line(8, 8, 0)),
        ("conv_transpose1d: {out_channels: 3, kernel_size: 2}", WHOLE),
        ("group_norm: 6", line(4, 1, 0)),
        ("group_norm: 24", line(1, 1, 0)),
        ("group_norm: 1", WHOLE),
        ("layer_norm: {dim: 1}", WHOLE),
        ("layer_norm: {dim: 2}", line(1, 1, 0)),
        ("batch_norm", line(1, 1, 0)),
        ("instance_norm", line(1, 1, 0)),
        # the channel, two before it and two behind it
        ("local_response_norm: {size: 5}", line(5, 1, 2)),
        ("local_response_norm: {size: 4}", line(4, 1, 2)),
        ("channel_shuffle: 2", WHOLE),
        ("channel_shuffle: 1", line(1, 1, 0)),
        ("channel_shuffle: 24", line(1, 1, 0)),
        ("softmax: 1", WHOLE),
        ("linear: 3", line(1, 1, 0)),
        ("slice: {dim: 1, start: 3, step: 4}", line(1, 4, -3)),
        ("flatten", WHOLE),
    ],
)
def test_a_layer_behind_it(layer: str, expected: ReceptiveField) -> None:
    assert both(f"{LINE}  - {layer}\n") == expected


@pytest.mark.parametrize(
    ("merge", "expected"),
    [
        ("concat: {dim: 1}", line(1, 1, 0, "unaligned")),
        ("concat: {dim: 2}", line(1, 1, 0)),
        ("add:", line(1, 1, 0)),
        ("stack:", line(1, 1, 0)),
    ],
)
def test_a_merge_behind_it(merge: str, expected: ReceptiveField) -> None:
    assert both(f"{LINE}  - {merge}\n    from: [turned, turned]\n") == expected


@pytest.mark.parametrize(
    ("layer", "columns"),
    [
        # channel c of 4 is made of channels 4c to 4c + 3, channel c of 64 of channel c // 4
        ("pixel_shuffle: 2", (4, 4, 0)),
        ("pixel_unshuffle: 2", (1, 1 / 4, 0)),
        # rows 9c to 9c + 8 of the columns are those of channel c
        ("unfold: 3", (1, 1 / 9, 0)),
    ],
)
def test_what_moves_channels(layer: str, columns: tuple[int, float, int]) -> None:
    found = both(f"{IMAGE}  - {layer}\n")
    # the input's rows are the columns here; its own columns the channels
    assert (found.size[1], found.stride[1], found.padding[1]) == columns


def test_fold_gives_back_what_unfold_took() -> None:
    found = both(f"{IMAGE}  - unfold: 2\n  - fold: {{output_size: 8, kernel_size: 2}}\n")
    assert (found.size, found.stride, found.status) == ((8, 1), (0, 1), "whole_input")


def test_an_unpooling() -> None:
    text = f"{LINE}  - max_pool1d: 2\n    name: pool\n  - max_unpool1d: {{indices: pool}}\n"
    assert both(text) == line(1, 1, 0)
