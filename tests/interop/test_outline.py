"""The tree of a network's names."""

from __future__ import annotations

import cnncalc
from cnncalc.interop.outline import (
    Group,
    Layer,
    branch_names,
    declared_parameters,
    first_layer,
    placing_of,
    turns_of,
    visible,
)
from tests.interop.exported import outline

DESIGN = """
params: {width: 4}
input: [3, 8, 8]
blocks:
  unit:
    params: {channels: , act: true}
    layers:
      - conv2d: {out_channels: channels, kernel_size: 3, padding: 1}
        name: conv
      - relu:
        name: relu
        when: act
layers:
  - unit: width
    name: stem
  - add:
      main:
        - unit: {channels: width, act: false}
          name: unit
      shortcut: []
    name: sum
  - sequence:
      - max_pool2d: 2
        name: pool
      - relu:
        name: "relu{j}"
        repeat: {times: 2, index: j}
    name: down
    repeat: 2
  - flatten
"""


def tree(group: Group) -> list[object]:
    """Names, groups with what is in them."""
    return [(child.name, tree(child)) if isinstance(child, Group) else child.name for child in group.children]


def test_names_with_dots_are_groups_in_groups() -> None:
    assert tree(outline(DESIGN)) == [
        ("stem", ["conv", "relu"]),
        # a merge stands in the group of its branches, without a name; an empty branch has no group
        ("sum", [("main", [("unit", ["conv"])]), ""]),
        ("down", [("0", ["pool", "relu0", "relu1"]), ("1", ["pool", "relu0", "relu1"])]),
        "flatten_1",
    ]


def test_paths() -> None:
    root = outline(DESIGN)
    assert [layer.path for layer in root.layers()][:4] == [
        "stem.conv",
        "stem.relu",
        "sum.main.unit.conv",
        "sum.",
    ]
    assert [layer.index for layer in root.layers()] == [*range(11)]
    stem, merged = root.children[:2]
    assert isinstance(stem, Group)
    assert isinstance(merged, Group)
    assert (root.prefix, stem.prefix) == ("", "stem.")
    assert first_layer(merged).path == "sum.main.unit.conv"
    assert stem.child("relu") is stem.children[1]
    assert stem.child("tanh") is None


def test_blocks_are_known_as_such() -> None:
    root = outline(DESIGN)
    groups = [child for child in root.children if isinstance(child, Group)]
    assert [group.block for group in groups] == ["unit", None, None]
    stem, _, down = groups
    assert stem.use is not None
    assert stem.use.values == {"channels": 4, "act": True}
    assert placing_of(stem).entry.kind == "unit"
    assert placing_of(down).entry.kind == "sequence"


def test_turns_are_those_within_the_group() -> None:
    root = outline(DESIGN)
    down = root.child("down")
    assert isinstance(down, Group)
    second = down.children[1]
    assert isinstance(second, Group)
    assert [(turn.variable, turn.number) for turn in turns_of(second, down)] == [("i", 1)]
    assert turns_of(second, root) == ()
    relu = second.child("relu1")
    assert relu is not None
    assert [(turn.variable, turn.number) for turn in turns_of(relu, second)] == [("j", 1)]


def test_branches_are_named_also_where_they_are_empty() -> None:
    merged = outline(DESIGN).child("sum")
    assert isinstance(merged, Group)
    merge = merged.child("")
    assert isinstance(merge, Layer)
    assert branch_names(merge) == ["main", "shortcut"]


def test_an_entry_sees_parameters_of_its_block_and_indices() -> None:
    layers = {layer.path: layer for layer in outline(DESIGN).layers()}
    assert visible(layers["sum.main.unit.conv"].placing) == {"channels": 4, "act": False}
    assert visible(layers["down.1.relu0"].placing) == {"i": 1, "j": 0}
    assert visible(layers["flatten_1"].placing) == {}


def test_parameters_of_a_block_with_their_defaults() -> None:
    block = cnncalc.load(DESIGN).document.blocks["unit"]
    (first, none), (second, default) = declared_parameters(block)
    assert (first, none, second) == ("channels", None, "act")
    assert default is not None
