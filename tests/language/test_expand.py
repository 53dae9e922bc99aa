"""From a file to its layers: names, branches, parameters, blocks, repeats and faults said once."""

from __future__ import annotations

import pytest

from cnncalc import api
from cnncalc.diagnostics import ArchitectureError, Source
from cnncalc.language import foreign
from cnncalc.language.document import ABOUT, STRUCTURE
from cnncalc.language.origin import SIBLINGS
from cnncalc.layers import FAMILY_OF, all_kinds
from tests.language.networks import INPUT, chain, edges, graph_of, help_of, report_of, said

# --- a chain -----------------------------------------------------------------------------------------


def test_the_first_example_of_the_language() -> None:
    report = report_of(
        """
        name: LeNet-5
        reference: https://yann.lecun.com
        input: [1, 32, 32]
        layers:
          - conv2d: {out_channels: 6, kernel_size: 5}
            name: c1
          - tanh
          - avg_pool2d: 2
          - flatten
          - linear: 10
        """
    )
    assert report.name == "LeNet-5"
    assert [(layer.name, layer.output_shape) for layer in report.layers] == [
        ("c1", (6, 28, 28)),
        ("tanh_1", (6, 28, 28)),
        ("avg_pool2d_1", (6, 14, 14)),
        ("flatten_1", (1176,)),
        ("linear_1", (10,)),
    ]


def test_layers_without_a_name_are_numbered_by_kind() -> None:
    assert chain("[relu, tanh, relu, {relu: }, {relu: {}}]") == [
        "relu_1",
        "tanh_1",
        "relu_2",
        "relu_3",
        "relu_4",
    ]


def test_numbers_skip_names_that_are_taken() -> None:
    assert chain("[{relu: , name: relu_1}, relu, {tanh: , name: relu_3}, relu]") == [
        "relu_1",
        "relu_2",
        "relu_3",
        "relu_4",
    ]


def test_a_bare_value_is_the_only_required_argument() -> None:
    assert report_of(INPUT + "layers: [{max_pool2d: 2}, {linear: 5}]").outputs == {"linear_1": (3, 4, 5)}


def test_a_network_without_a_name_is_called_as_its_file() -> None:
    assert graph_of(INPUT + "layers: [relu]").name == "net.yaml"


# --- branches ----------------------------------------------------------------------------------------


def test_branches_start_at_the_layer_before_and_an_empty_one_is_that_layer() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - relu
      - add:
          main:
            - conv2d: {out_channels: 3, kernel_size: 3, padding: 1}
            - batch_norm
          shortcut: []
      - tanh
    """
    assert edges(text) == {
        "relu_1": ["input"],
        "add_1.main.conv2d_1": ["relu_1"],
        "add_1.main.batch_norm_1": ["add_1.main.conv2d_1"],
        "add_1": ["add_1.main.batch_norm_1", "relu_1"],
        "tanh_1": ["add_1"],
    }


def test_branches_within_branches() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - add:
          main:
            - multiply:
                features: []
                gate: [global_avg_pool, sigmoid]
              name: excited
          shortcut: []
        name: sum
    """
    assert edges(text) == {
        "sum.main.excited.gate.global_avg_pool_1": ["input"],
        "sum.main.excited.gate.sigmoid_1": ["sum.main.excited.gate.global_avg_pool_1"],
        "sum.main.excited": ["input", "sum.main.excited.gate.sigmoid_1"],
        "sum": ["sum.main.excited", "input"],
    }


def test_branches_beside_an_argument() -> None:
    text = INPUT + "layers: [{concat: {dim: 2, one: [], two: [relu]}}]"
    assert edges(text) == {"concat_1.two.relu_1": ["input"], "concat_1": ["input", "concat_1.two.relu_1"]}


def test_branches_start_where_from_says() -> None:
    text = INPUT + "layers: [relu, tanh, {add: {a: [gelu], b: []}, from: relu_1}]"
    assert edges(text)["add_1.a.gelu_1"] == ["relu_1"]
    assert edges(text)["add_1"] == ["add_1.a.gelu_1", "relu_1"]


@pytest.mark.parametrize("value", ["", "relu", "3", "{relu: }"])
def test_a_branch_that_is_no_list_is_one_fault(value: str) -> None:
    text = f"{INPUT}layers:\n  - add:\n      main: {value}\n      shortcut: []\n"
    assert said(text) == ["4:7 E109 branch `main` of add must be a list of layers"]


