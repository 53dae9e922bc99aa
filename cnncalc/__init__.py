"""Shapes, costs and receptive fields of CNN architectures, from a YAML description.

The public names are imported when they are first used, so that a start pays only for what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report as Report
    from cnncalc.api import Network as Network
    from cnncalc.api import analyze as analyze
    from cnncalc.api import compare as compare
    from cnncalc.api import diff as diff
    from cnncalc.api import explain as explain
    from cnncalc.api import export as export
    from cnncalc.api import load as load
    from cnncalc.diagnostics import ArchitectureError as ArchitectureError
    from cnncalc.diagnostics import Diagnostic as Diagnostic
    from cnncalc.numpy_backend.run import run as run
    from cnncalc.numpy_backend.verify import verify as verify

__version__ = "0.1.0"

_HOMES = {
    "ArchitectureError": "cnncalc.diagnostics",
    "Diagnostic": "cnncalc.diagnostics",
    "Network": "cnncalc.api",
    "Report": "cnncalc.analysis.report",
    "analyze": "cnncalc.api",
    "compare": "cnncalc.api",
    "diff": "cnncalc.api",
    "explain": "cnncalc.api",
    "export": "cnncalc.api",
    "load": "cnncalc.api",
    "run": "cnncalc.numpy_backend.run",
    "verify": "cnncalc.numpy_backend.verify",
}

__all__ = [
    "ArchitectureError",
    "Diagnostic",
    "Network",
    "Report",
    "__version__",
    "analyze",
    "compare",
    "diff",
    "explain",
    "export",
    "load",
    "run",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
