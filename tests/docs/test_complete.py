"""The pages leave nothing out: of the language its keys and functions, of the commands none."""

from __future__ import annotations

import re

import pytest

from cnncalc.cli.app import COMMANDS
from cnncalc.language.document import ABOUT, STRUCTURE
from cnncalc.language.expression_values import FUNCTIONS
from cnncalc.language.origin import SIBLINGS
from tests.docs.page import HOUSE

LANGUAGE = HOUSE.joinpath("docs", "language.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [*STRUCTURE, *ABOUT, *SIBLINGS])
def test_every_key_is_in_a_table(key: str) -> None:
    rows = re.findall(r"^\| (`.*?) \|", LANGUAGE, re.MULTILINE)
    assert any(f"`{key}`" in row for row in rows)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_of_expressions_is_in_the_table(function: str) -> None:
    assert re.search(rf"^\| .*`{function}\(", LANGUAGE, re.MULTILINE)


def test_every_command_has_a_section() -> None:
    page = HOUSE.joinpath("docs", "commands.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (\w+)$", page, re.MULTILINE)
    assert sorted(sections) == sorted(COMMANDS)