def test_an_argument_of_a_merge_almost_right_is_no_branch() -> None:
    text = INPUT + "layers: [{concat: {dimm: 2, a: [], b: []}}]"
    assert said(text) == ["2:20 E101 unknown argument `dimm` of concat"]


# --- parameters --------------------------------------------------------------------------------------


def sizes(text: str, **params: object) -> list[tuple[int, ...]]:
    return [layer.output_shape for layer in report_of(text, **params).layers]


PARAMETERS = """
params: {width: 1.0, channels: round(64 * width), kernels: [1, channels // 32 + 1], mode: same, deep: false}
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: channels, kernel_size: kernels, padding: mode}
  - conv2d: {out_channels: "min(channels, 16)", kernel_size: "kernels[1]"}
    when: deep
  - linear: 10 if deep else 5
"""


def test_parameters_use_those_above_them() -> None:
    assert sizes(PARAMETERS) == [(64, 8, 8), (64, 8, 5)]


def test_parameters_set_from_outside() -> None:
    assert sizes(PARAMETERS, width=0.5, deep=True) == [(32, 8, 8), (16, 7, 7), (16, 7, 10)]
    assert sizes(PARAMETERS, width="1 / 4", mode="valid") == [(16, 8, 8), (16, 8, 5)]
    assert sizes(PARAMETERS, kernels=[1, 1], channels="4 * width") == [(4, 8, 8), (4, 8, 5)]


def test_an_unknown_parameter_set_from_outside() -> None:
    assert said(PARAMETERS, witdh=2) == ["1:1 E106 there is no parameter `witdh`"]
    assert help_of(PARAMETERS, witdh=2) == "did you mean `width`?"
    assert help_of(INPUT + "layers: [relu]", witdh=2) == "its parameters are none"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("{c: d, d: 4}", "1:13 E106 parameter `c` uses `d`, declared below"),
        ("{c: 2 * d, d: 4}", "1:13 E106 parameter `c` uses `d`, declared below"),
        ("{c: c}", "1:13 E106 parameter `c` uses itself"),
        ("{c: }", "1:10 E102 parameter `c` has no value"),
        ("{c: 1 +}", "1:15 E105 the expression cannot be read: it ends too early"),
        ("{c: 1 / 0}", "1:13 E107 division by zero"),
        ("{c: {a: 1}}", "1:13 E103 expected a number, a word or a list, not `key: value` pairs"),
    ],
)
def test_a_faulty_parameter_is_one_fault_however_often_it_is_used(params: str, expected: str) -> None:
    layers = "[{linear: c}, {linear: 2 * c}, {relu: , name: 'r{c}'}, {relu: , repeat: c}, {relu: , when: c}]"
    assert said(f"params: {params}\ninput: [c, 8, 8]\nlayers: {layers}") == [expected]


def test_a_colon_without_a_space_behind_it() -> None:
    text = INPUT + "layers: [{conv2d: {out_channels:4, kernel_size:99}}]"
    assert said(text) == [
        "2:11 E301 in `conv2d_1`: a window of 99 does not fit an input height of 8",
        "2:20 E101 a space is missing after the colon of `out_channels:4`",
        "2:36 E101 a space is missing after the colon of `kernel_size:99`",
    ]
    text = INPUT + "layers: [{conv2d: {out_channels: 4, kernel_size:3}}]"
    assert said(text) == ["2:37 E101 a space is missing after the colon of `kernel_size:3`"]
    text = INPUT + "layers: [{conv2d: {out_channels:0, kernel_size: 3}}]"
    assert said(text) == [
        "2:20 E101 a space is missing after the colon of `out_channels:0`",
        "2:33 E103 `out_channels` of conv2d must be a whole number of at least 1, not 0",
    ]
    assert help_of(INPUT + "layers: [{max_pool2d: {kernel_size:2}}]") == "write `kernel_size: 2`"


