"""`cnncalc schema`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnncalc.cli.app import app
from cnncalc.language.schema import as_json

RUNNER = CliRunner()


def test_prints_the_schema() -> None:
    assert RUNNER.invoke(app, ["schema"]).stdout == as_json()


def test_writes_a_file_and_does_not_overwrite_it(tmp_path: Path) -> None:
    target = tmp_path / "schema.json"
    assert RUNNER.invoke(app, ["schema", "--output", str(target)]).exit_code == 0
    assert target.read_text(encoding="utf-8") == as_json()
    target.write_text("mine")
    result = RUNNER.invoke(app, ["schema", "--output", str(target)])
    assert result.exit_code == 2
    assert "exists; --force overwrites it" in result.stderr
    assert target.read_text() == "mine"
    assert RUNNER.invoke(app, ["schema", "--output", str(target), "--force"]).exit_code == 0
    assert target.read_text(encoding="utf-8") == as_json()


@pytest.mark.parametrize("line", ["# yaml-language-server: $schema=schema.json", '"yaml.schemas"'])
def test_help_says_how_editors_find_it(line: str) -> None:
    assert line in RUNNER.invoke(app, ["schema", "--help"]).stdout
