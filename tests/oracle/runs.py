"""Many designs judged, in several processes: each seed is a design, and every fourth a faulty one as well."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from typing import NamedTuple

LONGEST = 60
"""Seconds for a design, in which a judgement takes some hundredths of one."""
FAULTY_EACH = 4


class Judgement(NamedTuple):
    """What came of a seed (or a network of the zoo): its text, and what is not agreed in."""

    name: str
    text: str
    faults: tuple[str, ...]


def judge_seed(seed: int) -> Judgement:
    """The judgement of the design of a seed, and of its faulty one, if it has one."""
    from tests.oracle.designs import design
    from tests.oracle.drafts import Crash
    from tests.oracle.faulty import faulty
    from tests.oracle.judged_refusals import judge_refusal

    name, text = f"seed {seed}", ""
    try:
        text = design(seed)
        found = judge_text(text)
        if not found and seed % FAULTY_EACH == 0:
            wrong = faulty(seed)
            found, text = judge_refusal(wrong), wrong.text
    except Crash as crash:
        return Judgement(name, name, (f"cnncalc crashes, {crash}",))
    except Exception as error:
        return Judgement(name, name, (f"the design cannot be drawn: {type(error).__name__}: {error}",))
    return Judgement(name, text, tuple(found))


def judge_network(name: str) -> Judgement:
    """The judgement of a network of the zoo."""
    return Judgement(name, name, tuple(judge_text(name, longest=600)))


def judge_text(text: str, longest: int = LONGEST) -> list[str]:
    """The disagreements, of which one is that the judge itself ends in an error, or never."""
    from tests.oracle.judge import judge

    def stop(*_: object) -> None:
        raise TimeoutError(f"it takes longer than {longest} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(longest)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return judge(text)
    except Exception as error:
        return [f"the judgement ends in {type(error).__name__}: {error}"]
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judgements(seeds: Sequence[int], workers: int) -> Iterator[Judgement]:
    """Of all seeds, as they get done."""
    if workers == 1:
        yield from map(judge_seed, seeds)
        return
    with get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(judge_seed, seeds, chunksize=8)


def smallest_of(judgement: Judgement, seconds: float = 15) -> str:
    """The smallest design with a disagreement of the same sort."""
    from tests.oracle.shrink import smallest

    fault = judgement.faults[0]
    if fault.endswith("cnncalc refuses it"):  # of a faulty design, and the fault names the layer
        return judgement.text
    sort = sort_of(fault)

    def fails(text: str) -> bool:
        return any(sort_of(found) == sort for found in judge_text(text))

    return smallest(judgement.text, fails, seconds)


def sort_of(fault: str) -> str:
    """A disagreement without names and numbers, so that it is known again in a smaller design."""
    head, _, rest = fault.partition(": ")
    if head.startswith(("the ", "it ")):
        return f"{head} {rest.partition(':')[0]}" if "ends in" not in head else head
    return " ".join(word for word in rest.split() if word.isalpha())[:60]
