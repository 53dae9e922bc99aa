"""Parameters of a file: what uses them, what sets them, and values written almost right."""

from __future__ import annotations

import pytest

from cnncalc.diagnostics import ArchitectureError
from tests.language.networks import INPUT, help_of, report_of, said, sizes

# --- values ------------------------------------------------------------------------------------------

PARAMETERS = """
params: {width: 1.0, channels: round(64 * width), kernels: [1, channels // 32 + 1], mode: same, deep: false}
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: channels, kernel_size: kernels, padding: mode}
  - conv2d: {out_channels: "min(channels, 16)", kernel_size: "kernels[1]"}
    when: deep
  - linear: 10 if deep else 5
"""


def test_parameters_use_those_above_them() -> None:
    assert sizes(PARAMETERS) == [(64, 8, 8), (64, 8, 5)]


def test_parameters_set_from_outside() -> None:
    assert sizes(PARAMETERS, width=0.5, deep=True) == [(32, 8, 8), (16, 7, 7), (16, 7, 10)]
    assert sizes(PARAMETERS, width="1 / 4", mode="valid") == [(16, 8, 8), (16, 8, 5)]
    assert sizes(PARAMETERS, kernels=[1, 1], channels="4 * width") == [(4, 8, 8), (4, 8, 5)]


def test_an_unknown_parameter_set_from_outside() -> None:
    assert said(PARAMETERS, witdh=2) == ["1:1 E106 there is no parameter `witdh`"]
    assert help_of(PARAMETERS, witdh=2) == "did you mean `width`?"
    assert help_of(INPUT + "layers: [relu]", witdh=2) == "its parameters are none"


def test_a_parameter_without_a_value_is_set_from_outside() -> None:
    assert sizes("params: {c: }\ninput: [3, 8, 8]\nlayers: [{linear: c}]", c=7) == [(3, 8, 7)]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("{c: d, d: 4}", "1:13 E106 parameter `c` uses `d`, declared below"),
        ("{c: 2 * d, d: 4}", "1:13 E106 parameter `c` uses `d`, declared below"),
        ("{c: c}", "1:13 E106 parameter `c` uses itself"),
        ("{c: }", "1:10 E102 parameter `c` has no value"),
        ("{c: 1 +}", "1:15 E105 the expression cannot be read: it ends too early"),
        ("{c: 1 / 0}", "1:13 E107 division by zero"),
        ("{c: {a: 1}}", "1:13 E103 expected a number, a word or a list, not `key: value` pairs"),
    ],
)
def test_a_faulty_parameter_is_one_fault_however_often_it_is_used(params: str, expected: str) -> None:
    layers = "[{linear: c}, {linear: 2 * c}, {relu: , name: 'r{c}'}, {relu: , repeat: c}, {relu: , when: c}]"
    assert said(f"params: {params}\ninput: [c, 8, 8]\nlayers: {layers}") == [expected]


def test_an_input_shape_from_parameters() -> None:
    assert sizes("params: {size: 8}\ninput: [3, size, 2 * size]\nlayers: [relu]") == [(3, 8, 16)]


# --- how a value is written --------------------------------------------------------------------------


def test_quoted_numbers_are_expressions_that_give_numbers() -> None:
    text = INPUT + 'layers: [{conv2d: {out_channels: "4", kernel_size: "3", padding: "1"}}]'
    assert sizes(text) == [(4, 8, 8)]


def test_scalars_mean_what_they_look_like() -> None:
    assert sizes(INPUT + "layers: [{linear: 010}]") == [(3, 8, 10)]
    assert said(INPUT + "layers: [{linear: {out_features: 8, bias: no}}]") == [
        "2:43 E106 unknown parameter `no`"
    ]
    assert said(INPUT + "layers: [{linear: 1:30}]") == ["2:20 E105 the expression cannot be read"]


def test_an_index_within_braces_needs_quotes() -> None:
    text = "params: {c: [4]}\ninput: [3, 8, 8]\nlayers: [{linear: c[0]}]"
    with pytest.raises(ArchitectureError) as caught:
        report_of(text)
    assert caught.value.diagnostics[0].help == 'put the expression in quotes, as in "c[0]"'
    assert sizes(text.replace("c[0]", '"c[0]"')) == [(3, 8, 4)]


@pytest.mark.parametrize(
    ("text", "expected", "written"),
    [
        ("layers: [{conv2d: {out_channels: max(8, 4*w), kernel_size: 3}}]", "2:34", "max(8, 4*w)"),
        ("layers: [{linear: max(8, min(w, 3), 2) // 2}]", "2:19", "max(8, min(w, 3), 2) // 2"),
        ("layers: [{relu: , repeat: max(1, w), name: a}]", "2:27", "max(1, w)"),
        (
            "layers: [{b: {c: max(8, w), d: 2}}]\nblocks: {b: {params: {c: , d: }, layers: [relu]}}",
            "2:18",
            "max(8, w)",
        ),
    ],
)
def test_a_comma_within_parentheses_within_braces(text: str, expected: str, written: str) -> None:
    text = f"{INPUT}{text}\nparams: {{w: 1}}"
    assert said(text) == [f"{expected} E105 `,` in a value without quotes, within brackets"]
    assert help_of(text) == f'put the expression in quotes, as in "{written}"'


def test_a_comma_within_the_parentheses_of_a_parameter() -> None:
    value = "max(8, int(32*w + 4)//8*8, 2)"
    text = f"{INPUT}params: {{w: 1, c8: {value}, d: 3}}\nlayers: [{{linear: c8}}]"
    assert said(text) == ["2:20 E105 `,` in a value without quotes, within brackets"]
    assert help_of(text) == f'put the expression in quotes, as in "{value}"'


def test_a_colon_without_a_space_behind_it() -> None:
    text = INPUT + "layers: [{conv2d: {out_channels:4, kernel_size:99}}]"
    assert said(text) == [
        "2:11 E301 in `conv2d_1`: a window of 99 does not fit an input height of 8",
        "2:20 E101 a space is missing after the colon of `out_channels:4`",
        "2:36 E101 a space is missing after the colon of `kernel_size:99`",
    ]
    text = INPUT + "layers: [{conv2d: {out_channels: 4, kernel_size:3}}]"
    assert said(text) == ["2:37 E101 a space is missing after the colon of `kernel_size:3`"]
    text = INPUT + "layers: [{conv2d: {out_channels:0, kernel_size: 3}}]"
    assert said(text) == [
        "2:20 E101 a space is missing after the colon of `out_channels:0`",
        "2:33 E103 `out_channels` of conv2d must be a whole number of at least 1, not 0",
    ]
    assert help_of(INPUT + "layers: [{max_pool2d: {kernel_size:2}}]") == "write `kernel_size: 2`"
