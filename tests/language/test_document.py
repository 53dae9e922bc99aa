"""The top level of a file: its keys, its inputs, and the files that it builds on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc import api
from cnncalc.diagnostics import ArchitectureError, Source
from tests.language.networks import INPUT, edges, graph_of, help_of, report_of, said, write

# --- keys --------------------------------------------------------------------------------------------


def test_what_is_said_about_the_network_is_kept() -> None:
    graph = graph_of(
        """
        name: 3
        title: A title
        year: 2014
        reference: https://example.org
        published: {params: 138357544, tops: [1.5, no]}
        x-anything: {goes: [here]}
        input: [3, 8, 8]
        layers: [relu]
        """
    )
    assert graph.name == "3"
    assert graph.about == {
        "title": "A title",
        "year": 2014,
        "reference": "https://example.org",
        "published": {"params": 138357544, "tops": [1.5, "no"]},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (INPUT + "layer: [relu]", ["2:1 E108 unknown key `layer` at the top of the file"]),
        (
            "input_shape: [3, 8, 8]\nlayers: [relu]",
            ["1:1 E108 unknown key `input_shape` at the top of the file"],
        ),
        ("shape: [3, 8, 8]\nlayers: [relu]", ["1:1 E108 unknown key `shape` at the top of the file"]),
        (INPUT + "model: [relu]", ["2:1 E108 unknown key `model` at the top of the file"]),
        (INPUT + "layers: [relu]\nversion: 1", ["3:1 E108 unknown key `version` at the top of the file"]),
        (INPUT + "params: {2x: 1}\nlayers: [relu]", ["2:10 E108 `2x` cannot be a name in params"]),
        (INPUT + "params: [x]\nlayers: [relu]", ["2:9 E103 params must be `key: value` pairs"]),
        (INPUT, ["1:1 E206 the file has no layers"]),
        (INPUT + "layers:", ["2:1 E206 the file has no layers"]),
        (INPUT + "layers: []", ["2:1 E206 the file has no layers"]),
        (INPUT + "layers: relu", ["2:9 E109 layers must be a list of layers"]),
        (INPUT + "layers: {relu: }", ["2:9 E109 layers must be a list of layers"]),
        ("layers: [relu]", ["1:1 E206 the file has no input"]),
        ("input:\nlayers: [relu]", ["1:1 E206 the file has no input"]),
        ("inputs: {}\nlayers: [relu]", ["1:1 E206 the file has no input"]),
        ("name: x", ["1:1 E206 the file has no input and no layers"]),
        ("- relu\n- tanh", ["1:1 E108 a file must say `input:` and `layers:`"]),
        ("vgg16", ["1:1 E108 a file must say `input:` and `layers:`"]),
    ],
)
def test_a_fault_at_the_top_is_one_fault(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_a_misspelt_key_is_read_as_meant() -> None:
    text = "inptu: [3, 8, 8]\nlayrs: [{conv2d: {out_channels: 4, kernel_size: 9}}]"
    assert [fault.split(" ")[1] for fault in said(text)] == ["E108", "E108", "E301"]


def test_duplicate_keys_are_refused() -> None:
    text = INPUT + "layers: [{linear: {out_features: 3, out_features: 4}}]"
    assert said(text) == ["2:37 E003 duplicate key `out_features`"]


def test_aliases() -> None:
    text = """
    x-conv: &conv {out_channels: 4, kernel_size: 3}
    x-pair: &pair [{conv2d: *conv}, relu]
    input: [3, 8, 8]
    layers:
      - sequence: *pair
      - sequence: *pair
      - conv2d: *conv
    """
    report = report_of(text)
    assert list(report.outputs.values()) == [(4, 2, 2)]
    assert [layer.name for layer in report.layers] == ["conv2d_1", "relu_1", "conv2d_2", "relu_2", "conv2d_3"]


# --- inputs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("[3, 8, 8]", (3, 8, 8)), ("[16, 100]", (16, 100)), ("784", (784,)), ("[3, 2 ** 3, 64 / 8]", (3, 8, 8))],
)
def test_an_input_has_any_number_of_axes(shape: str, expected: tuple[int, ...]) -> None:
    assert graph_of(f"input: {shape}\nlayers: [relu]").inputs == {"input": expected}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("[3, 0, 8]", "12 E103 a size of the input must be a whole number of at least 1, not 0"),
        ("[3, 8.5, 8]", "12 E103 a size of the input must be a whole number of at least 1, not 8.5"),
        ("[3, true, 8]", "12 E103 a size of the input must be a whole number of at least 1, not true"),
        ("[3, .inf, 8]", "12 E103 a size of the input must be a whole number of at least 1, not inf"),
        ("[null, 3, 8]", "9 E103 a size of the input must be a whole number of at least 1, not null"),
        ("[3, 3000000000]", "12 E107 a size of the input must be at most 2,147,483,647, not 3,000,000,000"),
        ("[]", "8 E103 a shape has 1 to 8 sizes, not 0"),
        ("[1, 1, 1, 1, 1, 1, 1, 1, 1]", "8 E103 a shape has 1 to 8 sizes, not 9"),
        ("3x8x8", "8 E105 a list is written in brackets"),
        ("3, 8, 8", "8 E105 a list is written in brackets"),
        ("(3, 8, 8)", "8 E105 a list is written in brackets"),
        ("[c, 8, 8]", "9 E106 unknown parameter `c`"),
    ],
)
def test_a_faulty_input_is_one_fault(shape: str, expected: str) -> None:
    text = f"input: {shape}\nlayers: [{{conv2d: {{out_channels: 4, kernel_size: 99}}}}]"
    assert said(text) == [f"1:{expected}"]


def test_one_input_is_not_several() -> None:
    several = "{a: [3, 8, 8], b: [3, 8, 8]}"
    assert said(f"input: {several}\nlayers: [{{relu: , from: a}}]") == ["1:1 E103 input must be one shape"]
    assert help_of(f"input: {several}\nlayers: [{{relu: , from: a}}]") == "write `inputs:` for several"
    assert said("inputs: [3, 8, 8]\nlayers: [relu]") == ["1:1 E103 inputs must be names with a shape each"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: [3, 8, 8]\ninputs: {a: [3, 8, 8]}\nlayers: [relu]", []),
        ("input: [3, 8, 8]\ninputs: {a: [3, 8, 8], b: [3, 8, 8]}\nlayers: [{relu: , from: b}]", []),
        (
            "inputs: {a: [3, 8, 8]}\ninput: [3, 8, 8]\nlayers: [{linear: 4, from: a}, {relu: , from: input}]",
            [],
        ),
        ("input:\ninputs:\nlayers: [relu]", []),
        (
            "inputs: {a: [3, 8, 0]}\ninput: [3, 8, 8]\nlayers: [relu]",
            ["1:20 E103 a size of the input must be a whole number of at least 1, not 0"],
        ),
        (
            "input: [3, 8, 0]\ninputs: {a: [3, 8, 8]}\nlayers: [relu]",
            ["1:15 E103 a size of the input must be a whole number of at least 1, not 0"],
        ),
    ],
)
def test_input_and_inputs_in_one_file_are_one_fault(text: str, expected: list[str]) -> None:
    found = sorted(said(text))
    assert found == sorted(["2:1 E108 `input` and `inputs` do not go together", *expected])


def test_the_help_for_an_input_written_otherwise() -> None:
    assert help_of("input: 3x8x8\nlayers: [relu]") == "write `[3, 8, 8]`"
    assert help_of("input: [-1, 3, 8, 8]\nlayers: [relu]").startswith("leave the batch out")


# --- bases -------------------------------------------------------------------------------------------

BASE = """\
name: base
title: of the base
params: {width: 4, deep: false}
input: [3, 8, 8]
blocks:
  unit: [{conv2d: {out_channels: width, kernel_size: 1}}]
