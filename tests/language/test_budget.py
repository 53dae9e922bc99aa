"""How limits are written in a file. What is said of wrong ones is in tests/golden/budget.txt."""

from __future__ import annotations

import pytest

from cnncalc import api
from cnncalc.budget import AmountFault, Limit, whole, without_units
from cnncalc.diagnostics import Diagnostic


def read(budget: str, params: str = "{width: 2, size: 8}") -> tuple[tuple[Limit, ...], list[Diagnostic]]:
    text = f"params: {params}\ninput: [3, size, size]\nbudget: {budget}\nlayers:\n"
    text += "  - relu\n  - sequence: [relu, {relu: , name: a}]\n    name: stage\n    repeat: 2\n"
    reading = api.read(api.find_text(text))
    return reading.network.graph.budget, reading.diagnostics


def limits(budget: str) -> list[tuple[str, str, object]]:
    found, faults = read(budget)
    assert faults == []
    return [(limit.figure, limit.comparison, limit.bound) for limit in found]


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("params: 5000", ("params", "<=", 5000)),
        ("params: 5M", ("params", "<=", 5_000_000)),
        ("params: 1.5M", ("params", "<=", 1_500_000)),
        ("params: 138_357_544", ("params", "<=", 138_357_544)),
        ('params: "== 138357544"', ("params", "==", 138_357_544)),
        ("macs: <= 600 M", ("macs", "<=", 600_000_000)),
        ("macs: 1e3k", ("macs", "<=", 1_000_000)),
        ("flops: 1e9", ("flops", "<=", 10**9)),
        ("peak_bytes: 320KiB", ("peak_bytes", "<=", 327_680)),
        ("param_bytes: 2MiB", ("param_bytes", "<=", 2_097_152)),
        ("activation_bytes: 0.5 KiB", ("activation_bytes", "<=", 512)),
        ("peak_bytes: 0.3KiB", ("peak_bytes", "<=", 307)),  # 307.2
        ('peak_bytes: ">= 0.3KiB"', ("peak_bytes", ">=", 308)),
        ("depth: 0", ("depth", "<=", 0)),
        ("macs: 600M * width ** 2", ("macs", "<=", 2_400_000_000)),
        ("macs: <= 2 * 5k if width > 1 else 3", ("macs", "<=", 10_000)),
        ('receptive_field: ">= 3 * size"', ("receptive_field", ">=", 24)),
        ("output: [width, 4, 4]", ("output", "==", (2, 4, 4))),
        ("output: 10", ("output", "==", (10,))),
    ],
)
def test_a_limit(written: str, limit: tuple[str, str, object]) -> None:
    assert limits(f"{{{written}}}") == [limit]


def test_several_limits_of_one_figure() -> None:
    assert limits('{macs: [">= 1k", 5M]}') == [("macs", ">=", 1000), ("macs", "<=", 5_000_000)]


@pytest.mark.parametrize("nothing", ["", "{}", "null"])
def test_an_empty_budget(nothing: str) -> None:
    assert limits(nothing) == []


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("relu_1", ("relu_1",)),
        ("stage", ("stage",)),
        ("stage.0", ("stage.0",)),
        ("stage.*", ("stage.0", "stage.1")),
        ("stage.*.a", ("stage.0.a", "stage.1.a")),
        ("*", ("relu_1", "stage")),
        ("**", ("relu_1", "stage.0.relu_1", "stage.0.a", "stage.1.relu_1", "stage.1.a")),
    ],
)
def test_layers_and_groups_by_name(pattern: str, names: tuple[str, ...]) -> None:
    (limit,), faults = read(f'{{layers: {{"{pattern}": {{params: 5}}}}}}')
    assert faults == []
    assert (limit.pattern, limit.names) == (pattern, names)


@pytest.mark.parametrize(
    ("written", "code", "message"),
    [
        ("{params: 5kk}", "E103", "`5kk`: there is no unit `kk` of this figure"),
        ("{peak_bytes: 5M}", "E103", "`5M`: there is no unit `M` of bytes"),
        ("{params: -5}", "E103", "a limit must be a number of at least 0"),
        ("{params: .inf}", "E103", "a limit must be a number of at least 0"),
        ("{params: true}", "E103", "a limit must be a number"),
        ("{params: }", "E103", "the limit of `params` must be a number"),
        ("{params: {most: 5}}", "E103", "the limit of `params` must be a number"),
        ("{params: 5M * wdth}", "E106", "unknown parameter `wdth`"),
        ("{params: 5M *}", "E105", "the expression cannot be read: it ends too early"),
        ("{macs: = 3}", "E103", "a limit begins with <=, >= or ==, not `=`"),
        ("{macs: ≤ 3}", "E103", "a limit begins with <=, >= or ==, not `≤`"),
        ("[5M]", "E103", "budget must be `key: value` pairs"),
        ("{layers: [relu_1]}", "E103", "the layers of a budget must be `key: value` pairs"),
        ("{layers: {relu_1: 5}}", "E103", "the limits of `relu_1` must be `key: value` pairs"),
        ("{output_bytes: 5KiB}", "E108", "`output_bytes` is a limit of layers, under `layers`"),
        ("{layers: {stage.2: {params: 5}}}", "E201", "there is no layer `stage.2`"),
    ],
)
def test_a_wrong_limit(written: str, code: str, message: str) -> None:
    _, faults = read(written)
    assert [(fault.code, fault.message) for fault in faults] == [(code, message)]


def test_layers_are_not_missed_where_a_fault_hides_them() -> None:
    text = "input: [3, 8, 8]\nbudget: {layers: {stem: {params: 5}}}\n"
    text += "layers:\n  - nothing_known:\n    name: stem\n"
    faults = api.read(api.find_text(text)).diagnostics
    assert [fault.code for fault in faults] == ["E104"]


def test_many_globs_over_many_layers_end() -> None:
    patterns = ", ".join(f'"r*{"?" * count}": {{params: 5}}' for count in range(40))
    text = f"input: [3, 8, 8]\nbudget: {{layers: {{{patterns}}}}}\nlayers:\n"
    text += "  - sequence: [{relu: , repeat: 30000}]\n    repeat: 3\n    name: r\n"
    faults = api.read(api.find_text(text)).diagnostics
    assert faults[-1].message == "the globs of the budget look at more than 2,000,000 names"


def test_a_budget_wins_over_that_of_the_base() -> None:
    reading = api.read(api.find_text("base: vgg16\nbudget: {params: 1k}\n"))
    assert [(limit.figure, limit.bound) for limit in reading.network.graph.budget] == [("params", 1000)]


def test_units_within_expressions_only() -> None:
    assert without_units("2 * 5M + x1k", of_bytes=False) == "2 * 5000000 + x1k"
    assert without_units("1KiB + 3 B", of_bytes=True) == "1024 + 3"
    with pytest.raises(AmountFault, match="no unit `KiB`"):
        without_units("1KiB", of_bytes=False)


def test_a_bound_allows_the_same_integers() -> None:
    assert (whole(2.5, "<="), whole(2.5, ">="), whole(2.0, "==")) == (2, 3, 2)
    with pytest.raises(AmountFault):
        whole(2.5, "==")
