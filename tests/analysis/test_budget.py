"""Verdicts on limits, with figures worked by hand."""

from __future__ import annotations

from cnncalc import api
from cnncalc.analysis.budget import Checked, Verdict, checked, limits_of
from cnncalc.analysis.budget_faults import broken_limits
from cnncalc.budget import Limit

# conv1: 3*9*16 + 16 = 448 params, 432*64 = 27,648 MACs, 4,096 bytes; field 3
# conv2: 16*9*8 + 8 = 1,160 params, 1,152*64 = 73,728 MACs, 2,048 bytes; field 5
# fc: 8*10 + 10 = 90 params, 80 MACs, 40 bytes
NETWORK = """\
input: [3, 8, 8]
budget: %s
layers:
  - sequence:
      - conv2d: {out_channels: 16, kernel_size: 3, padding: 1}
        name: conv1
      - relu
      - conv2d: {out_channels: 8, kernel_size: 3, padding: 1}
        name: conv2
    name: stem
  - relu
  - global_avg_pool2d
  - flatten
  - linear: 10
    name: fc
"""


def check(budget: str, *options: Limit) -> Checked:
    reading = api.read(api.find_text(NETWORK % budget))
    examined = api.examine_reading(reading)
    assert not examined.diagnostics
    graph = reading.network.graph
    return checked(graph, examined.report, limits_of(graph, options))


def verdict(budget: str) -> Verdict:
    (only,) = check(budget).verdicts
    return only


def test_a_sum_over_layers() -> None:
    kept = verdict("{params: 2k}")
    assert (kept.value, kept.holds, kept.margin) == (1698, True, 302)
    broken = verdict("{params: 1.5k}")
    assert (broken.holds, broken.margin) == (False, -198)
    assert broken.spenders == (("stem.conv2", 1160), ("stem.conv1", 448), ("fc", 90))


def test_exactly_at_the_limit_is_kept() -> None:
    assert verdict("{macs: 101456}").holds  # 27,648 + 73,728 + 80
    assert not verdict("{macs: 101455}").holds
    assert verdict('{macs: "== 101456"}').holds
    assert verdict('{macs: ">= 101456"}').holds
    assert not verdict('{macs: ">= 101457"}').holds


def test_the_peak_and_the_tensors_at_it() -> None:
    found = verdict("{peak_bytes: 8KiB}")  # conv1's output and relu's
    assert (found.value, found.holds, found.subject) == (8192, True, "stem.relu_1")
    assert [tuple(spender) for spender in found.spenders] == [("stem.conv1", 4096), ("stem.relu_1", 4096)]


def test_the_field_before_the_head() -> None:
    found = verdict('{receptive_field: ">= 5"}')
    assert (found.value, found.subject, found.holds, found.margin) == ((5, 5), "relu_1", True, 0)
    assert verdict('{receptive_field: "<= 4"}').margin == -1


def test_depth_and_output() -> None:
    assert verdict("{depth: 3}").holds
    assert not verdict("{depth: 2}").holds
    assert verdict("{output: [10]}").holds
    other = verdict("{output: [12]}")
    assert (other.value, other.subject, other.holds, other.margin) == ((10,), "fc", False, None)


def test_one_layer_and_a_group() -> None:
    assert verdict("{layers: {stem.conv1: {params: 448}}}").holds
    group = verdict("{layers: {stem: {params: 1.6k}}}")
    assert (group.value, group.holds, group.margin) == (1608, False, -8)
    assert [spender.name for spender in group.spenders] == ["stem.conv2", "stem.conv1"]
    assert verdict("{layers: {stem: {output_bytes: 2KiB}}}").value == 2048  # of its last layer
    assert verdict("{layers: {stem: {output: [8, 8, 8]}}}").holds
    assert verdict('{layers: {stem: {receptive_field: "== 5"}}}').holds


def test_of_many_layers_the_worst_is_shown() -> None:
    found = verdict('{layers: {"**": {output_bytes: 3KiB}}}')
    assert (found.value, found.subject, found.holds) == (4096, "stem.conv1", False)
    assert found.breaking == ("stem.conv1", "stem.relu_1")
    least = verdict('{layers: {"stem.conv*": {params: ">= 500"}}}')
    assert (least.value, least.subject, least.breaking) == (448, "stem.conv1", ("stem.conv1",))


def test_an_option_takes_the_place_of_the_file() -> None:
    option = Limit("params", "<=", 1000, option="--max-params")
    found = check("{params: 2k, macs: 1M, layers: {fc: {params: 5}}}", option)
    assert [verdict.limit.figure for verdict in found.verdicts] == ["params", "macs", "params"]
    assert found.verdicts[0].limit.replaces[0].bound == 2000
    assert [verdict.holds for verdict in found.verdicts] == [False, True, False]


def test_a_network_without_positions() -> None:
    reading = api.read(api.find_text("input: [4]\nlayers:\n  - linear: 2\n"))
    graph = reading.network.graph
    limits = (Limit("receptive_field", ">=", 1, option="--min-receptive-field"),)
    (found,) = checked(graph, api.examine_reading(reading).report, limits).verdicts
    assert (found.value, found.holds, found.margin) == ((), False, None)


def test_a_field_that_gates_let_see_everything() -> None:
    text = "input: [3, 32, 32]\nlayers:\n  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}\n"
    text += "  - multiply: {x: [], gate: [global_avg_pool2d, sigmoid]}\n  - global_avg_pool2d\n"
    reading = api.read(api.find_text(text))
    limits = (Limit("receptive_field", ">=", 32, option="--min-receptive-field"),)
    (found,) = checked(reading.network.graph, api.examine_reading(reading).report, limits).verdicts
    assert (found.value, found.holds) == ((32, 32), True)


def test_ways_out_are_those_of_the_figure() -> None:
    reading = api.read(api.find_text("input: [4]\nlayers:\n  - linear: 2\n  - linear: 2\n"))
    limits = (
        Limit("receptive_field", ">=", 3, option="--min-receptive-field"),
        Limit("depth", "<=", 1, option="--max-depth"),
        Limit("params", "<=", 1, option="--max-params"),
    )
    graph = reading.network.graph
    found = checked(graph, api.examine_reading(reading).report, limits)
    assert [fault.help for fault in broken_limits(graph, found)] == [
        "an input of features alone has no receptive field: leave the limit out",
        "take layers out of the longest path, or allow more",
        "let less be spent there, or allow more",
    ]


def test_as_plain_data() -> None:
    written = check("{params: 1.5k, output: [10]}").to_dict()
    assert (written["schema"], written["holds"]) == (1, False)
    assert written["limits"][0] == {
        "figure": "params",
        "layer": None,
        "comparison": "<=",
        "limit": 1500,
        "value": 1698,
        "holds": False,
        "margin": -198,
        "at": None,
        "breaking": [],
        "by": "file",
        "line": 2,
        "spenders": [
            {"name": "stem.conv2", "amount": 1160},
            {"name": "stem.conv1", "amount": 448},
            {"name": "fc", "amount": 90},
        ],
    }
    assert written["limits"][1]["limit"] == [10]
