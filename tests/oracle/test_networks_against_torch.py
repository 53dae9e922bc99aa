"""Networks of the zoo against the same ones written in PyTorch, on the meta device (without numbers)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from cnncalc.api import analyze
from cnncalc.layers.base import Shape

if TYPE_CHECKING:
    from torch import nn

pytestmark = pytest.mark.oracle

NAMES = (
    "lenet5",
    "alexnet",
    "alexnet_torchvision",
    "vgg11_bn",
    "vgg16",
    "resnet18",
    "resnet50",
    "mobilenet_v2",
    "unet",
    "c3d",
)
BATCH = 3
FAMILIES = ("conv", "pool", "linear", "batch_norm")
"""Layers that are one module each, looked at one by one."""


def network(name: str) -> nn.Module:
    import torch

    from tests.oracle.networks import NETWORKS

    with torch.device("meta"):
        return NETWORKS[name]().eval()


def looked_at(kind: str) -> bool:
    return any(family in kind for family in FAMILIES)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_buffers(name: str) -> None:
    from tests.oracle.judged import counted_buffers

    module, totals = network(name), analyze(name).totals
    assert totals.params == sum(parameter.numel() for parameter in module.parameters())
    assert totals.buffers == counted_buffers(module)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("batch", [1, BATCH])
def test_macs(name: str, batch: int) -> None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    report = analyze(name, batch=batch)
    (shape,) = report.inputs.values()
    with FlopCounterMode(display=False) as counter:
        network(name)(torch.empty(batch, *shape, device="meta"))
    assert report.totals.macs * 2 == counter.get_total_flops()


@pytest.mark.parametrize("name", NAMES)
def test_every_layer(name: str) -> None:
    """Output shape, weights and buffers of each convolution, pool, linear layer and batch norm, in order."""
    import torch
    from torch import nn

    module, report = network(name), analyze(name)
    kinds = (
        nn.Conv2d,
        nn.Conv3d,
        nn.ConvTranspose2d,
        nn.MaxPool2d,
        nn.MaxPool3d,
        nn.AvgPool2d,
        nn.AdaptiveAvgPool2d,
        nn.Linear,
        nn.BatchNorm2d,
    )
    seen: list[tuple[Shape, dict[str, Shape], int]] = []

    def keep(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        weights = {name: tuple(weight.shape) for name, weight in layer.named_parameters()}
        buffers = sum(buffer.numel() for buffer in layer.buffers() if buffer.dim())
        seen.append((tuple(output.shape[1:]), weights, buffers))

    for layer in module.modules():
        if isinstance(layer, kinds):
            layer.register_forward_hook(keep)
    (shape,) = report.inputs.values()
    output = module(torch.empty(1, *shape, device="meta"))
    ours = [
        (row.output_shape, dict(row.weights), row.buffer_elements)
        for row in report.layers
        if looked_at(row.kind)
    ]
    assert ours == seen
    assert list(report.outputs.values()) == [tuple(output.shape[1:])]


@pytest.mark.parametrize("size", [320, 351])
def test_receptive_fields_of_vgg16(size: int) -> None:
    """Of the last convolution of each stage and its pool, by a gradient through one channel a layer.

    Weights are positive and pools take the mean, so that no cell of a field has a gradient of 0.
    """
    import torch
    from torch import nn

    from tests.oracle.networks import vgg_features

    counts = (2, 2, 3, 3, 3)
    report = analyze("vgg16", input=(3, size, size))
    features = nn.Sequential(*vgg_features(counts, channels=(1,) * 6, pool=nn.AvgPool2d)).double()
    for parameter in features.parameters():
        nn.init.constant_(parameter, 0.5)
    image = torch.ones(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    tensor, layers = image, iter(features)
    for stage, count in enumerate(counts, start=1):
        *before, convolution, relu, pool = itertools.islice(layers, 2 * count + 1)
        convolved = convolution(nn.Sequential(*before)(tensor))
        tensor = pool(relu(convolved))
        for name, output in ((f"conv{stage}_{count}", convolved), (f"pool{stage}", tensor)):
            row = report.layer(name)
            assert output.shape[2:] == row.output_shape[1:]
            middle = output.shape[2] // 2
            (gradient,) = torch.autograd.grad(output[0, 0, middle, middle], image, retain_graph=True)
            field = row.receptive_field
            for axis in (0, 1):
                cells = gradient[0, 0].sum(1 - axis).nonzero().flatten()
                first, last = int(cells[0]), int(cells[-1])
                assert first == middle * field.stride[axis] - field.padding[axis], name
                assert last - first + 1 == field.size[axis], name
