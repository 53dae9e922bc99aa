"""Which modules call which."""

from __future__ import annotations

from cnncalc.interop.flow import Value
from cnncalc.interop.outline import Group, Layer
from cnncalc.interop.wiring import Call, Plan, Wiring, _in_circles, _ordered, is_chain
from tests.interop.exported import outline, wiring

BLOCK = """
blocks:
  unit:
    layers:
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: conv
      - relu:
        name: relu
"""


def calls(wired: Wiring, path: str = "") -> list[str]:
    """The calls of a group as `target(reads) -> gives`."""
    name = wired.flow.graph.tensor_name
    return [
        f"{call.target}({', '.join(name(value.tensor) for value in call.reads)}) -> "
        + ", ".join(name(value.tensor) for value in call.gives)
        for call in wired.plans[path].calls
    ]


# --- plans -------------------------------------------------------------------------------------------


def test_groups_are_called_once_with_what_they_read_from_outside() -> None:
    wired, _ = wiring(
        f"""
inputs: {{left: [4, 8, 8], right: [4, 8, 8]}}
{BLOCK}
layers:
  - unit:
    name: a
    from: left
  - add:
    from: [a, a.conv, right]
    name: sum
"""
    )
    # what is made inside and read outside is given in the order in which it is made
    assert calls(wired) == ["a(left) -> a.conv, a.relu", "sum(a.relu, a.conv, right) -> sum"]
    assert calls(wired, "a") == ["conv(left) -> a.conv", "relu(a.conv) -> a.relu"]
    assert wired.plans["a"].inputs == (Value(0),)
    assert not wired.dissolved


def test_what_nobody_reads_is_given_nevertheless() -> None:
    wired, _ = wiring(
        """
input: [4, 8, 8]
outputs: [last]
layers:
  - sequence:
      - relu:
        name: kept
      - tanh:
        name: lost
    name: pair
  - relu:
    name: last
    from: pair.kept
"""
    )
    assert calls(wired) == ["pair(input) -> pair.kept, pair.lost", "last(pair.kept) -> last"]


CIRCLE = """
input: [4, 8, 8]
layers:
  - sequence:
      - relu:
        name: a
      - add:
        name: b
        from: [a, other.c]
    name: one
  - sequence:
      - tanh:
        name: c
        from: one.a
      - sigmoid:
        name: d
        from: one.b
    name: other
  - unrelated
blocks:
  unrelated:
    layers: [relu, tanh]
"""


def test_groups_in_a_circle_are_dissolved_and_their_members_run_in_order() -> None:
    wired, _ = wiring(CIRCLE)
    assert wired.dissolved == {"one", "other"}
    assert calls(wired) == [
        "one.a(input) -> one.a",
        "other.c(one.a) -> other.c",
        "one.b(one.a, other.c) -> one.b",
        "other.d(one.b) -> other.d",
        "unrelated_1(other.d) -> unrelated_1.tanh_1",
    ]
    assert "one" not in wired.plans
    assert "unrelated_1" in wired.plans


def test_a_group_whose_middle_feeds_its_end_from_outside_is_dissolved() -> None:
    wired, _ = wiring(
        """
input: [4, 8, 8]
blocks:
  two:
    layers:
      - relu:
        name: first
      - tanh:
        name: second
        from: middle
layers:
  - two:
    name: pair
  - sigmoid:
    name: middle
    from: pair.first
  - relu:
    name: end
    from: pair
"""
    )
    assert wired.dissolved == {"pair"}
    assert calls(wired) == [
        "pair.first(input) -> pair.first",
        "middle(pair.first) -> middle",
        "pair.second(middle) -> pair.second",
        "end(pair.second) -> end",
    ]


# --- weights in common -------------------------------------------------------------------------------


def test_a_layer_with_the_weights_and_arguments_of_another_is_that_module() -> None:
    wired, _ = wiring(
        """
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: conv
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: again
    share: conv
"""
    )
    assert wired.aliases == {"again": "conv"}
    assert calls(wired) == ["conv(input) -> conv", "conv(conv) -> again"]
    assert not wired.borrowing


def test_a_layer_with_other_arguments_borrows_them() -> None:
    wired, _ = wiring(
        """
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: conv
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 2, dilation: 2}
    name: wide
    share: conv
"""
    )
    assert wired.borrowing == {1: 0}
    assert not wired.aliases


