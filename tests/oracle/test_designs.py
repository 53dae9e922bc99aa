"""Random designs and the zoo, judged as PyTorch; `python -m tests.oracle` takes more designs."""

from __future__ import annotations

import pytest

from cnncalc import zoo

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]

DESIGNS = 300
FAULTY = 100


@pytest.mark.parametrize("seed", range(DESIGNS))
def test_design(seed: int) -> None:
    from tests.oracle.designs import design
    from tests.oracle.runs import Judgement, judge_text, smallest_of

    found = judge_text(design(seed))
    if found:
        smallest = smallest_of(Judgement(f"seed {seed}", design(seed), tuple(found)))
        pytest.fail("\n".join([f"seed {seed}", *found, smallest]), pytrace=False)


@pytest.mark.parametrize("seed", range(FAULTY))
def test_faulty_design(seed: int) -> None:
    from tests.oracle.faulty import faulty
    from tests.oracle.judged_refusals import judge_refusal

    found = judge_refusal(faulty(seed))
    if found:
        pytest.fail("\n".join([f"seed {seed}", *found, faulty(seed).text]), pytrace=False)


@pytest.mark.parametrize("name", zoo.names())
def test_zoo(name: str) -> None:
    from tests.oracle.judge import judge

    assert judge(name) == []
