"""`from`, `like` and `indices`: which layer a name means, also one that comes later."""

from __future__ import annotations

import pytest

from tests.language.networks import INPUT, edges, help_of, report_of, said

# --- from --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a", ["a"]),
        ("[a]", ["a"]),
        ("input", ["input"]),
        ("relu_1", ["relu_1"]),
        ("s", ["s.tanh_1"]),
        ("s.gelu_1", ["s.gelu_1"]),
        ("r", ["r.1"]),
        ("r.0", ["r.0"]),
        ("m.left", ["m.left.silu_1"]),
        ("m.right", ["a"]),
        ("m.left.silu_1", ["m.left.silu_1"]),
        ("'{word}_1'", ["relu_1"]),
    ],
)
def test_what_a_reference_means(written: str, read: list[str]) -> None:
    text = f"""
    params: {{word: "'relu'"}}
    input: [3, 8, 8]
    layers:
      - relu
      - sequence: [gelu, tanh]
        name: s
      - elu:
        repeat: 2
        name: r
      - sigmoid:
        name: a
      - add: {{left: [silu], right: []}}
        name: m
      - selu:
        from: {written}
        name: end
    """
    assert edges(text)["end"] == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[skip_a, input]", ["skip_a", "input"]),
        ("[input, input]", ["input", "input"]),
        ("'skip_*'", ["skip_a", "skip_b", "skip_cc"]),
        ("'skip_?'", ["skip_a", "skip_b"]),
        ("'skip_[!a]*'", ["skip_b", "skip_cc"]),
        ("'deep.*.x'", ["deep.0.x", "deep.1.x", "deep.2.x"]),
        ("'deep.[02].x'", ["deep.0.x", "deep.2.x"]),
        ("['deep.*.x', input]", ["deep.0.x", "deep.1.x", "deep.2.x", "input"]),
        ("'*.*.x'", ["deep.0.x", "deep.1.x", "deep.2.x"]),
        ("['in*', skip_a]", ["input", "skip_a"]),
    ],
)
def test_lists_and_globs(written: str, read: list[str]) -> None:
    text = f"""
    input: [3, 8, 8]
    layers:
      - relu:
        name: skip_a
      - relu:
        name: skip_b
      - sequence:
          - relu:
            name: x
        name: deep
        repeat: 3
      - relu:
        name: skip_cc
      - concat:
        from: {written}
        name: end
    """
    assert edges(text)["end"] == read


def test_within_a_block_its_own_layers_come_first() -> None:
    text = """
    input: [3, 8, 8]
    blocks:
      unit:
        - relu:
          name: x
        - tanh:
          name: y
        - gelu:
          from: x
        - gelu:
          from: outer
        - gelu:
          from: input
        - concat:
          from: "?"
    layers:
      - relu:
        name: x
      - relu:
        name: outer
      - unit
      - gelu:
        from: x
    """
    found = edges(text)
    assert found["unit_1.gelu_1"] == ["unit_1.x"]
    assert found["unit_1.gelu_2"] == ["outer"]
    assert found["unit_1.gelu_3"] == ["input"]
    assert found["unit_1.concat_1"] == ["unit_1.x", "unit_1.y"]
    assert found["gelu_1"] == ["x"]


