"""Repeats, `when` and sequences: what they make, the index they count with, and their limits."""

from __future__ import annotations

import pytest

from tests.language.networks import INPUT, chain, edges, graph_of, said, sizes

# --- repeats -----------------------------------------------------------------------------------------


def test_a_repeated_layer() -> None:
    assert chain("[{relu: , repeat: 3}, {relu: , repeat: 2, name: r}, relu]") == [
        "relu_1.0",
        "relu_1.1",
        "relu_1.2",
        "r.0",
        "r.1",
        "relu_2",
    ]


def test_the_index_of_a_repeat() -> None:
    text = INPUT + "layers: [{conv2d: {out_channels: 2 ** i, kernel_size: 1}, repeat: 3}]"
    assert [shape[0] for shape in sizes(text)] == [1, 2, 4]


def test_nested_repeats_with_an_index_of_their_own() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - sequence:
          - linear: 10 * stage + i
            name: conv{stage + 1}_{i + 1}
            repeat: 2 - stage
          - relu
        repeat: {times: 2, index: stage}
    """
    text = text.replace("10 * stage + i", "10 * stage + i + 1")
    assert list(edges(text)) == ["conv1_1", "conv1_2", "relu_1", "conv2_1", "relu_2"]
    assert [shape[-1] for shape in sizes(text)] == [1, 2, 2, 11, 11]


def test_a_repeat_of_nothing_leaves_no_trace() -> None:
    assert chain("[{relu: , repeat: 0}, relu, {sequence: [tanh], name: s, repeat: 0}]") == ["relu_1"]


def test_a_repeat_with_a_source_of_each_repetition() -> None:
    text = (
        INPUT + "layers: [{relu: , name: 'r{i}', repeat: 2}, {gelu: , from: 'r{1 - i}', repeat: 2, name: g}]"
    )
    found = edges(text)
    assert (found["g.0"], found["g.1"]) == (["r1"], ["r0"])


def test_a_repeat_from_elsewhere_starts_there_once() -> None:
    text = INPUT + "layers: [relu, tanh, {gelu: , from: relu_1, repeat: 2}]"
    assert edges(text)["gelu_1.0"] == ["relu_1"]
    assert edges(text)["gelu_1.1"] == ["gelu_1.0"]


def test_a_source_named_by_the_outer_index_is_that_of_the_first_repetition() -> None:
    graph = graph_of(
        "input: [3, 8, 8]\nlayers:\n  - relu:\n    name: s0\n  - sequence:\n      - tanh:\n        name: t\n"
        "        from: s{stage}\n        repeat: 2\n    repeat: {times: 1, index: stage}\n"
    )
    assert [graph.tensor_name(node.inputs[0]) for node in graph.nodes][1:] == ["s0", "t.0"]


# --- when --------------------------------------------------------------------------------------------


def test_what_is_left_out_by_when_leaves_no_trace() -> None:
    assert chain("[{relu: , when: 1 > 2}, {relu: , when: 'true'}, {tanh: , when: false, repeat: what}]") == [
        "relu_1"
    ]


def test_when_sees_the_index_of_the_repeat_around_it() -> None:
    layers = "[{sequence: [{relu: , when: i > 0}, {tanh: , when: i == 0}], repeat: 3}]"
    assert chain(layers) == ["tanh_1", "relu_1", "relu_2"]


def test_when_sees_the_index_of_the_repeat_beside_it() -> None:
    layers = "[{sequence: [{tanh: , repeat: 3, when: i > 0}], repeat: 2}]"
    assert chain(layers) == ["tanh_1.1", "tanh_1.2", "tanh_2.1", "tanh_2.2"]
    layers = "[{relu: , repeat: {times: 4, index: k}, when: k % 2 == 0, name: 'r{k}'}]"
    assert chain(layers) == ["r0", "r2"]
    layers = "[{sequence: [{tanh: , repeat: 2, when: k > 0}], repeat: {times: 2, index: k}}]"
    assert chain(layers) == ["tanh_1.0", "tanh_1.1"]
    assert chain("[{relu: , repeat: 3, when: i > 5}, relu]") == ["relu_1"]


def test_a_when_beside_a_repeat_that_has_no_value_is_one_fault() -> None:
    text = INPUT + "layers: [{relu: , repeat: 3, when: i + 1}]"
    assert said(text) == ["2:36 E103 `when` must be true or false, not 1"]
    assert said(INPUT + "layers: [{relu: , repeat: 3, when: j > 1}]") == ["2:36 E106 unknown parameter `j`"]


# --- sequences ---------------------------------------------------------------------------------------


def test_a_sequence_without_a_name_is_not_seen() -> None:
    assert chain("[relu, {sequence: [relu, tanh], repeat: 2}, relu, {sequence: []}, {sequence: }]") == [
        "relu_1",
        "relu_2",
        "tanh_1",
        "relu_3",
        "tanh_2",
        "relu_4",
    ]


def test_a_sequence_with_a_name() -> None:
    assert chain("[{sequence: [relu, tanh], name: s, repeat: 2}, {sequence: [relu], name: t}, relu]") == [
        "s.0.relu_1",
        "s.0.tanh_1",
        "s.1.relu_1",
        "s.1.tanh_1",
        "t.relu_1",
        "relu_1",
    ]


# --- limits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layers", ["[{sequence: [relu, relu], repeat: 150000}]", "[{relu: , repeat: 200000}, relu]"]
)
def test_too_many_layers(layers: str) -> None:
    assert [fault.split(" ", 1)[1] for fault in said(f"{INPUT}layers: {layers}")] == [
        "E107 the network has more than 200,000 layers"
    ]


def test_repeats_that_make_no_layer_end_too() -> None:
    text = f"{INPUT}layers: [{{sequence: [{{sequence: , repeat: 2000}}], repeat: 2000}}]"
    assert said(text) == ["2:59 E107 the repeats take more than 500,000 steps"]


def test_repetitions_left_out_are_steps_too() -> None:
    layers = "[{sequence: [{relu: , repeat: 2000, when: i < 0}], repeat: 2000}]"
    assert [fault.split(" ", 1)[1] for fault in said(f"{INPUT}layers: {layers}")] == [
        "E107 the repeats take more than 500,000 steps"
    ]
