from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli.app import app

GOLDEN = Path(__file__).parent.parent / "golden" / "commands"

NET = """\
name: Small
input: [1, 8, 8]
params: {width: 4, classes: 2}
layers:
  - conv2d: {out_channels: width, kernel_size: 3}
  - flatten
  - linear: classes
"""

FAULTY = NET.replace("kernel_size: 3", "kernel_size: 9")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("COLUMNS", "NO_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    Path("net.yaml").write_text(NET)
    Path("faulty.yaml").write_text(FAULTY)


def run(*arguments: str, input: str | None = None, columns: str = "80") -> Result:
    return CliRunner(env={"COLUMNS": columns}).invoke(app, ["compare", *arguments], input=input)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("compare_true", ["alexnet_torchvision", "vgg16"]),
        ("compare_lecture", ["alexnet_lecture", "vgg16_lecture"]),
        ("compare_many", ["lenet5", "alexnet", "vgg16", "resnet50", "mobilenet_v2"]),
    ],
)
def test_golden(name: str, arguments: list[str]) -> None:
    expected = GOLDEN / f"{name}.txt"
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == expected.read_text(encoding="utf-8")


def test_the_lectures_numbers_are_in_the_table() -> None:
    """1.9 -> 48.6 MB, 61M -> 138M parameters, 0.7 -> 13.6 G, and the ratios 25x and 2.3x."""
    words = {
        line.split("  ")[0]: line.split()
        for line in run("alexnet_lecture", "vgg16_lecture").stdout.splitlines()
    }
    assert words["conv + linear outputs"][-5:] == ["1.912", "MiB", "48.65", "MiB", "25.4x"]
    assert words["parameters"][-5:] == ["61.10", "M", "137.8", "M", "2.3x"]
    assert words["MACs"][-5:] == ["716.8", "M", "13.62", "G", "19.0x"]


def test_other_settings_of_one_network() -> None:
    result = run("net.yaml", "--versus", "width=8", "--versus", "width=2,classes=3", "--format", "json")
    networks = json.loads(result.stdout)["networks"]
    assert [one["label"] for one in networks] == ["net.yaml", "width=8", "width=2,classes=3"]
    assert [one["totals"]["params"] for one in networks] == [
        4 * 10 + 2 * (4 * 36 + 1),
        8 * 10 + 2 * (8 * 36 + 1),
        2 * 10 + 3 * (2 * 36 + 1),
    ]


def test_lists_among_settings() -> None:
    result = run("vgg16", "--versus", "convolutions=[1, 1, 2, 2, 2],classes=7", "--format", "json")
    assert json.loads(result.stdout)["networks"][1]["outputs"] == {"fc8": [7]}


def test_settings_input_batch_and_type_hold_for_all() -> None:
    options = ["--set", "width=1", "--input", "1x10x10", "--batch", "2", "--dtype", "int8", "--in-place"]
    document = json.loads(run("net.yaml", "net.yaml", *options, "--format", "json").stdout)
    assert [one["inputs"] for one in document["networks"]] == [{"input": [1, 10, 10]}] * 2
    assert (document["batch"], document["dtype"], document["in_place"]) == (2, "int8", True)


def test_standard_input() -> None:
    rows = csv.DictReader(io.StringIO(run("vgg16", "-", "--format", "csv", input=NET).stdout))
    assert {row["label"] for row in rows} == {"vgg16", "<stdin>"}
    result = run("-", "-", input=NET)
    assert (result.exit_code, result.stdout) == (2, "")
    result = run("-", "--versus", "width=2", input=NET)
    assert result.exit_code == 2
    assert "standard input can be read only once" in result.stderr


def test_a_fault_ends_it() -> None:
    result = run("vgg16", "faulty.yaml", "nowhere")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error[E301]: ")
    assert "error[E001]" in result.stderr
    result = run("vgg16", "faulty.yaml", "--format", "json", "--errors", "concise")
    assert result.exit_code == 1
    assert [error["code"] for error in json.loads(result.stdout)["errors"]] == ["E301"]


def test_a_fault_leaves_no_file() -> None:
    result = run("vgg16", "faulty.yaml", "--format", "json", "--output", "out.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("\nnothing is written to `out.json`\n")
    assert not Path("out.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vgg16"], "a comparison needs two networks or more, or --versus NAME=VALUE"),
        (["vgg16", "net.yaml", "--set", "width=3"], "vgg16: there is no parameter `width`"),
        (
            ["net.yaml", "--versus", "widht=3"],
            "Invalid value for '--versus': net.yaml: there is no parameter",
        ),
        (["net.yaml", "--versus", "width"], "'width' is not NAME=VALUE"),
        (["net.yaml", "vgg16", "--batch", "0"], "0 is not from 1 to 2,147,483,647"),
        (["net.yaml", "vgg16", "--input", "top=1x8x8"], "the network has no input `top`"),
        (["net.yaml", "vgg16", "--output", "net.yaml"], "`net.yaml` exists; --force overwrites it"),
        (["net.yaml", "vgg16", "--format", "table"], "'text', 'json', 'csv', 'markdown', 'latex', 'html'"),
    ],
)
def test_misuse(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize("format", ["text", "json", "csv", "markdown", "latex", "html"])
def test_output_files(format: str) -> None:
    arguments = ("vgg16", "net.yaml", "--format", format)
    assert run(*arguments, "--output", "out").stdout == ""
    assert Path("out").read_text() == run(*arguments, columns="100").stdout
