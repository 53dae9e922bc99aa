"""`from`, `share`, `like` and `indices`: which layer a name means, also one that comes later."""

from __future__ import annotations

import pytest

from tests.language.networks import INPUT, edges, graph_of, help_of, report_of, said

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


# --- several inputs and outputs ----------------------------------------------------------------------


def test_several_inputs_and_outputs() -> None:
    report = report_of(
        """
        inputs: {left: [3, 8, 8], right: [3, 4, 4]}
        layers:
          - relu:
            from: left
            name: main
          - tanh:
            from: right
            name: aux
        outputs: [main, aux]
        """
    )
    assert report.outputs == {"main": (3, 8, 8), "aux": (3, 4, 4)}


def test_the_first_layer_says_which_of_several_inputs_it_reads() -> None:
    text = "inputs: {a: [3, 8, 8], b: [3, 8, 8]}\nlayers: [relu, tanh]"
    assert said(text) == ["2:10 E204 relu reads no tensor: the network has several inputs"]
    assert help_of(text) == "name one with `from`: a, b"


def test_one_input_with_a_name() -> None:
    assert edges("inputs: {image: [3, 8, 8]}\nlayers: [relu, {tanh: , from: image}]") == {
        "relu_1": ["image"],
        "tanh_1": ["image"],
    }


def test_outputs_by_glob_and_one_that_is_not_there() -> None:
    layers = "layers: [{relu: , name: out_a}, {tanh: , name: out_b}]\n"
    assert list(report_of(f"{INPUT}{layers}outputs: 'out_*'").outputs) == ["out_a", "out_b"]
    assert said(f"{INPUT}{layers}outputs: [out_a, out_c]") == ["3:18 E201 there is no layer `out_c`"]


def test_a_layer_that_nothing_reads_is_a_warning() -> None:
    text = f"{INPUT}layers:\n  - relu\n  - tanh:\n    from: input\n"
    assert said(text) == ["3:5 W401 nothing reads the output of `relu_1`"]
    assert said(text + "outputs: [relu_1, tanh_1]") == []


# --- shared weights ----------------------------------------------------------------------------------


def shares(text: str) -> dict[str, str | None]:
    """The layers with the names of those whose weights they use."""
    graph = graph_of(text)
    inputs = len(graph.inputs)
    return {
        node.name: None if node.share is None else graph.nodes[node.share - inputs].name
        for node in graph.nodes
    }


CONV = "{conv2d: {out_channels: 3, kernel_size: 1}"


def test_a_layer_shares_the_weights_of_another() -> None:
    text = (
        f"{INPUT}layers: [{CONV}, name: c}}, {CONV}, share: c}}, {{share: c}}, {{share: shared_1, name: d}}]"
    )
    assert shares(text) == {"c": None, "conv2d_1": "c", "shared_1": "c", "d": "c"}
    report = report_of(text)
    assert report.totals.params == 3 * 3 + 3
    assert [layer.macs for layer in report.layers] == [576] * 4


def test_a_repeated_layer_shares_in_every_turn() -> None:
    text = f"{INPUT}layers: [{CONV}, name: c}}, {{share: c, repeat: 2, name: again}}]"
    assert shares(text) == {"c": None, "again.0": "c", "again.1": "c"}


def test_a_block_shares_the_weights_of_a_block() -> None:
    block = f"blocks: {{unit: [{CONV}}}, {{add: {{main: [batch_norm], shortcut: []}}}}]}}\n"
    layers = "[unit, {unit: , share: unit_1}, {share: unit_1}, {share: unit_2, name: d}]"
    text = f"{INPUT}{block}layers: {layers}"
    assert shares(text) == {
        f"{unit}.{layer}": f"unit_1.{layer}" if unit != "unit_1" else None
        for unit in ("unit_1", "unit_2", "shared_1", "d")
        for layer in ("conv2d_1", "add_1.main.batch_norm_1", "add_1")
    }
    assert edges(text)["shared_1.conv2d_1"] == ["unit_2.add_1"]
    assert report_of(text).totals.params == 3 * 3 + 3 + 6


def test_a_block_shared_is_the_same_with_its_parameters() -> None:
    block = "blocks: {unit: {params: {k: }, layers: [{conv2d: {out_channels: 3, kernel_size: k}}]}}\n"
    report = report_of(f"{INPUT}{block}layers: [{{unit: 3, name: a}}, {{share: a}}]")
    assert [layer.output_shape for layer in report.layers] == [(3, 6, 6), (3, 4, 4)]


def test_sequences_share_their_weights() -> None:
    first, last = f"{{sequence: [{CONV}}}, relu], name: s}}", f"{{sequence: [{CONV}}}], share: s}}"
    text = f"{INPUT}layers: [{first}, {{share: s}}, {last}]"
    assert shares(text) == {
        "s.conv2d_1": None,
        "s.relu_1": None,
        "shared_1.conv2d_1": "s.conv2d_1",
        "shared_1.relu_1": "s.relu_1",
        "shared_2.conv2d_1": "s.conv2d_1",
    }


def test_repeated_groups_share_turn_by_turn() -> None:
    blocks = f"blocks: {{unit: [{CONV}}}]}}\n"
    first = "{unit: , name: a, repeat: 2}, {unit: , name: b, repeat: 2, share: a}"
    assert shares(f"{INPUT}{blocks}layers: [{first}, {{share: a}}, {{unit: , share: a.1}}]") == {
        "a.0.conv2d_1": None,
        "a.1.conv2d_1": None,
        "b.0.conv2d_1": "a.0.conv2d_1",
        "b.1.conv2d_1": "a.1.conv2d_1",
        "shared_1.0.conv2d_1": "a.0.conv2d_1",
        "shared_1.1.conv2d_1": "a.1.conv2d_1",
        "unit_1.conv2d_1": "a.1.conv2d_1",
    }


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (f"{CONV}, share: d}}", "59 E201 there is no layer `d` above to share with"),
        (f"{CONV}, share: input}}", "59 E201 there is no layer `input` above to share with"),
        (
            f"{CONV}, share: u}}",
            "59 E205 `u` is a group of layers, and a conv2d shares the weights of one layer",
        ),
        ("{share: d}", "16 E201 there is no layer `d` above to share with"),
        ("{unit: , share: c}", "24 E205 `c` has no layers within it, whose weights `unit` could share"),
        ("{unit: , share: r}", "24 E205 `r` is repeated, and each turn has weights of its own"),
        (
            "{conv2d: {out_channels: 4, kernel_size: 1}, share: c}",
            "59 E205 in `conv2d_1`: its weights have other shapes than those of `c`, which it shares",
        ),
        (
            "{relu: , share: c}",
            "24 E205 relu has no weights to share",
        ),
    ],
)
def test_weights_that_cannot_be_shared(layer: str, expected: str) -> None:
    groups = "- {unit: , name: u}\n- {unit: , name: r, repeat: 2}"
    text = f"{INPUT}blocks: {{unit: [{CONV}}}]}}\nlayers:\n- {CONV}, name: c}}\n{groups}\n-      {layer}"
    assert said(text) == [f"7:{expected}"]


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
