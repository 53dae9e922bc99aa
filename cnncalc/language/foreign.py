"""What people call things elsewhere (Keras, PyTorch classes, papers), and what they are called here.

Only faults ask: a name of another framework is not taken, but its fault can say what to write.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cnncalc.diagnostics import nearest

# Names are compared without capitals and underscores.
KINDS = {
    "conv": "conv2d",
    "convolution": "conv2d",
    "convolution1d": "conv1d",
    "convolution2d": "conv2d",
    "convolution3d": "conv3d",
    "depthwise": "depthwise_conv2d",
    "depthwiseconv": "depthwise_conv2d",
    "separableconv": "separable_conv2d",
    "conv1dtranspose": "conv_transpose1d",
    "conv2dtranspose": "conv_transpose2d",
    "conv3dtranspose": "conv_transpose3d",
    "convtranspose": "conv_transpose2d",
    "deconv": "conv_transpose2d",
    "deconv2d": "conv_transpose2d",
    "deconvolution": "conv_transpose2d",
    "upconv": "conv_transpose2d",
    "dense": "linear",
    "fc": "linear",
    "fullyconnected": "linear",
    "pool": "max_pool2d",
    "maxpool": "max_pool2d",
    "maxpooling": "max_pool2d",
    "maxpooling1d": "max_pool1d",
    "maxpooling2d": "max_pool2d",
    "maxpooling3d": "max_pool3d",
    "avgpool": "avg_pool2d",
    "averagepool": "avg_pool2d",
    "averagepooling": "avg_pool2d",
    "averagepooling1d": "avg_pool1d",
    "averagepooling2d": "avg_pool2d",
    "averagepooling3d": "avg_pool3d",
    "maxunpool": "max_unpool2d",
    "adaptiveavgpool": "adaptive_avg_pool2d",
    "adaptivemaxpool": "adaptive_max_pool2d",
    "gap": "global_avg_pool",
    **{f"globalaveragepool{end}": "global_avg_pool" for end in ("", "ing", "ing1d", "ing2d", "ing3d")},
    **{f"global{pool}pool{rank}": f"global_{pool}_pool" for pool in ("avg", "max") for rank in ("1d", "2d")},
    **{f"globalmaxpool{end}": "global_max_pool" for end in ("ing", "ing1d", "ing2d", "ing3d")},
    "bn": "batch_norm",
    **{f"{norm}norm{rank}d": f"{norm}_norm" for norm in ("batch", "instance") for rank in (1, 2, 3)},
    **{f"{norm}normalization": f"{norm}_norm" for norm in ("batch", "layer", "group", "instance")},
    "lrn": "local_response_norm",
    "swish": "silu",
    "logistic": "sigmoid",
    "zeropadding1d": "pad",
    "zeropadding2d": "pad",
    "zeropadding3d": "pad",
    "padding": "pad",
    "cropping2d": "crop",
    "upsampling": "upsample",
    "upsampling2d": "upsample",
    "interpolate": "upsample",
    "resize": "upsample",
    "view": "reshape",
    "cat": "concat",
    "concatenate": "concat",
    "sum": "add",
    "plus": "add",
    "mul": "multiply",
    "sub": "subtract",
    "average": "mean",
    "sequential": "sequence",
    "residual": "add",
}

ARGUMENTS = {
    "channels": "out_channels",
    "filters": "out_channels",
    "outchannel": "out_channels",
    "numfilters": "out_channels",
    "units": "out_features",
    "kernel": "kernel_size",
    "ksize": "kernel_size",
    "poolsize": "kernel_size",
    "window": "kernel_size",
    "strides": "stride",
    "pad": "padding",
    "dilations": "dilation",
    "dilationrate": "dilation",
    "usebias": "bias",
    "depthmultiplier": "multiplier",
    "rate": "p",
    "dropout": "p",
    "axis": "dim",
    "size": "output_size",
    "shape": "output_size",
}

KEYS = {
    "inputshape": "input",
    "inputsize": "input",
    "inputdim": "input",
    "output": "outputs",
    "modules": "layers",
    "network": "layers",
    "parameters": "params",
    "variables": "params",
    "extends": "base",
    "author": "paper",
    "authors": "paper",
    "url": "reference",
}

FOLLOWING = ("inchannels", "infeatures", "numfeatures", "numchannels", "inputshape", "inputdim", "inputsize")
"""Arguments of other frameworks that say what follows from the graph here."""


def meant(word: str, known: Collection[str], elsewhere: Mapping[str, str]) -> str | None:
    """The known name that was most likely meant by `word`, or None if none is close."""
    here = elsewhere.get(folded(word))
    return here if here in known else nearest(word, known)


def folded(word: str) -> str:
    return word.lower().replace("_", "")
