"""Every code has a text, and the example in it shows that code."""

from __future__ import annotations

import pytest

from cnncalc.analysis.explain_codes import TEXTS, diagnostics_of, explained_code
from cnncalc.codes import CODES


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    assert sorted(path.stem for path in TEXTS.glob("*.md")) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_example_has_this_fault_and_no_other(code: str) -> None:
    explanation = explained_code(code)
    assert {found.code for found in diagnostics_of(explanation.example, code)} == {code}
    assert explanation.message.startswith(f"{code}.yaml:")
    assert f": {code} " in explanation.message


@pytest.mark.parametrize("code", CODES)
def test_all_four_parts_are_there(code: str) -> None:
    explanation = explained_code(code)
    for part in (explanation.meaning, explanation.why, explanation.ways_out):
        assert part
        for sentence in part:
            assert sentence.endswith("."), sentence
            assert "```" not in sentence
    assert explanation.example.endswith("\n")


def test_the_parts_of_one_code() -> None:
    explanation = explained_code("E301")
    assert explanation.title == "a window that does not fit its input"
    assert explanation.meaning[0].startswith("A window (of a convolution or a pool) spans more cells than")
    assert explanation.example.splitlines()[-1] == "  - conv2d: {out_channels: 32, kernel_size: 5}"
    assert explanation.message == (
        "E301.yaml:5:45: E301 in `conv2d_2`: a window of 5 does not fit an input height of 3"
    )
    assert "`floor((3 - 5) / 1) + 1` is -1" in explanation.why[0]
    assert len(explanation.ways_out) == 3
    assert explanation.to_dict()["code"] == "E301"


def test_a_code_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        explained_code("E999")
