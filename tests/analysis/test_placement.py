"""Which views can be views: what lies in order, what does not, and what then is copied. Bytes are float32.

Copied or not was taken from PyTorch 2.13: `x.view(...)` raises where a copy is expected here.
"""

from __future__ import annotations

import numpy as np
import pytest

import cnncalc
from cnncalc.analysis.examine import examine
from cnncalc.analysis.memory import live_bytes, memories_of_report
from cnncalc.analysis.placement import Lying, in_order, seen_under


def bytes_of_last(*layers: str, input: str = "[4, 6, 8]", in_place: bool = False) -> int:
    text = f"input: {input}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    return cnncalc.analyze(text, in_place=in_place).layers[-1].output_bytes


def test_the_strides_of_what_is_computed() -> None:
    assert in_order((4, 6, 8)) == Lying(0, (48, 8, 1))
    assert in_order((7,)) == Lying(0, (1,))


@pytest.mark.parametrize(
    ("lying", "shape", "output", "expected"),
    [
        # 4 x 6 x 8 in order, as anything
        (Lying(0, (48, 8, 1)), (4, 6, 8), (192,), Lying(0, (1,))),
        (Lying(0, (48, 8, 1)), (4, 6, 8), (2, 2, 16, 3), Lying(0, (96, 48, 3, 1))),
        # the first half of the rows: planes are 48 apart, and hold 24 that are read
        (Lying(0, (48, 8, 1)), (4, 3, 8), (4, 24), Lying(0, (48, 1))),
        (Lying(24, (48, 8, 1)), (4, 3, 8), (2, 2, 6, 4), Lying(24, (96, 48, 4, 1))),
        (Lying(0, (48, 8, 1)), (4, 3, 8), (96,), None),
        (Lying(0, (48, 8, 1)), (4, 3, 8), (8, 12), None),  # two to a plane, and the next one is 48 away
        # every other column: rows are 8 apart, and hold 4 that are 2 apart, so that all are
        (Lying(0, (48, 8, 2)), (4, 6, 4), (96,), Lying(0, (2,))),
        # turned: only what is taken apart fits
        (Lying(0, (8, 1, 48)), (6, 8, 4), (48, 4), Lying(0, (1, 48))),
        (Lying(0, (8, 1, 48)), (6, 8, 4), (6, 32), None),
        (Lying(0, (8, 1, 48)), (6, 8, 4), (6, 2, 4, 2, 2), Lying(0, (8, 4, 1, 96, 48))),
        # a dimension of one position has no stride that counts
        (Lying(0, (48, 999, 1)), (4, 1, 8), (4, 8), Lying(0, (48, 1))),
        (Lying(0, (48, 8, 1)), (1, 1, 1), (1,), Lying(0, (1,))),
    ],
)
def test_another_shape(
    lying: Lying, shape: tuple[int, ...], output: tuple[int, ...], expected: Lying | None
) -> None:
    assert seen_under(lying, shape, output) == expected


