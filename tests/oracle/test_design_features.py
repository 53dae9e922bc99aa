"""The random designs themselves: sound or faulty as they are meant to be, varied, the same in every run."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections import Counter

import pytest
import yaml

from cnncalc.analysis.report import Report
from cnncalc.api import analyze
from cnncalc.diagnostics import ArchitectureError
from cnncalc.layers import FAMILY_OF
from tests.oracle.designs import design
from tests.oracle.drafts import report_of
from tests.oracle.faulty import faulty, faulty_design
from tests.oracle.features import WRITTEN, features_of

pytestmark = pytest.mark.oracle

SEEDS = range(500)
ENOUGH = 5
OTHERS = (
    *("0-D", "1-D", "2-D", "3-D", "several inputs", "several outputs", "file params", "odd sizes"),
    *("block", "block with params", "block used twice", "block in a block"),
    *("block with other arguments", "group with from", "branch that reads outside"),
    *("branches", "nested branches", "empty branch", "unnamed layer", "reference ahead", "shared group"),
)


@functools.cache
def reports() -> list[Report]:
    """Analyzing raises where a design is not sound."""
    return [analyze(design(seed)) for seed in SEEDS]


@pytest.mark.parametrize("kind", FAMILY_OF)
def test_every_kind_comes_up(kind: str) -> None:
    assert sum(any(row.kind == kind for row in report.layers) for report in reports()) >= ENOUGH


@functools.cache
def counted_features() -> Counter[str]:
    return Counter(
        feature
        for seed, report in zip(SEEDS, reports(), strict=True)
        for feature in set(features_of(design(seed), report))
    )


@pytest.mark.parametrize("feature", [*WRITTEN, *OTHERS])
def test_every_feature_comes_up(feature: str) -> None:
    assert counted_features()[feature] >= ENOUGH


def test_designs_are_small() -> None:
    assert max(report.totals.activation_bytes for report in reports()) < 1_000_000
    assert max(len(report.layers) for report in reports()) <= 51
    assert sum(len(report.layers) for report in reports()) > 10 * len(SEEDS)


def test_designs_are_the_same_in_every_process() -> None:
    code = "from tests.oracle.designs import design; print(design(11), design(12), sep='')"
    others = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert {f"{design(11)}{design(12)}\n"} == others


# --- faulty ones ------------------------------------------------------------------------------------------


def test_faulty_designs_have_one_fault() -> None:
    """The layer that cannot be and the one behind it stand at the end; without them all is sound."""
    for seed in range(60):
        text = faulty_design(seed)
        with pytest.raises(ArchitectureError):
            analyze(text)
        document = yaml.safe_load(text)
        *document["layers"], broken, behind = document["layers"]
        assert (broken["name"], behind["name"]) == ("broken", "behind")
        assert report_of(document) is not None


def test_faulty_designs_are_of_many_sorts() -> None:
    assert len({(faulty(seed).kind, *faulty(seed).arguments) for seed in range(200)}) >= 40
