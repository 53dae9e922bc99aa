"""Networks for other frameworks: their structure in modules, and a writer for each framework.

`outline`, `wiring` and their neighbours know of no framework: the writer of another one stands beside
`pytorch` in a package of its own, with its table of kinds, and is named here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from cnncalc.interop.described import Described

WRITERS = {"pytorch": "cnncalc.interop.pytorch.writer"}


Write: TypeAlias = "Callable[[Described, str], str]"
"""Writes a network as a program; the string is the name of its class, or nothing."""


def writer_for(framework: str) -> Write:
    """The writer of a framework; raises ValueError if there is none."""
    if framework not in WRITERS:
        raise ValueError(f"a network is exported to {', '.join(WRITERS)}, not to {framework!r}")
    write: Write = import_module(WRITERS[framework]).write
    return write
