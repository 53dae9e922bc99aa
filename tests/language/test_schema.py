"""The JSON Schema against files that are right and wrong, as an editor would apply it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cnncalc import api, zoo
from cnncalc.diagnostics import Source
from cnncalc.language.document import ABOUT, STRUCTURE
from cnncalc.language.schema import as_json, language_schema, with_expressions
from cnncalc.language.scope import plain_value
from cnncalc.language.source import parse
from cnncalc.layers import FAMILY_OF, find_kind

SCHEMA = language_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def faults(text: str) -> list[str]:
    """Where the schema finds fault with a file, as paths."""
    value = plain_value(parse(Source("test", text)))
    return ["/".join(map(str, error.absolute_path)) for error in VALIDATOR.iter_errors(value)]


def network(layer: str) -> str:
    return f"input: [3, 32, 32]\nlayers:\n  - {layer}\n"


CHAIN = """
name: LeNet-5
reference: https://example.org
input: [1, 32, 32]
layers:
  - conv2d: {out_channels: 6, kernel_size: 5}
    name: c1
  - tanh
  - avg_pool2d: 2
  - flatten
  - linear: 10
"""

BRANCHES = """
inputs: {left: [3, 64, 64], right: [3, 64, 64]}
outputs: [join, gate]
layers:
  - conv2d: {out_channels: 64, kernel_size: 3, padding: 1}
    from: left
    name: stem
  - add:
      main:
        - conv2d: {out_channels: 64, kernel_size: 3, padding: 1, bias: false}
        - batch_norm
      shortcut: []
  - concat:
      dim: 1
      one: [{conv2d: {out_channels: 64, kernel_size: 1}}]
      pool: [{max_pool2d: {kernel_size: 3, stride: 1, padding: 1}}]
    name: join
  - multiply:
      features: []
      gate: [global_avg_pool, {conv2d: {out_channels: 128, kernel_size: 1}}, sigmoid]
    name: gate
  - conv2d: {out_channels: 64, kernel_size: 3, padding: 1}
    from: right
    share: stem
    name: twin
  - add:
    from: [stem, twin]
  - concat:
    from: "[st]*"
"""

BLOCKS = """
params: {width: 1.0, classes: 1000, depths: [2, 2], mode: zeros}
blocks:
  basic:
    params: {channels: , stride: 1, project: false}
    layers:
      - add:
          main:
            - conv2d: {out_channels: channels, kernel_size: 3, stride: stride, padding: 1, bias: not project}
          shortcut:
            - conv2d: {out_channels: channels, kernel_size: 1, stride: stride, bias: false}
              when: project
      - relu
  short: [relu, identity]
input: [3, 32 * 2, 64]
layers:
  - basic: {channels: round(64 * width), project: true}
  - basic: {channels: 64}
    repeat: 3
    name: deep
  - sequence:
      - conv2d: {out_channels: 32, kernel_size: [3, 2 + 1], padding: [[1, 0], 2 ** i], padding_mode: mode}
      - short
    repeat: {times: "depths[0]", index: i}
  - relu:
    when: width > 0.5
  - linear: classes
