"""Inputs and outputs of a network: several, with names, and a layer that leads to none."""

from __future__ import annotations

from tests.language.networks import INPUT, edges, help_of, report_of, said


def test_several_inputs_and_outputs() -> None:
    report = report_of(
        """
        inputs: {left: [3, 8, 8], right: [3, 4, 4]}
        layers:
          - relu:
            from: left
            name: main
          - tanh:
            from: right
            name: aux
        outputs: [main, aux]
        """
    )
    assert report.outputs == {"main": (3, 8, 8), "aux": (3, 4, 4)}


def test_the_first_layer_says_which_of_several_inputs_it_reads() -> None:
    text = "inputs: {a: [3, 8, 8], b: [3, 8, 8]}\nlayers: [relu, tanh]"
    assert said(text) == ["2:10 E204 relu reads no tensor: the network has several inputs"]
    assert help_of(text) == "name one with `from`: a, b"


def test_one_input_with_a_name() -> None:
    assert edges("inputs: {image: [3, 8, 8]}\nlayers: [relu, {tanh: , from: image}]") == {
        "relu_1": ["image"],
        "tanh_1": ["image"],
    }


def test_outputs_by_glob_and_one_that_is_not_there() -> None:
    layers = "layers: [{relu: , name: out_a}, {tanh: , name: out_b}]\n"
    assert list(report_of(f"{INPUT}{layers}outputs: 'out_*'").outputs) == ["out_a", "out_b"]
    assert said(f"{INPUT}{layers}outputs: [out_a, out_c]") == ["3:18 E201 there is no layer `out_c`"]


def test_a_layer_that_nothing_reads_is_a_warning() -> None:
    text = f"{INPUT}layers:\n  - relu\n  - tanh:\n    from: input\n"
    assert said(text) == ["3:5 W401 nothing reads the output of `relu_1`"]
    assert said(text + "outputs: [relu_1, tanh_1]") == []
