"""Blocks: used like a kind, with parameters of their own, and what is wrong with one or its use."""

from __future__ import annotations

import pytest

from tests.language.networks import INPUT, chain, edges, help_of, said, sizes

BLOCK = """
params: {width: 4}
input: [3, 8, 8]
blocks:
  unit:
    params: {channels: , kernel: 1, twice: 2 * channels, last: true}
    layers:
      - conv2d: {out_channels: channels, kernel_size: kernel}
      - conv2d: {out_channels: twice + width, kernel_size: 1}
      - relu:
        when: last
layers:
"""


def test_a_block_is_used_like_a_kind() -> None:
    text = BLOCK + "  - unit: {channels: 2 * width, kernel: 3, last: false}\n  - unit: 5\n    name: end\n"
    assert edges(text) == {
        "unit_1.conv2d_1": ["input"],
        "unit_1.conv2d_2": ["unit_1.conv2d_1"],
        "end.conv2d_1": ["unit_1.conv2d_2"],
        "end.conv2d_2": ["end.conv2d_1"],
        "end.relu_1": ["end.conv2d_2"],
    }
    assert sizes(text) == [(8, 6, 6), (20, 6, 6), (5, 6, 6), (14, 6, 6), (14, 6, 6)]


def test_a_block_that_is_just_a_list() -> None:
    assert chain("[unit, {unit: , name: last}]\nblocks: {unit: [relu, tanh]}") == [
        "unit_1.relu_1",
        "unit_1.tanh_1",
        "last.relu_1",
        "last.tanh_1",
    ]


def test_a_block_with_parameters_that_all_have_a_value() -> None:
    blocks = "\nblocks: {unit: {params: {c: 5, d: 6}, layers: [{linear: c}]}}"
    assert sizes(f"{INPUT}layers: [unit, {{unit: 7}}, {{unit: {{d: 2}}}}]{blocks}") == [
        (3, 8, 5),
        (3, 8, 7),
        (3, 8, 5),
    ]


def test_a_block_sees_its_own_parameters_and_those_of_the_file_but_not_of_its_caller() -> None:
    text = """
    params: {a: 2}
    input: [3, 8, 8]
    blocks:
      inner: {params: {b: a}, layers: [{linear: a * b}]}
      outer: {params: {a: }, layers: [inner, {inner: a}, {linear: a}]}
    layers: [{outer: 5}]
    """
    assert [shape[-1] for shape in sizes(text)] == [4, 10, 5]


def test_blocks_that_use_blocks_are_named_by_the_way_to_them() -> None:
    text = """
    input: [3, 8, 8]
    blocks: {inner: [relu], outer: [inner, {inner: , name: last}]}
    layers: [outer, {outer: , name: deep, repeat: 2}]
    """
    assert list(edges(text)) == [
        "outer_1.inner_1.relu_1",
        "outer_1.last.relu_1",
        "deep.0.inner_1.relu_1",
        "deep.0.last.relu_1",
        "deep.1.inner_1.relu_1",
        "deep.1.last.relu_1",
    ]


@pytest.mark.parametrize(
    ("use", "message", "help"),
    [
        ("unit", "5 E102 block `unit` needs `channels`", "write `unit: {channels: ...}`"),
        ("unit: {kernel: 3}", "5 E102 block `unit` needs `channels`", "add `channels: ...`"),
        (
            "unit: {chanels: 3}",
            "12 E101 block `unit` has no parameter `chanels`",
            "did you mean `channels`?",
        ),
        (
            "unit: {channels: 3, colour: 4}",
            "25 E101 block `unit` has no parameter `colour`",
            "its parameters are channels, kernel, twice, last",
        ),
        (
            "unit: {channels: 3, name: end}",
            "25 E109 `name` must stand beside `unit`, not among its arguments",
            "write `name: ...` on a line of its own, aligned with `unit`",
        ),
    ],
)
def test_a_wrong_use_of_a_block(use: str, message: str, help: str) -> None:
    text = f"{BLOCK}  - {use}\n"
    assert said(text) == [f"13:{message}"]
    assert help_of(text) == help


@pytest.mark.parametrize(
    ("blocks", "use", "expected"),
    [
        ("{relu: [tanh]}", "relu", "2:10 E110 a block cannot be named `relu`, which is a layer kind"),
        ("{sequence: [tanh]}", "relu", "2:10 E110 a block cannot be named `sequence`, which is a layer kind"),
        ("{a: }", "a", "2:10 E110 block `a` has no layers"),
        ("{a: {params: {}}}", "a", "2:10 E110 block `a` has no layers"),
        ("{a: {layer: [relu], layers: []}}", "a", "2:14 E110 unknown key `layer` of a block"),
        ("{a: 3}", "a", "2:13 E103 block `a` must be `key: value` pairs"),
        ("{a: {layers: relu}}", "a", "2:22 E109 layers must be a list of layers"),
        ("{a: [a]}", "a", "2:14 E110 block `a` uses itself: a -> a"),
        ("{a: [b], b: [{c: }], c: [a]}", "b", "2:14 E110 block `b` uses itself: b -> c -> a -> b"),
        ("{a: [relu]}", "{a: 3}", "3:14 E103 block `a` takes no parameters"),
        (
            "{a: {params: {b: , c: }, layers: []}}",
            "{a: 3}",
            "3:14 E103 block `a` takes its parameters by name",
        ),
    ],
)
def test_a_wrong_block(blocks: str, use: str, expected: str) -> None:
    assert said(f"{INPUT}blocks: {blocks}\nlayers: [{use}]") == [expected]


def test_a_fault_within_a_block_is_said_once_and_tells_the_use() -> None:
    block = "[{conv2d: {out_channels: 3, kernel_size: 9}}]"
    text = f"{INPUT}blocks: {{a: {block}}}\nlayers: [relu, a, {{a: , from: input}}]"
    assert said(text) == ["2:54 E301 in `a_1.conv2d_1`: a window of 9 does not fit an input height of 8"]
