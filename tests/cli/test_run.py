"""`cnncalc run`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli import progress
from cnncalc.cli.app import app
from cnncalc.numpy_backend import memory_limit
from cnncalc.numpy_backend.executors import EXECUTORS

CLASSIFIER = """\
name: Classifier
params: {classes: 3}
input: [1, 2, 2]
layers:
  - flatten
  - linear: classes
    name: fc
"""
WEIGHTS = {
    "fc.weight": np.array([[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, -1]]),
    "fc.bias": np.array([0, 0.5, 0]),
}
PIXELS = np.array([[[1, 2], [3, 4]]])  # gives 1, 4.5, -4

TWO = """\
name: Two
inputs: {left: [2, 3], right: [2, 3]}
layers:
  - subtract: {}
    from: [left, right]
    name: difference
  - relu:
    from: left
    name: file
outputs: [difference, file]
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(CLASSIFIER)
    Path("two.yaml").write_text(TWO)
    np.save("x.npy", PIXELS)
    np.savez("w.npz", **WEIGHTS)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, ["run", *arguments], input=input)


GIVEN = ["net.yaml", "--input-file", "x.npy", "--weights", "w.npz"]


# --- what comes out ----------------------------------------------------------------------------------


def test_a_summary() -> None:
    result = run(*GIVEN)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.sub(r"[\d.]+ ms", "0 ms", result.stdout) == (
        "Classifier  1 x 2 x 2\n"
        "batch 1, float32, weights of w.npz\n"
        "0 ms\n"
        "\n"
        "output  shape  min  mean  max\n"
        "fc      1 x 3   -4   0.5  4.5\n"
        "\n"
        "fc: the largest of 3, as index: value\n"
        "  1: 4.5  0: 1  2: -4\n"
    )


def test_random_weights_and_inputs() -> None:
    first, again = run("net.yaml"), run("net.yaml", "--seed", "0")
    assert "\nbatch 1, float32, random weights and input of seed 0\n" in first.stdout
    assert re.search(r"^[\d.]+ ms, the drawing of random weights included$", first.stdout, re.MULTILINE)
    assert first.stdout.splitlines()[4:] == again.stdout.splitlines()[4:]
    other = run("net.yaml", "--seed", "3")
    assert first.stdout.splitlines()[4:] != other.stdout.splitlines()[4:]
    given = run("net.yaml", "--weights", "w.npz").stdout
    assert "\nbatch 1, float32, weights of w.npz, random input of seed 0\n" in given


def test_each_sample_has_its_largest() -> None:
    lines = run("net.yaml", "--batch", "10").stdout.splitlines()
    assert [line[:10] for line in lines[8:16]] == [f"  sample {number}" for number in range(8)]
    assert lines[16:] == ["  ... and 2 samples more"]


def test_only_the_five_largest_of_many() -> None:
    line = run("net.yaml", "--set", "classes=100").stdout.splitlines()[-1]
    values = [float(word) for word in re.findall(r": (\S+)", line)]
    assert len(values) == 5
    assert values == sorted(values, reverse=True)


def test_json() -> None:
    document = json.loads(run(*GIVEN, "--format", "json").stdout)
    assert document.pop("seconds") > 0
    assert document == {
        "schema": 1,
        "name": "Classifier",
        "batch": 1,
        "dtype": "float32",
        "seed": 0,
        "weights": "w.npz",
        "random_inputs": False,
        "inputs": {"input": [1, 2, 2]},
        "outputs": {
            "fc": {
                "shape": [1, 3],
                "min": -4.0,
                "mean": 0.5,
                "max": 4.5,
                "not_finite": 0,
                "largest": [
                    [{"index": 1, "value": 4.5}, {"index": 0, "value": 1.0}, {"index": 2, "value": -4.0}]
                ],
            }
        },
    }


def test_numbers_that_are_none() -> None:
    np.save("x.npy", np.array([[[np.nan, 1], [np.inf, 1]]]))
    arguments = ["two.yaml", "--input-file", "left=l.npy", "--input-file", "right=r.npy"]
    np.save("l.npy", np.array([[np.inf, 1, 2], [np.nan, 1, 2]]))
    np.save("r.npy", np.ones((2, 3)))
    assert "\ndifference: 2 numbers are not finite (nan or inf)\n" in run(*arguments).stdout
    document = json.loads(run(*arguments, "--format", "json").stdout)
    assert document["outputs"]["difference"]["max"] is None
    assert document["outputs"]["difference"]["not_finite"] == 2


def test_several_inputs_and_outputs() -> None:
    np.save("l.npy", np.arange(6).reshape(2, 3))
    np.save("r.npy", np.ones((2, 3)))
    result = run("two.yaml", "--input-file", "left=l.npy", "--input-file", "right=r.npy", "-o", "y.npz")
    assert result.stdout.startswith("Two  left 2 x 3, right 2 x 3\n")
    assert re.search(r"^difference  1 x 2 x 3   -1   1.5    4$", result.stdout, re.MULTILINE)
    with np.load("y.npz") as written:
        assert {name: written[name].tolist() for name in written.files} == {
            "difference": [[[-1, 0, 1], [2, 3, 4]]],
            "file": [[[0, 1, 2], [3, 4, 5]]],
        }


