"""`cnncalc verify`: a line where all agrees, a table where not, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli.app import app
from cnncalc.layers.base import Operations
from cnncalc.layers.linear import Linear
from cnncalc.layers.pooling import MaxPool
from cnncalc.numpy_backend import memory_limit

NETWORK = """\
name: Small
params: {classes: 5}
input: [2, 8, 8]
layers:
  - max_pool2d: 2
    name: pool
  - flatten:
    name: flat
  - linear: classes
    name: fc
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NETWORK)
    Path("faulty.yaml").write_text(NETWORK.replace("max_pool2d: 2", "max_pool2d: 9"))


@pytest.fixture
def _wrong_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """One comparison for each cell of a window; a bias for each feature that is no addition but a product."""
    monkeypatch.setattr(MaxPool, "operations", lambda *_: Operations(compares=4 * 32))
    monkeypatch.setattr(Linear, "operations", lambda *_: Operations(macs=1234, muls=5))


def verify(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, ["verify", *arguments], input=input)


def verified(*arguments: str) -> tuple[int, Any]:
    result = verify(*arguments, "--format", "json")
    return result.exit_code, json.loads(result.stdout)


ALL_EQUAL = "net.yaml: 3 layers, 24 figures, all equal\n"


# --- where all is well -------------------------------------------------------------------------------


def test_one_line_says_it() -> None:
    result = verify("net.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, ALL_EQUAL, "")


@pytest.mark.slow
def test_vgg16() -> None:
    assert verify("vgg16").stdout == "vgg16: 39 layers, 312 figures, all equal\n"


def test_several_networks() -> None:
    result = verify("net.yaml", "lenet5", "mlp")
    assert result.exit_code == 0
    assert result.stdout == (
        f"{ALL_EQUAL}lenet5: 12 layers, 96 figures, all equal\nmlp: 7 layers, 56 figures, all equal\n"
    )


def test_one_layer() -> None:
    assert verify("-", input="input: [3]\nlayers: [relu]\n").stdout == (
        "<stdin>: 1 layer, 8 figures, all equal\n"
    )


def test_standard_input_among_files() -> None:
    result = verify("net.yaml", "-", input=NETWORK)
    assert (result.exit_code, result.stdout) == (0, ALL_EQUAL + ALL_EQUAL.replace("net.yaml", "<stdin>"))


def test_standard_input_is_read_once() -> None:
    result = verify("-", "net.yaml", "-", input=NETWORK)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "standard input can be read only once" in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--in-place"],
        ["--batch", "3"],
        ["--dtype", "float64"],
        ["--set", "classes=7"],
        ["--input", "2x10x6"],
        ["--seed", "4"],
        ["--in-place", "--batch", "2", "--dtype", "float16"],
    ],
)
def test_options(options: list[str]) -> None:
    result = verify("net.yaml", *options)
    assert (result.exit_code, result.stdout) == (0, ALL_EQUAL)


@pytest.mark.parametrize(
    ("options", "layer", "figure", "value"),
    [
        (["--batch", "3"], 2, "macs", 3 * 160),
        (["--set", "classes=7"], 2, "output_shape", [7]),
        (["--input", "2x10x6"], 0, "output_shape", [2, 5, 3]),
        (["--dtype", "float64"], 0, "output_bytes", 256),
        (["--dtype", "float64"], 0, "dtype", "float64"),
    ],
)
def test_options_change_what_is_verified(options: list[str], layer: int, figure: str, value: Any) -> None:
    _, document = verified("net.yaml", *options)
    assert document["layers"][layer]["figures"][figure] == {"computed": value, "measured": value}


def test_in_place_changes_what_is_verified(tmp_path: Path) -> None:
    (tmp_path / "relu.yaml").write_text("input: [3, 4]\nlayers: [tanh, relu]\n")
    live = [
        verified("relu.yaml", *options)[1]["layers"][1]["figures"]["live_bytes"]
        for options in ([], ["--in-place"])
    ]
    assert live == [{"computed": 96, "measured": 96}, {"computed": 48, "measured": 48}]


def test_all_figures() -> None:
    lines = verify("net.yaml", "--all").stdout.splitlines()
    assert lines[:2] == [ALL_EQUAL.rstrip(), ""]
    assert lines[2].split() == ["layer", "figure", "computed", "measured"]
    assert lines[3].split() == ["pool", "output_shape", "2", "x", "4", "x", "4", "2", "x", "4", "x", "4"]
    assert lines[27:29] == ["", lines[28]]
    assert lines[28].startswith("peak: 640 bytes computed, 640 in arrays, ")


# --- where something differs -------------------------------------------------------------------------


@pytest.mark.usefixtures("_wrong_rules")
def test_a_table_of_what_differs() -> None:
    result = verify("net.yaml")
    assert result.exit_code == 1
    assert result.stdout == (
        "net.yaml: 3 layers, 24 figures, 3 differ\n"
        "\n"
        "  layer  figure  computed      measured\n"
        "  pool   ops     compares 128  compares 96\n"
        "  fc     macs    1,234         160\n"
        "         ops     muls 5        adds 5\n"
        "\n"
    )


