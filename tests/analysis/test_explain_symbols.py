"""What the letters of formulas stand for, in the words of the kind that they belong to."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.explain_data import Remark


@pytest.mark.parametrize(
    ("layer", "input", "letter", "words"),
    [
        ("conv2d: {out_channels: 2, kernel_size: 3}", "[1, 8, 8]", "K", "kernel_size: cells of the window"),
        (
            "conv_transpose2d: {out_channels: 2, kernel_size: 3, padding: 1}",
            *("[1, 8, 8]", "P", "padding: cells cut off around the output"),
        ),
        (
            "upsample: 2",
            *("[1, 4, 4]", "scale", "scale_factor: output size / input size, rounded down to a whole output"),
        ),
        (
            "local_response_norm: 5",
            *("[8, 4, 4]", "size", "size: neighbouring channels that are summed, the element's own counted"),
        ),
        (
            "pixel_shuffle: 2",
            "[8, 4, 4]",
            "U",
            "upscale_factor: how many times larger height and width become",
        ),
    ],
)
def test_letters_have_the_words_of_their_kind(layer: str, input: str, letter: str, words: str) -> None:
    name = f"{layer.partition(':')[0]}_1"
    explanation = cnncalc.explain(f"input: {input}\nlayers:\n  - {layer}", name)
    assert {each.symbol: each.text for each in explanation.meanings}[letter] == words


@pytest.mark.parametrize("figure", ["params", "macs"])
def test_a_table_of_connections_is_told(figure: str) -> None:
    parts = cnncalc.explain("lenet5_1998", "c3", figure).figure(figure).parts
    # LeCun et al. 1998, Table I: 6 maps of 3 links, 9 of 4, one of 6
    assert Remark("60 of the 6*16 = 96 pairs of channels are joined, as `connection_table` says") in parts