@pytest.mark.parametrize(
    ("text", "expected", "written"),
    [
        ("layers: [{conv2d: {out_channels: max(8, 4*w), kernel_size: 3}}]", "2:34", "max(8, 4*w)"),
        ("layers: [{linear: max(8, min(w, 3), 2) // 2}]", "2:19", "max(8, min(w, 3), 2) // 2"),
        ("layers: [{relu: , repeat: max(1, w), name: a}]", "2:27", "max(1, w)"),
        (
            "layers: [{b: {c: max(8, w), d: 2}}]\nblocks: {b: {params: {c: , d: }, layers: [relu]}}",
            "2:18",
            "max(8, w)",
        ),
    ],
)
def test_a_comma_within_parentheses_within_braces(text: str, expected: str, written: str) -> None:
    text = f"{INPUT}{text}\nparams: {{w: 1}}"
    assert said(text) == [f"{expected} E105 `,` in a value without quotes, within brackets"]
    assert help_of(text) == f'put the expression in quotes, as in "{written}"'


def test_a_comma_within_the_parentheses_of_a_parameter() -> None:
    value = "max(8, int(32*w + 4)//8*8, 2)"
    text = f"{INPUT}params: {{w: 1, c8: {value}, d: 3}}\nlayers: [{{linear: c8}}]"
    assert said(text) == ["2:20 E105 `,` in a value without quotes, within brackets"]
    assert help_of(text) == f'put the expression in quotes, as in "{value}"'


def test_a_parameter_without_a_value_is_set_from_outside() -> None:
    assert sizes("params: {c: }\ninput: [3, 8, 8]\nlayers: [{linear: c}]", c=7) == [(3, 8, 7)]


def test_quoted_numbers_are_expressions_that_give_numbers() -> None:
    text = INPUT + 'layers: [{conv2d: {out_channels: "4", kernel_size: "3", padding: "1"}}]'
    assert sizes(text) == [(4, 8, 8)]


def test_an_index_within_braces_needs_quotes() -> None:
    text = "params: {c: [4]}\ninput: [3, 8, 8]\nlayers: [{linear: c[0]}]"
    with pytest.raises(ArchitectureError) as caught:
        report_of(text)
    assert caught.value.diagnostics[0].help == 'put the expression in quotes, as in "c[0]"'
    assert sizes(text.replace("c[0]", '"c[0]"')) == [(3, 8, 4)]


def test_an_input_shape_from_parameters() -> None:
    assert sizes("params: {size: 8}\ninput: [3, size, 2 * size]\nlayers: [relu]") == [(3, 8, 16)]


def test_scalars_mean_what_they_look_like() -> None:
    assert sizes(INPUT + "layers: [{linear: 010}]") == [(3, 8, 10)]
    assert said(INPUT + "layers: [{linear: {out_features: 8, bias: no}}]") == [
        "2:43 E106 unknown parameter `no`"
    ]
    assert said(INPUT + "layers: [{linear: 1:30}]") == ["2:20 E105 the expression cannot be read"]


# --- blocks ------------------------------------------------------------------------------------------

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


# --- repeats, when and sequences ---------------------------------------------------------------------


def test_a_repeated_layer() -> None:
    assert chain("[{relu: , repeat: 3}, {relu: , repeat: 2, name: r}, relu]") == [
        "relu_1.0",
        "relu_1.1",
        "relu_1.2",
        "r.0",
        "r.1",
        "relu_2",
    ]


def test_the_index_of_a_repeat() -> None:
    text = INPUT + "layers: [{conv2d: {out_channels: 2 ** i, kernel_size: 1}, repeat: 3}]"
    assert [shape[0] for shape in sizes(text)] == [1, 2, 4]


def test_nested_repeats_with_an_index_of_their_own() -> None:
    text = """
    input: [3, 8, 8]
    layers:
      - sequence:
          - linear: 10 * stage + i
            name: conv{stage + 1}_{i + 1}
            repeat: 2 - stage
          - relu
        repeat: {times: 2, index: stage}
    """
    text = text.replace("10 * stage + i", "10 * stage + i + 1")
    assert list(edges(text)) == ["conv1_1", "conv1_2", "relu_1", "conv2_1", "relu_2"]
    assert [shape[-1] for shape in sizes(text)] == [1, 2, 2, 11, 11]


def test_a_repeat_of_nothing_leaves_no_trace() -> None:
    assert chain("[{relu: , repeat: 0}, relu, {sequence: [tanh], name: s, repeat: 0}]") == ["relu_1"]


def test_what_is_left_out_by_when_leaves_no_trace() -> None:
    assert chain("[{relu: , when: 1 > 2}, {relu: , when: 'true'}, {tanh: , when: false, repeat: what}]") == [
        "relu_1"
    ]


