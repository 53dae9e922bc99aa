"""Every layer kind against PyTorch on random arguments and shapes, the same ones in every run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.layers import FAMILY_OF, all_kinds, find_kind
from cnncalc.layers.base import ArgumentFaults
from tests.oracle.agreed_differences import AGREED, Difference, agreed

if TYPE_CHECKING:
    from tests.oracle.judged import Outcome

pytestmark = pytest.mark.oracle

ENOUGH = 40
"""Cases of the 60 that there have to be of every kind."""
MOST_SEEDS = 2000

every_kind = pytest.mark.parametrize("name", FAMILY_OF)


def report(faults: list[Any]) -> str:
    """The first of the cases that failed; each can be made again by `case_of(kind, seed)`."""
    return f"{len(faults)} cases\n" + "\n".join(map(str, faults[:8]))


def test_table_covers_all_kinds() -> None:
    from tests.oracle.torch_layers import NOT_IN_TORCH, TORCH

    assert set(TORCH) == set(all_kinds())
    assert set(NOT_IN_TORCH) <= set(TORCH)


@every_kind
def test_output_shape(name: str) -> None:
    from tests.oracle.judged import fitting

    found = fitting(name)
    assert len(found) >= ENOUGH
    faults = [one for one in found if one.figures.output_shape != one.ran.output_shape]
    assert not faults, report(faults)


@every_kind
def test_parameters_and_buffers(name: str) -> None:
    """Their number, and where it is PyTorch's own module their shapes."""
    from tests.oracle.judged import fitting

    faults = []
    for one in fitting(name):
        ours = (one.figures.params, one.figures.buffer_elements)
        theirs = (one.ran.params, one.ran.buffers)
        shapes = sorted(one.figures.weights.values())
        torch_shapes = sorted(tuple(weight.shape) for weight in one.ran.module.parameters())
        table = getattr(one.case.layer, "connection_table", None)
        if ours != theirs or (shapes != torch_shapes and table is None):
            faults.append(f"{one.case}: {ours} {shapes}, and PyTorch {theirs} {torch_shapes}")
    assert not faults, report(faults)


@every_kind
def test_macs(name: str) -> None:
    """Half of what FlopCounterMode counts, which is 0 for all that multiplies no weights."""
    from tests.oracle.judged import fitting

    faults = [
        f"{one.case}: {one.figures.operations.macs}, and PyTorch {one.ran.flops / 2}"
        for one in fitting(name)
        if one.figures.operations.macs * 2 != one.ran.flops
    ]
    assert not faults, report(faults)


@every_kind
def test_refusals(name: str) -> None:
    """We find a fault exactly where PyTorch raises, but for the agreed differences."""
    from tests.oracle.judged import tried

    faults = [one for one in tried(name) if (one.figures is None) != (one.ran is None) and not agreed(one)]
    assert not faults, report(faults)


@pytest.mark.parametrize("difference", AGREED, ids=[difference.name for difference in AGREED])
def test_agreed_differences_come_up(difference: Difference) -> None:
    """A difference that no longer is one has no place in the list."""
    from tests.oracle.judged import outcome

    def comes_up(found: Outcome) -> bool:
        return (found.figures is None) != (found.ran is None) and agreed(found) == difference

    assert any(comes_up(outcome(name, seed)) for name in difference.kinds for seed in range(MOST_SEEDS))


def test_scale_factors_are_exact() -> None:
    """The one output size that we mean to differ in: PyTorch multiplies in binary, 100 * 0.29 < 29."""
    from torch import nn, rand

    kind = find_kind("upsample")
    assert kind is not None
    layer = kind.make({"scale_factor": 0.29})
    assert layer.output_shape(((1, 100),)) == (1, 29)
    assert nn.Upsample(scale_factor=0.29)(rand(1, 1, 100)).shape == (1, 1, 28)


# Values that cannot be: an argument we refuse, and the module that PyTorch does not make or run