def test_files_of_one_input_are_a_batch() -> None:
    np.save("more.npy", np.stack([PIXELS, 2 * PIXELS]))
    run(*GIVEN, "--input-file", "more.npy", "--output", "y.npy")
    assert np.load("y.npy").tolist() == [[1, 4.5, -4], [1, 4.5, -4], [2, 8.5, -8]]


def test_an_image() -> None:
    image = pytest.importorskip("PIL.Image")
    image.fromarray(np.full((20, 30), 51, np.uint8)).save("x.png")
    result = run("net.yaml", "--input-file", "x.png", "--weights", "w.npz")
    assert result.stderr == "note: x.png is resized from 20 x 30 to 2 x 2\n"
    assert "\n  1: 0.9  0: 0.2  2: -0.2\n" in result.stdout
    result = run("net.yaml", "--input-file", "x.png", "--no-resize")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Classifier  1 x 20 x 30\n")
    result = run("net.yaml", "--input-file", "x.png", "--input", "1x5x4")
    assert result.stderr == "note: x.png is resized from 20 x 30 to 5 x 4\n"


def test_other_sizes_types_and_standard_input() -> None:
    options = ["--input", "1x3x5", "--dtype", "float64", "--batch", "2", "--format", "json"]
    document = json.loads(run("-", *options, input=CLASSIFIER).stdout)
    assert document["inputs"] == {"input": [1, 3, 5]}
    assert (document["dtype"], document["batch"]) == ("float64", 2)


def test_the_summary_fits_80_columns() -> None:
    name = "a_layer_with_a_name_that_is_much_too_long_for_a_table_of_eighty_columns"
    Path("long.yaml").write_text(CLASSIFIER.replace("name: fc", f"name: {name}"))
    table = run("long.yaml", "--batch", "100").stdout.splitlines()[4:6]
    assert max(map(len, table)) <= 80
    assert all(len(line) <= 80 for line in run("net.yaml", "--set", "classes=1000").stdout.splitlines())


def test_columns_are_aligned_behind_names_of_wide_letters() -> None:
    Path("net.yaml").write_text(CLASSIFIER.replace("name: fc", "name: 全結合層"), encoding="utf-8")
    head, row = run("net.yaml").stdout.splitlines()[4:6]
    assert head.startswith("output    shape")  # as wide as eight letters
    assert row.startswith("全結合層  1 x 3")


def test_names_do_not_command_the_terminal() -> None:
    Path("net.yaml").write_text(CLASSIFIER.replace("name: Classifier", 'name: "a\\e[31mb"'))
    assert run("net.yaml").stdout.startswith("a\\x1b[31mb  1 x 2 x 2\n")


# --- files -------------------------------------------------------------------------------------------


def test_output_is_never_overwritten_unasked() -> None:
    assert run(*GIVEN, "--output", "y.npy").exit_code == 0
    assert np.load("y.npy").tolist() == [[1, 4.5, -4]]
    Path("y.npy").write_text("mine")
    result = run(*GIVEN, "--output", "y.npy")
    assert result.exit_code == 2
    assert "`y.npy` exists; --force overwrites it" in result.stderr
    assert Path("y.npy").read_text() == "mine"
    assert run(*GIVEN, "--output", "y.npy", "--force").exit_code == 0
    assert np.load("y.npy").tolist() == [[1, 4.5, -4]]


def test_output_is_whole_or_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(stream: io.BufferedWriter, *_: object, **__: object) -> None:
        stream.write(b"\x93NUMPY")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnncalc.numpy_backend.output_files.write_array", full)
    result = run(*GIVEN, "--output", "y.npy")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot write `y.npy`: No space left on device" in result.stderr
    assert sorted(os.listdir()) == ["net.yaml", "two.yaml", "w.npz", "x.npy"]


def test_outputs_are_written_as_they_are_read() -> None:
    """Arrays lie in memory in an order of their own."""
    Path("net.yaml").write_text("input: [2, 3, 4]\nlayers:\n  - conv2d: {out_channels: 5, kernel_size: 1}\n")
    assert run("net.yaml", "-o", "y.npy").exit_code == 0
    assert run("net.yaml", "-o", "y.npz").exit_code == 0
    output = np.load("y.npy")
    assert output.shape == (1, 5, 3, 4)
    with np.load("y.npz") as written:
        assert np.array_equal(written["conv2d_1"], output)


