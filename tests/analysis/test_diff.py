from __future__ import annotations

import json

import pytest

import cnncalc
from cnncalc.analysis.diff import Difference

NETWORK = """
name: Small
input: [3, 8, 8]
params: {width: 4, head: 10}
layers:
  - conv2d: {out_channels: width, kernel_size: 3, padding: 1}
    name: stem
  - add:
      main: [{conv2d: {out_channels: width, kernel_size: 1}}]
      shortcut: []
  - relu
  - flatten
  - linear: head
"""


def changes(found: Difference) -> list[tuple[str, tuple[str, ...]]]:
    return [(change.status, change.names) for change in found.changes if change.status != "unchanged"]


def edited(*edits: tuple[str, str]) -> Difference:
    text = NETWORK
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return cnncalc.diff(NETWORK, text)


def test_no_difference() -> None:
    found = edited(("name: Small", "name: Another"))
    assert found.equal
    assert changes(found) == []


def test_vgg16_and_that_of_the_lecture() -> None:
    """The third stage lacks a convolution of 256 x 256 x 3 x 3 weights on 56 x 56, and its activation."""
    found = cnncalc.diff("vgg16", "vgg16_lecture")
    assert changes(found) == [("removed", ("conv3_3",)), ("removed", ("relu3_3",))]
    convolution, relu = (change for change in found.changes if change.status == "removed")
    assert convolution.cost("params") == -(256 * 256 * 9 + 256)
    assert convolution.cost("macs") == -(256 * 256 * 9 * 56 * 56)
    assert convolution.cost("output_bytes") == relu.cost("output_bytes") == -4 * 256 * 56 * 56
    assert relu.cost("flops") == -256 * 56 * 56
    assert found.totals()["params"] == (138_357_544, 137_767_464)


def test_changed_arguments_and_what_follows_from_them() -> None:
    found = cnncalc.diff(NETWORK, versus={"width": 6})
    assert changes(found) == [
        ("changed", ("stem",)),
        ("changed", ("add_1.main.conv2d_1",)),
        *(("shape", (name,)) for name in ("add_1", "relu_1", "flatten_1", "linear_1")),
    ]
    stem = found.changes[0]
    assert stem.arguments == (("out_channels", 4, 6),)
    assert stem.cost("params") == 2 * (27 + 1)
    assert found.changes[-1].cost("params") == 2 * 64 * 10


def test_parameters_of_both_and_of_the_second() -> None:
    found = cnncalc.diff(NETWORK, params={"width": 6, "head": 3}, versus={"head": 5})
    assert found.before.outputs == {"linear_1": (3,)}
    assert changes(found) == [("changed", ("linear_1",))]
    assert found.changes[-1].arguments == (("out_features", 3, 5),)


def test_a_renamed_layer() -> None:
    found = edited(("name: stem", "name: first"))
    assert changes(found) == [("renamed", ("stem", "first"))]
    assert not found.equal


def test_other_numbers_in_names_are_no_renaming() -> None:
    found = edited(("  - relu\n", "  - tanh\n  - relu\n"), ("  - conv2d: {out", "  - relu\n  - conv2d: {out"))
    assert changes(found) == [("added", ("relu_1",)), ("added", ("tanh_1",))]
    assert [change.names for change in found.changes if len(change.names) > 1] == [("relu_1", "relu_2")]


def test_another_kind_under_the_same_name() -> None:
    pooled = ("conv2d: {out_channels: width, kernel_size: 3, padding: 1}\n", "identity:\n")
    found = edited(pooled, ("[{conv2d: {out_channels: width, kernel_size: 1}}]", "[tanh]"))
    stem = found.changes[0]
    assert (stem.status, stem.names, stem.kinds) == ("changed", ("stem",), ("conv2d", "identity"))


def test_a_layer_that_reads_another() -> None:
    found = edited(("  - relu\n", "  - relu:\n    from: stem\n"))
    assert changes(found) == [("changed", ("relu_1",))]
    (argument,) = found.changes[3].arguments
    assert argument == ("reads", ("add_1",), ("stem",))


def test_that_a_neighbour_came_or_went_is_no_change_of_reading() -> None:
    projection = ("shortcut: []", "shortcut: [{conv2d: {out_channels: width, kernel_size: 1}}]")
    found = edited(projection)
    assert changes(found) == [("added", ("add_1.shortcut.conv2d_1",))]
    assert changes(edited(("  - relu\n", ""))) == [("removed", ("relu_1",))]


def test_shared_weights() -> None:
    both = "{conv2d: {out_channels: 3, kernel_size: 1}, name: %s%s}"
    text = "{input: [3, 4, 4], layers: [" + both % ("a", "") + ", " + both % ("b", "%s") + "]}"
    found = cnncalc.diff(text % "", text % ", share: a")
    assert changes(found) == [("changed", ("b",))]
    assert found.changes[1].arguments == (("share", None, "a"),)
    assert found.changes[1].cost("params") == -12


def test_a_reference_to_a_renumbered_layer_is_the_same() -> None:
    text = """
input: [1, 8, 8]
layers:
  - max_pool2d: 2
  - max_unpool2d: {indices: max_pool2d_1, kernel_size: 2}
"""
    more = text.replace("max_pool2d_1", "max_pool2d_2").replace("layers:\n", "layers:\n  - max_pool2d: 1\n")
    assert changes(cnncalc.diff(text, more)) == [("added", ("max_pool2d_1",))]


def test_another_input_is_a_difference() -> None:
    found = edited(("[3, 8, 8]", "[3, 9, 9]"))
    assert not found.equal
    assert {status for status, _ in changes(found)} == {"shape"}


def test_other_outputs_are_a_difference() -> None:
    text = "{input: [1, 4], outputs: [%s], layers: [{relu: , name: a}, {tanh: , name: b}]}"
    found = cnncalc.diff(text % "a, b", text % "b, a")
    assert (found.equal, changes(found)) == (False, [])


@pytest.mark.parametrize(
    ("before", "after"),
    [("vgg16", "vgg16_bn"), ("resnet18", "plain18"), ("unet", "unet_same"), ("mlp", "c3d")],
)
def test_the_costs_of_all_changes_are_the_change_of_the_totals(before: str, after: str) -> None:
    found = cnncalc.diff(before, after)
    for cost, total in (("params", "params"), ("macs", "macs"), ("flops", "flops")):
        old, new = found.totals()[total]
        assert sum(change.cost(cost) for change in found.changes) == new - old
    old, new = found.totals()["activation_bytes"]
    assert sum(change.cost("output_bytes") for change in found.changes) == new - old


def test_plain_data() -> None:
    document = cnncalc.diff("vgg16", versus={"convolutions": [2, 2, 2, 3, 3], "classes": 10}).to_dict()
    assert json.loads(json.dumps(document)) == document
    assert document["equal"] is False
    assert document["counts"] == {
        "unchanged": 36,
        "shape": 0,
        "renamed": 0,
        "changed": 1,
        "removed": 2,
        "added": 0,
    }
    assert document["totals"]["params"] == {
        "before": 138_357_544,
        "after": 137_767_464 - 990 * 4097,
        "change": 137_767_464 - 990 * 4097 - 138_357_544,
    }
    assert document["changes"][-1]["arguments"] == {"out_features": {"before": 1000, "after": 10}}
