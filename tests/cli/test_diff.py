from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli.app import app
from tests.cli.test_compare import FAULTY, GOLDEN, NET

BEFORE = """\
name: Small
input: [3, 33, 33]
params: {width: 16}
layers:
  - conv2d: {out_channels: width, kernel_size: 3, padding: 1}
  - batch_norm
  - relu
  - conv2d: {out_channels: 32, kernel_size: 3, padding: 1}
    name: mid
  - relu
  - max_pool2d: 2
  - flatten
  - linear: 10
"""

AFTER = (
    BEFORE.replace("layers:\n", "layers:\n  - conv2d: {out_channels: 8, kernel_size: 1}\n")
    .replace("name: mid", "name: middle")
    .replace("max_pool2d: 2", "max_pool2d: {kernel_size: 3, stride: 2}")
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("COLUMNS", "NO_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    for name, text in (("before", BEFORE), ("after", AFTER), ("net", NET), ("faulty", FAULTY)):
        Path(f"{name}.yaml").write_text(text)


def run(*arguments: str, input: str | None = None, columns: str = "80") -> Result:
    return CliRunner(env={"COLUMNS": columns}).invoke(app, ["diff", *arguments], input=input)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("diff", ["before.yaml", "after.yaml"]),
        ("diff_all", ["before.yaml", "after.yaml", "--all"]),
        ("diff_markdown", ["before.yaml", "after.yaml", "--format", "markdown"]),
        ("diff_resnet", ["resnet18", "resnet34"]),
        ("diff_settings", ["before.yaml", "--set", "width=8", "--versus", "width=32"]),
    ],
)
def test_golden(name: str, arguments: list[str]) -> None:
    expected = GOLDEN / f"{name}.txt"
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == expected.read_text(encoding="utf-8")


def test_exit_code() -> None:
    assert run("before.yaml", "after.yaml").exit_code == 0
    assert run("before.yaml", "after.yaml", "--exit-code").exit_code == 1
    assert run("before.yaml", "before.yaml", "--exit-code").exit_code == 0
    assert run("before.yaml", "--versus", "width=16", "--exit-code").exit_code == 0


def test_settings_of_both_and_of_the_second() -> None:
    result = run(
        "net.yaml", "--set", "width=2", "--set", "classes=3", "--versus", "width=5,classes=3", "-f", "json"
    )
    document = json.loads(result.stdout)
    assert document["totals"]["params"]["before"] == 2 * 10 + 3 * (2 * 36 + 1)
    assert document["totals"]["params"]["after"] == 5 * 10 + 3 * (5 * 36 + 1)
    assert document["before"]["label"] == "net.yaml width=2, classes=3"
    assert document["after"]["label"] == "net.yaml width=5, classes=3"


def test_input_batch_and_type_hold_for_both() -> None:
    options = ["--input", "3x9x9", "--batch", "2", "--dtype", "float64", "--in-place"]
    document = json.loads(run("before.yaml", "after.yaml", *options, "--format", "json").stdout)
    assert document["before"]["inputs"] == document["after"]["inputs"] == {"input": [3, 9, 9]}
    assert (document["batch"], document["dtype"]) == (2, "float64")


def test_standard_input() -> None:
    result = run("-", "before.yaml", "--exit-code", input=BEFORE)
    assert (result.exit_code, result.stdout) == (0, "no difference: 8 layers\n")
    assert run("-", "-", input=BEFORE).exit_code == 2


def test_a_fault_ends_it() -> None:
    result = run("faulty.yaml", "before.yaml", "--format", "json")
    assert result.exit_code == 1
    assert [error["code"] for error in json.loads(result.stdout)["errors"]] == ["E301"]
    assert result.stderr.startswith("error[E301]: ")
    result = run("faulty.yaml", "before.yaml", "--format", "json", "--output", "out.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("\nnothing is written to `out.json`\n")
    assert not Path("out.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["before.yaml"], "a second network is needed, or --versus NAME=VALUE"),
        (["net.yaml", "before.yaml", "--set", "classes=3"], "'--set': before.yaml: there is no parameter `c"),
        (["before.yaml", "--versus", "height=3"], "'--versus': before.yaml: there is no parameter `height`"),
        (["before.yaml", "--versus", "width=1,width=2"], "`width` is set twice"),
        (["before.yaml", "net.yaml", "--format", "csv"], "'text', 'markdown', 'json'"),
        (["before.yaml", "net.yaml", "--output", "net.yaml"], "`net.yaml` exists; --force overwrites it"),
    ],
)
def test_misuse(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_output_files(format: str) -> None:
    arguments = ("before.yaml", "after.yaml", "--format", format)
    assert run(*arguments, "--output", "out").stdout == ""
    assert Path("out").read_text() == run(*arguments, columns="100").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_colors_on_a_terminal_only() -> None:
    import pty

    def on_terminal(**variables: str) -> str:
        leader, follower = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "cnncalc", "diff", "before.yaml", "after.yaml"],
            stdout=follower,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **variables},
            check=True,
        )
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 65536):
                shown += chunk
        except OSError:  # all has been read
            pass
        return shown.decode()

    colored = on_terminal()
    assert "\x1b[32m+ conv2d_1" in colored
    assert "\x1b[33m~ mid → middle" in colored
    assert "\x1b[31m--- before.yaml" in colored
    assert "\x1b" not in on_terminal(NO_COLOR="1")
    assert "\x1b" not in run("before.yaml", "after.yaml").stdout