@pytest.mark.parametrize(
    ("layers", "copied"),
    [
        (("flatten",), 0),
        (("permute: [2, 3, 1]", "flatten"), 192),
        (("permute: [2, 3, 1]", "permute: [3, 1, 2]", "flatten"), 0),  # and back again
        (("permute: [2, 3, 1]", "flatten: {end_dim: 2}"), 0),
        (("permute: [2, 3, 1]", "flatten: {start_dim: 2}"), 192),
        (("permute: [2, 3, 1]", "relu", "flatten"), 0),  # relu computes a new tensor, in order
        (("permute: [2, 3, 1]", "dropout", "identity", "flatten"), 192),
        (("slice: {dim: 1, start: 1}", "flatten"), 0),  # whole planes
        (("slice: {dim: 2, step: 2}", "flatten"), 96),
        (("slice: {dim: 3, step: 2}", "flatten"), 0),  # 96 elements, all 2 apart
        (("slice: {dim: 3, step: 3}", "flatten"), 72),  # 0, 3 and 6 of 8
        (("slice: {dim: 3, stop: 1}", "flatten"), 0),  # one of each row, all 8 apart
        (("split: {sections: 2, index: 1, dim: -1}", "flatten"), 96),
        (("split: {sections: 1, index: 0, dim: -1}", "flatten"), 0),
        (("crop: 1", "flatten"), 96),
        (("crop: 0", "flatten"), 0),
        (("crop: [[1, 1], 0]", "flatten: {start_dim: 2}"), 0),
        (("center_crop: {size: [6, 4]}", "reshape: [4, 24]"), 96),
        (("center_crop: {size: [6, 4]}", "reshape: [2, 2, 6, 4]"), 0),
        (("unsqueeze: 2", "squeeze", "flatten"), 0),
        (("crop: 1", "flatten", "reshape: [2, 48]"), 0),  # the copy lies in order
    ],
)
def test_what_is_copied(layers: tuple[str, ...], copied: int) -> None:
    assert bytes_of_last(*layers) == 4 * copied


def test_a_copy_is_a_tensor_like_any_other() -> None:
    text = "input: [4, 6, 8]\nlayers:\n  - permute: [2, 3, 1]\n  - flatten\n  - linear: 5\n"
    report = cnncalc.analyze(text)
    assert report.totals.activation_bytes == 768 + 20
    assert report.totals.peak_bytes == 768 + 768  # the input and its copy
    assert report.peak == (1536, "flatten_1", ("input", "flatten_1"))
    assert [layer["view"] for layer in report.to_dict()["layers"]] == [True, False, False]


def test_in_place_lies_as_what_it_is_written_over() -> None:
    layers = ("conv2d: {out_channels: 4, kernel_size: 1}", "permute: [2, 3, 1]", "relu", "flatten")
    assert bytes_of_last(*layers, in_place=True) == 768
    assert bytes_of_last(*layers) == 0
    # an input of the network is never written over
    assert bytes_of_last(*layers[1:], in_place=True) == 0


@pytest.mark.parametrize(
    ("view", "alike"),
    [
        ("identity", True),
        ("squeeze: 1", True),  # which has 4 positions and stays
        ("slice: {dim: 1}", True),
        ("crop: 0", True),
        ("permute: [1, 3, 2]", False),
    ],
)
def test_in_place_over_what_is_seen_twice(view: str, alike: bool) -> None:
    text = f"""
input: [4, 6, 6]
layers:
  - conv2d: {{out_channels: 4, kernel_size: 1}}
    name: a
  - {view}{"" if ":" in view else ":"}
    name: b
  - add:
    from: [a, b]
"""
    network = cnncalc.load(text)
    live = live_bytes(memories_of_report(network.graph, cnncalc.analyze(network, in_place=True)), 3)
    # `a`, and beside it the sum if that may not be written over it
    assert live[2] == 576 + 576 * (not alike)


def test_arrays_of_sizes() -> None:
    network = cnncalc.load(
        "input: [4, 6, 6]\nlayers:\n  - crop: {cropping: 1}\n  - flatten: {start_dim: 2}\n"
    )
    sizes = np.array([6, 8, 12])
    report = examine(network.graph, {"input": (4, sizes, sizes)}).report  # type: ignore[dict-item]
    assert report.layers[-1].output_bytes.tolist() == [256, 576, 1600]  # type: ignore[attr-defined]


def test_a_copy_is_explained() -> None:
    text = "input: [4, 6, 8]\nlayers:\n  - permute: [2, 3, 1]\n  - flatten\n"
    shown = str(cnncalc.explain(text, "flatten_1", "bytes"))
    assert "  bytes = F_out*B = 192*4 = 768\n" in shown
    assert "does not lie in order, so it has to copy" in shown
    assert "a view" in str(cnncalc.explain(text.replace("permute: [2, 3, 1]", "relu"), "flatten_1", "bytes"))
