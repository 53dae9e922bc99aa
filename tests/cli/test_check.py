"""`cnncalc check`: what is printed where, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from cnncalc.cli.app import COMMANDS, app

NETWORK = """\
name: Small
params: {width: 4}
input: [3, 8, 8]
budget:
  params: 300
  peak_bytes: 1KiB
  output: [10]
  layers: {"conv*": {macs: 5k}}
layers:
  - conv2d: {out_channels: width, kernel_size: 3}
    name: conv1
  - relu
  - flatten
  - linear: 10
    name: head
"""
FREE = NETWORK.replace(NETWORK[NETWORK.index("budget") : NETWORK.index("layers:\n")], "")
GOOD = NETWORK.replace("300", "2k").replace("1KiB", "2KiB").replace("5k", "5M")

# conv1: 4*27 + 4 = 112 params, 108*36 = 3,888 MACs, 4*36*4 = 576 bytes; head: 144*10 + 10 = 1,450
# the peak is that of the input, 3*64*4 = 768, and of conv1
TABLE = """\
bad.yaml: Small
3 x 8 x 8 → 10

        figure         value     limit     margin
───────────────────────────────────────────────────────────────────
BROKEN  params         1,562     <= 300    420.7 % too much
BROKEN  peak_bytes     1.31 KiB  <= 1 KiB  31.2 % too much
ok      output         10        10
ok      macs of conv*  3,888     <= 5 k    used 77.8 %, 1.11 k left

2 of 4 limits broken
"""

FAULTS = """\
error[E501]: params is 1,562, and at most 300 are allowed
 --> bad.yaml:5:11
  |
5 |   params: 300
  |           ^^^ 420.7 % too much
  |
  = note: `head` takes 1,450 (92.8 %), in line 14
  = note: `conv1` takes 112 (7.2 %), in line 10
  = help: let less be spent there, or allow more

error[E501]: peak_bytes is 1,344, and at most 1,024 are allowed
 --> bad.yaml:6:15
  |
6 |   peak_bytes: 1KiB
  |               ^^^^ 31.2 % too much
  |
  = note: the peak is at `conv1`, in line 10, where 2 tensors live
  = note: `input` takes 768 (57.1 %)
  = note: `conv1` takes 576 (42.9 %), in line 10
  = help: let less be spent there, or allow more

2 faults in bad.yaml
"""

MARKDOWN = """\
## bad.yaml: Small

### 3 x 8 x 8 → 10

|        | figure         | value    | limit     | margin                   |
| ------ | -------------- | -------- | --------- | ------------------------ |
| BROKEN | params         | 1,562    | \\<= 300  | 420.7 % too much         |
| BROKEN | peak_bytes     | 1.31 KiB | \\<= 1 KiB | 31.2 % too much          |
| ok     | output         | 10       | 10        |                          |
| ok     | macs of conv\\* | 3,888    | \\<= 5 k  | used 77.8 %, 1.11 k left |

- params: most in head 1,450 (92.8 %), conv1 112 (7.2 %)
- peak_bytes: most in input 768 B (57.1 %), conv1 576 B (42.9 %)
- 2 of 4 limits broken
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"bad": NETWORK, "good": GOOD, "free": FREE}.items():
        Path(f"{name}.yaml").write_text(text)


def check(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, ["check", *arguments], input=input)


def said(result: Result) -> str:
    """What stands on standard error, on one line."""
    return " ".join(result.stderr.split())


def test_a_broken_budget() -> None:
    result = check("bad.yaml")
    assert result.stdout == TABLE
    assert result.stderr == f"\n{FAULTS}"
    assert result.exit_code == 1


def test_a_blank_line_stands_between_tables_and_faults_alone() -> None:
    Path("faulty.yaml").write_text(NETWORK.replace("kernel_size: 3", "kernel_size: 9"))
    assert check("faulty.yaml").stderr.startswith("error[E301]")
    assert check("free.yaml", "faulty.yaml", "--skip-unlimited").stderr.startswith("error[E301]")
    assert check("bad.yaml", "--errors", "concise").stderr.startswith("bad.yaml:5:11: ")
    assert check("bad.yaml", "--format", "json").stderr == FAULTS
    assert check("faulty.yaml", "good.yaml").stderr.startswith("\nerror[E301]")


