"""The whole file: imports, pieces, classes, and what is said of the network."""

from __future__ import annotations

import ast

import pytest

import cnncalc
from tests.interop.exported import class_names, constructor, head


def exported(design: str) -> str:
    return cnncalc.export(design, class_name="Net")


def imports(design: str) -> str:
    """What stands before the first class."""
    return exported(design).partition("\n\n\n")[0]


DESIGN = """\
name: tiny net
title: A tiny network
reference: https://example.org/tiny
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, bias: false}
    name: conv
  - flatten
  - linear: 1000
    name: fc
"""

# 4 * 3 * 9 weights and 144 * 1000 + 1000; 108 of them for each of 36 cells, and 144 * 1000 products;
# each is two operations, and a bias one more
WHOLE = """\
from torch import Tensor, nn


class TinyNet(nn.Module):
    \"\"\"A tiny network

    https://example.org/tiny
    Reads (N, 3, 8, 8); gives (N, 1000).
    145,108 parameters; for one sample 147,888 multiply-accumulates and 296,776
    floating-point operations in all.
    \"\"\"

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3, bias=False)
        self.flatten_1 = nn.Flatten()
        self.fc = nn.Linear(144, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.flatten_1(x)
        return self.fc(x)
"""


def test_a_whole_file() -> None:
    assert cnncalc.export(DESIGN) == WHOLE


def test_words_with_a_hyphen_stay_together() -> None:
    made = cnncalc.export(DESIGN.replace("1000", "9"))  # floating- is the last that fits in the line
    assert not any(line.endswith("-") for line in made.splitlines())


def test_a_network_without_a_name_has_no_sign_for_its_title() -> None:
    assert "<" not in cnncalc.export("input: [3, 8, 8]\nlayers: [relu]\n")


def test_only_what_is_used_is_imported() -> None:
    assert imports("input: [3, 8, 8]\nlayers: [relu, relu]\n") == "from torch import Tensor, nn"
    long = f"input: [3, 8, 8]\nlayers: [{', '.join(['relu'] * 30)}]\n"
    assert imports(long) == "from torch import nn"
    merged = (
        "input: [4, 8, 8]\nlayers:\n  - add:\n      a: [{conv2d: {out_channels: 4, kernel_size: 1}}]\n"
        "      b: []\n    name: sum\n  - concat:\n    from: [sum, input]\n"
    )
    standard, _, ours = imports(merged).partition("\n\n")
    assert ours.splitlines() == ["import torch", "from torch import Tensor, nn"]
    assert "from collections import OrderedDict" in standard.splitlines()
    assert "import math" not in standard.splitlines()


def test_math_is_imported_where_expressions_round() -> None:
    design = """
input: [3, 8, 8]
blocks:
  unit:
    params: {channels: }
    layers:
      - conv2d: {out_channels: ceil(channels / 2), kernel_size: 1}
        name: conv
layers: [{unit: 3}, {unit: 6}]
"""
    assert imports(design).splitlines()[0] == "import math"
    assert "math.ceil(channels / 2)" in exported(design)


def test_pieces_stand_once_before_the_classes_that_use_them() -> None:
    branches = "  - add:\n      a: [relu]\n      b: [tanh]\n"
    assert class_names(f"input: [4, 8, 8]\nlayers:\n{branches}{branches}") == ["Add", "Net"]


def test_titles_cannot_break_out_of_their_docstring() -> None:
    design = 'title: "a \\"\\"\\" b \\\\ c\\nd"\ninput: [3, 8, 8]\nlayers: [relu]\n'
    tree = ast.parse(exported(design))
    (made,) = [part for part in tree.body if isinstance(part, ast.ClassDef)]
    documented = ast.get_docstring(made)
    assert documented is not None
    assert documented.splitlines()[0].startswith("a ''' b ")


def test_a_title_that_ends_in_a_quote() -> None:
    design = "title: 'the net \"alpha\"'\ninput: [3, 8, 8]\nlayers: [relu]\n"
    ast.parse(exported(design))


def test_several_inputs_and_outputs_are_named() -> None:
    design = (
        "inputs: {left: [3, 8, 8], right: [3, 8, 8]}\noutputs: [a, b]\nlayers:\n"
        "  - relu:\n    name: a\n    from: left\n  - flatten:\n    name: b\n    from: right\n"
    )
    assert "    Reads left (N, 3, 8, 8), right (N, 3, 8, 8); gives a (N, 3, 8, 8), b (N, 192).\n" in exported(
        design
    )


@pytest.mark.parametrize("name", ["my net", "class", "nn", "Add"])
def test_a_name_that_no_class_can_have(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        cnncalc.export("input: [3, 8, 8]\nlayers: [relu]\n", class_name=name)


def test_a_block_called_as_the_network() -> None:
    design = "name: unit\ninput: [3, 8, 8]\nblocks:\n  unit:\n    layers: [relu]\nlayers: [unit]\n"
    made = [part.name for part in ast.parse(cnncalc.export(design)).body if isinstance(part, ast.ClassDef)]
    assert made == ["Unit2", "Unit"]


def test_lines_are_no_longer_than_formatters_allow() -> None:
    for network in ("resnet50", "wavenet", "mobilenet_v2", "fcn8s", "deconvnet"):
        assert max(map(len, cnncalc.export(network).splitlines())) <= 88


# --- parameters of the file ----------------------------------------------------------------------------


def test_numbers_of_the_file_that_change_nothing_else_are_parameters() -> None:
    design = """
params: {classes: 1000, width: 8, depth: 3, p: 0.5, names: [a, b]}
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 2 * width, kernel_size: 1}
    name: conv
  - relu:
    name: act{i}
    repeat: depth
  - dropout: p
    name: drop
  - global_avg_pool2d:
    name: pool
  - flatten:
    name: flat
  - linear: classes
    name: head
"""
    made = head(design)
    assert "classes: int=1000" in made
    assert "width: int=8" in made
    assert "p: float=0.5" in made
    assert "names" not in made
    assert "self.conv = nn.Conv2d(3, 2 * width, kernel_size=1)\n" in constructor(design)
    assert "self.head = nn.Linear(2 * width, classes)\n" in constructor(design)


def test_those_that_sizes_depend_on_are_not() -> None:
    design = """
params: {stride: 2}
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, stride: stride, padding: 1}
    name: conv
  - flatten:
    name: flat
  - linear: 10
    name: head
"""
    assert head(design) == "(self) -> None"
    assert "self.conv = nn.Conv2d(3, 4, kernel_size=3, stride=2, padding=1)\n" in constructor(design)


def test_nor_those_that_say_whether_a_layer_is_there() -> None:
    design = """
params: {width: 8}
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: width, kernel_size: 1}
    name: conv
  - batch_norm:
    name: bn
    when: width > 100
"""
    assert head(design) == "(self) -> None"