"""


@pytest.mark.parametrize("text", [CHAIN, BRANCHES, BLOCKS], ids=["chain", "branches", "blocks"])
def test_examples_of_the_language_are_accepted(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize("text", [CHAIN, BRANCHES, BLOCKS], ids=["chain", "branches", "blocks"])
def test_the_same_examples_are_read_by_the_language(text: str) -> None:
    assert api.read(Source("test", text)).diagnostics == []


@pytest.mark.parametrize("path", sorted(zoo.folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_networks_of_the_zoo_are_accepted(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", FAMILY_OF)
def test_example_of_each_kind_is_accepted(name: str) -> None:
    kind = find_kind(name)
    assert kind is not None
    assert faults(network(kind.example)) == []


@pytest.mark.parametrize("name", FAMILY_OF)
def test_unknown_argument_of_each_kind_is_refused(name: str) -> None:
    kind = find_kind(name)
    assert kind is not None
    required = "".join(f"{each.name}: x, " for each in kind.arguments.values() if each.required)
    assert faults(network(f"{name}: {{{required}kernal: 3}}")) == ["layers/0"]


@pytest.mark.parametrize(
    ("layer", "where"),
    [
        ("conv2d: {out_channels: 6, kernal_size: 5}", "layers/0"),
        ("conv2d: {out_channels: 6}", "layers/0"),
        ("conv2d", "layers/0"),
        ("conv2d: {out_channels: 0, kernel_size: 5}", "layers/0"),
        ("conv2d: {out_channels: 6.5, kernel_size: 5}", "layers/0"),
        ("conv2d: {out_channels: 6, kernel_size: [5, 5, 5]}", "layers/0"),
        ("conv2d: {out_channels: 6, kernel_size: 5, bias: 1}", "layers/0"),
        ("relu: {inplace: true}", "layers/0"),
        ("concat: {dimension: 1}", "layers/0"),
        ("linear: [10, 20]", "layers/0"),
        ("{relu: , repeat: -1}", "layers/0"),
        ("{relu: , repeat: {time: 3}}", "layers/0"),
        ("{relu: , when: 1}", "layers/0"),
        ("{}", "layers/0"),
        ("[relu]", "layers/0"),
    ],
)
def test_faulty_layers_are_refused(layer: str, where: str) -> None:
    assert faults(network(layer)) == [where]


@pytest.mark.parametrize(
    "text",
    [
        "layers: [relu]",
        "input: [3, 8, 8]",
        "input: [3, 8, 8]\nlayers: relu",
        "input: [3, 0, 8]\nlayers: [relu]",
        "input: [3, 8, 8]\nlayer: [relu]\nlayers: [relu]",
        "base: vgg16\nparam: {classes: 10}",
        "input: [3, 8, 8]\nlayers: [relu]\nblocks: {conv2d: [relu]}",
        "input: [3, 8, 8]\nlayers: [relu]\nblocks: {mine: {layer: [relu]}}",
        "input: [3, 8, 8]\nlayers: [relu]\nparams: {2x: 1}",
        "[relu]",
    ],
)
def test_faulty_files_are_refused(text: str) -> None:
    assert len(faults(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "base: vgg16\nparams: {classes: 10}",
        "base: vgg16",
        "x-mine: [anything]\ninput: [3, 8, 8]\nlayers: [relu]",
        "input: 10\nlayers: [{linear: 10}]",
    ],
)
def test_files_that_are_fine_otherwise(text: str) -> None:
    assert faults(text) == []


def test_is_a_schema_of_its_draft() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_knows_every_key_at_the_top_of_a_file() -> None:
    assert set(SCHEMA["properties"]) == {*STRUCTURE, *ABOUT}


def test_says_what_arguments_mean_and_their_defaults() -> None:
    by_name = SCHEMA["$defs"]["kind.conv2d"]["anyOf"][0]
    assert by_name["properties"]["stride"]["description"] == "cells the window moves from output to output"
    assert by_name["properties"]["stride"]["default"] == 1
    assert by_name["properties"]["bias"] == {
        "description": "adds a learned number to each output channel",
        "anyOf": [{"type": "boolean"}, {"$ref": "#/$defs/expression"}],
        "default": True,
    }
    assert by_name["required"] == ["out_channels", "kernel_size"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {"type": "string"}),
        ({"type": "integer"}, {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/expression"}]}),
        (
            {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "null"}]},
            {
                "anyOf": [
                    {
                        "type": "array",
                        "items": {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/expression"}]},
                    },
                    {"type": "null"},
                    {"$ref": "#/$defs/expression"},
                ]
            },
        ),
    ],
)
def test_expressions_may_stand_for_values(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert with_expressions(schema) == expected


def test_the_schema_beside_the_zoo_is_of_this_program() -> None:
    """If not: cnncalc schema --force --output architectures/schema.json"""
    written = (zoo.folder() / "schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == json.loads(as_json())
    assert written == as_json()
