"""What PyTorch has for each layer kind: `TORCH[name](layer, inputs)` is the module for a layer of ours.

The modules read the layer's arguments and the shapes of its inputs, never its rules. Where PyTorch has no
such kind or argument, a few lines of it make one: `NOT_IN_TORCH` says which and why.
"""

from __future__ import annotations

from tests.oracle import torch_convolutions, torch_elementwise, torch_merges, torch_pools, torch_shapes
from tests.oracle.torch_building import Build

NOT_IN_TORCH = {
    "separable_conv2d": "two convolutions, one behind the other",
    "rbf": "squared distances to a buffer of centres",
    "global_avg_pool": "a mean over all spatial axes, however many",
    "global_max_pool": "a maximum over all spatial axes, however many",
    "batch_norm": "torch.nn has one for each number of axes: 0 to 3",
    "instance_norm": "torch.nn has one for each number of axes: 1 to 3",
    "scale": "a parameter, multiplied; another one, added",
    "binary_step": "torch.heaviside with 1 at 0",
    "stochastic_depth": "torchvision's; in inference the identity",
    "crop": "functional.pad by less than nothing",
    "center_crop": "torchvision's; slices about the middle",
    "split": "equal parts are an unflatten and a select, as torch.chunk does not mind unequal ones",
    "slice": "Python's slices",
    "mean": "the sum of its inputs / their number",
    **dict.fromkeys(
        [f"global_{pool}_pool{rank}d" for pool in ("avg", "max") for rank in (1, 2, 3)],
        "a reduction over all spatial axes",
    ),
}
"""Kinds that torch.nn and torch.nn.functional do not have, with what they are made of here."""

ARGUMENTS_NOT_IN_TORCH = {
    "connection_table": "a convolution for each output channel over the channels that it reads",
    "padding: causal": "functional.pad before the convolution",
    "padding: same, with a stride": "TensorFlow's rule; functional.pad before the convolution or pool",
    "padding with unequal sides": "functional.pad; transposed convolution and fold cut it off the output",
    "ceil_mode behind such padding": "stride - 1 cells more, then the windows cut that start in the padding",
    "count_include_pad: false with such padding": "the means / those of an input of ones",
    "output_size: null of adaptive pools over one axis": "PyTorch takes it for two and three axes",
    "max_unpool of a dilated, unequally padded, ceiled or adaptive pool": "scatter by the indices",
    "layer_norm over other than the last dims": "permuted, normalized and permuted back",
}

TORCH: dict[str, Build] = {
    **torch_convolutions.TORCH,
    **torch_pools.TORCH,
    **torch_elementwise.TORCH,
    **torch_shapes.TORCH,
    **torch_merges.TORCH,
}