layers:
  - unit
  - relu:
    when: deep
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, base=BASE)
    return tmp_path


def test_a_file_builds_on_another(folder: Path) -> None:  # noqa: ARG001
    text = "base: base.yaml\nname: own\nparams: {width: 8, deep: true}\n"
    graph = graph_of(text)
    assert (graph.name, graph.about["title"]) == ("own", "of the base")
    assert [layer.output_shape for layer in report_of(text).layers] == [(8, 8, 8), (8, 8, 8)]
    assert [layer.output_shape for layer in report_of(text, deep=False, width=2).layers] == [(2, 8, 8)]


def test_a_file_may_have_its_own_layers_blocks_input_and_parameters(folder: Path) -> None:  # noqa: ARG001
    text = """
    base: base
    params: {classes: 10}
    inputs: {image: [3, 4, 4]}
    blocks: {head: [flatten, {linear: classes}]}
    layers: [unit, head]
    """.replace("base: base", "base: base.yaml")
    assert graph_of(text).inputs == {"image": (3, 4, 4)}
    assert list(edges(text)) == ["unit_1.conv2d_1", "head_1.flatten_1", "head_1.linear_1"]


def test_a_file_may_replace_a_block_of_its_base(folder: Path) -> None:  # noqa: ARG001
    text = "base: base.yaml\nblocks: {unit: [tanh]}\n"
    assert list(edges(text)) == ["unit_1.tanh_1"]


