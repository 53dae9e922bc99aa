"""What a run imports is paid by every run."""

from __future__ import annotations

import subprocess
import sys

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
