"""The steps of CI and the hooks that the pages show run, and are those that are shipped."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml

from tests.docs.page import HOUSE, blocks, cnncalc, is_of_ci

PAGES = ("README.md", "docs/limits.md")


def shown_for_ci() -> list[str]:
    texts = [HOUSE.joinpath(page).read_text(encoding="utf-8") for page in PAGES]
    return [b.text for text in texts for b in blocks(text) if b.language == "yaml" and is_of_ci(b.text)]


def test_hooks_that_are_shown_are_shipped() -> None:
    shipped = yaml.safe_load(HOUSE.joinpath(".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    configurations = [text for text in shown_for_ci() if "hooks:" in text]
    assert len(configurations) == len(PAGES)
    for text in configurations:
        (repository,) = yaml.safe_load(text)["repos"]
        assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in shipped]


def test_steps_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small = (
        "input: [3, 8, 8]\nbudget: {params: 100}\nlayers:\n  - conv2d: {out_channels: 4, kernel_size: 3}\n"
    )
    (tmp_path / "small.yaml").write_text(small)
    steps = [text for text in shown_for_ci() if "hooks:" not in text]
    assert len(steps) == len(PAGES)
    for text in steps:
        commands = [
            command for command in commands_of(yaml.safe_load(text)) if command.startswith("cnncalc ")
        ]
        assert [command.split()[1] for command in commands] == ["validate", "check"]
        for command in commands:
            arguments = shlex.split(command.replace("architectures/*.yaml", "lenet5 small.yaml"))[1:]
            assert cnncalc(arguments).exit_code == ("check" in arguments)


def commands_of(written: object) -> list[str]:
    """The commands of a list of steps, or of a whole workflow."""
    if isinstance(written, dict):
        (job,) = written["jobs"].values()
        written = job["steps"]
    assert isinstance(written, list)
    return [step.get("run", "") for step in written]
