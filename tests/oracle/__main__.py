"""Judges random designs, or the zoo, by PyTorch: `python -m tests.oracle --designs 10000 --seed 1`.

It goes on after a disagreement, and ends with all of them: the seed, what is not agreed in, the smallest YAML
that shows it. `--only SEED` judges one design and shows its text.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable

from cnncalc import zoo
from tests.oracle.runs import Judgement, judge_network, judge_seed, judgements, smallest_of, sort_of

MOST_SHRUNK, SHRUNK_OF_EACH = 20, 3
"""So many disagreements, and of each sort, are brought to the smallest YAML."""


def main() -> int:
    arguments = parsed()
    if arguments.zoo:
        names = zoo.names()
        return concluded(followed(map(judge_network, names), len(names)))
    if arguments.only is not None:
        from tests.oracle.designs import design

        print(design(arguments.only))
        return concluded(followed(map(judge_seed, [arguments.only]), 1))
    seeds = range(arguments.seed, arguments.seed + arguments.designs)
    return concluded(followed(judgements(seeds, arguments.workers), len(seeds)))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.oracle", description=__doc__)
    parser.add_argument("--designs", type=int, default=300, help="how many random designs (300)")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first (1)")
    parser.add_argument("--only", type=int, metavar="SEED", help="the design of this seed alone")
    parser.add_argument("--zoo", action="store_true", help="the networks of the zoo instead")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (one each CPU)")
    return parser.parse_args()


def followed(found: Iterable[Judgement], total: int) -> list[Judgement]:
    """The judgements with disagreements; stderr tells of each at once, and how far it is."""
    wrong: list[Judgement] = []
    begin = shown = time.monotonic()
    begins, ends, pause = ("\r\x1b[K", "", 0.2) if sys.stderr.isatty() else ("", "\n", 30)

    def tell(line: str, end: str) -> None:
        print(f"{begins}{line}", end=end, file=sys.stderr, flush=True)

    for done, judgement in enumerate(found, start=1):
        if judgement.faults:
            wrong.append(judgement)
            tell(f"{judgement.name}: {judgement.faults[0][:100]}", "\n")
        now = time.monotonic()
        if done == total or now - shown > pause:
            shown = now
            rate = done / max(now - begin, 1e-9)
            tell(f"{done:,}/{total:,} judged, {rate:.1f} a second, {len(wrong)} disagree", ends)
    if not ends:
        print(file=sys.stderr)
    return wrong


def concluded(wrong: list[Judgement]) -> int:
    """Lists the disagreements; the exit status."""
    shown = Counter[str]()
    for judgement in sorted(wrong, key=lambda one: len(one.text)):
        print(f"\n{judgement.name}")
        print(*(f"  {fault}" for fault in judgement.faults[:5]), sep="\n")
        sort = sort_of(judgement.faults[0])
        if judgement.text != judgement.name and shown[sort] < SHRUNK_OF_EACH and shown.total() < MOST_SHRUNK:
            shown[sort] += 1
            print(smallest_of(judgement))
    print(f"{len(wrong)} disagree" if wrong else "all agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
