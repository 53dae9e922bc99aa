"""A progress bar on standard error."""

from __future__ import annotations

import os
import sys
from time import perf_counter
from typing import Any

PATIENCE = 0.5
"""Seconds that a run may take before there is a bar."""


class Bar:
    """A bar of layers, shown if standard error is a terminal and the run takes long enough for one."""

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self.start = perf_counter()
        self.bar: Any = None
        self.wanted = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def __call__(self, done: int) -> None:
        """Shows that so many layers are done."""
        if self.bar is None and self.wanted and perf_counter() - self.start > PATIENCE:
            self.bar = self._begun()
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=done)

    def _begun(self) -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("layers"), TimeElapsedColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        bar.add_task("", total=self.layers)
        bar.start()
        return bar