# --- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--batch", "0"], "0 is not from 1 to 2,147,483,647"),
        (["--seed", "-1"], "-1 is less than 0"),
        (["--dtype", "int8"], "'--dtype': int8 is for the analysis only: NumPy has no arithmetic for it"),
        (["--dtype", "float"], "dtype must be one of float32, float64, float16, not 'float'"),
        (["--output", "y.txt"], "`y.txt` is not a .npy or .npz file, which arrays are written to"),
        (["--output", "-"], "`-` is not a .npy or .npz file"),
        (["--output", "no/y.npy"], "there is no directory `no`"),
        (["--set", "clases=2"], "did you mean `classes`?"),
        (["--input", "3xx"], "'3xx' is not a shape"),
        (["--input-file", "no.npy"], "'--input-file': cannot read no.npy: there is no such file"),
        (["--input-file", "left=x.npy"], "cannot read left=x.npy: there is no such file"),
        (["--input-file", "input=x.npy", "--batch", "2"], "are a batch of 1, and batch says 2"),
        (["--input-file", "x.npy", "--input", "1x4x4"], "`input` is 1 x 2 x 2, and --input says 1 x 4 x 4"),
        (["--input-file", "x.npy", "--input", "2x2x2"], "has 1 channels; the network takes 2 x 2 x 2"),
        (["--weights", "x.npy"], "weights are read from .npz and .safetensors files, not from x.npy"),
        (["--weights", "w.npz", "--set", "classes=4"], "`fc.bias`, shape 3; the network needs 4"),
        (["--weights", "w.npz", "--input", "1x3x3"], "`fc.weight`, shape 3 x 4; the network needs 3 x 9"),
        (["--weights", "\x1b[31m.npz"], "cannot read \\x1b[31m.npz: there is no such file"),
    ],
)
def test_misuse(options: list[str], message: str) -> None:
    result = run("net.yaml", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--input-file", "x.npy"], "the network has several inputs (left, right): write NAME=FILE"),
        (
            ["--input-file", "left=x.npy", "--input-file", "right=l.npy"],
            "'left' has the shape (4,); the network takes 2 x 3, or a batch (N, 2, 3)",
        ),
        (["--input-file", "left=l.npy"], "no array is given for the input 'right'"),
        (["--output", "y.npy"], "the network has 2 outputs; write them to a .npz file"),
    ],
)
def test_misuse_of_several_inputs_and_outputs(options: list[str], message: str) -> None:
    np.save("l.npy", np.ones((1, 2, 3)))
    np.save("x.npy", np.ones(4))
    result = run("two.yaml", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


def test_a_faulty_network() -> None:
    Path("net.yaml").write_text(
        CLASSIFIER.replace("- flatten", "- conv2d: {out_channels: 1, kernel_size: 9}")
    )
    result = run(*GIVEN, "--output", "y.npy")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error[E301]: ")
    assert not Path("y.npy").exists()
    result = run("net.yaml", "--format", "json", "--errors", "concise")
    assert result.exit_code == 1
    assert [error["code"] for error in json.loads(result.stdout)["errors"]] == ["E301"]
    assert result.stderr.startswith("net.yaml:")
    assert run("nowhere.yaml").exit_code == 1


def test_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limit, "available_bytes", lambda: 3 << 20)
    result = run(*GIVEN)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: a run needs about 16.0 MiB, and 3.00 MiB are free; use a smaller --input or --batch, or try "
        "it with --allow-large\n"
    )
    assert run(*GIVEN, "--allow-large").exit_code == 0


def test_memory_that_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def large(*_: object) -> None:
        np.empty(2**57)

    monkeypatch.setitem(EXECUTORS, "linear", large)
    result = run(*GIVEN)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: there is too little memory (Unable to allocate 1.00 EiB")


def test_a_layer_that_cannot_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("shapes \x1b do not go together")

    monkeypatch.setitem(EXECUTORS, "linear", broken)
    result = run(*GIVEN)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: `fc` cannot be run: NumPy cannot do it: shapes \\x1b do not go together\n"
    )


# --- progress ----------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def bar(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float, term: str = "xterm") -> str:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    with progress.Bar(7) as shown:
        for done in (1, 3, 7):
            shown(done)
    return stream.getvalue()


def test_a_bar_for_long_runs_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = bar(monkeypatch, Terminal(), 0)
    assert "7/7" in shown
    assert shown.endswith("\x1b[2K")  # and nothing is left of it
    assert bar(monkeypatch, Terminal(), 60) == ""
    assert bar(monkeypatch, io.StringIO(), 0) == ""
    assert bar(monkeypatch, Terminal(), 0, "dumb") == ""


def test_progress_is_told_layer_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(progress.Bar, "__call__", lambda _, done: told.append(done))
    assert run("lenet5").exit_code == 0
    assert told == sorted(set(told))
    assert told[-1] == len(json.loads(run_analyze("lenet5"))["layers"])


def run_analyze(name: str) -> str:
    return CliRunner().invoke(app, ["analyze", name, "--format", "json"]).stdout


def test_help_and_misuse_import_no_numpy() -> None:
    code = (
        "import sys; sys.argv = ['cnncalc', 'run', *sys.argv[1:]]\n"
        "from cnncalc.cli.app import run\n"
        "try:\n    run()\nexcept SystemExit:\n    print('numpy' in sys.modules)\n"
    )
    for option in ("--help", "--batch=0"):
        ran = subprocess.run([sys.executable, "-c", code, "x", option], capture_output=True, text=True)
        assert ran.stdout.splitlines()[-1] == "False"
