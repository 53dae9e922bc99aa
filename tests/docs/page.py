"""The blocks of a page of the documentation, and what happens to a reader who does what they say.

All blocks of a page are played in order, in one folder:

- ```` ```yaml ```` with a first line `# name.yaml` is the file of that name, and a later block must use it.
  One without a name must be a whole network without faults or warnings. (`test_ci.py` has the steps of CI.)
- ```` ```console ```` has commands after `$ `, each with what it prints at 80 columns below it. `...` on a
  line of its own stands for lines that are left out; times are not compared. Misuse has to be shown.
- ```` ```sh ```` has commands alone, with exit status 0.
- ```` ```python ```` is run; with `>>> ` it is a doctest.
- A section whose Python imports torch is played with the oracle alone, where PyTorch is installed.
- A block without a language (JSON in outline, a formula) is not run.
"""

from __future__ import annotations

import doctest
import glob
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from typer.testing import CliRunner

from cnncalc.cli.app import app

HOUSE = Path(__file__).parent.parent.parent
GENERATED = ("kinds.md", "codes.md")
WIDTH = "80"

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TIME = re.compile(r"\b\d[\d.]* (ms|s|min)\b")
_INSTALLS = re.compile(r"(\.venv/bin/)?(pip|python3?) (install|-m venv|-m pytest|benchmarks)")
_OF_A_SHELL = re.compile(r"[|<>]")


class Block(NamedTuple):
    """A fenced block: its language, its text, and where the text stands in the page."""

    language: str
    text: str
    start: int
    end: int


def blocks(text: str) -> list[Block]:
    return [Block(found[1], found[2], found.start(2), found.end(2)) for found in _BLOCK.finditer(text)]


def pages() -> list[Path]:
    """The README and all pages that are written by hand."""
    return [HOUSE / "README.md", *sorted(p for p in HOUSE.glob("docs/*.md") if p.name not in GENERATED)]


def section(page: str, block: Block) -> str:
    """The part of a page, from heading to heading, in which a block stands."""
    starts = [0, *(found.start() for found in re.finditer(r"^## ", page, re.MULTILINE)), len(page)]
    return next(page[a:b] for a, b in pairwise(starts) if a <= block.start < b)


def needs_torch(text: str) -> bool:
    """Whether a page or section has blocks that import torch."""
    imports = re.compile(r"^(>>> )?import .*\btorch\b", re.MULTILINE)
    return any(block.language == "python" and imports.search(block.text) for block in blocks(text))


class Player:
    """Does what a page says, in the current folder; `page` becomes the page with what is printed now."""

    def __init__(self, page: str, with_torch: bool = False) -> None:
        self.page = page
        self.with_torch = with_torch
        self.names: dict[str, Any] = {}
        self.faults: list[str] = []
        self.differences: list[str] = []
        """Commands that print something else than the page shows."""

    def play(self) -> None:
        all_blocks = [
            block
            for block in blocks(self.page)
            if self.with_torch or not needs_torch(section(self.page, block))
        ]
        printed: list[tuple[Block, str]] = []
        for index, block in enumerate(all_blocks):
            if block.language == "yaml":
                self.yaml(block.text, "".join(later.text for later in all_blocks[index + 1 :]))
            elif block.language == "console":
                printed.append((block, "".join(self.console(block.text))))
            elif block.language == "sh":
                self.commands(block.text)
            elif block.language == "python":
                self.python(block.text)
        for block, text in reversed(printed):
            self.page = self.page[: block.start] + text + self.page[block.end :]

    def yaml(self, text: str, later: str) -> None:
        named = re.match(r"# (\S+\.yaml)\b", text)
        if named:
            Path(named[1]).write_text(text, encoding="utf-8")
            if named[1] not in later:
                self.faults.append(f"nothing on the page uses the file {named[1]}")
        elif not is_of_ci(text):
            ran = cnncalc(["validate", "-", "--strict"], text)
            if ran.exit_code:
                self.faults.append(f"{ran.output}in a network that should be fine:\n{text}")

    def console(self, text: str) -> Iterator[str]:
        """The block as it should be, command by command."""
        for command, shown in commands_in(text):
            printed, status = run(command)
            if status > 1 and "Error: " not in shown:
                self.faults.append(f"$ {command}\n{printed}(exit status {status})")
            if matches(shown, printed):
                printed = shown
            else:
                self.differences.append(f"$ {command}\n{printed}(the page shows)\n{shown}")
            yield f"$ {command}\n{printed}"

    def commands(self, text: str) -> None:
        for line in text.replace("\\\n", " ").splitlines():
            command = line.partition(" #")[0].strip()
            if command and not _INSTALLS.match(command) and command != ".ci/run":
                printed, status = run(command)
                if status:
                    self.faults.append(f"{command}\n{printed}(exit status {status})")

    def python(self, text: str) -> None:
        if not text.startswith(">>>"):
            exec(text, self.names)
            return
        said: list[str] = []
        test = doctest.DocTestParser().get_doctest(text, self.names, "page", None, 0)
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append, clear_globs=False)
        self.names.update(test.globs)
        self.faults += said


def is_of_ci(text: str) -> bool:
    """Whether a block is for a service that runs cnncalc, and no network."""
    written = yaml.safe_load(text)
    return isinstance(written, list) or bool({"repos", "jobs"} & set(written))


def commands_in(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, each with what is shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def run(command: str) -> tuple[str, int]:
    """What a command prints, standard error with it, and its exit status.

    cnncalc alone runs in this process; what needs a shell runs in one.
    """
    if command.startswith("cnncalc ") and not _OF_A_SHELL.search(_unquoted(command)):
        words = [match for word in shlex.split(command)[1:] for match in sorted(glob.glob(word)) or [word]]
        ran = cnncalc(words)
        return ran.output, ran.exit_code
    Path("cnncalc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnncalc "$@"\n')
    Path("cnncalc").chmod(0o755)
    path = os.pathsep.join([os.getcwd(), os.environ["PATH"]])
    ran_in_shell = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, "PATH": path, "COLUMNS": WIDTH, "PYTHONPATH": str(HOUSE)},
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    return ran_in_shell.stdout, ran_in_shell.returncode


def cnncalc(arguments: list[str], text: str | None = None) -> Any:
    return CliRunner(env={"COLUMNS": WIDTH}).invoke(app, arguments, input=text, prog_name="cnncalc")


def _unquoted(command: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", command)


def matches(shown: str, printed: str) -> bool:
    """Whether a page shows what is printed, but for times, blanks at ends and the lines of a `...`."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in _comparable(shown).splitlines()
    )
    return re.fullmatch(pattern, _comparable(printed)) is not None


def _comparable(text: str) -> str:
    lines = [line.rstrip() for line in _TIME.sub("0 s", text).strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)
