"""What docs/limits.md, docs/warnings.md and the README's part about CI show is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cnncalc.cli.app import app
from cnncalc.codes import CODES

HOUSE = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def blocks(file: str) -> list[tuple[str, str]]:
    return BLOCK.findall(HOUSE.joinpath(file).read_text(encoding="utf-8"))


LIMITS = blocks("docs/limits.md")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.yaml").write_text(LIMITS[0][1])
    monkeypatch.chdir(tmp_path)


def test_the_table_is_as_it_prints() -> None:
    command, _, table = LIMITS[1][1].partition("\n")
    result = CliRunner().invoke(app, shlex.split(command)[2:])
    assert (f"{result.stdout}...\n", result.exit_code) == (table, 1)


def test_the_commands_keep_their_limits() -> None:
    (commands,) = [text for language, text in LIMITS if language == "sh"]
    for command in commands.splitlines():
        arguments = shlex.split(command, comments=True)[1:]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.stderr


def test_the_example_of_silence_has_no_warning() -> None:
    text = blocks("docs/warnings.md")[0][1]
    for strict in ([], ["--strict"]):
        result = CliRunner().invoke(app, ["validate", "-", *strict], input=text)
        assert (result.exit_code, result.stderr) == (0, "")
    loud = re.sub(r"silence: \S+ ", "", text)
    codes = re.findall(r"\[(W\d+)\]", CliRunner().invoke(app, ["validate", "-"], input=loud).stderr)
    assert codes == ["W402", "W408"]


def test_every_warning_is_listed() -> None:
    page = HOUSE.joinpath("docs/warnings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(W\d+)` \|", page, re.M) == [code for code in CODES if code.startswith("W")]


def shown_for_ci() -> list[str]:
    pages = ("README.md", "docs/limits.md")
    return [text for page in pages for kind, text in blocks(page) if kind == "yaml" and "layers:" not in text]


def test_hooks_that_are_shown_are_shipped() -> None:
    shipped = yaml.safe_load(HOUSE.joinpath(".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    configurations = [text for text in shown_for_ci() if "hooks:" in text]
    assert len(configurations) == 2
    for text in configurations:
        (repository,) = yaml.safe_load(text)["repos"]
        assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in shipped]


def test_steps_of_ci_run() -> None:
    steps = [text for text in shown_for_ci() if "hooks:" not in text]
    assert len(steps) == 2
    for text in steps:
        written = yaml.safe_load(text)
        if isinstance(written, dict):  # a whole workflow
            (job,) = written["jobs"].values()
            written = job["steps"]
        commands = [step["run"] for step in written if "cnncalc " in step.get("run", "")]
        assert [command.split()[1] for command in commands] == ["validate", "check"]
        for command in commands:
            arguments = shlex.split(command.replace("architectures/*.yaml", "lenet5 small.yaml"))[1:]
            assert CliRunner().invoke(app, arguments).exit_code == ("check" in arguments)
