"""What verifies the rules may not use them: executors and measurements import no rule and call none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import cnncalc

BACKEND = Path(cnncalc.__file__).parent / "numpy_backend"
EXECUTING = sorted(
    [
        *BACKEND.joinpath("executors").glob("*.py"),
        *(
            BACKEND / f"{name}.py"
            for name in ("arrays", "counting", "dependence", "erf", "expected_power", "folding", "marks")
        ),
        *(
            BACKEND / f"{name}.py"
            for name in ("moved_cells", "plan", "probes", "receptive_field", "runner", "sliding", "work")
        ),
    ]
)
RULES = (
    "cnncalc.geometry",
    "cnncalc.analysis",
    "cnncalc.layers.shapes",
    "cnncalc.layers.windows",
    "cnncalc.api",
)
PLAIN_RECORDS = {"ReceptiveField"}
"""Of these modules what is only a record."""
RULES_OF_LAYERS = {"output_shape", "weights", "buffers", "operations", "movement", "check", "windows"}


@pytest.mark.parametrize("path", EXECUTING, ids=lambda path: path.stem)
def test_no_rule_is_imported(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(RULES):
            assert {name.name for name in node.names} <= PLAIN_RECORDS, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Import):
            assert not any(name.name.startswith(RULES) for name in node.names), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", EXECUTING, ids=lambda path: path.stem)
def test_no_rule_of_a_layer_is_called(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_layer = ast.unparse(node.func.value).split(".")[-1] in ("layer", "pool", "kind")
            assert not (of_layer and node.func.attr in RULES_OF_LAYERS), f"{path.name}:{node.lineno}"