def test_a_branch_looks_outward_from_where_it_stands() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - relu:
        name: x
      - add:
          main:
            - tanh:
              name: x
            - gelu:
              from: x
          side:
            - gelu:
              from: x
            - gelu:
              from: main.x
    """
    found = edges(text)
    assert found["add_1.main.gelu_1"] == ["add_1.main.x"]
    assert found["add_1.side.gelu_1"] == ["x"]
    assert found["add_1.side.gelu_2"] == ["add_1.main.x"]


@pytest.mark.parametrize(
    ("written", "expected", "help"),
    [
        ("conv", "11 E201 there is no layer `conv`", "did you mean `conv1`?"),
        (
            "nothing",
            "11 E201 there is no layer `nothing`",
            "layers are named by `name`, or by kind and number",
        ),
        (
            "[conv1, what]",
            "19 E201 there is no layer `what`",
            "layers are named by `name`, or by kind and number",
        ),
        ("[]", "11 E201 `from` names no layer", "name one, or leave `from` out"),
        (
            "'skip_*'",
            "11 E201 no layer above is named like `skip_*`",
            "`*` stands for any part of a name up to the next dot, and finds layers above this one only",
        ),
        ("{a: b}", "11 E103 a reference must be one word", "write it without brackets"),
    ],
)
def test_a_reference_that_leads_nowhere(written: str, expected: str, help: str) -> None:
    text = f"{INPUT}layers:\n  - relu:\n    name: conv1\n  - add:\n    from: {written}\n"
    if written in ("conv", "nothing"):
        text = text.replace("add", "tanh")
    assert said(text) == [f"6:{expected}"]
    assert help_of(text) == help


def test_layers_with_too_many_or_too_few_inputs() -> None:
    assert said(f"{INPUT}layers: [relu, {{tanh: , from: [input, relu_1]}}]") == [
        "2:17 E204 tanh reads one tensor, and gets 2: `input`, `relu_1`"
    ]
    assert said(f"{INPUT}layers: [relu, add]") == ["2:16 E204 add merges two or more tensors, and reads one"]


def test_nothing_is_said_of_references_into_an_entry_that_is_faulty() -> None:
    text = """\
    input: [3, 8, 8]
    blocks: {unit: {params: {c: }, layers: [{linear: c}]}}
    layers:
      - unit
      - unit:
        name: deep{i}
        repeat: 2
      - sequence: 3
        name: s
      - relu:
        from: unit_1.linear_1
      - relu:
        from: deep1.linear_1
      - concat:
        from: "deep*.linear_1"
      - relu:
        from: s.relu_1
      - relu:
        from: unit_2.linear_1
    """
    assert said(text) == [
        "4:5 E102 block `unit` needs `c`",
        "5:5 E102 block `unit` needs `c`",
        "8:15 E109 a sequence must be a list of layers",
        "19:11 E201 there is no layer `unit_2.linear_1`",
    ]


# --- layers that come later --------------------------------------------------------------------------


def test_a_layer_may_read_one_that_comes_later() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - add:
        from: [input, later]
      - tanh
      - relu:
        name: later
        from: input
      - gelu:
        from: tanh_1
    outputs: gelu_1
    """
    assert edges(text) == {
        "later": ["input"],
        "add_1": ["input", "later"],
        "tanh_1": ["add_1"],
        "gelu_1": ["tanh_1"],
    }
    assert list(report_of(text).outputs) == ["gelu_1"]


def test_a_block_may_read_one_that_comes_later_and_inputs_are_counted() -> None:
    text = """
    inputs: {a: [3, 8, 8], b: [3, 8, 8]}
    blocks: {unit: [{add: , from: [a, late]}]}
    layers:
      - unit
      - relu:
        name: late
        from: b
    outputs: [unit_1, late]
    """
    assert edges(text) == {"late": ["b"], "unit_1.add_1": ["a", "late"]}
    assert list(report_of(text).outputs) == ["unit_1.add_1", "late"]


def test_layers_in_a_circle() -> None:
    text = """\
    input: [3, 8, 8]
    layers:
      - add:
        name: sum
        from: [input, late]
      - relu
      - tanh:
        name: late
      - gelu:
        from: gelu_1
      - conv2d: {out_channels: 4, kernel_size: 9}
        from: input
    """
    assert said(text) == [
        "5:19 E202 layers read one another in a circle: `sum` <- `late` <- `relu_1` <- `sum`",
        "10:11 E202 layers read one another in a circle: `gelu_1` <- `gelu_1`",
        "11:44 E301 in `conv2d_1`: a window of 9 does not fit an input height of 8",
    ]


# --- like and indices --------------------------------------------------------------------------------


def test_layers_that_refer_to_another() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - conv2d: {out_channels: 3, kernel_size: 3}
        name: small
      - center_crop: {like: small}
        from: input
      - max_pool2d: 2
        name: pool
      - relu
      - max_unpool2d: {indices: pool}
    outputs: [small, max_unpool2d_1]
    """
    assert report_of(text).outputs == {"small": (3, 6, 6), "max_unpool2d_1": (3, 6, 6)}


def test_a_reference_in_the_arguments_that_leads_nowhere_or_to_the_wrong_kind() -> None:
    text = """\
    input: [3, 8, 8]
    layers:
      - relu
      - center_crop: {like: what}
      - max_unpool2d: {indices: relu_1}
        from: relu_1
    """
    assert said(text) == [
        "4:25 E201 there is no layer `what`",
        "5:29 E205 in `max_unpool2d_1`: `indices` must name a max_pool2d or adaptive_max_pool2d, not relu",
    ]


def test_a_layer_that_refers_to_another_once_more() -> None:
    first = "{max_pool2d: 2, name: p}, {max_unpool2d: {indices: p}, name: u}"
    text = f"{INPUT}layers: [{first}, {{share: u, from: p}}]"
    layers = report_of(f"{text}\noutputs: [u, shared_1]").layers
    assert [layer.output_shape for layer in layers] == [(3, 4, 4), (3, 8, 8), (3, 8, 8)]


def test_indices_of_a_layer_that_could_not_be_made() -> None:
    text = f"{INPUT}layers: [{{what: 2, name: p}}, {{max_unpool2d: {{indices: p}}, from: input}}]"
    assert said(text) == ["2:11 E104 unknown layer kind `what`"]
