"""The layer kinds: one family a file, each with its explicit `KINDS`, and the table of all of them.

A family is imported when one of its kinds is first asked for: a run pays only for the kinds it uses.
A test holds `FAMILIES` equal to what the files declare.
"""

from __future__ import annotations

from importlib import import_module

from cnncalc.layers.base import Kind

FAMILIES: dict[str, tuple[str, ...]] = {
    "convolution": (
        "conv1d",
        "conv2d",
        "conv3d",
        "depthwise_conv1d",
        "depthwise_conv2d",
        "depthwise_conv3d",
        "separable_conv2d",
    ),
    "transposed": ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
    "linear": ("linear", "rbf"),
    "pooling": (
        "max_pool1d",
        "max_pool2d",
        "max_pool3d",
        "avg_pool1d",
        "avg_pool2d",
        "avg_pool3d",
        "lp_pool1d",
        "lp_pool2d",
        "lp_pool3d",
    ),
    "adaptive_pooling": (
        "adaptive_avg_pool1d",
        "adaptive_avg_pool2d",
        "adaptive_avg_pool3d",
        "adaptive_max_pool1d",
        "adaptive_max_pool2d",
        "adaptive_max_pool3d",
        "global_avg_pool",
        "global_avg_pool1d",
        "global_avg_pool2d",
        "global_avg_pool3d",
        "global_max_pool",
        "global_max_pool1d",
        "global_max_pool2d",
        "global_max_pool3d",
    ),
    "unpooling": ("max_unpool1d", "max_unpool2d", "max_unpool3d"),
    "normalization": (
        "batch_norm",
        "layer_norm",
        "group_norm",
        "instance_norm",
        "local_response_norm",
        "scale",
    ),
    "activation": (
        "relu",
        "relu6",
        "selu",
        "silu",
        "mish",
        "sigmoid",
        "hardsigmoid",
        "tanh",
        "arctan",
        "softsign",
        "hardswish",
        "binary_step",
    ),
    "parametric_activation": (
        "leaky_relu",
        "prelu",
        "elu",
        "celu",
        "gelu",
        "hardtanh",
        "softplus",
    ),
    "softmax": ("softmax", "log_softmax"),
    "regularization": (
        "dropout",
        "dropout1d",
        "dropout2d",
        "dropout3d",
        "alpha_dropout",
        "feature_alpha_dropout",
        "stochastic_depth",
        "identity",
    ),
    "padding": ("pad", "crop", "center_crop"),
    "reshape": ("flatten", "reshape", "permute", "squeeze", "unsqueeze"),
    "slicing": ("split", "slice"),
    "rearrange": ("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "unfold", "fold"),
    "merge": ("concat", "stack", "add", "subtract", "multiply", "maximum", "mean"),
    "upsampling": ("upsample",),
}

FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names}
_loaded: dict[str, Kind] = {}


def find_kind(name: str) -> Kind | None:
    """The kind of this name, or None if there is none."""
    if name not in _loaded:
        family = FAMILY_OF.get(name)
        if family is None:
            return None
        kinds: tuple[Kind, ...] = import_module(f"cnncalc.layers.{family}").KINDS
        _loaded.update((kind.name, kind) for kind in kinds)
    return _loaded[name]


def all_kinds() -> dict[str, Kind]:
    """Every kind, in the order of the table."""
    for name in FAMILY_OF:
        find_kind(name)
    return {name: _loaded[name] for name in FAMILY_OF}