def test_a_base_of_the_zoo() -> None:
    report = report_of("base: vgg16\nparams: {classes: 10}\n")
    assert report.outputs == {"fc8": (10,)}


def test_a_chain_of_bases_each_found_beside_the_file_that_names_it(folder: Path) -> None:
    (folder / "sub").mkdir()
    write(folder / "sub", first="base: ../base.yaml\nparams: {width: 5}\n", second="base: first.yaml\n")
    network = api.load("base: sub/second.yaml\nparams: {deep: true}\n")
    assert network.graph.params == {"width": 5, "deep": True}


def test_a_chain_that_ends_in_itself(folder: Path) -> None:
    write(folder, a="base: b.yaml\n", b="base: a.yaml\n")
    with pytest.raises(ArchitectureError) as caught:
        api.load("a.yaml")
    (fault,) = caught.value.diagnostics
    assert fault.message == "more than 8 files build on one another; perhaps in a circle"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("base: nowhere", ["1:7 E001 there is neither a file nor a network of the zoo named `nowhere`"]),
        ("base: base.yaml\nparams: {widht: 3}", ["2:10 E106 the base has no parameter `widht`"]),
        ("base: [a]", ["1:7 E103 base must be the name of a file or network"]),
        ("base: {a: b}", ["1:7 E103 base must be the name of a file or network"]),
        ("base:", ["1:6 E103 base must be the name of a file or network"]),
    ],
)
def test_a_base_that_cannot_be(folder: Path, text: str, expected: list[str]) -> None:  # noqa: ARG001
    assert said(text) == expected


def test_a_fault_in_a_base_stands_in_its_file(folder: Path) -> None:
    write(folder, faulty="input: [3, 8, 8]\nlayers: [relu, {linear: classs}]\nparams: {classes: 3}\n")
    reading = api.read(Source("own.yaml", "base: faulty.yaml\nparams: {classes: 4}\n"))
    (fault,) = reading.diagnostics
    assert (fault.span.source.name, fault.span.line, fault.message) == (
        "faulty.yaml",
        2,
        "unknown parameter `classs`",
    )


def test_a_base_that_is_not_yaml(folder: Path) -> None:
    write(folder, broken="input: [3, 8\n")
    with pytest.raises(ArchitectureError) as caught:
        api.load("base: broken.yaml\nname: own\n")
    (fault,) = caught.value.diagnostics
    assert (fault.span.source.name, fault.code) == ("broken.yaml", "E002")
