from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli import analyze as command
from cnncalc.cli.app import app
from cnncalc.render.columns import COLUMNS

NETWORK = """\
name: Two inputs
params: {width: 4}
inputs: {left: [1, 8, 8], right: [1, 8, 8]}
layers:
  - conv2d: {out_channels: width, kernel_size: 3}
    name: a
    from: left
  - conv2d: {out_channels: width, kernel_size: 3}
    name: b
    from: right
  - add
    from: [a, b]
"""

CHAIN = """\
name: Chain
input: [1, 8, 8]
params: {width: 4}
layers:
  - conv2d: {out_channels: width, kernel_size: 3}
  - relu
"""

FAULTY = CHAIN + "  - conv2d: {out_channels: 2, kernel_size: 9}\n  - relu\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("COLUMNS", "NO_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    Path("chain.yaml").write_text(CHAIN)
    Path("faulty.yaml").write_text(FAULTY)
    Path("two.yaml").write_text(NETWORK.replace("  - add\n", "  - add:\n"))


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, ["analyze", *arguments], input=input)


def test_a_table() -> None:
    result = run("chain.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Chain  1 x 8 x 8 → 4 x 6 x 6\n\nlayer     kind")
    assert re.search(r"^parameters +40  160 B as float32$", result.stdout, re.MULTILINE)
    assert "\x1b" not in result.stdout


def test_a_network_of_the_zoo_as_json() -> None:
    result = run("vgg16", "--format", "json")
    report = json.loads(result.stdout)
    assert report["schema"] == 1
    assert report["totals"]["params"] == 138_357_544
    assert report["totals"]["macs"] == 15_470_264_320
    last_pool = next(layer for layer in report["layers"] if layer["name"] == "pool5")
    assert last_pool["receptive_field"] == {
        "size": [212, 212],
        "stride": [32, 32],
        "padding": [90, 90],
        "status": "exact",
    }


def test_standard_input() -> None:
    assert run("-", input=CHAIN).stdout == run("chain.yaml").stdout
    assert run("-", "-", input=CHAIN).exit_code == 2


def test_parameters_shapes_batch_and_dtype_are_set() -> None:
    options = ["--set", "width=7", "--input", "1x10x12", "--batch", "3", "--dtype", "float16"]
    report = json.loads(run("chain.yaml", *options, "--format", "json").stdout)
    assert report["outputs"] == {"relu_1": [7, 8, 10]}
    assert (report["batch"], report["dtype"]) == (3, "float16")
    assert report["totals"]["param_bytes"] == 7 * 10 * 2
    assert report["totals"]["activation_bytes"] == 2 * 7 * 80 * 3 * 2


def test_shapes_of_several_inputs() -> None:
    result = run("two.yaml", "--input", "left=1x9x9", "--input", "right=1x9x9", "--format", "json")
    assert json.loads(result.stdout)["inputs"] == {"left": [1, 9, 9], "right": [1, 9, 9]}
    result = run("two.yaml", "--input", "1x9x9")
    assert result.exit_code == 2
    assert "the network has several inputs (left, right): write NAME=SHAPE" in result.stderr


def test_several_networks() -> None:
    tables = run("chain.yaml", "chain.yaml").stdout
    single = run("chain.yaml").stdout
    assert tables == f"{single}\n{single}"
    reports = json.loads(run("chain.yaml", "faulty.yaml", "--format", "json").stdout)
    assert reports[0]["name"] == "Chain"
    assert [error["code"] for error in reports[1]["errors"]] == ["E301"]


def test_the_network_without_a_parameter_is_named() -> None:
    Path("other.yaml").write_text(CHAIN.replace("width", "channels"))
    for given in (["chain.yaml", "other.yaml"], ["chain.yaml", "-"]):
        result = run(*given, "--set", "width=2", input=Path("other.yaml").read_text())
        assert (result.exit_code, result.stdout) == (2, "")
        name = given[1].replace("-", "<stdin>")
        assert f"{name}: there is no parameter `width`" in " ".join(result.stderr.split())


def test_a_fault_is_said_and_the_layers_before_it_shown() -> None:
    result = run("faulty.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[E301]: ")
    assert "Chain  1 x 8 x 8 → ?  (only what a fault left)\n" in result.stdout
    assert "conv2d_1  conv2d  4 x 6 x 6" in result.stdout
    assert "peak bytes" not in result.stdout


def test_a_fault_in_json() -> None:
    result = run("faulty.yaml", "--format", "json", "--errors", "concise")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert list(document) == ["schema", "errors"]
    assert document["errors"][0]["line"] == 7
    assert result.stderr.startswith("faulty.yaml:7:")


