"""Designs that cnncalc refuses: PyTorch has to refuse the layer that cannot be, too.

A faulty design is not exported. So the faulty layer is made by the table of the oracle, which reads its
arguments and no rule, and where there is no layer by PyTorch's own constructor with the arguments as written.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn

from cnncalc.layers import find_kind
from cnncalc.layers.base import ArgumentFaults
from tests.oracle.faulty import Faulty
from tests.oracle.judged import BATCH
from tests.oracle.torch_layers import TORCH

AGREED = {
    ("crop", "E306"): "an output size of 0 is a fault for us, never a size",
}
"""Kinds and codes of faults that PyTorch lets through, each with its reason."""

ARGUMENTS: dict[str, Any] = {
    "dropout": lambda p: nn.Dropout(p),
    "hardtanh": lambda min_val, max_val: nn.Hardtanh(min_val, max_val),
    "celu": lambda alpha: nn.CELU(float(alpha)),
    "channel_shuffle": lambda groups: nn.ChannelShuffle(groups),
}


def judge_refusal(faulty: Faulty) -> list[str]:
    """A disagreement if PyTorch takes what cnncalc refuses."""
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            output = module_of(faulty)(*(torch.rand(BATCH, *shape) for shape in faulty.shapes))
    except Exception:
        return []
    if (faulty.kind, *codes_of(faulty)) in AGREED:
        return []
    took = f"{faulty.kind} with {faulty.arguments} takes {list(faulty.shapes)}"
    return [f"{took} and gives {list(output.shape[1:])}, and cnncalc refuses it"]


def codes_of(faulty: Faulty) -> tuple[str, ...]:
    kind = find_kind(faulty.kind)
    assert kind is not None
    layer = kind.make(faulty.arguments)
    codes = [misfit.code for misfit in layer.check(faulty.shapes)]
    return tuple(codes) or ("E306",)


def module_of(faulty: Faulty) -> nn.Module:
    kind = find_kind(faulty.kind)
    assert kind is not None
    try:
        return TORCH[faulty.kind](kind.make(faulty.arguments), faulty.shapes)
    except ArgumentFaults:
        return refused_module(faulty)


def refused_module(faulty: Faulty) -> nn.Module:
    """What PyTorch makes of arguments that make no layer of ours."""
    channels, arguments = faulty.shapes[0][0], faulty.arguments
    if faulty.kind in ARGUMENTS:
        return ARGUMENTS[faulty.kind](**arguments)  # type: ignore[no-any-return]
    if faulty.kind == "group_norm":
        return nn.GroupNorm(arguments["num_groups"], channels)
    rank = faulty.kind[-2]
    if faulty.kind.startswith("conv"):
        return getattr(nn, f"Conv{rank}d")(channels, **arguments)  # type: ignore[no-any-return]
    stem = "MaxPool" if faulty.kind.startswith("max") else "AvgPool"
    return getattr(nn, f"{stem}{rank}d")(**arguments)  # type: ignore[no-any-return]
