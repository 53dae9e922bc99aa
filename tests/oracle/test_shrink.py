"""The smallest design that still fails, and how a run of many tells of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.oracle import __main__ as command
from tests.oracle.drafts import report_of
from tests.oracle.runs import Judgement, sort_of
from tests.oracle.shrink import smallest

LARGE = """\
name: large
inputs: {left: [2, 8], right: [4, 16, 16]}
outputs: [last, pooled]
params: {width: 8}
blocks:
  inner: [{relu: }, {conv2d: {out_channels: 8, kernel_size: 3, padding: 1}, name: within}, {tanh: }]
  outer: [{inner: , name: first}, {inner: }]
layers:
  - {linear: 4, from: left}
  - {conv2d: {out_channels: width, kernel_size: 3, padding: 1}, name: one, from: right}
  - {sequence: [{relu: }, {add: {main: [{outer: }], shortcut: []}}], repeat: 2}
  - {max_pool2d: 2, name: pooled}
  - {batch_norm: , name: norm}
  - {flatten: , name: flat}
  - {linear: 10, name: last}
"""


def sound_with(condition: Callable[[Any], bool]) -> Callable[[str], bool]:
    """Whether a design has no fault, and a layer that fits the condition."""

    def fails(text: str) -> bool:
        report = report_of(yaml.safe_load(text))
        return report is not None and any(map(condition, report.layers))

    return fails


def test_one_layer_is_left() -> None:
    found = smallest(LARGE, sound_with(lambda row: row.kind == "max_pool2d"))
    document = yaml.safe_load(found)
    assert document["layers"] == [{"max_pool2d": 1}]
    assert set(document) == {"inputs", "layers"}
    assert list(document["inputs"].values()) == [[1, 1, 1]]


def test_out_of_branches_and_blocks() -> None:
    """A convolution that is in a block of a block, in a branch of a repeated sequence."""
    found = yaml.safe_load(smallest(LARGE, sound_with(lambda row: row.name.endswith("within"))))
    report = report_of(found)
    assert report is not None
    assert [row.kind for row in report.layers] == ["conv2d"]
    assert found["blocks"]["inner"] == [
        {"conv2d": {"out_channels": 1, "kernel_size": 1}, "name": "within"},
    ]


def test_what_cannot_be_smaller_stays() -> None:
    text = "input: [1]\nlayers:\n- {relu: null}\n"
    assert smallest(text, lambda _: False) == text


def test_ends_in_time() -> None:
    assert yaml.safe_load(smallest(LARGE, lambda _: True, seconds=0)) == yaml.safe_load(LARGE)


@pytest.mark.parametrize(
    ("fault", "sort"),
    [
        (
            "conv3.weight: parameter of shape (3, 2), and PyTorch has None",
            "parameter of shape and PyTorch has None",
        ),
        ("it does not run: TypeError: no", "it does not run TypeError"),
        ("the module cannot be made: SyntaxError: line 3", "the module cannot be made SyntaxError"),
        ("the judgement ends in KeyError: 'twin4'", "the judgement ends in KeyError"),
    ],
)
def test_sorts_are_without_names_and_numbers(fault: str, sort: str) -> None:
    assert sort_of(fault) == sort


# --- the command ------------------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch
Captured = pytest.CaptureFixture[str]


def run(monkeypatch: Patch, judged: list[Judgement], *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["tests.oracle", *arguments])
    monkeypatch.setattr(command, "judgements", lambda seeds, workers: judged[: len(seeds) * workers])
    monkeypatch.setattr(command, "smallest_of", lambda judgement: f"smallest of {judgement.name}")
    return command.main()


def test_all_agree(monkeypatch: Patch, capsys: Captured) -> None:
    judged = [Judgement(f"seed {seed}", "text", ()) for seed in (4, 5)]
    assert run(monkeypatch, judged, "--designs", "2", "--seed", "4", "--workers", "1") == 0
    printed = capsys.readouterr()
    assert printed.out == "all agree\n"
    assert printed.err.startswith("2/2 judged, ")
    assert printed.err.endswith(" a second, 0 disagree\n")


def test_goes_on_behind_a_disagreement(monkeypatch: Patch, capsys: Captured) -> None:
    judged = [
        Judgement("seed 4", "longer text", ("conv: shape (1,), and PyTorch has (2,)",)),
        Judgement("seed 5", "text", ()),
        Judgement("seed 6", "text", ("3 MACs, and PyTorch counts 4", "another")),
    ]
    assert run(monkeypatch, judged, "--designs", "3", "--workers", "1") == 1
    printed = capsys.readouterr()
    assert printed.out == (
        "\nseed 6\n  3 MACs, and PyTorch counts 4\n  another\nsmallest of seed 6\n"
        "\nseed 4\n  conv: shape (1,), and PyTorch has (2,)\nsmallest of seed 4\n"
        "2 disagree\n"
    )
    first, second, last = printed.err.splitlines()
    assert (first, second) == (
        "seed 4: conv: shape (1,), and PyTorch has (2,)",
        "seed 6: 3 MACs, and PyTorch counts 4",
    )
    assert last.startswith("3/3 judged, ")
    assert last.endswith(" a second, 2 disagree")
