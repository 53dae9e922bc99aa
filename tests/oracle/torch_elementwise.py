"""What PyTorch has for normalizations and activations."""

# ruff: noqa: ARG001, ARG005  # all builders have one signature
from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.layers.base import Shapes
from tests.oracle.torch_building import Build, Call, function, of_rank, plain


def batch_norm(layer: Any, inputs: Shapes) -> nn.Module:
    make = of_rank("BatchNorm", max(len(inputs[0]) - 1, 1))
    return make(inputs[0][0], layer.eps, layer.momentum, layer.affine, layer.track_running_stats)


def instance_norm(layer: Any, inputs: Shapes) -> nn.Module:
    make = of_rank("InstanceNorm", max(len(inputs[0]) - 1, 1))
    return make(inputs[0][0], layer.eps, layer.momentum, layer.affine, layer.track_running_stats)


def layer_norm(layer: Any, inputs: Shapes) -> nn.Module:
    shape = inputs[0]
    dims = range(1, len(shape) + 1) if layer.dim is None else layer.dim
    if layer.dim is None and layer.normalized_shape is not None:
        dims = range(len(shape) + 1 - len(layer.normalized_shape), len(shape) + 1)
    every = range(len(shape) + 1)
    last = sorted(every[dim] for dim in dims if layer.dim is not None or dim in every)
    sizes = layer.normalized_shape or [shape[dim - 1] for dim in last]
    norm = nn.LayerNorm(sizes, layer.eps, layer.elementwise_affine, bias=layer.bias)
    if layer.dim is None:
        return norm
    order = [dim for dim in range(len(shape) + 1) if dim not in last] + last
    back = [order.index(dim) for dim in range(len(order))]
    return nn.Sequential(Call(lambda x: x.permute(order)), norm, Call(lambda x: x.permute(back)))


def group_norm(layer: Any, inputs: Shapes) -> nn.Module:
    return nn.GroupNorm(layer.num_groups, inputs[0][0], layer.eps, layer.affine)


def local_response_norm(layer: Any, inputs: Shapes) -> nn.Module:
    return nn.LocalResponseNorm(layer.size, layer.alpha, layer.beta, layer.k)


class Scale(nn.Module):
    def __init__(self, layer: Any, inputs: Shapes) -> None:
        super().__init__()
        self.dim = layer.dim
        factors = (1, *inputs[0])[layer.dim]
        self.weight = nn.Parameter(torch.rand(factors))
        self.bias = nn.Parameter(torch.rand(factors)) if layer.bias else None

    def forward(self, x: Tensor) -> Tensor:
        last = x.movedim(self.dim, -1) * self.weight
        return (last if self.bias is None else last + self.bias).movedim(-1, self.dim)


def prelu(layer: Any, inputs: Shapes) -> nn.Module:
    count = layer.num_parameters
    return nn.PReLU(inputs[0][0] if count == "channels" else count)


TORCH: dict[str, Build] = {
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": instance_norm,
    "local_response_norm": local_response_norm,
    "scale": Scale,
    "relu": plain(nn.ReLU),
    "relu6": plain(nn.ReLU6),
    "leaky_relu": plain(nn.LeakyReLU, "negative_slope"),
    "prelu": prelu,
    "elu": plain(nn.ELU, "alpha"),
    "selu": plain(nn.SELU),
    "celu": plain(nn.CELU, "alpha"),
    "gelu": plain(nn.GELU, "approximate"),
    "silu": plain(nn.SiLU),
    "mish": plain(nn.Mish),
    "sigmoid": plain(nn.Sigmoid),
    "hardsigmoid": plain(nn.Hardsigmoid),
    "tanh": plain(nn.Tanh),
    "hardtanh": plain(nn.Hardtanh, "min_val", "max_val"),
    "arctan": function(lambda layer, inputs: torch.arctan),
    "softplus": plain(nn.Softplus, "beta", "threshold"),
    "softsign": plain(nn.Softsign),
    "hardswish": plain(nn.Hardswish),
    "binary_step": function(lambda layer, inputs: lambda x: torch.heaviside(x, x.new_ones(()))),
    "softmax": plain(nn.Softmax, "dim"),
    "log_softmax": plain(nn.LogSoftmax, "dim"),
    "dropout": plain(nn.Dropout, "p"),
    "dropout1d": plain(nn.Dropout1d, "p"),
    "dropout2d": plain(nn.Dropout2d, "p"),
    "dropout3d": plain(nn.Dropout3d, "p"),
    "alpha_dropout": plain(nn.AlphaDropout, "p"),
    "feature_alpha_dropout": plain(nn.FeatureAlphaDropout, "p"),
    "stochastic_depth": plain(nn.Identity),
    "identity": plain(nn.Identity),
}
