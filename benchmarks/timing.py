"""Ratios of times: candidates and yardstick in turn, in one run, by their medians."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping


def seconds(work: Callable[[], object]) -> float:
    """The time of one run of `work`, without what earlier runs left to collect."""
    gc.collect()
    start = time.perf_counter()
    result = work()
    elapsed = time.perf_counter() - start
    del result
    return elapsed


def medians(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each piece of work; every round runs each of them once."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(seconds(work))
    return {name: statistics.median(taken) for name, taken in times.items()}


def print_ratio(name: str, ratio: float, goal: float) -> None:
    """One line: the ratio, the goal, and whether it is reached."""
    print(f"{name:<58} {ratio:7.3f}   goal <= {goal:g}   {'reached' if ratio <= goal else 'MISSED'}")