def test_when_sees_the_index_of_the_repeat_around_it() -> None:
    layers = "[{sequence: [{relu: , when: i > 0}, {tanh: , when: i == 0}], repeat: 3}]"
    assert chain(layers) == ["tanh_1", "relu_1", "relu_2"]


def test_when_sees_the_index_of_the_repeat_beside_it() -> None:
    layers = "[{sequence: [{tanh: , repeat: 3, when: i > 0}], repeat: 2}]"
    assert chain(layers) == ["tanh_1.1", "tanh_1.2", "tanh_2.1", "tanh_2.2"]
    layers = "[{relu: , repeat: {times: 4, index: k}, when: k % 2 == 0, name: 'r{k}'}]"
    assert chain(layers) == ["r0", "r2"]
    layers = "[{sequence: [{tanh: , repeat: 2, when: k > 0}], repeat: {times: 2, index: k}}]"
    assert chain(layers) == ["tanh_1.0", "tanh_1.1"]
    assert chain("[{relu: , repeat: 3, when: i > 5}, relu]") == ["relu_1"]


def test_a_when_beside_a_repeat_that_has_no_value_is_one_fault() -> None:
    text = INPUT + "layers: [{relu: , repeat: 3, when: i + 1}]"
    assert said(text) == ["2:36 E103 `when` must be true or false, not 1"]
    assert said(INPUT + "layers: [{relu: , repeat: 3, when: j > 1}]") == ["2:36 E106 unknown parameter `j`"]


def test_repetitions_left_out_are_steps_too() -> None:
    layers = "[{sequence: [{relu: , repeat: 2000, when: i < 0}], repeat: 2000}]"
    assert [fault.split(" ", 1)[1] for fault in said(f"{INPUT}layers: {layers}")] == [
        "E107 the repeats take more than 500,000 steps"
    ]


def test_a_repeat_shared_leaves_out_the_same_repetitions() -> None:
    layers = "[{sequence: [{linear: 8}], repeat: 3, when: i > 0, name: a}, {share: a, name: b}]"
    assert chain(layers) == ["a.1.linear_1", "a.2.linear_1", "b.1.linear_1", "b.2.linear_1"]


def test_a_repeat_with_a_source_of_each_repetition() -> None:
    text = (
        INPUT + "layers: [{relu: , name: 'r{i}', repeat: 2}, {gelu: , from: 'r{1 - i}', repeat: 2, name: g}]"
    )
    found = edges(text)
    assert (found["g.0"], found["g.1"]) == (["r1"], ["r0"])


def test_a_sequence_without_a_name_is_not_seen() -> None:
    assert chain("[relu, {sequence: [relu, tanh], repeat: 2}, relu, {sequence: []}, {sequence: }]") == [
        "relu_1",
        "relu_2",
        "tanh_1",
        "relu_3",
        "tanh_2",
        "relu_4",
    ]


def test_a_sequence_with_a_name() -> None:
    assert chain("[{sequence: [relu, tanh], name: s, repeat: 2}, {sequence: [relu], name: t}, relu]") == [
        "s.0.relu_1",
        "s.0.tanh_1",
        "s.1.relu_1",
        "s.1.tanh_1",
        "t.relu_1",
        "relu_1",
    ]


def test_a_repeat_from_elsewhere_starts_there_once() -> None:
    text = INPUT + "layers: [relu, tanh, {gelu: , from: relu_1, repeat: 2}]"
    assert edges(text)["gelu_1.0"] == ["relu_1"]
    assert edges(text)["gelu_1.1"] == ["gelu_1.0"]


