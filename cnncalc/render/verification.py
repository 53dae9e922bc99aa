"""What a verification found: a line for each network, and a table of what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.numpy_backend.verify import Comparison, Verification
from cnncalc.render.text import clean, padded, width_of

HEADER = ("layer", "figure", "computed", "measured")
MOST_ROWS = 200
"""Rows of a table of differences: a wrong rule is seen in the first of them."""


def text(name: str, verification: Verification, all_figures: bool = False) -> str:
    """`vgg16: 39 layers, 312 figures, all equal`; below, the figures that differ, or all of them."""
    differences = verification.differences
    found = "all equal" if not differences else f"{len(differences):,} differ{'s' * (len(differences) == 1)}"
    lines = [
        f"{name}: {_counted(verification.layers, 'layer')}, "
        f"{_counted(len(verification.comparisons), 'figure')}, {found}"
    ]
    shown = verification.comparisons if all_figures else differences[:MOST_ROWS]
    if shown:
        lines += ["", *_table(shown, all_figures), ""]
    if len(differences) > len(shown):
        lines += [f"... and {len(differences) - len(shown):,} more", ""]
    if all_figures and verification.peak is not None:
        peak = verification.peak
        lines += [
            f"peak: {peak.computed:,} bytes computed, {peak.measured:,} in arrays, {peak.traced:,} allocated",
            "",
        ]
    return "\n".join(lines) + "\n"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _table(comparisons: Sequence[Comparison], all_figures: bool) -> Iterator[str]:
    rows = [HEADER]
    before = None
    for comparison in comparisons:
        name = "" if comparison.layer == before else clean(comparison.layer) or "(network)"
        rows.append((name, *_row(comparison, all_figures)))
        before = comparison.layer
    widths = [max(width_of(row[place]) for row in rows) for place in range(3)]
    for row in rows:
        first_three = (padded(word, width) for word, width in zip(row, widths, strict=False))
        yield ("  " + "  ".join((*first_three, row[3]))).rstrip()


def _row(comparison: Comparison, all_figures: bool) -> tuple[str, str, str]:
    """Figure, computed and measured; of figures with parts only what differs, if anything does."""
    _, figure, computed, measured = comparison
    if not comparison.equal and isinstance(computed, dict):
        computed, measured = _unlike(computed, measured)
    marked = figure if comparison.equal or not all_figures else f"{figure} (differs)"
    return marked, _said(computed), _said(measured)


def _unlike(computed: dict[str, Any], measured: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What two mappings have not alike; what only one of them has is None in the other."""
    only_computed, only_measured = {}, {}
    for key in {**computed, **measured}:
        mine, theirs = computed.get(key), measured.get(key)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            mine, theirs = _unlike(mine, theirs)
        if mine != theirs:
            only_computed[key], only_measured[key] = mine, theirs
    return only_computed, only_measured


def _said(value: Any) -> str:
    """A figure in words: `64 x 112 x 112`, `1,792`, `adds 5, compares 0`."""
    if isinstance(value, dict):
        said = [f"{key} {_said(item)}" for key, item in value.items() if item not in ({}, 0)]
        return ", ".join(said) or "none"
    if isinstance(value, list):
        return " x ".join(map(str, value)) if value else "(none)"
    if isinstance(value, int):
        return f"{value:,}"
    return "none" if value is None else clean(str(value))
