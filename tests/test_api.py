"""The Python functions: from a path, a name or a text to a network, and from there to a report."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc import ArchitectureError, analyze, load

CHAIN = """\
name: chain
params: {width: 4}
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: width, kernel_size: 3}
  - relu
"""

TWO_INPUTS = """\
inputs: {left: [3, 8, 8], right: [3, 8, 8]}
layers:
  - add:
    from: [left, right]
"""


# --- load --------------------------------------------------------------------------------------------


def test_a_network_by_path_name_and_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text(CHAIN)
    assert load(path).name == "chain"
    assert load(str(path)).name == "chain"
    assert load(CHAIN).name == "chain"
    assert load("vgg16").name == "VGG-16"
    assert load("vgg16.yaml").name == "VGG-16"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CHAIN.encode())))
    assert load("-").name == "chain"


def test_a_file_is_preferred_to_the_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vgg16").write_text(CHAIN)
    monkeypatch.chdir(tmp_path)
    assert load("vgg16").name == "chain"
    assert load("vgg16.yaml").name == "VGG-16"


def test_a_text_may_begin_with_a_byte_order_mark() -> None:
    assert load("\ufeff" + CHAIN).name == "chain"


@pytest.mark.parametrize("name", ["010", "1_000", "1e3", "0", "true", "'null'"])
def test_a_name_is_kept_as_it_is_written(name: str) -> None:
    network = load(f"name: {name}\ninput: [1, 8, 8]\nlayers: [relu]")
    assert network.name == name.strip("'")


@pytest.mark.parametrize("name", ["", "null", "~"])
def test_a_network_without_a_name_has_that_of_its_text(name: str) -> None:
    assert load(f"name: {name}\ninput: [1, 8, 8]\nlayers: [relu]").name == "<text>"


def test_parameters_when_loading() -> None:
    assert load(CHAIN, params={"width": 6}).graph.params == {"width": 6}


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("vgg61x", "there is neither a file nor a network of the zoo named `vgg61x`"),
        (Path("nowhere.yaml"), "there is no file `nowhere.yaml`"),
        (Path("/"), "`/` is a directory, not a file"),
    ],
)
def test_what_is_not_there(what: str | Path, message: str) -> None:
    with pytest.raises(ArchitectureError) as caught:
        load(what)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.message) == ("E001", message)


@pytest.mark.parametrize(("what", "kind"), [({}, "dict"), (3, "int"), (None, "NoneType"), (b"x", "bytes")])
def test_what_names_no_network(what: Any, kind: str) -> None:
    for function in (load, analyze):
        with pytest.raises(TypeError, match=f"^a path, a name or a text is needed, not {kind}$"):
            function(what)


# --- analyze -----------------------------------------------------------------------------------------


def test_a_report_of_a_network_or_of_what_names_one() -> None:
    assert analyze(load(CHAIN)).to_dict() == analyze(CHAIN).to_dict()
    report = analyze("vgg16")
    assert report.totals.params == 138_357_544
    assert report.totals.macs == 15_470_264_320
    (last_pool,) = [layer for layer in report.layers if layer.name == "pool5"]
    field = last_pool.receptive_field
    assert (field.size, field.stride, field.padding) == ((212, 212), (32, 32), (90, 90))


def test_a_report_is_plain_data() -> None:
    report = analyze(CHAIN)
    data = json.loads(json.dumps(report.to_dict()))
    assert data["name"] == "chain"
    assert data["totals"]["params"] == 4 * 27 + 4
    assert "relu_1" in report._repr_html_()


def test_another_input() -> None:
    network = load(CHAIN)
    assert analyze(network, input=(1, 5, 5)).outputs == {"relu_1": (4, 3, 3)}
    assert analyze(network, input=[1, 5, 5]).outputs == {"relu_1": (4, 3, 3)}  # type: ignore[arg-type]
    assert analyze(network, input={"input": (1, 5, 5)}).inputs == {"input": (1, 5, 5)}
    sizes: Any = tuple(np.array([1, 5, 5]))
    assert type(analyze(network, input=sizes).outputs["relu_1"][1]) is int
    assert network.graph.inputs == {"input": (3, 8, 8)}


def test_one_of_several_inputs() -> None:
    both = {"left": (3, 4, 4), "right": (3, 4, 4)}
    assert analyze(TWO_INPUTS, input=both).outputs == {"add_1": (3, 4, 4)}
    with pytest.raises(ArchitectureError, match="add needs inputs of one shape"):
        analyze(TWO_INPUTS, input={"left": (3, 4, 4)})


def test_a_batch_scales_operations_and_activations() -> None:
    one, four = analyze(CHAIN), analyze(CHAIN, batch=4)
    assert four.totals.macs == 4 * one.totals.macs
    assert four.totals.activation_bytes == 4 * one.totals.activation_bytes
    assert four.totals.params == one.totals.params
    assert (one.batch, four.batch) == (1, 4)


@pytest.mark.parametrize(("dtype", "size"), [("float64", 8), ("float32", 4), ("bfloat16", 2), ("int8", 1)])
def test_bytes_of_a_type(dtype: str, size: int) -> None:
    report = analyze(CHAIN, dtype=dtype)
    assert report.totals.param_bytes == size * 112
    assert report.totals.activation_bytes == size * 2 * 4 * 6 * 6


def test_in_place_needs_less_at_the_peak() -> None:
    # out of place the input of relu and its output are there at once
    assert analyze(CHAIN, input=(1, 8, 8)).peak.bytes == 4 * 2 * 144
    assert analyze(CHAIN, input=(1, 8, 8), in_place=True).peak.bytes == 4 * (64 + 144)


def test_parameters_of_a_network_and_of_a_text() -> None:
    network = load(CHAIN)
    assert analyze(network, params={"width": 2}).outputs == {"relu_1": (2, 6, 6)}
    assert analyze(CHAIN, params={"width": "2 * 4"}).outputs == {"relu_1": (8, 6, 6)}
    assert analyze(network).outputs == {"relu_1": (4, 6, 6)}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (0.5, 0.5),
        (True, True),
        ("same", "same"),
        ([1, [2, 3]], [1, [2, 3]]),
        ((1, 2), [1, 2]),
        ("[1, 2]", [1, 2]),
        ("no", "no"),
        (-1, -1),
    ],
)
def test_values_of_parameters(value: object, expected: object) -> None:
    text = "params: {free: 1}\ninput: [3, 8, 8]\nlayers: [relu]"
    assert load(text, params={"free": value}).graph.params == {"free": expected}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "float"}, "dtype must be one of float32, .*, not 'float'"),
        ({"batch": 0}, "batch must be a whole number from 1 to 2,147,483,647, not 0"),
        ({"batch": 1.5}, "batch must be a whole number .*, not 1.5"),
        ({"batch": True}, "batch must be a whole number .*, not True"),
        ({"input": (3, 0, 8)}, r"sizes of an input must be from 1 to 2,147,483,647, not \(3, 0, 8\)"),
        ({"input": ()}, r"sizes of an input must be from 1 to .*, not \(\)"),
        ({"input": (3, 8.5, 8)}, r"a shape is a tuple of whole numbers \(C, H, W\), not \(3, 8.5, 8\)"),
        ({"input": 8}, r"a shape is a tuple of whole numbers \(C, H, W\), not 8"),
        ({"input": "3x8x8"}, r"a shape is a tuple of whole numbers \(C, H, W\), not '3x8x8'"),
        ({"input": {"image": (3, 8, 8)}}, "the network has no input 'image'; it has input"),
    ],
)
def test_arguments_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        analyze(CHAIN, **options)


def test_a_shape_for_one_of_several_inputs_must_say_which() -> None:
    with pytest.raises(ValueError, match="the network has several inputs; name one: left, right"):
        analyze(TWO_INPUTS, input=(3, 4, 4))


# --- faults ------------------------------------------------------------------------------------------


def test_all_faults_of_text_and_shapes_are_raised_at_once_in_file_order() -> None:
    text = CHAIN + "  - max_pool2d: 9\n  - linear: {units: 10}\n    from: relu_1\n"
    for function in (load, analyze):
        with pytest.raises(ArchitectureError) as caught:
            function(text)
        assert [(fault.code, fault.span.line) for fault in caught.value.diagnostics] == [
            ("E301", 7),
            ("E101", 8),
        ]
        assert str(caught.value).splitlines()[0].startswith("<text>:7:17: E301 in `max_pool2d_1`:")


def test_the_rows_before_a_fault_are_in_its_report() -> None:
    with pytest.raises(ArchitectureError) as caught:
        analyze(CHAIN + "  - max_pool2d: 9\n")
    report = caught.value.report
    assert report is not None
    assert [layer.name for layer in report.layers] == ["conv2d_1", "relu_1"]


def test_the_shapes_of_a_sound_text_are_looked_at_for_the_input_they_are_given() -> None:
    network = load(CHAIN.replace("[3, 8, 8]", "[3, 2, 2]"))
    assert analyze(network, input=(3, 8, 8)).outputs == {"relu_1": (4, 6, 6)}
    with pytest.raises(ArchitectureError, match="E301"):
        analyze(network)


@pytest.mark.parametrize("network", [CHAIN, load(CHAIN)])
def test_a_parameter_that_is_not_there(network: Any) -> None:
    with pytest.raises(ArchitectureError) as caught:
        analyze(network, params={"widht": 2})
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.message, fault.help) == (
        "E106",
        "there is no parameter `widht`",
        "did you mean `width`?",
    )
    assert fault.span.source.name == "--set"


def test_a_parameter_value_that_gives_a_faulty_layer() -> None:
    with pytest.raises(ArchitectureError) as caught:
        analyze(CHAIN, params={"width": 1.5})
    assert caught.value.diagnostics[0].message.endswith("must be a whole number of at least 1, not 1.5")


def test_warnings_are_no_error() -> None:
    text = CHAIN + "  - tanh:\n    from: input\n"
    assert [layer.name for layer in analyze(text).layers] == ["conv2d_1", "relu_1", "tanh_1"]


def test_the_public_names() -> None:
    assert set(cnncalc.__all__) >= {"ArchitectureError", "Diagnostic", "Network", "Report", "analyze", "load"}
    for name in cnncalc.__all__:
        assert getattr(cnncalc, name)