@pytest.mark.parametrize(
    ("siblings", "expected"),
    [
        ("repeat: -1", "27 E103 `repeat` must be a whole number of at least 0, not -1"),
        ("repeat: 1.5", "27 E103 `repeat` must be a whole number of at least 0, not 1.5"),
        ("repeat: true", "27 E103 `repeat` must be a whole number of at least 0, not true"),
        ("repeat: {time: 3}", "27 E103 `repeat` takes a number, or `times` and `index`"),
        ("repeat: {times: 3, index: 2x}", "35 E103 the index of a repeat must be a name, not `2x`"),
        ("repeat: 1000000000", "27 E107 `repeat` must be at most 200,000, not 1,000,000,000"),
        ("when: 1", "25 E103 `when` must be true or false, not 1"),
        ("when: \"'yes'\"", "25 E103 `when` must be true or false, not `yes`"),
        ("name: a.b", "25 E111 `a.b` cannot be the name of a layer"),
        ("name: a b", "25 E111 `a b` cannot be the name of a layer"),
        ("name: [a]", "25 E103 a name must be one word"),
        ("name: input", "25 E203 `input` is the name of an input of the network"),
        ("name: 'r{j}'", "28 E106 unknown parameter `j`"),
        ("nmae: r", "19 E109 unknown key `nmae` beside `relu`"),
        ("tanh: ", "19 E109 a layer has one kind, and this one says `relu` and `tanh`"),
    ],
)
def test_a_wrong_sibling_is_one_fault(siblings: str, expected: str) -> None:
    assert said(f"{INPUT}layers: [{{relu: , {siblings}}}, gelu]") == [f"2:{expected}"]


@pytest.mark.parametrize(
    "layers", ["[{sequence: [relu, relu], repeat: 150000}]", "[{relu: , repeat: 200000}, relu]"]
)
def test_too_many_layers(layers: str) -> None:
    assert [fault.split(" ", 1)[1] for fault in said(f"{INPUT}layers: {layers}")] == [
        "E107 the network has more than 200,000 layers"
    ]


def test_repeats_that_make_no_layer_end_too() -> None:
    text = f"{INPUT}layers: [{{sequence: [{{sequence: , repeat: 2000}}], repeat: 2000}}]"
    assert said(text) == ["2:59 E107 the repeats take more than 500,000 steps"]


@pytest.mark.parametrize(
    ("text", "expected", "help"),
    [
        (
            "layers: [relu, {add: []}]",
            "2:22 E109 add has an empty list of inputs",
            "name them (`from: [a, b]` beside `add`), or write a branch for each below it",
        ),
        (
            "outputs: []\nlayers: [relu]",
            "2:10 E201 `outputs` names no layer",
            "name one, or leave `outputs` out",
        ),
        ("outputs:\nlayers: [relu]", "2:9 E201 `outputs` names no layer", "name one, or leave `outputs` out"),
        (
            "outputs: {first: relu_1}\nlayers: [relu]",
            "2:10 E103 `outputs` must be a list of layers",
            "write `outputs: [main, aux]`; an output is called as its layer",
        ),
        ("layers: [{relu: , from: }]", "2:25 E201 `from` names no layer", "name one, or leave `from` out"),
        (
            "layers: [{relu: , name: ''}]",
            "2:25 E103 a name must not be empty",
            "write one word, or leave it out",
        ),
    ],
)
def test_what_is_left_empty_is_one_fault(text: str, expected: str, help: str) -> None:
    assert said(INPUT + text) == [expected]
    assert help_of(INPUT + text) == help


def test_a_kind_without_weights_shares_none() -> None:
    text = (
        INPUT
        + "layers: [{linear: 8, name: c}, {relu: , share: c}, {conv2d: {out_channels: 2, kernel_size: 9}}]"
    )
    assert said(text) == [
        "2:48 E205 relu has no weights to share",
        "2:92 E301 in `conv2d_1`: a window of 9 does not fit an input height of 8",
    ]
    assert help_of(INPUT + "layers: [{linear: 8, name: c}, {relu: , share: c}]") == "take `share` out"


def test_what_is_shared_stands_above() -> None:
    text = INPUT + "layers: [{linear: 8, share: later}, {linear: 8, name: later}]"
    assert said(text) == ["2:29 E201 `later` stands below, and must stand above what shares its weights"]
    assert help_of(text) == "put it above, and let the one below share"


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("[{relu: , name: a}, {tanh: , name: a}]", ["2:44 E203 two layers are named `a`"]),
        ("[relu, {tanh: , name: relu_1}]", ["2:31 E203 two layers are named `relu_1`"]),
        (
            "[{sequence: [relu, tanh], name: a}, {sequence: [relu, tanh], name: a}]",
            ["2:76 E203 two layers are named `a`"],
        ),
        ("[{relu: , name: a, repeat: 2}, {relu: , name: a}]", ["2:55 E203 two layers are named `a`"]),
        ("[{sequence: [{relu: , name: a}], repeat: 2}]", ["2:37 E203 two layers are named `a`"]),
        ("[{relu: , name: 'a{i // 2}', repeat: 3}]", ["2:25 E203 two layers are named `a0`"]),
    ],
)
def test_a_name_given_twice_is_one_fault(layers: str, expected: list[str]) -> None:
    assert said(f"{INPUT}layers: {layers}") == expected


