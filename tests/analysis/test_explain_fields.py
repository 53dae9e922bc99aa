"""Receptive fields that differ by axis, and those of transposed convolutions, as `explain` tells them."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.explain import Source
from cnncalc.analysis.explain_data import Remark, symbols_of

VIDEO = """
input: [3, 16, 112, 112]
layers:
  - conv3d: {out_channels: 8, kernel_size: 3, padding: 1}
  - max_pool3d: [1, 2, 2]
  - conv3d: {out_channels: 8, kernel_size: 3, padding: 1}
"""


def field_of(yaml: str, layer: str) -> str:
    return str(cnncalc.explain(yaml, layer, "receptive_field"))


def remarks(yaml: str, layer: str) -> list[str]:
    explanation = cnncalc.explain(yaml, layer, "receptive_field")
    return [part.text for part in explanation.figure("receptive_field").parts if isinstance(part, Remark)]


def test_axes_that_differ_have_letters_of_their_own() -> None:
    shown = field_of(VIDEO, "conv3d_2")
    # behind the first convolution and the pool: 3 cells in depth, 1 apart; 4 in height, 2 apart
    assert "  r_out = r_T + (K - 1)*j_T = 3 + (3 - 1)*1 = 3 + 2*1 = 3 + 2 = 5\n" in shown
    assert "  r_out = r_H + (K - 1)*j_H = 4 + (3 - 1)*2 = 4 + 2*2 = 4 + 4 = 8\n" in shown
    where = shown.partition("where\n")[2].splitlines()
    assert [line.split()[:2] for line in where if line.split()[0].startswith(("r", "j", "p"))] == [
        *(["r_T", "3"], ["r_H", "4"], ["j_T", "1"], ["j_H", "2"], ["p_T", "1"], ["p_H", "1"]),
    ]


def test_more_axes_than_have_letters() -> None:
    shown = field_of("input: [2, 3, 4, 5, 6]\nlayers: [relu, flatten]", "flatten_1")
    assert "along axis 4:\n  each position sees the whole axis, all 6 cells" in shown


def test_axes_that_are_alike_are_told_once() -> None:
    assert [text for text in remarks(VIDEO, "conv3d_2") if text.startswith("along")] == [
        *("along depth:", "along height and width:"),
    ]
    assert " r_out = r + (K - 1)*j = 1 + " in field_of(
        "input: [1, 9, 9]\nlayers:\n  - conv2d: {out_channels: 2, kernel_size: 3}", "conv2d_1"
    )


@pytest.mark.parametrize("name", ["c3d", "r3d_18", "fcn8s", "wavenet", "deconvnet"])
def test_a_letter_stands_for_one_number(name: str) -> None:
    network = cnncalc.load(name)
    source = Source(network.graph, cnncalc.analyze(network))
    for index, row in enumerate(source.report.layers):
        explanation = source.layer(index)
        values: dict[str, int] = {}
        for figure in explanation.figures:
            for symbol in symbols_of(figure.parts):
                assert values.setdefault(symbol.name, symbol.value) == symbol.value, (row.name, symbol)
        named = {meaning.symbol: meaning.value for meaning in explanation.meanings}
        assert all(values[letter] == value for letter, value in named.items()), row.name


def transposed(arguments: str) -> str:
    return f"""
input: [1, 8, 8]
layers:
  - conv2d: {{out_channels: 2, kernel_size: 3}}
  - conv_transpose2d: {{out_channels: 2, {arguments}}}
"""


@pytest.mark.parametrize(
    ("arguments", "cells", "growth"),
    [
        ("kernel_size: 7", "7 neighbouring cells", "r grows by (7 - 1)*1"),
        ("kernel_size: 2, stride: 2", "1 cell", "r stays"),
        ("kernel_size: 3, stride: 2", "1 or 2 neighbouring cells", "r grows by up to (2 - 1)*1"),
        ("kernel_size: 5, stride: 1, dilation: 2", "5 cells, 2 apart,", "r grows by (5 - 1)*2*1"),
        # of every four positions only the first meets the one tap of the kernel
        ("kernel_size: 1, stride: 4", "0 or 1 cells", "r stays"),
        ("kernel_size: 5, stride: 2", "2 or 3 neighbouring cells", "r grows by up to (3 - 1)*1"),
    ],
)
def test_what_a_position_of_a_transposed_convolution_reads(arguments: str, cells: str, growth: str) -> None:
    remark = f"a position of the output reads {cells} of the input, so {growth}"
    assert remark in remarks(transposed(arguments), "conv_transpose2d_1")


def test_behind_a_pattern_only_the_cells_are_told() -> None:
    twice = (
        transposed("kernel_size: 2, stride: 2") + "  - conv_transpose2d: {out_channels: 1, kernel_size: 3}"
    )
    assert "a position of the output reads 3 neighbouring cells of the input" in remarks(
        twice, "conv_transpose2d_2"
    )


def test_a_window_needs_no_such_words() -> None:
    assert not any("reads" in text for text in remarks(VIDEO, "conv3d_2"))


def test_layers_that_read_each_position_by_itself_say_so() -> None:
    design = """
input: [4, 8, 8]
layers:
  - concat:
    from: [input, input]
  - local_response_norm: 5
  - channel_shuffle: 2
  - pad: 1
"""
    for name in ("concat", "local_response_norm", "channel_shuffle"):
        said = f"{name} reads each position by itself, so the field is that of what it reads"
        assert said in remarks(design, f"{name}_1")
    assert not any("by itself" in remark for remark in remarks(design, "pad_1"))
