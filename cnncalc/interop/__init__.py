"""Networks for other frameworks: their structure in modules, and a writer for each framework.

`outline`, `wiring` and their neighbours know of no framework: the writer of another one stands beside
`pytorch` in a package of its own, with its table of kinds, and is named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.graph import Graph
    from cnncalc.language.document import Placed
    from cnncalc.language.place import Placing

WRITERS = {"pytorch": "cnncalc.interop.pytorch.writer"}


class Write(Protocol):
    """Writes a network as a program; `placings` and `blocks` tell how its file was written."""

    def __call__(
        self,
        graph: Graph,
        report: Report,
        placings: Mapping[str, Placing],
        blocks: Mapping[str, Placed],
        class_name: str,
        /,
    ) -> str: ...


def writer_for(framework: str) -> Write:
    """The writer of a framework; raises ValueError if there is none."""
    if framework not in WRITERS:
        raise ValueError(f"a network is exported to {', '.join(WRITERS)}, not to {framework!r}")
    write: Write = import_module(WRITERS[framework]).write
    return write
