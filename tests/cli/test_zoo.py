"""`cnncalc zoo`: the list, showing and copying."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cnncalc import api
from cnncalc import zoo as networks
from cnncalc.cli.app import app
from cnncalc.cli.zoo import Network, table


def zoo(*arguments: str, columns: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": columns}).invoke(app, ["zoo", *arguments])


LIST = [
    Network("lenet5", 61706, 416520, {"input": (1, 32, 32)}, 1998, "LeNet-5", "https://d2l.ai/lenet.html"),
    Network(
        "vgg16",
        138357544,
        15470264320,
        {"input": (3, 224, 224)},
        2014,
        "Very Deep Convolutional Networks for Large-Scale Image Recognition",
        "https://arxiv.org/abs/1409.1556",
    ),
    Network("twins", 10, 20, {"left": (3, 8, 8), "right": (3, 8, 8)}, None, "Two", ""),
]


def test_every_network_is_listed() -> None:
    result = zoo()
    assert result.exit_code == 0
    assert result.stderr == ""
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["name", "params", "MACs", "input", "year", "title", "source"]
    assert [row.split()[0] for row in rows] == networks.names()


def test_list_without_limit() -> None:
    assert list(table(LIST, None)) == [
        "name    params    MACs  input         year  "
        "title                                                               source",
        "lenet5  61.7 k   417 k  1x32x32       1998  "
        "LeNet-5                                                             d2l.ai/lenet.html",
        "vgg16    138 M  15.5 G  3x224x224     2014  "
        "Very Deep Convolutional Networks for Large-Scale Image Recognition  arxiv.org/abs/1409.1556",
        "twins       10      20  3x8x8, 3x8x8        Two",
    ]


def test_list_at_80_columns() -> None:
    assert list(table(LIST, 80)) == [
        "name    params    MACs  input         year  title",
        "lenet5  61.7 k   417 k  1x32x32       1998  LeNet-5",
        "vgg16    138 M  15.5 G  3x224x224     2014  Very Deep Convolutional Networks fo…",
        "twins       10      20  3x8x8, 3x8x8        Two",
    ]


def test_narrow_list_has_no_titles() -> None:
    assert list(table(LIST, 67)) == [
        "name    params    MACs  input         year",
        "lenet5  61.7 k   417 k  1x32x32       1998",
        "vgg16    138 M  15.5 G  3x224x224     2014",
        "twins       10      20  3x8x8, 3x8x8",
    ]
    assert next(table(LIST, 68)).endswith("  title")


def test_list_at_120_columns() -> None:
    assert list(table(LIST, 120)) == [
        "name    params    MACs  input         year  "
        "title                                                source",
        "lenet5  61.7 k   417 k  1x32x32       1998  "
        "LeNet-5                                              d2l.ai/lenet.html",
        "vgg16    138 M  15.5 G  3x224x224     2014  "
        "Very Deep Convolutional Networks for Large-Scale I…  arxiv.org/abs/1409.1556",
        "twins       10      20  3x8x8, 3x8x8        Two",
    ]


@pytest.mark.parametrize("width", [1, 20, 60, 79, 100, 200])
def test_list_keeps_to_the_width(width: int) -> None:
    longest = max(map(len, table(LIST, width)))
    assert longest <= max(width, len(next(table(LIST, 1))) + 10)


def test_columns_hold_for_a_pipe_as_well() -> None:
    """At 80 there is no room for more than a few letters of each title, so that there are none."""
    assert max(map(len, zoo().stdout.splitlines())) > 200
    head, *rows = zoo(columns="80").stdout.splitlines()
    assert head.split() == ["name", "params", "MACs", "input", "year"]
    assert max(map(len, rows)) <= 80
    assert "ImageNet Classification with Deep C" in zoo(columns="100").stdout
    assert zoo(columns="no").stdout == zoo().stdout


def test_json() -> None:
    written = json.loads(zoo("--format", "json").stdout)
    assert written["schema"] == 1
    vgg16 = next(entry for entry in written["networks"] if entry["name"] == "vgg16")
    assert vgg16 == {
        "name": "vgg16",
        "params": 138357544,
        "macs": 15470264320,
        "inputs": {"input": [3, 224, 224]},
        "year": 2014,
        "title": "Very Deep Convolutional Networks for Large-Scale Image Recognition (configuration D)",
        "reference": "https://arxiv.org/abs/1409.1556",
    }


def test_network_with_faults_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv2d: 3}]\n")
    (tmp_path / "good.yaml").write_text("input: [3, 8, 8]\nlayers: [relu]\n")
    (tmp_path / "none.yaml").write_text("")
    monkeypatch.setattr(networks, "folder", lambda: tmp_path)
    result = zoo()
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["name", "bad", "good", "none"]
    assert result.stderr == "".join(
        f"cnncalc: {name} has faults; `cnncalc validate {name}` tells them\n" for name in ("bad", "none")
    )


@pytest.mark.parametrize("name", ["lenet5", "lenet5.yaml"])
def test_show(name: str) -> None:
    assert zoo("show", name).stdout == (networks.folder() / "lenet5.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["show", "copy"])
@pytest.mark.parametrize("name", ["lenet", "../lenet5", "/etc/passwd", "schema.json", ""])
def test_unknown_network(command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = zoo(command, name)
    assert f"Error: there is no network `{name}` in the zoo; " in result.stderr
    assert result.stdout == ""
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_nearest_network_is_named() -> None:
    assert "did you mean `lenet5`?" in zoo("show", "lenet").stderr


def test_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = zoo("copy", "lenet5")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == (
        "lenet5.yaml is a copy of lenet5. From here:\n"
        "  cnncalc analyze lenet5.yaml\n"
        "  cnncalc schema --output schema.json    for completion and checks in an editor\n"
    )
    assert Path("lenet5.yaml").read_text(encoding="utf-8") == zoo("show", "lenet5").stdout


def test_copy_of_a_network_that_builds_on_another(tmp_path: Path) -> None:
    target = tmp_path / "my design.yaml"
    result = zoo("copy", "vgg19", str(target))
    assert f"cnncalc analyze '{target}'" in result.stderr
    assert "base: vgg16" in target.read_text(encoding="utf-8")
    assert api.analyze(target).totals.params == 143667240


def test_copy_does_not_overwrite(tmp_path: Path) -> None:
    target = tmp_path / "mine.yaml"
    target.write_text("mine")
    result = zoo("copy", "lenet5", str(target))
    assert result.exit_code == 2
    assert f"Invalid value for FILE: `{target}` exists; --force overwrites it" in result.stderr
    assert target.read_text() == "mine"
    assert zoo("copy", "lenet5", str(target), "--force").exit_code == 0
    assert target.read_text(encoding="utf-8") == zoo("show", "lenet5").stdout


def test_copy_to_standard_output() -> None:
    result = zoo("copy", "lenet5", "-")
    assert (result.stdout, result.stderr) == (zoo("show", "lenet5").stdout, "")


def test_unknown_command() -> None:
    result = zoo("shwo", "lenet5")
    assert result.exit_code == 2
    assert "Did you mean 'show'?" in result.stderr
