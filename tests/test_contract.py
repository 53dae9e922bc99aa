"""The JSON of `analyze`: names and the figures of VGG-16 that docs/figures.md promises."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cnncalc.cli.app import app


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    ran = CliRunner().invoke(app, ["analyze", "vgg16.yaml", "--format", "json"])
    assert ran.exit_code == 0
    return json.loads(ran.stdout)


def test_top_level(document: dict) -> None:
    assert list(document) == [
        "schema",
        "name",
        "batch",
        "dtype",
        "convention",
        "inputs",
        "outputs",
        "totals",
        "peak",
        "layers",
    ]
    head = {key: document[key] for key in list(document)[:7]}
    assert head == {
        "schema": 1,
        "name": "VGG-16",
        "batch": 1,
        "dtype": "float32",
        "convention": "all",
        "inputs": {"input": [3, 224, 224]},
        "outputs": {"fc8": [1000]},
    }


def test_totals(document: dict) -> None:
    totals = document["totals"]
    assert list(totals) == [
        "params",
        "buffers",
        "macs",
        "flops",
        "ops",
        "param_bytes",
        "buffer_bytes",
        "activation_bytes",
        "peak_bytes",
    ]
    assert totals["params"] == 138_357_544
    assert totals["param_bytes"] == 553_430_176
    assert totals["macs"] == 15_470_264_320
    # counted apart from the program: 13,547,520 outputs of convolutions, 9,192 of linear layers, all but
    # the last 1,000 followed by a relu; 1,530,368 outputs of 2 x 2 pools
    assert totals["ops"]["adds"] == 13_547_520 + 9_192
    assert totals["ops"]["compares"] == 13_547_520 + 8_192 + 3 * 1_530_368
    assert totals["flops"] == 30_972_232_168
    assert totals["buffers"] == totals["buffer_bytes"] == 0


def test_first_layer(document: dict) -> None:
    assert document["layers"][0] == {
        "name": "conv1_1",
        "kind": "conv2d",
        "inputs": ["input"],
        "input_shapes": [[3, 224, 224]],
        "output_shape": [64, 224, 224],
        "weights": {"weight": [64, 3, 3, 3], "bias": [64]},
        "params": 1792,
        "buffers": 0,
        "macs": 86_704_128,
        "flops": 176_619_520,
        "ops": {"macs": 86_704_128, "adds": 3_211_264, "muls": 0, "compares": 0, "transcendentals": 0},
        "output_bytes": 12_845_056,
        "view": False,
        "receptive_field": {"size": [3, 3], "stride": [1, 1], "padding": [1, 1], "status": "exact"},
    }


def test_receptive_field_of_the_last_pool(document: dict) -> None:
    fields = {layer["name"]: layer["receptive_field"] for layer in document["layers"]}
    assert fields["pool5"] == {"size": [212, 212], "stride": [32, 32], "padding": [90, 90], "status": "exact"}
    assert fields["fc8"] == {"size": [224, 224], "stride": [0, 0], "padding": [0, 0], "status": "whole_input"}


def test_a_fault_is_an_object_too() -> None:
    text = "input: [3, 8, 8]\nlayers:\n  - conv2d: {out_channels: 4, kernal_size: 3}\n"
    ran = CliRunner().invoke(app, ["analyze", "-", "--format", "json"], input=text)
    assert ran.exit_code == 1
    assert json.loads(ran.stdout) == {
        "schema": 1,
        "errors": [
            {
                "code": "E101",
                "message": "unknown argument `kernal_size` of conv2d",
                "file": "<stdin>",
                "line": 3,
                "column": 31,
                "end_line": 3,
                "end_column": 42,
                "help": "did you mean `kernel_size`?",
            }
        ],
    }
