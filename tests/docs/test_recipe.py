"""The recipe for a new layer kind in CONTRIBUTING.md, followed in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.docs.page import HOUSE

TEXT = HOUSE.joinpath("CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPE = TEXT[TEXT.index("## A new layer kind") : TEXT.index("## PyTorch as the judge")]
FENCED = re.compile(r"^ +```python\n(.*?)^ +```$", re.MULTILINE | re.DOTALL)
BLOCKS = [textwrap.dedent(found) for found in FENCED.findall(RECIPE)]
CODES = [re.sub(r"\s+", " ", found) for found in re.findall(r"`([^`]+)`", FENCED.sub("", RECIPE))]


def block(start: str) -> str:
    """The block that begins so."""
    (found,) = (text for text in BLOCKS if text.startswith(start))
    return f"{found}\n\n"


def code(start: str) -> str:
    """What stands in a line of text between backquotes, and begins so."""
    return next(text for text in CODES if text.startswith(start))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("cnncalc", "tests", "architectures"):
        shutil.copytree(HOUSE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    return tmp_path


def follow(tree: Path) -> None:
    """Does what the steps say."""

    def put(path: str, before: str, text: str) -> None:
        file = tree / path
        written = file.read_text(encoding="utf-8")
        assert before in written, f"{path} has no {before!r}"
        file.write_text(written.replace(before, text + before, 1), encoding="utf-8")

    rules, executors = "cnncalc/layers/pooling.py", "cnncalc/numpy_backend/executors/pooling.py"
    modules, drawn = "cnncalc/interop/pytorch/families/pooling.py", "tests/oracle/drawn_pools.py"
    put(rules, "Pool = MaxPool", block("@frozen_layer\nclass FirstPool"))
    put(rules, "MaxPool | AveragePool | LpPool\n", "FirstPool | ")
    put(rules, "Kind, Layer, Misfit", "FREE, ")
    put(rules, "    *_by_rank(\n        MaxPool,", f"    {code('Kind(')},\n")
    put("cnncalc/layers/__init__.py", '        "max_pool2d",\n', '        "first_pool2d",\n')
    put("tests/layers/test_pooling.py", "@pytest.mark", "from cnncalc.layers.base import FREE\n\n\n")
    put("tests/layers/test_pooling.py", "@pytest.mark", block("def test_first_pool"))
    put(executors, "EXECUTORS = {", block("def first_pool(layer: FirstPool"))
    put(executors, "LpPool, MaxPool\n", "FirstPool, ")
    put(executors, "    **dict.fromkeys((", '    "first_pool2d": first_pool,\n')
    put(drawn, '    "max_pool": max_pool', f"    {code(chr(34) + 'first_pool' + chr(34))},\n")
    put(modules, "MODULES = {", block("def first_pool(layer: Any, inputs: Shapes) -> Module"))
    put(modules, "    **dict.fromkeys((", '    "first_pool2d": first_pool,\n')
    piece = block("from torch import").rstrip() + "\n"
    (tree / "cnncalc/interop/pytorch/pieces/first_pool2d.py").write_text(piece, encoding="utf-8")


def run(tree: Path, *arguments: str, input: str = "") -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        input=input,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran


DESIGN = "input: [3, 9, 9]\nlayers: [{first_pool2d: {kernel_size: 3, stride: 2, ceil_mode: true}}]\n"


def test_the_recipe_gives_a_kind_that_passes_its_tests(tree: Path) -> None:
    follow(tree)
    run(tree, "cnncalc", *code("cnncalc schema --force").split()[1:])
    run(tree, "pytest", "tests/layers/test_kinds.py", "tests/language/test_schema.py")
    for tests in ("layers/test_pooling.py", "numpy_backend/test_computed_equals_measured.py"):
        run(tree, "pytest", f"tests/{tests}", "-k", "first_pool")
    run(tree, "pytest", "tests/interop/test_modules.py", "-k", "every_kind or merges_are or a_file_holds")
    assert run(tree, "cnncalc", "verify", "-", input=DESIGN).stdout.endswith("all equal\n")
    program = run(tree, "cnncalc", "export", "-", "--to", "pytorch", input=DESIGN).stdout
    assert "class FirstPool2d(nn.MaxPool2d):" in program
    assert "FirstPool2d(kernel_size=3, stride=2, ceil_mode=True)" in program


@pytest.mark.oracle
def test_pytorch_agrees_with_the_recipe(tree: Path) -> None:
    follow(tree)
    judged = "import sys; from tests.oracle.judge import judge; found = judge(sys.stdin.read()); print(found)"
    file = tree / "judged.py"
    file.write_text(judged)
    for design in (DESIGN, DESIGN.replace("true", "false"), DESIGN.replace("9, 9", "10, 8")):
        assert run(tree, "judged", input=design).stdout == "[]\n"