def test_a_budget_that_is_kept() -> None:
    result = check("good.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("\nall 4 limits kept\n")


def test_markdown() -> None:
    result = check("bad.yaml", "--format", "markdown")
    words = [line.split() for line in MARKDOWN.splitlines()]
    assert [line.split() for line in result.stdout.splitlines() if "---" not in line] == [
        line for line in words if "---" not in " ".join(line)
    ]


def test_json() -> None:
    result = check("bad.yaml", "--format", "json")
    written = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (written["schema"], written["file"], written["holds"]) == (1, "bad.yaml", False)
    found = [(each["figure"], each["value"], each["limit"], each["margin"]) for each in written["limits"]]
    assert found == [
        ("params", 1562, 300, -1262),
        ("peak_bytes", 1344, 1024, -320),
        ("output", [10], [10], None),
        ("macs", 3888, 5000, 1112),
    ]
    several = json.loads(check("bad.yaml", "free.yaml", "nowhere.yaml", "--format", "json").stdout)
    assert [document["file"] for document in several] == ["bad.yaml", "free.yaml", "nowhere.yaml"]
    assert several[1]["limits"] == []
    assert several[2]["errors"][0]["code"] == "E001"


def test_annotations_stand_at_the_limit() -> None:
    result = check("bad.yaml", "--errors", "github")
    assert result.stderr.splitlines()[0] == (
        "::error file=bad.yaml,line=5,col=11,endLine=5,endColumn=14,title=E501::"
        "params is 1,562, and at most 300 are allowed"
        # 92.8 % is 1,450 / 1,562
        "%0Anote: `head` takes 1,450 (92.8 %25), in line 14%0Anote: `conv1` takes 112 (7.2 %25), in line 10"
        "%0Ahelp: let less be spent there, or allow more"
    )


def test_annotations_of_an_option_stand_at_the_layer_that_spends_most() -> None:
    result = check("free.yaml", "--max-params", "300", "--errors", "concise")
    assert result.stderr == (
        "free.yaml:9:5: error[E501]: params is 1,562, and at most 300 are allowed by --max-params\n"
    )


def test_faults_of_several_files_in_json_are_one_object() -> None:
    errors = json.loads(check("bad.yaml", "nowhere.yaml", "--errors", "json").stderr)["errors"]
    assert [(error["file"], error["code"]) for error in errors] == [
        ("bad.yaml", "E501"),
        ("bad.yaml", "E501"),
        ("nowhere.yaml", "E001"),
    ]


def test_options_win_over_the_file_and_say_so() -> None:
    result = check("bad.yaml", "--max-params", "2k", "--max-peak", "1.5KiB", "--max-macs", "1M")
    assert (result.exit_code, result.stderr) == (0, "")
    assert " ".join(result.stdout.split()).find("ok params 1,562 <= 2 k used 78.1 %, 438 left") > 0
    assert "--max-params takes the place of params <= 300 in line 5\n" in result.stdout
    assert "--max-peak takes the place of peak_bytes <= 1 KiB in line 6\n" in result.stdout
    assert "--max-macs" not in result.stdout


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--max-params", "1562"], 0),
        (["--max-params", "1561"], 1),
        (["--max-params", "398", "--set", "width=1"], 0),  # 28 + 36*10 + 10
        (["--max-params", "397", "--set", "width=1"], 1),
        (["--max-macs", "5328"], 0),  # 3,888 + 1,440
        (["--max-macs", "5328", "--batch", "2"], 1),
        (["--max-flops", "1k"], 1),
        (["--max-peak", "1344B"], 0),
        (["--max-peak", "672B", "--dtype", "float16"], 0),
        (["--max-peak", "1343 B"], 1),
        (["--max-peak", "1344 B", "--in-place"], 0),
        (["--max-param-bytes", "1562", "--dtype", "int8"], 0),
        (["--max-activation-bytes", "1192"], 0),  # 576 + 576 + 40
        (["--max-activation-bytes", "1191"], 1),
        (["--max-depth", "2"], 0),
        (["--max-depth", "1"], 1),
        (["--min-receptive-field", "3"], 0),
        (["--min-receptive-field", "4"], 1),
        (["--max-params", "10k", "--input", "3x32x32"], 1),
    ],
)
def test_options(options: list[str], status: int) -> None:
    assert check("free.yaml", *options).exit_code == status


def test_nothing_limited_is_misuse() -> None:
    result = check("free.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing is limited: write `budget: {params: 5M, peak_bytes: 320KiB}` into the file" in said(
        result
    )
    skipped = check("free.yaml", "--skip-unlimited")
    assert (skipped.exit_code, skipped.stdout, skipped.stderr) == (0, "", "")


def test_a_file_without_limits_beside_one_with() -> None:
    result = check("free.yaml", "good.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith("free.yaml: Small: nothing is limited\n\ngood.yaml: Small\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max-params", "5m"], "there is no unit `m` of this figure; did you mean `5M`?"),
        (["--max-peak", "320k"], "did you mean `320KiB`?"),
        (["--max-params", "many"], "a limit must be a number"),
        (["--max-params", "-1"], "a limit must be a number of at least 0"),
        (["--max-params", ">= 5"], "a limit must be a number"),
        (["--batch", "0"], "0 is not from 1 to"),
        (["--set", "witdh=2"], "did you mean `width`?"),
        (["--input", "3xx"], "is not a shape"),
    ],
)
def test_misuse(options: list[str], message: str) -> None:
    result = check("bad.yaml", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in said(result)


def test_a_faulty_file() -> None:
    Path("wrong.yaml").write_text(NETWORK.replace("kernel_size: 3", "kernel_size: 9"))
    result = check("wrong.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error[E301]")


def test_standard_input() -> None:
    assert check("-", input=GOOD).stdout.startswith("<stdin>: Small\n")
    assert check("-", "-", input=GOOD).exit_code == 2


def test_names_of_strangers_do_not_reach_the_terminal() -> None:
    text = GOOD.replace("name: Small", 'name: "a\\x1b[31mb"')
    assert "\x1b" not in check("-", input=text).stdout


def test_at_80_columns() -> None:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["check", "bad.yaml"])
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_hooks_of_pre_commit_name_commands_that_are_there() -> None:
    file = Path(__file__).parent.parent.parent / ".pre-commit-hooks.yaml"
    hooks = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["cnncalc-validate", "cnncalc-check"]
    for hook in hooks:
        program, command, *options = hook["entry"].split()
        assert (program, hook["language"]) == ("cnncalc", "python")
        assert command in COMMANDS
        assert CliRunner().invoke(app, [command, *options, "good.yaml"]).exit_code == 0
