"""docs/verifying.md shows what verify says where a rule is wrong."""

from __future__ import annotations

import pytest

from cnncalc.layers.base import Shapes, Tensors
from cnncalc.layers.convolution import Convolution
from tests.docs.page import HOUSE, blocks, cnncalc, matches


def test_a_rule_without_the_bias(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Convolution.weights

    def forgetful(layer: Convolution, inputs: Shapes) -> Tensors:
        return {"weight": right(layer, inputs)["weight"]}

    monkeypatch.setattr(Convolution, "weights", forgetful)
    page = HOUSE.joinpath("docs", "verifying.md").read_text(encoding="utf-8")
    (shown,) = (block.text for block in blocks(page) if "differ\n" in block.text)
    assert matches(shown, cnncalc(["verify", "lenet5"]).output)
