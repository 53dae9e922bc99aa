"""Names of layers: those they are given, those they get, and a name given twice."""

from __future__ import annotations

import pytest

from tests.language.networks import INPUT, chain, graph_of, said


def test_layers_without_a_name_are_numbered_by_kind() -> None:
    assert chain("[relu, tanh, relu, {relu: }, {relu: {}}]") == [
        "relu_1",
        "tanh_1",
        "relu_2",
        "relu_3",
        "relu_4",
    ]


def test_numbers_skip_names_that_are_taken() -> None:
    assert chain("[{relu: , name: relu_1}, relu, {tanh: , name: relu_3}, relu]") == [
        "relu_1",
        "relu_2",
        "relu_3",
        "relu_4",
    ]


def test_a_network_without_a_name_is_called_as_its_file() -> None:
    assert graph_of(INPUT + "layers: [relu]").name == "net.yaml"


def test_the_same_name_in_two_scopes() -> None:
    layers = "[{relu: , name: a}, {sequence: [{relu: , name: a}], name: s}]"
    assert chain(layers) == ["a", "s.a"]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("[{relu: , name: a}, {tanh: , name: a}]", ["2:44 E203 two layers are named `a`"]),
        ("[relu, {tanh: , name: relu_1}]", ["2:31 E203 two layers are named `relu_1`"]),
        (
            "[{sequence: [relu, tanh], name: a}, {sequence: [relu, tanh], name: a}]",
            ["2:76 E203 two layers are named `a`"],
        ),
        ("[{relu: , name: a, repeat: 2}, {relu: , name: a}]", ["2:55 E203 two layers are named `a`"]),
        ("[{sequence: [{relu: , name: a}], repeat: 2}]", ["2:37 E203 two layers are named `a`"]),
        ("[{relu: , name: 'a{i // 2}', repeat: 3}]", ["2:25 E203 two layers are named `a0`"]),
    ],
)
def test_a_name_given_twice_is_one_fault(layers: str, expected: list[str]) -> None:
    assert said(f"{INPUT}layers: {layers}") == expected


def test_a_name_that_cannot_be_one_is_not_also_taken() -> None:
    layers = "[{relu: , name: y, repeat: 2}, {relu: , name: y.0}]"
    assert said(f"{INPUT}layers: {layers}") == ["2:55 E111 `y.0` cannot be the name of a layer"]