def test_a_group_with_all_the_weights_of_another_is_that_module() -> None:
    wired, _ = wiring(
        f"""
input: [4, 8, 8]
{BLOCK}
layers:
  - unit:
    name: a
  - unit:
    name: b
    share: a
  - unit:
    name: c
    share: b
"""
    )
    assert wired.aliases == {"b": "a", "c": "a"}
    assert calls(wired) == ["a(input) -> a.relu", "a(a.relu) -> b.relu", "a(b.relu) -> c.relu"]
    assert not wired.dissolved


def test_a_group_gives_what_is_read_of_one_that_runs_in_its_place() -> None:
    wired, _ = wiring(
        f"""
input: [4, 8, 8]
{BLOCK}
layers:
  - unit:
    name: a
  - unit:
    name: b
    share: a
  - add:
    from: [a.conv, b]
    name: sum
"""
    )
    assert wired.aliases == {"b": "a"}
    assert calls(wired) == [
        "a(input) -> a.conv, a.relu",
        "a(a.relu) -> b.conv, b.relu",
        "sum(a.conv, b.relu) -> sum",
    ]


def test_a_group_with_some_of_the_weights_of_another_is_dissolved() -> None:
    wired, _ = wiring(
        f"""
input: [4, 8, 8]
{BLOCK}
layers:
  - unit:
    name: a
  - sequence:
      - conv2d: {{out_channels: 4, kernel_size: 3, padding: 1}}
        name: conv
        share: a.conv
      - tanh:
        name: act
    name: b
"""
    )
    assert wired.dissolved == {"b"}
    assert wired.aliases == {"b.conv": "a.conv"}
    assert calls(wired) == ["a(input) -> a.relu", "a.conv(a.relu) -> b.conv", "b.act(b.conv) -> b.act"]


# --- order -------------------------------------------------------------------------------------------

GROUP = outline("input: [4, 8, 8]\nlayers:\n" + "".join(f"  - relu: \n    name: {c}\n" for c in "abcd"))


def call(name: str, reads: list[int], gives: int) -> Call:
    item = GROUP.child(name)
    assert item is not None
    return Call(item, name, tuple(map(Value, reads)), (Value(gives),))


def names(made: list[Call] | None) -> str | None:
    return None if made is None else "".join(call.item.name for call in made)


def test_calls_keep_the_order_of_the_file_where_they_can() -> None:
    assert names(_ordered([call("a", [0], 1), call("b", [0], 2), call("c", [1, 2], 3)])) == "abc"
    assert names(_ordered([call("a", [3], 1), call("b", [0], 2), call("c", [0], 3)])) == "bca"
    assert (
        names(_ordered([call("a", [0, 4], 1), call("b", [0], 2), call("c", [0], 3), call("d", [2], 4)]))
        == "bcda"
    )


def test_calls_in_a_circle_have_no_order() -> None:
    made = [call("a", [0], 1), call("b", [1, 3], 2), call("c", [2], 3), call("d", [3], 4)]
    assert _ordered(made) is None
    # d reads the circle, but is no part of it
    assert names(_in_circles(made)) == "bc"


def test_a_call_may_read_itself() -> None:
    made = [call("a", [1], 1), call("b", [1], 2)]
    assert _ordered(made) is None
    assert names(_in_circles(made)) == "a"


# --- chains ------------------------------------------------------------------------------------------


def plan(calls: list[Call], outputs: list[int], inputs: tuple[int, ...] = (0,)) -> Plan:
    group = Group("", "", [item for item in GROUP.children if isinstance(item, Layer)])
    return Plan(group, tuple(map(Value, inputs)), tuple(map(Value, outputs)), tuple(calls))


def test_chains() -> None:
    first, second = call("a", [0], 1), call("b", [1], 2)
    assert is_chain(plan([first], [1]))
    assert is_chain(plan([first, second], [2]))
    assert not is_chain(plan([], [0]))
    assert not is_chain(plan([first, second], [1]))
    assert not is_chain(plan([first, second], [2, 1]))
    assert not is_chain(plan([first, call("b", [0], 2)], [2]))
    assert not is_chain(plan([call("a", [0, 1], 2)], [2], inputs=(0, 1)))
    # the module of another runs
    assert not is_chain(plan([first, second._replace(target="a")], [2]))
    # of two tensors that are given the next takes but one
    assert not is_chain(plan([first._replace(gives=(Value(1), Value(1, "indices"))), second], [2]))


def test_members_of_what_was_dissolved_make_no_chain() -> None:
    wired, _ = wiring(CIRCLE)
    assert not is_chain(wired.plans[""])
