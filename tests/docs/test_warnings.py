"""docs/warnings.md lists every warning, and its example is silent only because it says so."""

from __future__ import annotations

import re

from cnncalc.codes import CODES
from tests.docs.page import HOUSE, blocks, cnncalc

PAGE = HOUSE.joinpath("docs", "warnings.md").read_text(encoding="utf-8")


def test_every_warning_is_listed() -> None:
    assert re.findall(r"^\| `(W\d+)` \|", PAGE, re.M) == [code for code in CODES if code.startswith("W")]


def test_without_its_silence_the_example_is_loud() -> None:
    (text,) = (block.text for block in blocks(PAGE) if "silence" in block.text)
    loud = cnncalc(["validate", "-"], re.sub(r"silence: \S+ ", "", text))
    assert re.findall(r"\[(W\d+)\]", loud.stderr) == ["W402", "W408"]