def test_a_name_that_cannot_be_one_is_not_also_taken() -> None:
    layers = "[{relu: , name: y, repeat: 2}, {relu: , name: y.0}]"
    assert said(f"{INPUT}layers: {layers}") == ["2:55 E111 `y.0` cannot be the name of a layer"]


@pytest.mark.parametrize(
    "items", ["-relu", "-relu\n  -tanh", "-relu: ", "- linear: 4\n  -relu", "- tanh\n  -relu: "]
)
def test_a_dash_without_a_space(items: str) -> None:
    try:
        found = api.read(Source("net.yaml", f"{INPUT}layers:\n  {items}\n")).diagnostics
    except ArchitectureError as error:
        found = list(error.diagnostics)
    assert [fault.help for fault in found] == ["write `- relu`, with a space after the dash"]


def test_the_same_name_in_two_scopes() -> None:
    layers = "[{relu: , name: a}, {sequence: [{relu: , name: a}], name: s}]"
    assert chain(layers) == ["a", "s.a"]


# --- entries that are not one ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("", "4 E109 an empty item in a list of layers"),
        ("[relu, tanh]", "5 E109 a layer must be a kind, or `kind: arguments`"),
        ("[]", "5 E109 a layer must be a kind, or `kind: arguments`"),
        ("{}", "5 E109 a layer must be a kind, or `kind: arguments`"),
        ("5", "5 E104 unknown layer kind `5`"),
        ("name: a", "5 E109 a layer without a kind"),
        ("conv2d", "5 E102 conv2d needs `out_channels` and `kernel_size`"),
        ("conv2d: 3", "13 E103 conv2d takes its arguments by name"),
        ("linear", "5 E102 linear needs `out_features`: size of the last dimension of the output"),
        (
            "conv2d: {out_channels: 3, kernel_size: 0}",
            "44 E103 `kernel_size` of conv2d must be a whole number of at least 1, not 0",
        ),
        ("linear: -10", "13 E103 `out_features` of linear must be a whole number of at least 1, not -10"),
        (
            "max_pool2d: {kernel_size: 2, stride: -2}",
            "42 E103 `stride` of max_pool2d must be a whole number of at least 1, not -2",
        ),
    ],
)
def test_a_wrong_entry_is_one_fault_and_hides_those_behind_it(item: str, expected: str) -> None:
    behind = "  - conv2d: {out_channels: 4, kernel_size: 99}\n"
    assert said(f"{INPUT}layers:\n  - {item}\n{behind}") == [f"3:{expected}"]


def test_a_needless_argument_hides_nothing() -> None:
    text = f"{INPUT}layers:\n  - relu: 3\n  - conv2d: {{out_channels: 4, kernel_size: 99}}\n"
    assert [fault[:9] for fault in said(text)] == ["3:11 E103", "4:44 E301"]


def test_a_layer_from_elsewhere_is_still_looked_at_behind_a_faulty_one() -> None:
    text = f"{INPUT}layers:\n  - foo\n  - relu\n  - linear: -1\n    from: input\n"
    assert [fault[:8] for fault in said(text)] == ["3:5 E104", "5:13 E10"]


def test_arguments_beside_the_kind_are_read_as_meant() -> None:
    text = """\
    input: [3, 8, 8]
    layers:
      - conv2d:
        out_channels: 4
        kernel_size: 9
      - linear: 10
        bias: false
        from: input
    """
    assert said(text) == [
        "4:5 E109 `out_channels` and `kernel_size` must stand below `conv2d`, not beside it",
        "5:18 E301 in `conv2d_1`: a window of 9 does not fit an input height of 8",
        "7:5 E109 `bias` must stand below `linear`, not beside it",
    ]


def test_siblings_among_the_arguments_are_read_as_meant() -> None:
    text = """\
    input: [3, 8, 8]
    layers:
      - linear: {out_features: 4, name: a}
      - add: {from: [a, a]}
      - add: [a, add_1]
      - gelu:
        from: a
      - relu: {repeat: 2}
      - add:
        from: [relu_1.1, add_2]
    """
    assert said(text) == [
        "3:31 E109 `name` must stand beside `linear`, not among its arguments",
        "4:11 E109 `from` must stand beside `add`, not among its arguments",
        "5:10 E109 the inputs must stand beside `add`, not among its arguments",
        "8:12 E109 `repeat` must stand beside `relu`, not among its arguments",
    ]


