"""Transposed convolutions: values worked by hand or, where it says so, PyTorch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.layers.base import Operations
from cnncalc.numpy_backend.executors import transposed
from cnncalc.numpy_backend.work import CannotRun
from tests.numpy_backend.helpers import Executed, execute


def line(x: list[float], kernel: list[float], more: str = "") -> Executed:
    """One channel to one channel, without a bias."""
    text = f"conv_transpose1d: {{out_channels: 1, kernel_size: {len(kernel)}, bias: false{more}}}"
    return execute(text, [[x]], weights={"weight": [[kernel]]})


def test_every_cell_writes_the_kernel() -> None:
    done = line([1, 2, 3], [1, 10, 100])
    assert done.output.tolist() == [[[1, 12, 123, 230, 300]]]
    assert done.operations == Operations(macs=9)


def test_stride() -> None:
    assert line([1, 2], [1, 10, 100], ", stride: 2").output.tolist() == [[[1, 10, 102, 20, 200]]]
    assert line([1, 2], [1, 10], ", stride: 3").output.tolist() == [[[1, 10, 0, 2, 20]]]


def test_dilation() -> None:
    assert line([1, 2], [1, 10], ", dilation: 2").output.tolist() == [[[1, 2, 10, 20]]]
    assert line([1, 2], [1, 10], ", dilation: 2, stride: 2").output.tolist() == [[[1, 0, 12, 0, 20]]]
    assert line([1, 2], [1, 10], ", dilation: 3, stride: 2").output.tolist() == [[[1, 0, 2, 10, 0, 20]]]


def test_padding_cuts_the_output() -> None:
    done = line([1, 2, 3], [1, 10, 100], ", padding: 1")
    assert done.output.tolist() == [[[12, 123, 230]]]
    assert done.operations == Operations(macs=9)  # what is cut off was computed all the same
    assert line([1, 2, 3], [1, 10, 100], ", padding: [[0, 2]]").output.tolist() == [[[1, 12, 123]]]
    assert line([1, 2], [1, 10, 100], ", stride: 2, padding: [[2, 1]]").output.tolist() == [[[102, 20]]]


def test_padding_cuts_single_cells() -> None:
    """Taps that are written together, of which one falls away."""
    assert line([1, 2], [1, 10], ", stride: 2, padding: [[1, 0]]").output.tolist() == [[[10, 2, 20]]]
    assert line([1, 2], [1, 10], ", stride: 2, padding: [[0, 1]]").output.tolist() == [[[1, 10, 2]]]


def test_padding_beyond_the_kernel() -> None:
    """Whole cells write into what is cut off."""
    assert line([1, 2, 3, 4, 5], [1, 10], ", padding: 2").output.tolist() == [[[23, 34]]]


def test_output_cut_on_both_sides_of_one_cell() -> None:
    assert line([7], [1, 10, 100, 1000, 10000], ", stride: 5, padding: 2").output.tolist() == [[[700]]]


def test_output_padding_adds_cells_behind() -> None:
    """They are zero, or what the padding would have cut off."""
    assert line([1, 2], [1, 10], ", stride: 2, output_padding: 1").output.tolist() == [[[1, 10, 2, 20, 0]]]
    padded = line([1, 2], [1, 10, 100], ", stride: 2, padding: 1, output_padding: 1")
    assert padded.output.tolist() == [[[10, 102, 20, 200]]]


def test_channels_and_bias() -> None:
    """A cell of channels 1 and 2: 1*[1, 2] + 2*[5, 6] + 100 in output 0, 1*[3, 4] + 2*[7, 8] in output 1."""
    done = execute(
        "conv_transpose1d: {out_channels: 2, kernel_size: 2}",
        [[[1], [2]]],
        weights={"weight": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "bias": [100, 0]},
    )
    assert done.output.tolist() == [[[111, 114], [17, 20]]]
    assert done.operations == Operations(macs=8, adds=4)
    assert done.weights["weight"].shape == (2, 2, 2)


def test_groups() -> None:
    """Channels 0 and 1 make output 0, channels 2 and 3 output 1."""
    done = execute(
        "conv_transpose1d: {out_channels: 2, kernel_size: 2, groups: 2, bias: false}",
        [[[1], [2], [3], [4]]],
        weights={"weight": [[[1, 0]], [[10, 1]], [[100, 0]], [[1000, 2]]]},
    )
    assert done.output.tolist() == [[[21, 2], [4300, 8]]]
    assert done.operations == Operations(macs=8)
    assert done.weights["weight"].shape == (4, 1, 2)


def test_plane() -> None:
    done = execute(
        "conv_transpose2d: {out_channels: 1, kernel_size: 2, bias: false}",
        [[[[0, 1], [2, 3]]]],
        weights={"weight": [[[[0, 1], [2, 3]]]]},
    )
    # Zhang et al., "Dive into Deep Learning", section 14.10
    assert done.output.tolist() == [[[[0, 0, 1], [0, 4, 6], [4, 12, 9]]]]


def test_plane_with_stride() -> None:
    done = execute(
        "conv_transpose2d: {out_channels: 1, kernel_size: 2, stride: 2, bias: false}",
        [[[[0, 1], [2, 3]]]],
        weights={"weight": [[[[0, 1], [2, 3]]]]},
    )
    # the same section
    assert done.output.tolist() == [[[[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]]]


def test_volume() -> None:
    done = execute(
        "conv_transpose3d: {out_channels: 1, kernel_size: [2, 1, 2], stride: [1, 1, 2], bias: false}",
        np.array([1.0, 2, 3, 4]).reshape(1, 1, 2, 1, 2),
        weights={"weight": np.array([1, 10, 100, 1000]).reshape(1, 1, 2, 1, 2)},
    )
    assert done.output[0, 0, :, 0].tolist() == [
        [1, 10, 2, 20],
        [103, 1030, 204, 2040],
        [300, 3000, 400, 4000],
    ]
    assert done.operations == Operations(macs=16)


# torch.nn.ConvTranspose2d's examples: 20 arrays of 16 x 50 x 100


def constant(kernel: tuple[int, int], more: str) -> Executed:
    """Weights of 0.5 and a bias of 1 on ones: each tap that meets an output adds 16 * 0.5 = 8."""
    return execute(
        f"conv_transpose2d: {{out_channels: 33, kernel_size: {list(kernel)}, {more}}}",
        np.ones((20, 16, 50, 100)),
        dtype="float32",
        weights={"weight": np.full((16, 33, *kernel), 0.5), "bias": np.ones(33)},
    )


def test_square_kernel_of_the_documentation() -> None:
    """Outputs at odd places are met by two taps of an axis, those at even ones by one."""
    done = constant((3, 3), "stride: 2, padding: 1")
    assert done.output.shape == (20, 33, 99, 199)
    assert done.operations == Operations(macs=20 * 50 * 100 * 16 * 33 * 9, adds=20 * 33 * 99 * 199)
    for corner in (done.output[0, 0], done.output[19, 32, ::-1, ::-1]):
        assert corner[:3, :4].tolist() == [[9, 17, 9, 17], [17, 33, 17, 33], [9, 17, 9, 17]]  # PyTorch's
    assert done.output[0].sum() == 33 * (99 * 199 + 8 * 148 * 298)  # 49 * 2 + 50 and 99 * 2 + 100 taps


def test_oblong_kernel_of_the_documentation() -> None:
    done = constant((3, 5), "stride: [2, 1], padding: [4, 2]")
    assert done.output.shape == (20, 33, 93, 100)
    assert done.output[7, 5, 0, :4].tolist() == [49, 65, 81, 81]  # 2 taps by 3, 4, 5, 5
    assert done.output[7, 5, 1, -3:].tolist() == [41, 33, 25]  # 1 tap by 5, 4, 3


# Arrays of all kinds


@pytest.mark.parametrize("block_bytes", [1, 200, 1000, 1 << 22])
def test_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch, block_bytes: int) -> None:
    """Blocks of one cell, of parts of a row, of rows: at every cell 3 x 3 ones, of which up to 9 meet."""
    monkeypatch.setattr(transposed, "WRITTEN_BYTES", block_bytes)
    done = execute(
        "conv_transpose2d: {out_channels: 1, kernel_size: 3, padding: 1, bias: false}",
        np.ones((2, 1, 4, 5)),
        weights={"weight": np.ones((1, 1, 3, 3))},
    )
    expected = [[4, 6, 6, 6, 4], [6, 9, 9, 9, 6], [6, 9, 9, 9, 6], [4, 6, 6, 6, 4]]
    assert done.output[:, 0].tolist() == [expected, expected]
    assert done.operations == Operations(macs=2 * 20 * 9)


@pytest.mark.parametrize("block_bytes", [1, 200, 500, 1 << 22])
def test_blocks_of_cells_that_are_cut(monkeypatch: pytest.MonkeyPatch, block_bytes: int) -> None:
    """Even rows and columns are met by one tap, odd ones by two; each cell that is cut is in one block."""
    monkeypatch.setattr(transposed, "WRITTEN_BYTES", block_bytes)
    done = execute(
        "conv_transpose2d: {out_channels: 1, kernel_size: 3, stride: 2, padding: 1, bias: false}",
        np.ones((1, 1, 6, 3)),
        weights={"weight": np.ones((1, 1, 3, 3))},
    )
    ones, twos = [1, 2, 1, 2, 1], [2, 4, 2, 4, 2]
    assert done.output.tolist() == [[[ones, *[twos, ones] * 5]]]


def test_any_strides() -> None:
    x = np.arange(2 * 4 * 3 * 2.0).reshape(2, 4, 3, 2)
    wide = np.full((2, 4, 5, 6), np.nan)
    wide[:, :, 1:4, ::3] = x
    by_position = np.ascontiguousarray(x.transpose(2, 3, 0, 1)).transpose(2, 3, 0, 1)
    weight = {"weight": np.arange(1.0, 9).reshape(4, 1, 1, 2)}
    for view in (x, wide[:, :, 1:4, ::3], by_position):
        text = "conv_transpose2d: {out_channels: 2, kernel_size: [1, 2], stride: 2, groups: 2, bias: false}"
        output = execute(text, view, weights=weight).output
        # sample 1, row 2: channels hold 28 29, 34 35 | 40 41, 46 47
        assert output[1, 0, 4].tolist() == [130, 192, 134, 198]  # 28*1 + 34*3, 28*2 + 34*4, 29*1 + ...
        assert output[1, 1, 4].tolist() == [522, 608, 534, 622]  # 40*5 + 46*7, 40*6 + 46*8, ...
        assert not output[:, :, 1::2].any()


def test_scratch_stays_within_four_mebibytes() -> None:
    text = "conv_transpose2d: {out_channels: 64, kernel_size: 4, stride: 2, padding: 1}"
    done = execute(text, np.ones((1, 32, 64, 64)), dtype="float32")
    assert done.output.dtype == np.float32
    assert done.work.scratch_memory.bytes <= 4 << 20


@pytest.mark.parametrize(
    ("more", "shape"),
    [
        ("kernel_size: 2", (1, 4, 5)),
        ("kernel_size: 2", (1, 4)),
        ("kernel_size: 2, groups: 3", (1, 4, 5, 5)),
        ("kernel_size: 2, groups: 4", (1, 4, 5, 5)),
        ("kernel_size: 2, output_padding: 1", (1, 4, 5, 5)),
        ("kernel_size: 2, stride: 2, output_padding: [1, 2]", (1, 4, 5, 5)),
        ("kernel_size: 2, padding: 3", (1, 4, 5, 5)),
        ("kernel_size: 1, padding: [[0, 0], [1, 4]]", (1, 4, 5, 5)),
    ],
)
def test_what_does_not_run(more: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(CannotRun):
        execute(f"conv_transpose2d: {{out_channels: 6, {more}}}", np.ones(shape))


def test_output_padding_up_to_the_dilation() -> None:
    made: Any = line([1], [1, 10], ", dilation: 2, output_padding: 1").output
    assert made.tolist() == [[[1, 0, 10, 0]]]
