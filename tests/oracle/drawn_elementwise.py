"""Random normalizations and activations: layers that keep the shape they read."""

# ruff: noqa: ARG001  # all generators have one signature
from __future__ import annotations

from typing import Any

from tests.oracle.drawing import Draw, Drawn, Generator


def batch_norm(draw: Draw, rank: int) -> Drawn:
    arguments = draw.some(
        eps=1e-3,
        momentum=draw.one(None, 0.1),
        affine=draw.one(True, False),
        track_running_stats=draw.one(True, False),
    )
    return arguments, (draw.shape(draw.any_rank()),)


def layer_norm(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    arguments = draw.some(eps=1e-3, elementwise_affine=draw.one(True, False), bias=draw.one(True, False))
    way = draw.one("normalized_shape", "dim", "neither")
    if way == "normalized_shape":
        sizes = list(shape[draw.between(0, len(shape) - 1) :])
        if not draw.roomy and draw.chance(0.15):
            sizes[0] += 1
        if not draw.roomy and draw.chance(0.05):
            sizes = [*shape, 2]
        arguments["normalized_shape"] = sizes
    elif way == "dim":
        arguments["dim"] = [draw.dim(len(shape)) for _ in range(draw.one(1, 1, min(2, len(shape))))]
    return arguments, (shape,)


def group_norm(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    divisors = [divisor for divisor in range(1, shape[0] + 1) if shape[0] % divisor == 0]
    groups = draw.between(1, 4) if draw.chance(0.2) else draw.one(*divisors)
    return {"num_groups": groups, **draw.some(affine=draw.one(True, False))}, (shape,)


def local_response_norm(draw: Draw, rank: int) -> Drawn:
    arguments = {"size": draw.between(1, 7), **draw.some(alpha=0.1, beta=0.5, k=2)}
    return arguments, (draw.shape(draw.any_rank()),)


def scale(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    return draw.some(bias=draw.one(True, False), dim=draw.dim(len(shape))), (shape,)


def any_shape(draw: Draw, rank: int) -> Drawn:
    return {}, (draw.shape(rank or draw.any_rank()),)


def with_number(name: str, *numbers: Any) -> Generator:
    """A kind with one optional argument that changes no shape."""
    return lambda draw, rank: (draw.some(**{name: draw.one(*numbers)}), any_shape(draw, rank)[1])


def prelu(draw: Draw, rank: int) -> Drawn:
    inputs = any_shape(draw, rank)[1]
    count = draw.one("channels", inputs[0][0], 1) if draw.chance(0.85) else draw.between(1, 6)
    return draw.some(num_parameters=count), inputs


def hardtanh(draw: Draw, rank: int) -> Drawn:
    return draw.some(min_val=draw.one(-2, -0.5), max_val=draw.one(1, 6.5)), any_shape(draw, rank)[1]


def softmax(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    return draw.some(dim=draw.dim(len(shape))), (shape,)


WITHOUT_ARGUMENTS = (
    *("relu", "relu6", "selu", "silu", "mish", "sigmoid", "hardsigmoid", "tanh", "arctan", "softsign"),
    *("hardswish", "binary_step", "identity"),
)

BY_STEM: dict[str, Generator] = {
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": batch_norm,
    "local_response_norm": local_response_norm,
    "scale": scale,
    "leaky_relu": with_number("negative_slope", 0.2, -1, 0),
    "prelu": prelu,
    "elu": with_number("alpha", 0.5, 2),
    "celu": with_number("alpha", 0.5, 2),
    "gelu": with_number("approximate", "none", "tanh"),
    "hardtanh": hardtanh,
    "softplus": with_number("beta", 0.5, 2),
    "softmax": softmax,
    "log_softmax": softmax,
    **dict.fromkeys(
        ("dropout", "alpha_dropout", "feature_alpha_dropout", "stochastic_depth"),
        with_number("p", 0, 0.3, 1),
    ),
    **dict.fromkeys(WITHOUT_ARGUMENTS, any_shape),
}
