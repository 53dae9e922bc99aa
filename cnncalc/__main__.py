"""The entry of the command line."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Runs the command line and ends the process.

    A run is short and makes next to no cycles, so the collector stays off; and once all is written there
    is nothing left to do, so the interpreter is not taken apart piece by piece (a tenth of a run).
    """
    gc.disable()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed for us (`>&-`): what is written there is not wanted
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # for the whole run
    status: object = 0
    try:
        from cnncalc.cli.app import run

        run()
    except KeyboardInterrupt:
        status = 130
    except SystemExit as exit:
        status = exit.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 0 if status is None else 1)


if __name__ == "__main__":
    main()
