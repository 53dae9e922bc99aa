"""Whether a run fits the machine: what it needs, what is free, and the refusal that says both."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from cnncalc.analysis.report import LayerReport, Report
from cnncalc.numpy_backend.work import Shape
from cnncalc.units import size

SCRATCH_BYTES = 16 << 20
"""What blocks, windows and the libraries take beside the tensors."""


class TooLarge(MemoryError):
    """A run needs more memory than is free."""

    def __init__(self, needed: int, available: int, ways_out: str) -> None:
        super().__init__(f"a run needs about {size(needed)}, and {size(available)} are free; {ways_out}")
        self.needed = needed
        self.available = available


def refuse_too_large(needed: int, ways_out: str) -> None:
    """Raises TooLarge if less is free than is needed; `ways_out` says what one can do about it."""
    available = available_bytes()
    if available is not None and needed > available:
        raise TooLarge(needed, available, ways_out)


# --- what is needed --------------------------------------------------------------------------------


def needed_bytes(report: Report) -> int:
    """The memory that a run takes beside that of the process: about, and rather too much than too little."""
    totals = report.totals
    itemsize = totals.param_bytes // totals.params if totals.params else 8
    # where a batch norm follows, its factors are folded into a copy of the kernels
    kernel_copies = 2 if any(row.kind == "batch_norm" for row in report.layers) else 1
    prepared = sum(_prepared_elements(row, kernel_copies) for row in report.layers)
    row_of_windows = max(map(_window_row_elements, report.layers), default=0)
    drawn = 4 * max(map(_largest_tensor, report.layers), default=0)  # in float32, before it is narrowed
    return (
        totals.param_bytes
        + totals.buffer_bytes
        + totals.peak_bytes
        + (prepared + row_of_windows) * itemsize
        + (drawn if itemsize < 4 else 0)
        + SCRATCH_BYTES
    )


def _prepared_elements(row: LayerReport, kernel_copies: int) -> int:
    """What an executor keeps beside the tensors: kernels as matrices, numbers of channels as rows."""
    width = row.output_shape[-1] if len(row.output_shape) > 1 else 1
    return sum(_prepared(tensor, width, kernel_copies) for tensor in _tensors(row))


def _prepared(tensor: Shape, width: int, kernel_copies: int) -> int:
    if len(tensor) == 2:  # a matrix is used as it is
        return 0
    by_channel = len(tensor) == 1 or tensor[1] == 1
    return math.prod(tensor) * (width if by_channel else kernel_copies)


def _window_row_elements(row: LayerReport) -> int:
    """The windows of one row of outputs, unfolded; a block has at least one."""
    kernels = [math.prod(tensor[1:]) for tensor in row.figures.weights.values() if len(tensor) > 2]
    return row.output_shape[-1] * max(kernels, default=0)


def _largest_tensor(row: LayerReport) -> int:
    return max(map(math.prod, _tensors(row)), default=0)


def _tensors(row: LayerReport) -> tuple[Shape, ...]:
    return (*row.figures.weights.values(), *row.figures.buffers.values())


# --- what is free ----------------------------------------------------------------------------------


def available_bytes(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> int | None:
    """What the machine has free, or the container if that is less; None if nobody says."""
    return min((*_of_machine(proc), *_of_containers(proc, cgroup)), default=None)


def _of_machine(proc: Path) -> Iterator[int]:
    for line in _text(proc / "meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024
            return
    try:
        yield os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf, macOS not this name
        return


def _of_containers(proc: Path, cgroup: Path) -> Iterator[int]:
    """What is left of the limit of each control group around this process (version 2, or 1)."""
    for line in _text(proc / "self" / "cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            files, root = ("memory.max", "memory.current", "inactive_file"), cgroup
        elif "memory" in controllers.split(","):
            files = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            root = cgroup / "memory"
        else:
            continue
        folder = root / path.strip("/")
        for group in (folder, *folder.parents):
            yield from _left(group, *files)
            if group == root:
                break


def _left(group: Path, limit_file: str, usage_file: str, reclaimed: str) -> Iterator[int]:
    """The group's limit less what it uses; pages of files that were read do not count."""
    limit, usage = _text(group / limit_file).strip(), _text(group / usage_file).strip()
    if not limit.isdecimal() or not usage.isdecimal():  # there is none: `max`, or no such group here
        return
    cached = dict(line.split()[:2] for line in _text(group / "memory.stat").splitlines()).get(reclaimed, "0")
    yield max(int(limit) - max(int(usage) - int(cached), 0), 0)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""
