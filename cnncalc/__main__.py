"""The entry of the command line."""

from __future__ import annotations

import gc


def main() -> None:
    """Runs the command line. The collector stays off: a run is short and makes next to no cycles."""
    gc.disable()
    from cnncalc.cli.app import run

    run()


if __name__ == "__main__":
    main()
