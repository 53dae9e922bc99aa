"""What classes, modules and variables are called."""

from __future__ import annotations

import re

import pytest

from cnncalc.interop.pytorch.names import check_class_name, identifier, is_plain, name_of_network
from tests.interop.exported import class_names, constructor, forward

USES = """
input: [4, 16, 16]
blocks:
  {name}:
    params: {{channels: 4, wide: false}}
    layers:
      - conv2d: {{out_channels: channels, kernel_size: 3, padding: 1}}
        name: conv
{more}
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("conv1", "conv1"),
        ("1x1", "_1x1"),
        ("my-relu", "my_relu"),
        ("lambda", "lambda_"),
        ("", "layer"),
        ("größe", "größe"),
    ],
)
def test_variables(name: str, expected: str) -> None:
    assert identifier(name) == expected


@pytest.mark.parametrize("name", ["conv1", "x", "Größe", "match", "private_"])
def test_names_that_can_be_attributes(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize("name", ["1x1", "my-relu", "class", "train", "forward", "items", "values", "None"])
def test_names_that_cannot(name: str) -> None:
    assert not is_plain(name)


@pytest.mark.parametrize(
    "name", ["_modules", "_buffers", "__class__", "__call__", "__conv", "_private", "training"]
)
def test_names_that_belong_to_the_object_or_are_mangled(name: str) -> None:
    """nn.Module keeps its own things there, and Python mangles `__conv`."""
    assert not is_plain(name)


def test_letters_that_python_reads_as_others() -> None:
    """An attribute written with the ligature has the name without it, and so has its key."""
    assert not is_plain("ﬁt")
    assert identifier("ﬁt") == "_t"
    assert identifier("x²") == "x_"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ResNet-50", "ResNet50"),
        ("plain 18", "Plain18"),
        ("3D net", "_3DNet"),
        ("tensor", "TensorNet"),
        ("add", "AddNet"),
        ("!?", "Net"),
        ("", "Net"),
    ],
)
def test_the_class_of_a_network(name: str, expected: str) -> None:
    assert name_of_network(name) == expected


def test_an_apostrophe_ends_no_word() -> None:
    assert name_of_network("AlexNet as in the lecture's table") == "AlexNetAsInTheLecturesTable"


@pytest.mark.parametrize("name", ["", "Net", "_Net", "Größe"])
def test_class_names_that_can_be(name: str) -> None:
    check_class_name(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My Net", "a class cannot be called 'My Net'; write a word such as Net"),
        ("class", "a class cannot be called 'class'; write a word such as Net"),
        ("2Net", "a class cannot be called '2Net'; write a word such as Net"),
        ("nn", "a file of PyTorch may need 'nn' for something else; choose another name"),
        ("Concat", "a file of PyTorch may need 'Concat' for something else; choose another name"),
        ("super", "a file of PyTorch may need 'super' for something else; choose another name"),
    ],
)
def test_class_names_that_cannot(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_class_name(name)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("conv_bn", ["ConvBn", "Net"]),
        ("concat_block", ["ConcatBlock", "Net"]),
        ("net", ["Net2", "Net"]),
        ("tensor", ["TensorBlock", "Net"]),
        ("stochasticDepth", ["StochasticDepthBlock", "Net"]),
    ],
)
def test_the_class_of_a_block(block: str, expected: list[str]) -> None:
    assert class_names(USES.format(name=block, more=f"layers:\n  - {block}: 8\n")) == expected


def test_classes_of_one_block_are_told_apart_by_the_switch_in_which_they_differ() -> None:
    more = """
      - conv2d: {out_channels: channels, kernel_size: 1}
        name: wide
        when: wide
      - add:
        from: [conv, wide]
        when: wide
layers:
  - unit: 4
    name: a
  - unit: {channels: 8, wide: true}
    name: b
"""
    assert class_names(USES.format(name="unit", more=more)) == ["Unit", "UnitWide", "Net"]


def test_else_by_numbers() -> None:
    more = """
  other:
    layers:
      - relu
  Other:
    layers:
      - tanh
layers:
  - unit: 4
  - other
  - Other
"""
    assert class_names(USES.format(name="unit", more=more)) == ["Unit", "Other", "Other2", "Net"]


def test_layers_with_names_of_nn_module_are_kept_where_it_keeps_modules() -> None:
    design = """
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 1}
    name: train
  - relu:
    name: class
  - relu:
    name: 1x1
  - add:
    from: [train, class, 1x1]
    name: lambda
  - add:
    from: [lambda, lambda]
    name: torch
  - add:
    from: [lambda, torch]
"""
    assert constructor(design) == (
        'self._modules["train"] = nn.Conv2d(3, 4, kernel_size=1)\n'
        'self._modules["class"] = nn.ReLU()\n'
        'self.add_module("1x1", nn.ReLU())\n'
    )
    assert forward(design) == (
        'train = self._modules["train"](x)\n'
        'class_ = self._modules["class"](train)\n'
        'x = self.get_submodule("1x1")(class_)\n'
        "lambda_ = train + class_ + x\n"
        "x = lambda_ + lambda_\n"
        "return lambda_ + x\n"
    )
