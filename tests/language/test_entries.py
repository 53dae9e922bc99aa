"""The entries of a list of layers: a kind and its arguments, and what is said of an entry that is none."""

from __future__ import annotations

import pytest

from cnncalc import api
from cnncalc.diagnostics import ArchitectureError, Source
from cnncalc.language.origin import SIBLINGS
from cnncalc.layers import all_kinds
from tests.language.networks import INPUT, help_of, report_of, said

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


def test_a_bare_value_is_the_only_required_argument() -> None:
    assert report_of(INPUT + "layers: [{max_pool2d: 2}, {linear: 5}]").outputs == {"linear_1": (3, 4, 5)}


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


@pytest.mark.parametrize(
    "items", ["-relu", "-relu\n  -tanh", "-relu: ", "- linear: 4\n  -relu", "- tanh\n  -relu: "]
)
def test_a_dash_without_a_space(items: str) -> None:
    try:
        found = api.read(Source("net.yaml", f"{INPUT}layers:\n  {items}\n")).diagnostics
    except ArchitectureError as error:
        found = list(error.diagnostics)
    assert [fault.help for fault in found] == ["write `- relu`, with a space after the dash"]


def test_the_same_slip_twice_is_said_twice() -> None:
    slip = "conv2d: {out_chanels: 4, kernel_size: 3}"
    assert len(said(f"{INPUT}layers: [{{{slip}}}, {{{slip}}}]")) == 2


# --- what stands beside the kind ---------------------------------------------------------------------


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