@pytest.mark.usefixtures("_wrong_rules")
def test_all_figures_with_those_that_differ_marked() -> None:
    result = verify("net.yaml", "--all")
    assert result.exit_code == 1
    marked = [line.split() for line in result.stdout.splitlines() if "(differs)" in line]
    assert [line[-6:] for line in marked] == [
        ["ops", "(differs)", "compares", "128", "compares", "96"],
        ["macs", "(differs)", "1,234", "160"],
        ["ops", "(differs)", "muls", "5", "adds", "5"],
    ]


@pytest.mark.usefixtures("_wrong_rules")
def test_networks_that_agree_beside_one_that_does_not() -> None:
    Path("relu.yaml").write_text("input: [3]\nlayers: [relu]\n")
    result = verify("relu.yaml", "net.yaml", "relu.yaml")
    assert result.exit_code == 1
    assert result.stdout.count("relu.yaml: 1 layer, 8 figures, all equal\n") == 2
    assert "net.yaml: 3 layers, 24 figures, 3 differ\n" in result.stdout


def test_a_layer_that_cannot_be_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MaxPool, "check", lambda *_: ())
    Path("net.yaml").write_text(NETWORK.replace("max_pool2d: 2", "max_pool2d: {kernel_size: 2, padding: 2}"))
    result = verify("net.yaml")
    assert result.exit_code == 1
    assert result.stdout == (
        "net.yaml: 3 layers, 1 figure, 1 differs\n"
        "\n"
        "  layer  figure  computed         measured\n"
        "  pool   run     can be computed  padding of 2 is over half a window of 2\n"
        "\n"
    )


# --- JSON --------------------------------------------------------------------------------------------


def test_json() -> None:
    status, document = verified("net.yaml")
    assert status == 0
    assert list(document) == [
        *("schema", "name", "all_equal", "layer_count", "figure_count"),
        *("peak_bytes", "differences", "layers"),
    ]
    assert (document["schema"], document["name"], document["all_equal"]) == (1, "Small", True)
    assert (document["layer_count"], document["figure_count"], document["differences"]) == (3, 24, [])
    assert [layer["name"] for layer in document["layers"]] == ["pool", "flat", "fc"]
    assert document["layers"][2]["figures"]["macs"] == {"computed": 160, "measured": 160}
    assert document["peak_bytes"]["computed"] == document["peak_bytes"]["measured"] == 640


@pytest.mark.usefixtures("_wrong_rules")
def test_json_of_differences() -> None:
    status, document = verified("net.yaml")
    assert (status, document["all_equal"]) == (1, False)
    assert document["differences"][1] == {
        "layer": "fc",
        "figure": "macs",
        "computed": 1234,
        "measured": 160,
    }


def test_json_of_several_networks_one_of_them_faulty() -> None:
    status, documents = verified("net.yaml", "faulty.yaml", "mlp")
    assert status == 1
    assert [document.get("name") for document in documents] == ["Small", None, documents[2]["name"]]
    assert documents[1]["errors"][0]["code"] == "E301"
    assert documents[2]["all_equal"]


# --- what is refused ---------------------------------------------------------------------------------


def test_a_faulty_file_among_others() -> None:
    result = verify("net.yaml", "faulty.yaml", "no_such.yaml", "net.yaml")
    assert result.exit_code == 1
    assert result.stdout == ALL_EQUAL * 2
    assert "E301" in result.stderr
    assert "no_such.yaml" in result.stderr


@pytest.fixture
def _one_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limit, "available_bytes", lambda: 1 << 20)


@pytest.mark.usefixtures("_one_mebibyte")
def test_what_is_too_large_is_refused_with_the_figures_and_a_way_out() -> None:
    result = verify("net.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: net.yaml: a run needs about 16.0 MiB, and 1.00 MiB are free; "
        "use a smaller --input or --batch, or try it with --allow-large\n"
    )
    assert verify("net.yaml", "--allow-large").stdout == ALL_EQUAL


@pytest.mark.usefixtures("_one_mebibyte")
def test_a_refusal_in_json() -> None:
    status, document = verified("net.yaml")
    assert status == 1
    assert document["errors"][0]["file"] == "net.yaml"
    assert document["errors"][0]["message"].startswith("a run needs about 16.0 MiB")
    of_stdin = json.loads(verify("-", "--format", "json", input=NETWORK).stdout)
    assert of_stdin["errors"][0]["file"] == "<stdin>"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--batch", "0"], "0 is not from 1 to"),
        (["--seed", "-1"], "-1 is less than 0"),
        (["--dtype", "int8"], "for the analysis only"),
        (["--dtype", "float7"], "dtype must be one of"),
        (["--input", "2xx"], "--input"),
        (["--format", "csv"], "--format"),
    ],
)
def test_misuse(options: list[str], message: str) -> None:
    result = verify("net.yaml", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_no_network_at_all() -> None:
    assert verify().exit_code == 2
