"""Normalizations: those of torch.nn, named after the number of axes where PyTorch asks for it."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import collapsed, first, number, plain
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes
from cnncalc.layers.shapes import dimension


def batch_norm(layer: Any, inputs: Shapes) -> Module:
    return _by_channel("BatchNorm", layer, inputs, affine=True, tracked=True)


def instance_norm(layer: Any, inputs: Shapes) -> Module:
    return _by_channel("InstanceNorm", layer, inputs, affine=False, tracked=False)


def _by_channel(stem: str, layer: Any, inputs: Shapes, affine: bool, tracked: bool) -> Module:
    channels, *sizes = inputs[0]
    return plain(
        f"nn.{stem}{max(len(sizes), 1)}d" if len(sizes) <= 3 else f"Flat{stem}",
        first("num_features", channels),
        Given("eps", layer.eps, 1e-5),
        Given("momentum", layer.momentum, 0.1),
        Given("affine", layer.affine, affine),
        Given("track_running_stats", layer.track_running_stats, tracked),
    )


def layer_norm(layer: Any, inputs: Shapes) -> Module:
    shape = inputs[0]
    places = layer.places(len(shape))
    are_last = places == tuple(range(len(shape) - len(places), len(shape)))
    dims = tuple(place + 1 for place in places)
    return plain(
        "nn.LayerNorm" if are_last else "LayerNormOver",
        first("normalized_shape", _one_or_all(tuple(shape[place] for place in places))),
        *([] if are_last else [Given("dims", dims)]),
        Given("eps", layer.eps, 1e-5),
        Given("elementwise_affine", layer.elementwise_affine, True),
        Given("bias", layer.bias or not layer.elementwise_affine, True),
    )


def _one_or_all(sizes: tuple[int, ...]) -> Any:
    return collapsed(sizes) if len(sizes) == 1 else sizes


def group_norm(layer: Any, inputs: Shapes) -> Module:
    return plain(
        "nn.GroupNorm",
        first("num_groups", layer.num_groups),
        first("num_channels", inputs[0][0]),
        Given("eps", layer.eps, 1e-5),
        Given("affine", layer.affine, True),
    )


def local_response_norm(layer: Any, inputs: Shapes) -> Module:
    """PyTorch takes a view of inputs with three axes, and of permuted ones there is none."""
    return plain(
        "nn.LocalResponseNorm" if len(inputs[0]) <= 3 else "FlatLocalResponseNorm",
        first("size", layer.size),
        Given("alpha", number(layer.alpha), 1e-4),
        Given("beta", number(layer.beta), 0.75),
        Given("k", number(layer.k), 1.0),
    )


def scale(layer: Any, inputs: Shapes) -> Module:
    shape = inputs[0]
    size = shape[dimension(layer.dim, len(shape))]
    return plain("Scale", first("size", size), Given("dim", layer.dim, 1), Given("bias", layer.bias, False))


MODULES = {
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": instance_norm,
    "local_response_norm": local_response_norm,
    "scale": scale,
}
