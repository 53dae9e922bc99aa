"""`cnncalc analyze vgg16` as a whole process against `python -c pass`.

    python benchmarks/startup.py [path of the cnncalc command]

Install the package (not editable) first, so that its byte code is compiled as users have it.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from timing import medians, print_ratio

ROUNDS = 31


def piped(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=True)


def on_terminal(command: list[str]) -> None:
    """Runs a command whose output goes to a terminal of 120 columns."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["COLUMNS"] = "120"
        os.execv(command[0], command)
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # Linux ends a terminal's output with an error
        pass
    os.close(terminal)
    if os.waitpid(pid, 0)[1] != 0:
        raise SystemExit("the command failed")


def main() -> None:
    cnncalc = sys.argv[1] if len(sys.argv) > 1 else str(Path(sys.executable).with_name("cnncalc"))
    analyze = [cnncalc, "analyze", "vgg16"]
    taken = medians(
        {
            "pass": lambda: piped([sys.executable, "-c", "pass"]),
            "piped": lambda: piped(analyze),
            "terminal": lambda: on_terminal(analyze),
        },
        ROUNDS,
    )
    yardstick = taken["pass"]
    print(f"yardstick: python -c pass, {yardstick * 1000:.1f} ms (median of {ROUNDS})")
    print_ratio(f"analyze vgg16, piped ({taken['piped'] * 1000:.1f} ms)", taken["piped"] / yardstick, 8)
    print_ratio(
        f"analyze vgg16, table on a terminal ({taken['terminal'] * 1000:.1f} ms)",
        taken["terminal"] / yardstick,
        12,
    )


if __name__ == "__main__":
    main()
