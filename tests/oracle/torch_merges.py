"""What PyTorch has for layers that merge two tensors or more."""

# ruff: noqa: ARG005  # all builders have one signature
from __future__ import annotations

import torch

from tests.oracle.torch_building import Build, function

TORCH: dict[str, Build] = {
    "concat": function(lambda layer, inputs: lambda *xs: torch.cat(xs, layer.dim)),
    "stack": function(lambda layer, inputs: lambda *xs: torch.stack(xs, layer.dim)),
    "add": function(lambda layer, inputs: lambda *xs: sum(xs[1:], xs[0])),
    "subtract": function(lambda layer, inputs: torch.sub),
    "multiply": function(lambda layer, inputs: lambda *xs: torch.stack(torch.broadcast_tensors(*xs)).prod(0)),
    "maximum": function(lambda layer, inputs: lambda *xs: torch.stack(torch.broadcast_tensors(*xs)).amax(0)),
    "mean": function(lambda layer, inputs: lambda *xs: sum(xs[1:], xs[0]) / len(xs)),
}
