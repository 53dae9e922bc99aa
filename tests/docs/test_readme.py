"""What is particular about the README: CI runs a command of it, and a network in it was counted by hand."""

from __future__ import annotations

import re

import cnncalc
from tests.docs.page import HOUSE, blocks

README = HOUSE.joinpath("README.md").read_text(encoding="utf-8")


def test_the_first_commands_install_and_test() -> None:
    install, tests = (block.text for block in blocks(README) if block.language == "sh")
    assert install == (
        "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/cnncalc analyze vgg16.yaml\n"
    )
    assert re.search(r"<!-- ci: tests -->\n```sh\n(.*\n)```", README)[1] == tests  # type: ignore[index]
    assert tests.endswith(".venv/bin/python -m pytest\n")


def test_the_residual_network_has_the_figures_of_a_count_by_hand() -> None:
    (text,) = (block.text for block in blocks(README) if block.text.startswith("# small_resnet.yaml"))
    report = cnncalc.analyze(text, params={"width": 0.5})
    # stem 3*8*9; three blocks 2*8*8*9; one 8*16*9 + 16*16*9 + 8*16; batch norms 6*16 + 2*32; head 16*10 + 10
    assert report.totals.params == 216 + 3 * 1152 + 1152 + 2304 + 128 + 96 + 64 + 170


def test_as_many_networks_come_along_as_is_said() -> None:
    from cnncalc.zoo import names

    assert f"one of the {len(names())} that come along" in " ".join(README.split())
