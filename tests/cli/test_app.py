"""The command line as a whole: help, version, misuse, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cnncalc
from cnncalc.cli import app as application
from cnncalc.cli.app import COMMANDS, app

RUNNER = CliRunner()
ROOT = Path(__file__).parents[2]


def test_version() -> None:
    result = RUNNER.invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"cnncalc {cnncalc.__version__}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_help_lists_all_commands_with_what_they_do(arguments: list[str]) -> None:
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 0
    for name, command in COMMANDS.items():
        assert f"  {name:<8}  {command.help}\n" in result.stdout


def test_no_command_shows_the_help() -> None:
    assert RUNNER.invoke(app, []).output == RUNNER.invoke(app, ["--help"]).output


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_has_examples(name: str) -> None:
    result = RUNNER.invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert "Examples:\n\n    cnncalc " in result.stdout
    assert f"cnncalc {name}" in result.stdout.split("Examples:")[1]
    assert max(map(len, result.stdout.splitlines())) <= 100


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("anlyze", "did you mean `analyze`?"),
        ("kind", "did you mean `kinds`?"),
        ("frobnicate", "there are analyze, "),
    ],
)
def test_unknown_command(word: str, hint: str) -> None:
    result = RUNNER.invoke(app, [word])
    assert result.exit_code == 2
    assert f"Error: there is no command `{word}`; {hint}" in result.stderr


def test_unknown_option() -> None:
    result = RUNNER.invoke(app, ["--frobnicate"])
    assert result.exit_code == 2
    assert "No such option: --frobnicate" in result.stderr


def test_a_command_imports_no_other_command() -> None:
    code = (
        "import sys; sys.argv = ['cnncalc', 'kinds', 'relu']\n"
        "from cnncalc.__main__ import main\n"
        "import atexit, os\n"
        "from cnncalc.cli.app import load\n"
        "load('validate')\n"
        "print(sorted(name for name in sys.modules if name.startswith('cnncalc.')))\n"
        "print([name for name in ('rich', 'numpy', 'pydantic') if name in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    modules, heavy = result.stdout.splitlines()
    assert eval(modules) == [
        "cnncalc.__main__",
        "cnncalc.cli",
        "cnncalc.cli.app",
        "cnncalc.cli.common",
        "cnncalc.cli.validate",
    ]
    assert heavy == "[]"


def test_reader_that_leaves_early() -> None:
    """As `cnncalc kinds | head -1`."""
    command = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "schema"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdout is not None
    assert command.stderr is not None
    assert command.stdout.readline() == "{\n"
    command.stdout.close()
    assert command.stderr.read() == ""
    command.stderr.close()
    assert command.wait(20) != 0


def interrupted(prog_name: str) -> None:
    raise KeyboardInterrupt(prog_name)


def broken(prog_name: str) -> None:
    raise RuntimeError(f"{prog_name}\nbroke")


def test_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(application.typer.main, "get_command", lambda _: interrupted)
    with pytest.raises(SystemExit) as exit:
        application.run()
    assert exit.value.code == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("debug", ["", "1"])
def test_fault_of_cnncalc_itself(
    debug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(application.typer.main, "get_command", lambda _: broken)
    monkeypatch.setenv("CNNCALC_DEBUG", debug)
    with pytest.raises(SystemExit) as exit:
        application.run()
    assert exit.value.code == 70
    output, errors = capsys.readouterr()
    assert output == ""
    assert ("Traceback" in errors) == bool(debug)
    assert errors.endswith(
        "cnncalc: a fault of cnncalc itself, not of your file (RuntimeError: cnncalc broke). Please report "
        "it with the file and what CNNCALC_DEBUG=1 prints.\n"
    )


def test_every_command_is_found_under_its_name() -> None:
    assert [application.load(name).name for name in COMMANDS] == list(COMMANDS)
