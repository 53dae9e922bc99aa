"""What the uses of a block have in common."""

from __future__ import annotations

from cnncalc.interop.templates import (
    BranchesTemplate,
    ChainTemplate,
    HolderTemplate,
    LayerTemplate,
    LoopTemplate,
    Template,
    UseTemplate,
)
from cnncalc.interop.unify import Unifier, local_calls
from tests.interop.exported import wiring


def unified(design: str) -> Unifier:
    """The classes of a design, whose modules may be one if they are of one kind."""
    wired, root = wiring(design)
    kinds = {
        index: None if node.layer is None or node.layer.kind.inputs is None else node.layer.kind.name
        for index, node in enumerate(wired.flow.graph.nodes)
    }
    unifier = Unifier(wired, kinds, {"forward"}.__contains__)
    unifier.find_classes(root)
    return unifier


def classes(design: str) -> list[list[str]]:
    """The paths of each class's objects; classes behind those that they use."""
    return [[group.path for group in made.groups] for made in unified(design).classes]


def shape(template: Template) -> object:
    """A template in short: its names, what is not there as None."""
    if isinstance(template, LoopTemplate):
        turns = [None if run is None else len(run.turns) for run in template.runs]
        body = None if template.body is None else [shape(each) for each in template.body]
        unrolled = (
            None if template.unrolled is None else [[shape(e) for e in turn] for turn in template.unrolled]
        )
        return ("loop", turns, body, unrolled)
    names = [None if item is None else item.name for item in template.items]
    if isinstance(template, LayerTemplate):
        return names
    if isinstance(template, UseTemplate):
        return ("use", names)
    if isinstance(template, BranchesTemplate):
        return ("branches", names, [(name, each and shape(each)) for name, each in template.branches])
    assert isinstance(template, ChainTemplate | HolderTemplate)
    kind = "chain" if isinstance(template, ChainTemplate) else "holder"
    return (kind, names, [shape(each) for each in template.children])


def shapes(design: str, place: int = -1) -> list[object]:
    """The templates of a class, of the network if no other is asked for."""
    unifier = unified(design)
    return [shape(template) for template in unifier.children(unifier.classes[place].groups)]


UNIT = """
input: [4, 8, 8]
blocks:
  unit:
    params: {channels: 4, act: true, last: relu}
    layers:
      - conv2d: {out_channels: channels, kernel_size: 3, padding: 1}
        name: conv
      - relu:
        name: relu
        when: act
"""


def test_uses_of_a_block_are_one_class_with_what_some_leave_out() -> None:
    design = UNIT + "layers: [unit, unit: {act: false}, unit: 8]\n"
    assert classes(design) == [["unit_1", "unit_2", "unit_3"], [""]]
    assert shapes(design, 0) == [["conv", "conv", "conv"], ["relu", None, "relu"]]
    assert shapes(design) == [("use", ["unit_1"]), ("use", ["unit_2"]), ("use", ["unit_3"])]


def test_uses_whose_insides_are_read_are_a_class_of_their_own() -> None:
    design = UNIT + (
        "layers:\n  - unit:\n    name: a\n  - unit:\n    name: b\n  - unit:\n    name: c\n"
        "  - add:\n    from: [c, b.conv]\n"
    )
    assert classes(design) == [["a", "c"], ["b"], [""]]


def test_what_is_left_out_must_say_when() -> None:
    design = """
input: [4, 8, 8]
blocks:
  unit:
    params: {times: 1}
    layers:
      - relu:
        name: relu
      - tanh:
        name: more{i}
        repeat: times
layers: [unit: 2, unit: 1, unit: 3]
"""
    # a repeat of another number of turns is a loop
    assert classes(design) == [["unit_1", "unit_2", "unit_3"], [""]]
    assert shapes(design, 0) == [
        ["relu", "relu", "relu"],
        ("loop", [2, 1, 3], [["more0", "more1", "more0", "more0", "more1", "more2"]], None),
    ]


def test_a_repeat_of_equal_turns_is_known_as_loop_and_turn_by_turn() -> None:
    design = "input: [4, 8, 8]\nlayers:\n  - relu:\n    name: relu{i}\n    repeat: 2\n"
    assert shapes(design) == [("loop", [2], [["relu0", "relu1"]], [[["relu0"]], [["relu1"]]])]


def test_turns_that_are_too_different_have_no_loop() -> None:
    design = """
input: [4, 8, 8]
layers:
  - sequence:
      - relu:
        name: a{i}
        when: i == 0
      - tanh:
        name: a{i}
        when: i > 0
    repeat: 2
"""
    (made,) = shapes(design)
    assert made in (
        ("loop", [2], None, [[["a0"]], [["a1"]]]),
        ("loop", [2], [["a0", None], [None, "a1"]], [[["a0"]], [["a1"]]]),
    )


def test_branches_and_sequences_are_no_classes() -> None:
    design = """
input: [4, 8, 8]
layers:
  - add:
      main:
        - relu
        - tanh
      shortcut: []
    name: sum
  - sequence:
      - relu:
        name: relu
    name: part
"""
    assert classes(design) == [[""]]
    assert shapes(design) == [
        ("branches", ["sum"], [("main", ("chain", ["main"], [["relu_1"], ["tanh_1"]])), ("shortcut", None)]),
        ("chain", ["part"], [["relu"]]),
    ]


def test_a_branch_that_reads_from_elsewhere_needs_a_class() -> None:
    design = """
input: [4, 8, 8]
layers:
  - relu:
    name: stem
  - tanh
  - add:
      main:
        - add:
          from: [tanh_1, stem]
          name: inner
        - relu:
          name: relu
      shortcut: []
    name: sum
"""
    assert classes(design) == [["sum.main"], ["sum"], [""]]


def test_groups_made_alike_are_one_class_wherever_they_stand() -> None:
    fork = "\n".join(
        f"""
  - sequence:
      - relu:
        name: a
      - tanh:
        name: b
      - add:
        from: [a, b]
        name: c
    name: fork{number}"""
        for number in (1, 2)
    )
    wired, _ = wiring(f"input: [4, 8, 8]\nlayers:{fork}\n")
    assert local_calls(wired.plans["fork1"]) == local_calls(wired.plans["fork2"])
    assert local_calls(wired.plans["fork1"]) == (
        1,  # input
        (("a", (0,), 1), ("b", (1,), 1), ("c", (1, 2), 1)),
        (3,),
    )


def test_what_only_holds_modules_is_no_class() -> None:
    design = """
input: [4, 8, 8]
layers:
  - sequence:
      - relu:
        name: first
      - tanh:
        name: second
        from: middle
    name: pair
  - sigmoid:
    name: middle
    from: pair.first
  - relu:
    name: end
    from: pair
"""
    assert classes(design) == [[""]]
    assert shapes(design) == [("holder", ["pair"], [["first"], ["second"]]), ["middle"], ["end"]]