def test_faults_of_several_networks_in_json_are_one_object() -> None:
    result = run("faulty.yaml", "chain.yaml", "nowhere.yaml", "--errors", "json")
    assert result.exit_code == 1
    errors = json.loads(result.stderr)["errors"]
    assert [(error["file"], error["code"]) for error in errors] == [
        ("faulty.yaml", "E301"),
        ("nowhere.yaml", "E001"),
    ]
    assert run("chain.yaml", "--errors", "json").stderr == ""


def test_what_cannot_be_read_is_a_fault() -> None:
    result = run("nowhere.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[E001]" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--columns", "name,mac"], "there is no column `mac`; did you mean `macs`?"),
        (["--columns", "rf,receptive_field"], "`receptive_field` is given twice"),
        (["--sort", "zzz"], "there is no column `zzz`; there are name, kind,"),
        (["--input", "3xx"], "'3xx' is not a shape, for example 3x224x224 (no batch)"),
        (["--input", "3x99999999999x9"], "is too large; sizes go up to 2147483647"),
        (["--input", f"3x{10**4000}"], "sizes go up to 2147483647"),
        (["--input", "3x2147483648"], "sizes go up to 2147483647"),
        (["--input", "3x99999999999x0"], "is not a shape"),
        ([""], "a network is needed: a file, a name of the zoo, or `-`"),
        (["--input", "0x3"], "'0x3' is not a shape"),
        (["--input", "top=1x4x4"], "the network has no input `top`; it has input"),
        (["--batch", "0"], "0 is not from 1 to 2,147,483,647"),
        (["--depth", "-1"], "-1 is less than 0"),
        (["--dtype", "int4"], "'float32', 'float16', 'bfloat16', 'float64', 'int8'"),
        (["--format", "xml"], "'table', 'json', 'csv', 'markdown', 'latex', 'html'"),
        (["--set", "width"], "'width' is not NAME=VALUE, for example width=0.5"),
        (["--set", "widht=2"], "did you mean `width`?"),
        (["--set", "width=1", "--set", "width=2"], "`width` is set twice"),
        (["--set", "width=1\nname: x"], "one line"),
        (["--output", "chain.yaml"], "`chain.yaml` exists; --force overwrites it"),
        (["--output", "no/where"], "there is no directory `no`"),
        (["--output", "."], "`.` is a directory"),
    ],
)
def test_misuse(options: list[str], message: str) -> None:
    result = run("chain.yaml", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


def test_output_files() -> None:
    assert run("chain.yaml", "--format", "csv", "--output", "out.csv").stdout == ""
    text = Path("out.csv").read_text()
    assert text == run("chain.yaml", "--format", "csv").stdout
    assert run("chain.yaml", "--output", "out.csv").exit_code == 2
    assert Path("out.csv").read_text() == text
    assert run("chain.yaml", "--output", "out.csv", "--force").exit_code == 0
    assert Path("out.csv").read_text() == run("chain.yaml").stdout
    result = run("faulty.yaml", "--output", "new.txt")
    assert result.exit_code == 1
    assert "nothing is written to `new.txt`" in result.stderr
    assert not [name for name in os.listdir() if name == "new.txt" or name.endswith(".tmp")]


def test_an_output_that_is_a_link_stays_one() -> None:
    Path("target.txt").write_text("old")
    Path("link.txt").symlink_to("target.txt")
    assert run("chain.yaml", "--output", "link.txt", "--force").exit_code == 0
    assert Path("link.txt").is_symlink()
    assert Path("target.txt").read_text().startswith("Chain")


def test_width_and_colors() -> None:
    at_default = run("vgg16").stdout
    assert max(map(len, at_default.splitlines())) <= 100
    at_80 = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["analyze", "vgg16"]).stdout
    assert max(map(len, at_80.splitlines())) <= 80


def test_help_lists_the_columns() -> None:
    listed = command.EXAMPLES.partition("Columns:")[2].replace("\n", " ").split(",")
    assert [name.strip() for name in listed] == list(COLUMNS)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk() -> None:
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "cnncalc", "analyze", "chain.yaml"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (process.returncode, process.stderr) == (1, "cannot write: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_colors_on_a_terminal_only() -> None:
    import pty

    def on_terminal(**variables: str) -> str:
        leader, follower = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **variables}
        subprocess.run(
            [sys.executable, "-m", "cnncalc", "analyze", "chain.yaml"],
            stdout=follower,
            env=environment,
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

    assert "\x1b[1mChain\x1b[0m" in on_terminal()
    assert "\x1b" not in on_terminal(NO_COLOR="1")
    assert "\x1b" not in on_terminal(TERM="dumb")
