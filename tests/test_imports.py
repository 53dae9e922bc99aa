"""What a run imports is paid by every run."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cnncalc

REPORT_MODULES = """
import sys
sys.argv = ["cnncalc", "analyze", "vgg16"]
from cnncalc.cli.app import run
try:
    run()
except SystemExit as exit:
    assert not exit.code, exit.code
print("imported:", *sorted(sys.modules), file=sys.stderr)
"""


def imported_by_a_piped_analysis() -> set[str]:
    ran = subprocess.run([sys.executable, "-c", REPORT_MODULES], capture_output=True, text=True, check=True)
    assert "138,357,544" in ran.stdout
    return set(ran.stderr.split("imported:")[1].split())


def test_a_piped_analysis_imports_no_heavy_library() -> None:
    modules = imported_by_a_piped_analysis()
    assert "cnncalc.analysis.examine" in modules  # the list is of the right process
    assert modules.isdisjoint({"numpy", "pydantic", "rich", "fractions", "json", "csv", "torch"})


def test_only_the_families_in_use_are_imported() -> None:
    families = {name for name in imported_by_a_piped_analysis() if name.startswith("cnncalc.layers.")}
    assert "cnncalc.layers.convolution" in families
    assert "cnncalc.layers.normalization" not in families
    assert "cnncalc.layers.upsampling" not in families


def test_the_package_itself_imports_next_to_nothing() -> None:
    code = "import cnncalc, sys; print(*(name for name in sys.modules if name.startswith('cnncalc')))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["cnncalc"]


# --- imports flow one way -----------------------------------------------------------------------------

PACKAGE = Path(cnncalc.__file__).parent
OWN_TEXTS = ("__str__", "_repr_html_", "_repr_markdown_")
"""Methods that ask `render` for the text of a result."""


def imports(node: ast.AST) -> Iterator[str]:
    """The modules that a file imports anywhere, but for the texts of results."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            yield from (f"{child.module}.{name.name}" for name in child.names)
        elif isinstance(child, ast.Import):
            yield from (name.name for name in child.names)
        elif not (isinstance(child, ast.FunctionDef) and child.name in OWN_TEXTS):
            yield from imports(child)


@pytest.mark.parametrize(
    ("package", "above"),
    [
        ("layers", ("language", "analysis", "api", "numpy_backend", "render", "cli")),
        ("language", ("analysis", "api", "numpy_backend", "render", "cli")),
        ("analysis", ("api", "numpy_backend", "render", "cli")),
        ("numpy_backend", ("render", "cli")),
        ("render", ("api", "cli")),
    ],
)
def test_nothing_is_imported_from_above(package: str, above: tuple[str, ...]) -> None:
    files = list((PACKAGE / package).rglob("*.py"))
    assert files
    upwards = tuple(f"cnncalc.{name}." for name in above)
    found = [
        (str(file.relative_to(PACKAGE)), name)
        for file in files
        for name in imports(ast.parse(file.read_text(encoding="utf-8")))
        if f"{name}.".startswith(upwards)
    ]
    assert found == []