def test_no_kind_has_an_argument_that_is_a_sibling() -> None:
    assert [kind.name for kind in all_kinds().values() if set(SIBLINGS) & set(kind.arguments)] == []


# --- names of other frameworks -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Conv2d", "conv2d"),
        ("MaxPool2d", "max_pool2d"),
        ("BatchNorm2d", "batch_norm"),
        ("batch_norm2d", "batch_norm"),
        ("ReLU", "relu"),
        ("Dense", "linear"),
        ("Conv2DTranspose", "conv_transpose2d"),
        ("GlobalAveragePooling2D", "global_avg_pool"),
        ("conv", "conv2d"),
        ("maxpol2d", "max_pool2d"),
        ("sequential", "sequence"),
    ],
)
def test_the_kind_that_was_meant(written: str, meant: str) -> None:
    (fault,) = said(f"{INPUT}layers: [relu, {{{written}: , from: nowhere, when: false}}]")
    assert fault == f"2:17 E104 unknown layer kind `{written}`"
    assert help_of(f"{INPUT}layers: [relu, {{{written}: , when: false}}]") == f"did you mean `{meant}`?"


def test_kinds_with_a_number_of_axes_need_no_telling() -> None:
    assert chain("[dropout2d]") == ["dropout2d_1"]


@pytest.mark.parametrize(
    ("arguments", "help"),
    [
        ("kernal_size: 3", "did you mean `kernel_size`?"),
        ("kernel: 3", "did you mean `kernel_size`?"),
        ("kernel_size: 3, strides: 2", "did you mean `stride`?"),
        ("kernel_size: 3, in_channels: 3", "leave it out: what a layer reads follows from the graph"),
        ("kernel_size: 3, activation: ReLU", "write the activation as the next layer: `- relu`"),
        ("kernel_size: 3, padding: smae", "did you mean `same`?"),
        ("kernel_size: 3x3", "write `[3, 3]`"),
        ("kernel_size: (3, 3)", "write `[3, 3]`"),
    ],
)
def test_a_common_mistake_in_arguments_is_one_fault_with_a_help(arguments: str, help: str) -> None:
    assert help_of(f"{INPUT}layers: [{{conv2d: {{out_channels: 8, {arguments}}}}}]") == help


def test_filters_and_units() -> None:
    text = f"{INPUT}layers: [{{conv2d: {{filters: 32, kernel: 3}}}}, {{linear: {{units: 10}}}}]"
    assert [fault.split(" ", 2)[2] for fault in said(text)] == [
        "unknown argument `filters` of conv2d",
        "unknown argument `kernel` of conv2d",
        "unknown argument `units` of linear",
    ]


def test_names_from_elsewhere_lead_to_names_that_are_here() -> None:
    known = {*FAMILY_OF, "sequence"}
    arguments = {name for kind in all_kinds().values() for name in kind.arguments}
    assert set(foreign.KINDS.values()) <= known
    assert not known & {name for name in foreign.KINDS if name in known}
    assert set(foreign.ARGUMENTS.values()) <= arguments
    assert set(foreign.KEYS.values()) <= {*STRUCTURE, *ABOUT}


def test_a_batch_in_the_input() -> None:
    text = "input: [1, 3, 224, 224]\nlayers: [relu, {conv2d: {out_channels: 4, kernel_size: 3}}]"
    assert help_of(text) == "leave the batch out: a sample of the input is [3, 224, 224]"


def test_the_same_slip_twice_is_said_twice() -> None:
    slip = "conv2d: {out_chanels: 4, kernel_size: 3}"
    assert len(said(f"{INPUT}layers: [{{{slip}}}, {{{slip}}}]")) == 2


def test_a_source_named_by_the_outer_index_is_that_of_the_first_repetition() -> None:
    graph = graph_of(
        "input: [3, 8, 8]\nlayers:\n  - relu:\n    name: s0\n  - sequence:\n      - tanh:\n        name: t\n"
        "        from: s{stage}\n        repeat: 2\n    repeat: {times: 1, index: stage}\n"
    )
    assert [graph.tensor_name(node.inputs[0]) for node in graph.nodes][1:] == ["s0", "t.0"]
