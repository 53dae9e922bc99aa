"""Branches of a merge: where they start, how their layers are named, and what is no branch."""

from __future__ import annotations

import pytest

from tests.language.networks import INPUT, edges, said


def test_branches_start_at_the_layer_before_and_an_empty_one_is_that_layer() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - relu
      - add:
          main:
            - conv2d: {out_channels: 3, kernel_size: 3, padding: 1}
            - batch_norm
          shortcut: []
      - tanh
    """
    assert edges(text) == {
        "relu_1": ["input"],
        "add_1.main.conv2d_1": ["relu_1"],
        "add_1.main.batch_norm_1": ["add_1.main.conv2d_1"],
        "add_1": ["add_1.main.batch_norm_1", "relu_1"],
        "tanh_1": ["add_1"],
    }


def test_branches_within_branches() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - add:
          main:
            - multiply:
                features: []
                gate: [global_avg_pool, sigmoid]
              name: excited
          shortcut: []
        name: sum
    """
    assert edges(text) == {
        "sum.main.excited.gate.global_avg_pool_1": ["input"],
        "sum.main.excited.gate.sigmoid_1": ["sum.main.excited.gate.global_avg_pool_1"],
        "sum.main.excited": ["input", "sum.main.excited.gate.sigmoid_1"],
        "sum": ["sum.main.excited", "input"],
    }


def test_branches_beside_an_argument() -> None:
    text = INPUT + "layers: [{concat: {dim: 2, one: [], two: [relu]}}]"
    assert edges(text) == {"concat_1.two.relu_1": ["input"], "concat_1": ["input", "concat_1.two.relu_1"]}


def test_branches_start_where_from_says() -> None:
    text = INPUT + "layers: [relu, tanh, {add: {a: [gelu], b: []}, from: relu_1}]"
    assert edges(text)["add_1.a.gelu_1"] == ["relu_1"]
    assert edges(text)["add_1"] == ["add_1.a.gelu_1", "relu_1"]


@pytest.mark.parametrize("value", ["", "relu", "3", "{relu: }"])
def test_a_branch_that_is_no_list_is_one_fault(value: str) -> None:
    text = f"{INPUT}layers:\n  - add:\n      main: {value}\n      shortcut: []\n"
    assert said(text) == ["4:7 E109 branch `main` of add must be a list of layers"]


def test_an_argument_of_a_merge_almost_right_is_no_branch() -> None:
    text = INPUT + "layers: [{concat: {dimm: 2, a: [], b: []}}]"
    assert said(text) == ["2:20 E101 unknown argument `dimm` of concat"]
