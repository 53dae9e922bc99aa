"""Every kind can be explained: each figure of its example, with every step of the same value."""

from __future__ import annotations

import pytest

from cnncalc.analysis.explain import FIGURES, Source
from cnncalc.analysis.explain_formula import Derivation, value_of
from cnncalc.api import analyze, load
from cnncalc.layers import FAMILY_OF, find_kind
from cnncalc.render.explanation import render
from tests.layers.test_kinds import example_text


@pytest.mark.parametrize("name", sorted(FAMILY_OF))
def test_every_kind(name: str) -> None:
    kind = find_kind(name)
    assert kind is not None
    network = load(example_text(kind))
    report = analyze(network)
    explanation = Source(network.graph, report).layer(len(report.layers) - 1)
    assert {figure.name for figure in explanation.figures} >= set(FIGURES) - {"buffers"}
    for figure in explanation.figures:
        assert figure.parts, figure.name
        for part in figure.parts:
            if isinstance(part, Derivation):
                assert {value_of(step) for step in part.steps} == {part.value}, figure.name
    assert render(explanation)
