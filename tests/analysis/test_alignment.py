from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import pytest

import cnncalc
from cnncalc.analysis import alignment
from cnncalc.analysis.alignment import aligned, common_names, features_of, few_differences
from cnncalc.analysis.report import LayerReport

CONVOLUTION = "conv2d: {out_channels: %d, kernel_size: 3, padding: 1}"


def layers(*written: str) -> tuple[LayerReport, ...]:
    text = "input: [3, 16, 16]\nlayers:\n" + "".join(f"  - {layer}\n" for layer in written)
    return cnncalc.analyze(text).layers


def convolution(channels: int, name: str = "") -> str:
    return CONVOLUTION % channels + (f"\n    name: {name}" if name else "")


def pairs(before: Sequence[str], after: Sequence[str]) -> list[tuple[int | None, int | None]]:
    return aligned(layers(*before), layers(*after))


CHAIN = [convolution(8), "relu", convolution(16), "relu"]


def test_a_network_is_itself() -> None:
    assert pairs(CHAIN, CHAIN) == [(0, 0), (1, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_layer_put_in_does_not_shift_the_others(place: int) -> None:
    """Though it gives all that come after it other numbers in their names."""
    after = [*CHAIN[:place], convolution(4), "relu", *CHAIN[place:]]
    found = pairs(CHAIN, after)
    assert [theirs for mine, theirs in found if mine is None] == [place, place + 1]
    assert [mine for mine, theirs in found if theirs is not None and mine is not None] == [0, 1, 2, 3]


def test_removed_layers_stand_before_added_ones() -> None:
    found = pairs(["max_pool2d: 2", "flatten"], ["sigmoid", "avg_pool2d: 2", "flatten"])
    assert found == [(0, None), (None, 0), (None, 1), (1, 2)]


def test_a_layer_of_one_name_is_one_layer() -> None:
    named = [convolution(8, "stem"), "relu"]
    assert pairs(named, [convolution(32, "stem"), "relu"]) == [(0, 0), (1, 1)]
    assert pairs(named, ["max_pool2d: 2\n    name: stem", "relu"]) == [(0, 0), (1, 1)]


def test_what_is_computed_counts_more_than_the_name() -> None:
    """`a` and `b` change their names."""
    before = [convolution(8, "a"), convolution(16, "b")]
    assert pairs(before, [convolution(8, "b"), convolution(16, "c")]) == [(0, 0), (1, 1)]


def test_nothing_in_common() -> None:
    assert pairs(["sigmoid"], ["flatten"]) == [(0, None), (None, 0)]


def test_wider_layers_are_paired_each_with_its_own() -> None:
    wider = [convolution(16), "relu", convolution(32), "relu"]
    assert pairs(CHAIN, wider) == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_blocks_are_added_at_the_end_of_their_stages() -> None:
    small, large = (cnncalc.analyze(name).layers for name in ("resnet18", "resnet34"))
    added = {large[theirs].name.split(".add")[0] for mine, theirs in aligned(small, large) if mine is None}
    assert {name.removesuffix(".relu") for name in added} == {
        *("layer1.2", "layer2.2", "layer2.3", "layer3.2", "layer3.3", "layer3.4", "layer3.5", "layer4.2")
    }


# --- long networks ---------------------------------------------------------------------------------

REPEAT = """
input: [3, 8, 8]
layers:
{front}  - sequence:
      - conv2d: {{out_channels: {channels}, kernel_size: 3, padding: 1}}
      - batch_norm
      - relu
    repeat: {times}
    name: deep
  - flatten
"""


def long(times: int = 4000, channels: int = 8, front: str = "") -> tuple[LayerReport, ...]:
    return cnncalc.analyze(REPEAT.format(times=times, channels=channels, front=front)).layers


def counts(before: Sequence[LayerReport], after: Sequence[LayerReport]) -> tuple[int, int, int]:
    """Pairs, removed, added; in less than the 5 seconds that a slow machine may need."""
    start = perf_counter()
    found = aligned(before, after)
    assert perf_counter() - start < 5
    removed = sum(theirs is None for _, theirs in found)
    added = sum(mine is None for mine, _ in found)
    return len(found) - removed - added, removed, added


def test_ten_thousand_layers_that_all_changed() -> None:
    assert counts(long(), long(channels=16)) == (12_001, 0, 0)


def test_ten_thousand_layers_with_one_more_in_front() -> None:
    assert counts(long(), long(front="  - conv2d: {out_channels: 3, kernel_size: 1}\n")) == (12_001, 0, 1)


def test_ten_thousand_layers_with_nothing_in_common() -> None:
    others = cnncalc.analyze("input: [3, 8, 8]\nlayers:\n" + "  - tanh\n" * 9_000).layers
    assert counts(long(), others) == (0, 12_001, 9_000)


def test_strategies_for_long_networks_find_what_the_table_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = long(20), long(20, front="  - conv2d: {out_channels: 3, kernel_size: 1}\n  - tanh\n")
    expected = aligned(before, after)
    monkeypatch.setattr(alignment, "MOST_CELLS", 10)
    assert aligned(before, after) == expected


def test_longest_common_subsequence() -> None:
    before = [features_of(layer) for layer in layers("relu", "tanh", "sigmoid", "relu", "gelu")]
    after = [features_of(layer) for layer in layers("tanh", "relu", "sigmoid", "gelu", "elu")]
    assert len(few_differences(before, after)) == 3
    assert few_differences(before, []) == []
    # relu_1 stands before tanh_1 here and behind it there: one of them, then sigmoid_1 and gelu_1
    assert common_names(before, after)[-2:] == [(2, 2), (4, 3)]
    assert len(common_names(before, after)) == 3
    assert common_names([], after) == []
