"""The judge finds what is wrong: an export altered by hand, and a report that says something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

import cnncalc
from cnncalc.geometry import Window
from cnncalc.layers.base import Misfit, Operations, Shape
from cnncalc.layers.convolution import Convolution

pytestmark = pytest.mark.oracle

DESIGN = """\
input: [2, 9, 9]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, stride: 2, padding: 1}
    name: conv
  - batch_norm:
    name: norm
  - relu:
    name: relu
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1, groups: 2}
    name: grouped
  - add:
    from: [relu, grouped]
    name: sum
  - max_pool2d: {kernel_size: 2, stride: 1}
    name: pool
  - flatten:
    name: flat
  - linear: {out_features: 3, bias: false}
    name: head
"""

SOURCE = """\
import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 4, kernel_size=3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU()
        self.grouped = nn.Conv2d(4, 4, kernel_size=3, padding=1, groups=2)
        self.pool = nn.MaxPool2d(kernel_size=2, stride=1)
        self.flat = nn.Flatten()
        self.head = nn.Linear(64, 3, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.norm(x)
        relu = self.relu(x)
        grouped = self.grouped(relu)
        x = relu + grouped
        x = self.pool(x)
        x = self.flat(x)
        return self.head(x)
"""
"""What an export of the design may look like."""


def found_in(source: str) -> str:
    from tests.oracle.judge import judge

    return "\n".join(judge(DESIGN, source))


def test_agrees() -> None:
    assert found_in(SOURCE) == ""


def test_what_cnncalc_exports_agrees() -> None:
    from tests.oracle.judge import judge

    assert judge(DESIGN) == []


@pytest.mark.parametrize(
    ("written", "instead", "found"),
    [
        (
            "Conv2d(2, 4, kernel_size=3, stride",
            "Conv2d(2, 4, kernel_size=5, stride",
            "conv.weight: parameter",
        ),
        ("stride=2, padding=1)", "stride=2, padding=1, bias=False)", "conv.bias: parameter of shape (4,)"),
        ("nn.BatchNorm2d(4)", "nn.BatchNorm2d(4, affine=False)", "norm.bias: parameter of shape (4,)"),
        (
            "nn.BatchNorm2d(4)",
            "nn.BatchNorm2d(4, track_running_stats=False)",
            "norm.running_mean: buffer of shape (4,), and PyTorch has None",
        ),
        ("self.head", "self.last", "head.weight: parameter of shape (3, 64), and PyTorch has None"),
        ("self.relu", "self.activation", "relu: there is no module of this name"),
        ("stride=2, padding=1)", "stride=2, padding=1, dilation=2)", "conv: shape (4, 5, 5), and PyTorch"),
        ("nn.BatchNorm2d(4)", "nn.BatchNorm2d(4, eps=0.1)", "norm: values differ"),
        ("nn.ReLU()", "nn.GELU()", "relu: values differ"),
        ("nn.MaxPool2d", "nn.AvgPool2d", "pool: values differ"),
        ("x = relu + grouped", "x = grouped - relu", "pool: values differ"),
        ("= self.grouped(relu)", "= self.grouped(relu.flip(1))", "grouped: values differ"),
        ("return self.head(x)", "return self.head(x)[:, [1, 0, 2]]", "head: values differ"),
        (
            "return self.head(x)",
            "return self.head(x)[:, :2]",
            "output head: shape (3,), and PyTorch",
        ),
        ("relu = self.relu(x)", "relu = self.relu(self.relu(x))", "relu: called 2 times, and 1 layers"),
        ("grouped = self.grouped(relu)", "grouped = self.grouped(x.relu())", ""),  # the same, said otherwise
        ("self.pool(x)", "self.pool(x[:, :, 1:])", "sum as pool reads it: shape (4, 5, 5), and PyTorch"),
        ("self.flat(x)", "self.flat(x) + 0 * x.flatten(1) @ torch.eye(64).double()", "MACs, and PyTorch"),
        ("return self.head(x)", "return None", "it does not run"),
        ("super().__init__()", "super().__init__(self)", "the module cannot be made: TypeError"),
    ],
)
def test_altered(written: str, instead: str, found: str) -> None:
    assert SOURCE.count(written) >= 1
    assert found in found_in(SOURCE.replace(written, instead))


SMALL = """\
input: [2, {size}, {size}]
layers:
  - conv2d: {{out_channels: 2, kernel_size: {kernel}}}
    name: conv
  - relu
"""


# --- a report that says something else ------------------------------------------------------------------

Patch = pytest.MonkeyPatch


@pytest.mark.parametrize(
    ("holder", "rule", "wrong", "found"),
    [
        (
            Convolution,
            "operations",
            lambda right: lambda *args: Operations(macs=right(*args).macs + 1),
            r"conv: 1801 MACs, and PyTorch counts 1800",
        ),
        (
            Window,
            "reach",
            lambda right: lambda self: right(self)._replace(extent=(self.spread + 1,)),
            r"position \d of dim \d: predicted range",
        ),
        (
            Window,
            "reach",
            lambda right: lambda self: right(self)._replace(before=(self.before + 1,)),
            r"position \d of dim \d: predicted range",
        ),
    ],
)
def test_wrong_rule(
    monkeypatch: Patch, holder: type, rule: str, wrong: Callable[[object], object], found: str
) -> None:
    monkeypatch.setattr(holder, rule, wrong(getattr(holder, rule)))
    assert re.search(found, found_in(SOURCE))


def test_too_strict_a_check(monkeypatch: Patch) -> None:
    """Sizes that only we refuse."""
    from tests.oracle.judge import judge

    def check(self: Convolution, inputs: object) -> Iterator[Misfit]:  # noqa: ARG001
        if inputs != ((2, 9, 9),):
            yield Misfit("E301", "too strict")

    small = SMALL.format(size=9, kernel=3)
    monkeypatch.setattr(Convolution, "check", check)
    assert "E301 in `conv`: too strict, and PyTorch: outputs" in "\n".join(judge(small))


def test_too_lax_a_check(monkeypatch: Patch) -> None:
    """A size that PyTorch refuses: 4 x 3 with a kernel of 4."""
    from tests.oracle.judge import judge

    monkeypatch.setattr(Convolution, "check", lambda self, inputs: ())  # noqa: ARG005
    monkeypatch.setattr(Window, "output_size", lambda self, size: max(size - self.spread, 1))
    small = SMALL.format(size=4, kernel=4)
    found = "\n".join(judge(small))
    assert re.search("outputs .*, and PyTorch: RuntimeError: Calculated padded input size", found)


# --- agreed differences ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "layers", "read", "other"),
    [
        ("a norm without weights", "layer_norm: {elementwise_affine: false}", (2, 5), (2, 6)),
        (
            "an adaptive pool that keeps the size of its one axis",
            "adaptive_avg_pool1d: {output_size: null}",
            (2, 5),
            (2, 6),
        ),
        (
            "cells behind a pool with ceil_mode",
            "lp_pool2d: {norm_type: 2, kernel_size: 2, ceil_mode: true}",
            (2, 5, 4),
            (2, 5, 5),
        ),
        (
            "same padding of a connection table",
            "conv1d: {out_channels: 1, kernel_size: 2, stride: 3, padding: same, connection_table: [[0]]}",
            (1, 3),
            (1, 4),
        ),
        ("weights of size 1, or for an input of size 1", "scale", (3, 5), (1, 5)),
        ("one weight for all channels", "prelu: {num_parameters: channels}", (1, 3), (2, 3)),
        ("without a batch", "squeeze, conv2d: {out_channels: 2, kernel_size: 1}", (2, 4, 4), (2, 1, 4)),
        ("the batch named as a dim", "squeeze, softmax: {dim: -2}", (2, 4), (2, 1)),
        (
            "dims set against the batch",
            "squeeze: {dim: 1}, {multiply: , from: [squeeze_1, input]}",
            (2, 2),
            (1, 2),
        ),
        ("empty output", "crop: {cropping: 1}", (2, 3), (2, 2)),
        (
            "empty on the way",
            "squeeze, sequence: [{slice: {dim: -1, stop: -2}}, {global_avg_pool: }]",
            (2, 3),
            (2, 2),
        ),
        (
            "padding with unequal sides",
            "avg_pool3d: {kernel_size: 3, padding: [1, [0, 1], 1]}",
            (2, 3, 3, 3),
            (2, 2, 3, 3),
        ),
        ("a group of a single number", "group_norm: {num_groups: 2}", (2, 2), (2, 1)),
        ("another number of axes", "squeeze: {dim: 1}, global_avg_pool", (1, 2, 3), (2, 2, 3)),
    ],
)
def test_agreed_differences_come_up(name: str, layers: str, read: Shape, other: Shape) -> None:
    """A difference that no longer is one has no place in the list."""
    from tests.oracle.judge import instance_of
    from tests.oracle.judged_inputs import agreed, attempt, equal

    written = "\n".join(f"  - {layer}" for layer in layers.split(", ", layers.startswith("squeeze")))
    network = cnncalc.load(f"input: {list(read)}\nlayers:\n{written}\n")
    module = instance_of(cnncalc.export(network, class_name="Net")).double().eval()
    found = attempt(network, cnncalc.analyze(network), module, {"input": other})
    assert not equal(found), found
    difference = agreed(found)
    assert difference is not None
    assert difference.name == name


def test_every_agreed_difference_is_tested() -> None:
    from tests.oracle.agreed_in_designs import AGREED

    (cases,) = (mark.args[1] for mark in test_agreed_differences_come_up.pytestmark)
    assert [case[0] for case in cases] == [difference.name for difference in AGREED]


@pytest.mark.parametrize(
    "layer", ["local_response_norm: {size: 3}", "batch_norm", "flatten", "pixel_shuffle: 1"]
)
def test_layers_take_what_does_not_lie_in_order(layer: str) -> None:
    from tests.oracle.judge import judge

    dims = "[3, 2, 1]" if layer.startswith("pixel") else "[4, 3, 2, 1]"
    shape = "[2, 3, 4]" if layer.startswith("pixel") else "[2, 2, 3, 4]"
    assert judge(f"input: {shape}\nlayers:\n  - permute: {dims}\n  - {layer}\n") == []


def test_refusals_can_fail(monkeypatch: Patch) -> None:
    from torch import nn

    from tests.oracle import judged_refusals
    from tests.oracle.faulty import Faulty

    faulty = Faulty("", "conv2d", {"out_channels": 2, "kernel_size": 9}, ((2, 8, 8),))
    assert judged_refusals.judge_refusal(faulty) == []
    monkeypatch.setitem(judged_refusals.TORCH, "conv2d", lambda *_: nn.Conv2d(2, 2, 7))
    (found,) = judged_refusals.judge_refusal(faulty)
    assert "takes [(2, 8, 8)] and gives [2, 2, 2], and cnncalc refuses it" in found
