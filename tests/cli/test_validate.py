"""`cnncalc validate`: what goes to which stream, in which form, with which status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli.app import app

GOOD = "params: {classes: 10}\ninput: [3, 8, 8]\nlayers:\n  - flatten\n  - linear: classes\n"
BAD = "input: [3, 8, 8]\nlayers:\n  - conv2d: {out_channels: 6, kernal_size: 5}\n  - lnear: 10\n"
DOUBTFUL = "input: [3, 8, 8]\nlayers:\n  - relu:\n    name: lost\n  - relu:\n    from: input\n"

FULL = """\
error[E101]: unknown argument `kernal_size` of conv2d
 --> bad.yaml:3:31
  |
3 |   - conv2d: {out_channels: 6, kernal_size: 5}
  |                               ^^^^^^^^^^^
  |
  = help: did you mean `kernel_size`?

error[E104]: unknown layer kind `lnear`
 --> bad.yaml:4:5
  |
4 |   - lnear: 10
  |     ^^^^^
  |
  = note: the layers behind are checked as if it said `linear`
  = help: did you mean `linear`?

2 faults in bad.yaml
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"good": GOOD, "bad": BAD, "worse": BAD, "doubtful": DOUBTFUL}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def validate(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["validate", *arguments], input=stdin)


def test_fine_file() -> None:
    result = validate("good.yaml")
    assert result.stdout == "good.yaml: fine: 2 layers, 1,930 parameters, 1.92 kMACs, output 10\n"
    assert result.stderr == ""
    assert result.exit_code == 0


def test_network_of_the_zoo() -> None:
    result = validate("vgg16")
    assert result.stdout == "vgg16: fine: 39 layers, 138,357,544 parameters, 15.5 GMACs, output 1000\n"


def test_small_counts_have_no_unit() -> None:
    result = validate("-", stdin="input: 4\nlayers:\n  - linear: 2\n")
    assert result.stdout == "<stdin>: fine: 1 layer, 10 parameters, 8 MACs, output 2\n"


def test_several_outputs_are_named() -> None:
    text = "input: [3, 8, 8]\nlayers: [relu, flatten]\noutputs: [relu_1, flatten_1]\n"
    result = validate("-", stdin=text)
    assert result.stdout.endswith("output relu_1 3 x 8 x 8, flatten_1 192\n")


def test_faults_go_to_standard_error() -> None:
    result = validate("bad.yaml")
    assert result.stdout == ""
    assert result.stderr == FULL
    assert result.exit_code == 1


def test_all_faults_of_all_files() -> None:
    result = validate("bad.yaml", "good.yaml", "missing.yaml", "worse.yaml")
    assert result.stdout == "good.yaml: fine: 2 layers, 1,930 parameters, 1.92 kMACs, output 10\n"
    assert result.stderr == (
        FULL
        + "\nerror[E001]: there is neither a file nor a network of the zoo named `missing.yaml`\n"
        + " --> missing.yaml\n  |\n  = help: `cnncalc zoo` lists the networks that come with cnncalc\n\n"
        + "1 fault in missing.yaml\n\n"
        + FULL.replace("bad.yaml", "worse.yaml")
    )
    assert result.exit_code == 1


def test_concise() -> None:
    result = validate("bad.yaml", "worse.yaml", "--errors", "concise")
    assert result.stderr == "".join(
        f"{name}:3:31: error[E101]: unknown argument `kernal_size` of conv2d\n"
        f"{name}:4:5: error[E104]: unknown layer kind `lnear`\n"
        for name in ("bad.yaml", "worse.yaml")
    )


def test_github() -> None:
    result = validate("bad.yaml", "--errors", "github")
    assert result.stderr.splitlines()[1] == (
        "::error file=bad.yaml,line=4,col=5,endLine=4,endColumn=10,title=E104::unknown layer kind `lnear`"
        "%0Anote: the layers behind are checked as if it said `linear`%0Ahelp: did you mean `linear`?"
    )


def test_json_of_all_files_is_one_object_on_standard_output() -> None:
    result = validate("bad.yaml", "good.yaml", "missing.yaml", "--errors", "json")
    written = json.loads(result.stdout)
    assert written["schema"] == 1
    assert [(error["file"], error["line"], error["code"]) for error in written["errors"]] == [
        ("bad.yaml", 3, "E101"),
        ("bad.yaml", 4, "E104"),
        ("missing.yaml", 1, "E001"),
    ]
    assert result.stderr == ""
    assert result.exit_code == 1


def test_json_of_a_fine_file() -> None:
    result = validate("good.yaml", "--errors", "json")
    assert json.loads(result.stdout) == {"schema": 1, "errors": []}
    assert result.exit_code == 0


def test_warnings_alone_are_no_fault() -> None:
    result = validate("doubtful.yaml")
    assert result.stdout.startswith("doubtful.yaml: fine: 2 layers")
    assert result.stderr.startswith("warning[W401]: nothing reads the output of `lost`\n")
    assert result.exit_code == 0


def test_strict_makes_faults_of_warnings() -> None:
    result = validate("doubtful.yaml", "good.yaml", "--strict")
    assert result.stdout.startswith("good.yaml: fine")
    assert result.stderr.startswith("error[W401]: nothing reads the output of `lost`\n")
    assert result.stderr.endswith("\n1 fault in doubtful.yaml\n")
    assert result.exit_code == 1
    errors = json.loads(validate("doubtful.yaml", "--strict", "--errors", "json").stdout)["errors"]
    assert [error["code"] for error in errors] == ["W401"]
    assert validate("doubtful.yaml", "--strict", "--errors", "github").stderr.startswith("::error ")


def test_strict_hears_nothing_that_a_file_silences() -> None:
    result = validate("-", "--strict", stdin=DOUBTFUL + "silence: W401\n")
    assert (result.exit_code, result.stderr) == (0, "")


def test_standard_input_is_read_once() -> None:
    result = validate("-", "good.yaml", "-", stdin=DOUBTFUL)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "standard input can be read only once" in result.stderr


def test_parameters_are_set() -> None:
    result = validate("good.yaml", "--set", "classes=5")
    assert result.stdout.endswith("965 parameters, 960 MACs, output 5\n")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("clases=5", "there is no parameter `clases`; did you mean `classes`?"),
        ("classes", "'classes' is not NAME=VALUE"),
    ],
)
def test_setting_that_cannot_be(setting: str, message: str) -> None:
    result = validate("good.yaml", "--set", setting)
    assert message in result.stderr
    assert result.exit_code == 2


def test_no_file_is_misuse() -> None:
    assert validate().exit_code == 2
    result = validate("")
    assert result.exit_code == 2
    assert "a network is needed" in result.stderr
