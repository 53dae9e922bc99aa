"""What docs/compare.md shows is what cnncalc prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cnncalc.cli.app import app

PAGE = Path(__file__).parent.parent.joinpath("docs", "compare.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [text.strip() for language, text in BLOCKS if language == "sh"]
SHOWN = [text for language, text in BLOCKS if not language and "git show" not in text]


def printed(command: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "cnncalc"
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def outputs() -> list[str]:
    return [printed(command) for command in COMMANDS]


@pytest.mark.parametrize("shown", SHOWN)
def test_outputs_are_as_they_print(shown: str, outputs: list[str]) -> None:
    assert any(shown in output for output in outputs)


def test_the_python_runs_and_gives_what_is_said() -> None:
    (code,) = [text for language, text in BLOCKS if language == "python"]
    values: dict[str, Any] = {}
    exec(code, values)
    assert values["comparison"].networks[1].stages[2].macs == 8 * 4_624_220_160
    assert values["difference"].totals()["params"] == (138_357_544, 138_365_992)
    assert not values["difference"].equal