@pytest.mark.parametrize(
    ("name", "arguments", "module"),
    [
        ("hardtanh", {"min_val": 1, "max_val": 0}, "nn.Hardtanh(1, 0)"),
        ("hardtanh", {"min_val": 1, "max_val": 1}, "nn.Hardtanh(1, 1)"),
        ("celu", {"alpha": 0}, "nn.CELU(0.0)"),
        ("dropout", {"p": 1.5}, "nn.Dropout(1.5)"),
        ("dropout2d", {"p": -0.5}, "nn.Dropout2d(-0.5)"),
        ("alpha_dropout", {"p": 1.5}, "nn.AlphaDropout(1.5)"),
        ("gelu", {"approximate": "erf"}, "nn.GELU('erf')"),
        ("conv2d", {"out_channels": 4, "kernel_size": 0}, "nn.Conv2d(3, 4, 0)"),
        ("conv2d", {"out_channels": 4, "kernel_size": 3, "stride": 0}, "nn.Conv2d(3, 4, 3, stride=0)"),
        ("conv2d", {"out_channels": 4, "kernel_size": 3, "dilation": 0}, "nn.Conv2d(3, 4, 3, dilation=0)"),
        ("conv2d", {"out_channels": 4, "kernel_size": 3, "padding": -1}, "nn.Conv2d(3, 4, 3, padding=-1)"),
        ("conv2d", {"out_channels": 4, "kernel_size": 3, "groups": 0}, "nn.Conv2d(3, 4, 3, groups=0)"),
        ("conv2d", {"out_channels": 4, "kernel_size": [3, 3, 3]}, "nn.Conv2d(3, 4, [3, 3, 3])"),
        (
            "conv2d",
            {"out_channels": 4, "kernel_size": 3, "padding_mode": "wrap"},
            "nn.Conv2d(3, 4, 3, padding_mode='wrap')",
        ),
        ("max_pool2d", {"kernel_size": 0}, "nn.MaxPool2d(0)"),
        ("max_pool2d", {"kernel_size": 2, "stride": -1}, "nn.MaxPool2d(2, stride=-1)"),
        ("max_pool2d", {"kernel_size": 2, "dilation": 0}, "nn.MaxPool2d(2, dilation=0)"),
        ("avg_pool2d", {"kernel_size": 0}, "nn.AvgPool2d(0)"),
        ("avg_pool2d", {"kernel_size": 2, "divisor_override": 0}, "nn.AvgPool2d(2, divisor_override=0)"),
        ("adaptive_avg_pool2d", {"output_size": -1}, "nn.AdaptiveAvgPool2d(-1)"),
        ("group_norm", {"num_groups": 0}, "nn.GroupNorm(0, 3)"),
        ("pixel_shuffle", {"upscale_factor": 0}, "nn.PixelShuffle(0)"),
        ("pixel_unshuffle", {"downscale_factor": 0}, "nn.PixelUnshuffle(0)"),
        ("channel_shuffle", {"groups": 0}, "nn.ChannelShuffle(0)"),
        ("upsample", {}, "nn.Upsample()"),
        ("upsample", {"size": 4, "scale_factor": 2}, "nn.Upsample(4, 2)"),
        ("upsample", {"scale_factor": 2, "align_corners": True}, "nn.Upsample(None, 2, align_corners=True)"),
        ("upsample", {"scale_factor": 0}, "nn.Upsample(None, 0)"),
        ("upsample", {"scale_factor": 2, "mode": "cubic"}, "nn.Upsample(None, 2, 'cubic')"),
        ("pad", {"padding": 1, "mode": "mirror"}, "Call(lambda x: functional.pad(x, [1] * 4, 'mirror'))"),
        (
            "pad",
            {"padding": 1, "mode": "reflect", "value": 1},
            "Call(lambda x: functional.pad(x, [1] * 4, 'reflect', 1.0))",
        ),
        ("reshape", {"shape": [-1, -1]}, "Call(lambda x: x.reshape(len(x), -1, -1))"),
        ("split", {"sections": [1, 2], "index": 2}, "Call(lambda x: x.split([1, 2], 1)[2])"),
        ("slice", {"dim": 1, "step": 0}, "Call(lambda x: x[:, ::0])"),
        ("slice", {"dim": 1, "step": -1}, "Call(lambda x: x[:, ::-1])"),
    ],
)
@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_refused_arguments(name: str, arguments: dict[str, Any], module: str) -> None:
    import torch
    from torch import nn
    from torch.nn import functional

    from tests.oracle.torch_building import Call

    kind = find_kind(name)
    assert kind is not None
    with pytest.raises(ArgumentFaults):
        kind.make(arguments)
    names = {"nn": nn, "functional": functional, "Call": Call}
    with pytest.raises(Exception, match=re.compile(".", re.DOTALL)):
        eval(module, names)(torch.rand(2, 3, 8, 8))
