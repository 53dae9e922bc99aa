"""`cnncalc explain`: what it prints in each format (golden files), what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli.app import app

GOLDEN = Path(__file__).parent.parent / "golden" / "explain"

NETWORK = """\
name: Small
params: {width: 4}
input: [3, 16, 16]
layers:
  - conv2d: {out_channels: width, kernel_size: 3, padding: same, stride: 2}
    name: stem
  - add:
      main:
        - conv2d: {out_channels: width, kernel_size: 3, padding: 1}
      shortcut: []
    name: sum
  - global_avg_pool2d
  - flatten
  - linear: 10
    name: head
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("small.yaml").write_text(NETWORK)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments], input=input)


CASES = {
    "stem.txt": ("resnet50", "conv1"),
    "stem.md": ("resnet50", "conv1", "--format", "markdown"),
    "stem.tex": ("resnet50", "conv1", "--format", "latex"),
    "totals.txt": ("small.yaml",),
    "totals.tex": ("small.yaml", "--format", "latex"),
    "same.txt": ("small.yaml", "stem", "shape"),
    "path.txt": ("small.yaml", "sum", "receptive_field"),
    "path.md": ("small.yaml", "sum", "rf", "-f", "markdown"),
    "peak.txt": ("small.yaml", "peak"),
    "phases.txt": ("deconvnet", "score", "receptive_field"),
    "code.txt": ("E301",),
    "code.md": ("E301", "--format", "markdown"),
    "code.tex": ("E301", "--format", "latex"),
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str) -> None:
    result = run(*CASES[name])
    assert (result.exit_code, result.stderr) == (0, "")
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [40, 80, 100])
@pytest.mark.parametrize("case", ["stem.txt", "totals.txt", "same.txt", "path.txt", "peak.txt", "code.txt"])
def test_lines_fit_the_width(case: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(*CASES[case]).stdout.splitlines()
    if columns >= 80:
        assert max(map(len, lines)) <= columns
    assert max(map(len, lines)) <= 80 or columns == 100


def test_json() -> None:
    found = json.loads(run("small.yaml", "head", "macs", "-f", "json").stdout)
    assert found == {
        "schema": 1,
        "network": "Small",
        "layer": "head",
        "kind": "linear",
        "setting": "",
        "inputs": {"flatten_1": [4]},
        "outputs": {"head": [10]},
        "figures": [
            {
                "figure": "macs",
                "value": 40,
                "parts": [
                    {"symbol": "MACs", "steps": ["F_out*F_in", "10*4", "40"], "value": 40},
                    {"remark": "outputs * input features: each output is a weighted sum of them"},
                ],
            }
        ],
        "symbols": {
            "F_in": {"value": 4, "meaning": "features of the input"},
            "F_out": {"value": 10, "meaning": "out_features: features of the output"},
        },
    }


def test_json_of_a_code() -> None:
    found = json.loads(run("w401", "-f", "json").stdout)
    assert (found["code"], found["title"]) == ("W401", "a layer whose output nothing reads")


def test_settings_input_batch_and_dtype() -> None:
    settings = ("--set", "width=2", "--input", "3x8x8", "--batch", "3", "--dtype", "int8")
    result = run("small.yaml", "stem", "bytes", *settings)
    assert "conv2d  3 x 8 x 8 -> 2 x 4 x 4  (batch of 3, int8)" in result.stdout
    assert "  bytes = (C_out*H_out*W_out)*(N*B) = (2*4*4)*(3*1) = 32*3 = 96\n" in result.stdout


def test_in_place() -> None:
    network = "input: [1, 8, 8]\nlayers: [{conv2d: {out_channels: 1, kernel_size: 1}}, relu]\n"
    assert "(in place)" in run("-", "relu_1", "peak", "--in-place", input=network).stdout


def test_to_a_file_whole_or_not() -> None:
    assert run("small.yaml", "head", "-o", "head.txt").exit_code == 0
    assert Path("head.txt").read_text().startswith("Small: head\n")
    assert run("small.yaml", "head", "-o", "head.txt").exit_code == 2
    assert run("small.yaml", "head", "-o", "head.txt", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("small.yaml", "hed"), "there is no layer `hed`; did you mean `head`?"),
        (("small.yaml", "head", "mac"), "there is no figure `mac`; did you mean `macs`?"),
        (("E999",), "there is no code E999"),
        (("E301", "head"), "E301 is a code, and takes no layer"),
        (("small.yaml", "--batch", "0"), "0 is not from 1 to"),
        (("small.yaml", "--set", "wdth=2"), "wdth"),
        (("",), "a network is needed"),
    ],
)
def test_misuse(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_a_network_that_is_not_there() -> None:
    result = run("resnet55")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean `resnet50`?" in result.stderr


def test_a_faulty_network() -> None:
    Path("faulty.yaml").write_text(NETWORK.replace("padding: 1", "padding: 3"))
    result = run("faulty.yaml", "head")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[E302]: in `sum`" in result.stderr
    found = json.loads(run("faulty.yaml", "head", "-f", "json").stdout)
    assert [fault["code"] for fault in found["errors"]] == ["E302"]
    result = run("faulty.yaml", "head", "-f", "json", "--output", "out.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("\nnothing is written to `out.json`\n")


def test_names_of_strangers_are_cleaned() -> None:
    network = 'name: "a\\e[31mb"\ninput: [1, 8, 8]\nlayers:\n  - relu:\n    name: "c\\ad"\n'
    result = run("-", input=network)
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
    for form in ("text", "markdown", "latex"):
        out = run("-", "relu", "-f", form, input=network.replace('name: "c\\ad"', "name: relu")).stdout
        assert "\x1b" not in out


def test_a_network_without_costs() -> None:
    result = run("-", input="input: [1, 8, 8]\nlayers: [identity]\n")
    assert result.exit_code == 0
    assert "none: no layer has any" in result.stdout
    assert "none: no layer computes anything" in result.stdout
