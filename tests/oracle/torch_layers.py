"""What PyTorch has for each layer kind: `TORCH[name](layer, inputs)` is the module for a layer of ours.

The modules read the layer's arguments and the shapes of its inputs, never its rules. Where PyTorch has no
such kind or argument, a few lines of it make one: `NOT_IN_TORCH` says which and why.
"""

# ruff: noqa: ARG001, ARG005  # all builders have one signature
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.layers.base import Shape, Shapes

Build = Callable[[Any, Shapes], nn.Module]
Sides = Sequence[tuple[int, int]]

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


class Call(nn.Module):
    """A function of tensors as a module without parameters."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


def of_rank(name: str, rank: int) -> Any:
    """nn.Conv2d for `Conv` and 2."""
    return getattr(nn, f"{name}{rank}d")


def flat(sides: Iterable[tuple[int, int]]) -> list[int]:
    """Sides of the axes as functional.pad wants them: the last axis first."""
    return [cells for pair in reversed(list(sides)) for cells in pair]


def padded(sides: Sides, module: nn.Module, mode: str = "constant", value: float | None = None) -> nn.Module:
    return nn.Sequential(Call(lambda x: functional.pad(x, flat(sides), mode, value)), module)


def without_sides(sides: Sides) -> Call:
    return Call(lambda x: functional.pad(x, flat((-before, -after) for before, after in sides)))


def alike(padding: Any) -> bool:
    """Whether the padding is cells, the same at both ends of each axis."""
    return not isinstance(padding, str) and all(before == after for before, after in padding)


def of_one_side(padding: Sides) -> tuple[int, ...]:
    return tuple(before for before, _ in padding)


def same_sides(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Padding for ceil(size / stride) windows, the odd cell after the input."""
    total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


def sides_of(layer: Any, sizes: Shape, dilation: Sequence[int]) -> Sides:
    """The padding of a convolution or pool in cells."""
    if layer.padding == "causal":
        return [(step * (kernel - 1), 0) for kernel, step in zip(layer.kernel_size, dilation, strict=True)]
    if layer.padding == "same":
        # a shape of the wrong rank is for the module behind to refuse
        return list(map(same_sides, sizes, layer.kernel_size, layer.stride, dilation))
    return layer.padding


# Convolutions


class TableConvolution(nn.Module):
    """A convolution for each output channel over the input channels in its row of the table."""

    def __init__(self, table: Sequence[Sequence[int]], convolution: Callable[[int, int], nn.Module]) -> None:
        super().__init__()
        self.table = table
        self.convolutions = nn.ModuleList(convolution(len(row), 1) for row in table)

    def forward(self, x: Tensor) -> Tensor:
        rows = zip(self.table, self.convolutions, strict=True)
        return torch.cat([convolution(x[:, list(row)]) for row, convolution in rows], dim=1)


def windowed(layer: Any, sizes: Shape, convolution: Callable[..., nn.Module]) -> nn.Module:
    """`convolution` with the layer's window; its own padding where it has that of the layer."""
    window = {"kernel_size": layer.kernel_size, "stride": layer.stride, "dilation": layer.dilation}
    if layer.padding == "valid" or (layer.padding == "same" and set(layer.stride) == {1}):
        return convolution(**window, padding=layer.padding, padding_mode=layer.padding_mode)
    if alike(layer.padding):
        padding = of_one_side(layer.padding)
        return convolution(**window, padding=padding, padding_mode=layer.padding_mode)
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    return padded(sides_of(layer, sizes, layer.dilation), convolution(**window), mode)


def convolution(layer: Any, inputs: Shapes) -> nn.Module:
    make = partial(of_rank("Conv", layer.kind.rank), bias=layer.bias)
    sizes = inputs[0][1:]
    if layer.connection_table is not None:
        return TableConvolution(
            layer.connection_table, lambda read, made: windowed(layer, sizes, partial(make, read, made))
        )
    return windowed(layer, sizes, partial(make, inputs[0][0], layer.out_channels, groups=layer.groups))


def depthwise(layer: Any, inputs: Shapes, bias: bool | None = None) -> nn.Module:
    channels = inputs[0][0]
    make = of_rank("Conv", layer.kind.rank)
    bias = layer.bias if bias is None else bias
    own = partial(make, channels, channels * layer.multiplier, groups=channels, bias=bias)
    return windowed(layer, inputs[0][1:], own)


def separable(layer: Any, inputs: Shapes) -> nn.Module:
    between = inputs[0][0] * layer.multiplier
    mixing = nn.Conv2d(between, layer.out_channels, 1, bias=layer.bias)
    return nn.Sequential(depthwise(layer, inputs, bias=False), mixing)


def transposed(layer: Any, inputs: Shapes) -> nn.Module:
    native = alike(layer.padding)
    module = of_rank("ConvTranspose", layer.kind.rank)(
        inputs[0][0],
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        of_one_side(layer.padding) if native else 0,
        layer.output_padding,
        layer.groups,
        layer.bias,
        layer.dilation,
    )
    return module if native else nn.Sequential(module, without_sides(layer.padding))


# Linear


def linear(layer: Any, inputs: Shapes) -> nn.Module:
    return nn.Linear(inputs[0][-1], layer.out_features, bias=layer.bias)


class RadialBasis(nn.Module):
    def __init__(self, features: int, centers: int) -> None:
        super().__init__()
        self.register_buffer("centers", torch.rand(centers, features))

    def forward(self, x: Tensor) -> Tensor:
        return (x.unsqueeze(-2) - self.centers).square().sum(-1)


# Pools


def behind_sides(layer: Any, sides: Sides, module: nn.Module, size: Shape, fill: float) -> nn.Module:
    """A pool whose padding PyTorch does not have: padded by hand, with ceil_mode by its definition."""
    return padded(sides, ceiled(layer, sides, module, size, fill), value=fill)


def ceiled(layer: Any, sides: Sides, module: nn.Module, size: Shape, fill: float) -> nn.Module:
    """A pool of what has been padded by hand; with ceil_mode also the windows that hang over its end."""
    if not layer.ceil_mode:
        return module
    more = [(0, step - 1) for step in layer.stride]
    # the windows that start neither in the padding after the input nor beyond it
    starts = [
        -(-(cells + before) // step)
        for cells, (before, _), step in zip(size, sides, layer.stride, strict=False)
    ]
    cut = Call(lambda x: x[(..., *(slice(count) for count in starts))])
    return nn.Sequential(padded(more, module, value=fill), cut)


def max_pool(layer: Any, inputs: Shapes) -> nn.Module:
    pool = partial(
        of_rank("MaxPool", layer.kind.rank), layer.kernel_size, layer.stride, dilation=layer.dilation
    )
    if layer.padding == "valid":
        return pool(ceil_mode=layer.ceil_mode)
    if alike(layer.padding):
        return pool(padding=of_one_side(layer.padding), ceil_mode=layer.ceil_mode)
    sizes = inputs[0][1:]
    return behind_sides(layer, sides_of(layer, sizes, layer.dilation), pool(), sizes, -torch.inf)


def avg_pool(layer: Any, inputs: Shapes) -> nn.Module:
    rank = layer.kind.rank
    more = {"divisor_override": layer.divisor_override} if rank > 1 else {}
    pool = partial(of_rank("AvgPool", rank), layer.kernel_size, layer.stride, **more)
    if layer.padding == "valid":
        return pool(ceil_mode=layer.ceil_mode)
    if alike(layer.padding):
        return pool(
            padding=of_one_side(layer.padding),
            ceil_mode=layer.ceil_mode,
            count_include_pad=layer.count_include_pad,
        )
    sizes = inputs[0][1:]
    sides = sides_of(layer, sizes, (1,) * rank)
    means = behind_sides(layer, sides, pool(), sizes, 0)
    if rank > 1 and layer.divisor_override:
        return means
    # means of all cells of a window / the share of them that counts: those of the input, and its padding
    shares = ceiled(layer, sides, pool(), sizes, 0)
    value = float(layer.count_include_pad)
    return Call(lambda x: means(x) / shares(functional.pad(torch.ones_like(x), flat(sides), value=value)))


def lp_pool(layer: Any, inputs: Shapes) -> nn.Module:
    kernel, stride = layer.kernel_size, layer.stride
    if layer.kind.rank == 1:  # which takes numbers only
        (kernel,), (stride,) = kernel, stride
    return of_rank("LPPool", layer.kind.rank)(layer.norm_type, kernel, stride, layer.ceil_mode)


def adaptive_pool(name: str) -> Build:
    def build(layer: Any, inputs: Shapes) -> nn.Module:
        rank, wanted = layer.kind.rank, layer.output_size
        if rank == 1 and len(inputs[0]) == 2:
            wanted = tuple(size or own for size, own in zip(wanted, inputs[0][1:], strict=True))
        return of_rank(name, rank)(wanted)

    return build


def global_pool(reduce: Callable[..., Tensor]) -> Build:
    def build(layer: Any, inputs: Shapes) -> nn.Module:
        axes = layer.kind.rank or len(inputs[0]) - 1
        dims = tuple(range(-axes, 0))
        return Call(lambda x: reduce(x, dims, keepdim=layer.keepdim))

    return build


class Unpool(nn.Module):
    """The unpooling of a pool that has read some random numbers."""

    def __init__(self, layer: Any, inputs: Shapes) -> None:
        super().__init__()
        self.layer, self.sizes = layer, inputs[1][1:]
        pool, rank = layer.pool, layer.kind.rank
        numbers = torch.rand(1, *inputs[1])
        self.sides: Sides = [(0, 0)] * rank
        self.native = None
        if pool.kind.name.startswith("adaptive"):
            make = of_rank("AdaptiveMaxPool", rank)
            wanted = [size or own for size, own in zip(pool.output_size, self.sizes, strict=True)]
            kept = make(wanted, return_indices=True)(numbers)
        else:
            window = (pool.kernel_size, pool.stride)
            make = of_rank("MaxPool", rank)
            if pool.padding == "valid" or alike(pool.padding):
                padding = 0 if pool.padding == "valid" else of_one_side(pool.padding)
                kept = make(*window, padding, pool.dilation, True, pool.ceil_mode)(numbers)
                if set(pool.dilation) == {1} and not pool.ceil_mode:
                    self.native = of_rank("MaxUnpool", rank)(*window, padding)
            else:
                self.sides = sides_of(pool, self.sizes, pool.dilation)
                more = [step - 1 if pool.ceil_mode else 0 for step in pool.stride]
                self.sides = [(b, a + m) for (b, a), m in zip(self.sides, more, strict=True)]
                wide = functional.pad(numbers, flat(self.sides), value=-torch.inf)
                kept = make(*window, 0, pool.dilation, True)(wide)
                # of the windows that ceil_mode adds only those of the pool
                kept = tuple(part[(..., *(slice(size) for size in inputs[2][1:]))] for part in kept)
        self.indices = kept[1]
        self.wide = [size + b + a for size, (b, a) in zip(self.sizes, self.sides, strict=True)]
        self.cut = without_sides(self.sides)

    def forward(self, x: Tensor) -> Tensor:
        indices = self.indices.expand(x.shape[0], *self.indices.shape[1:])
        if self.native is not None:
            return self.native(x, indices, output_size=(*x.shape[:2], *self.sizes))
        if x.shape != indices.shape:
            raise ValueError("values and indices are not of one shape")
        empty = x.new_zeros(*x.shape[:2], *self.wide).flatten(2)
        return self.cut(empty.scatter(2, indices.flatten(2), x.flatten(2)).unflatten(2, self.wide))


# Normalizations


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


# Activations and regularizations


def plain(module: type[nn.Module], *names: str) -> Build:
    """A module that takes these arguments of the layer."""
    return lambda layer, inputs: module(**{name: getattr(layer, name) for name in names})


def prelu(layer: Any, inputs: Shapes) -> nn.Module:
    count = layer.num_parameters
    return nn.PReLU(inputs[0][0] if count == "channels" else count)


def function(call: Callable[[Any, Shapes], Callable[..., Tensor]]) -> Build:
    """A layer that is a function of its tensors; `call` gets layer and shapes and gives it."""
    return lambda layer, inputs: Call(call(layer, inputs))


# Shapes


def pad(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    mode = "constant" if layer.mode == "zeros" else layer.mode
    value = layer.value if mode == "constant" else None
    return lambda x: functional.pad(x, flat(sides_over(layer.padding, inputs[0])), mode, value)


def crop(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    return without_sides(sides_over(layer.cropping, inputs[0]))


def sides_over(values: Any, shape: Shape) -> Sides:
    """Refuses what a caller of PyTorch has no way to write: sides for other axes than there are."""
    if not shape[1:] or (not values.every and len(values.values) != len(shape) - 1):
        raise ValueError("as many sides as spatial axes")
    return values.values * (len(shape) - 1) if values.every else values.values


def center_crop(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    axes = len(inputs[0]) - 1
    every = layer.size is not None and layer.size.every
    wanted = inputs[2][1:] if layer.size is None else layer.size.values * (axes if every else 1)
    if not axes or len(wanted) != axes:
        raise ValueError("as many sizes as spatial axes")

    def call(x: Tensor) -> Tensor:
        for axis, (size, kept) in enumerate(zip(inputs[0][1:], wanted, strict=True), start=2):
            x = x.narrow(axis, round((size - kept) / 2.0), kept)
        return x

    return call


def permute(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    dims = layer.dims if layer.dims[0] == 0 else (0, *layer.dims)
    return lambda x: x.permute(dims)


def squeeze(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    dims = tuple(range(1, len(inputs[0]) + 1)) if layer.dim is None else layer.dim
    return lambda x: x.squeeze(dims)


def split(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    if isinstance(layer.sections, int):
        count = layer.sections

        def part(x: Tensor) -> Tensor:
            parts = x.movedim(layer.dim, -1).unflatten(-1, (count, -1))
            return parts.select(-2, layer.index).movedim(-1, layer.dim)

        return part
    return lambda x: torch.split(x, list(layer.sections), layer.dim)[layer.index]


def slice_(layer: Any, inputs: Shapes) -> Callable[[Tensor], Tensor]:
    def call(x: Tensor) -> Tensor:
        along_last = x.movedim(layer.dim, -1)
        return along_last[..., layer.start : layer.stop : layer.step].movedim(-1, layer.dim)

    return call


def unfold(layer: Any, inputs: Shapes) -> nn.Module:
    if alike(layer.padding):
        return nn.Unfold(layer.kernel_size, layer.dilation, of_one_side(layer.padding), layer.stride)
    return padded(layer.padding, nn.Unfold(layer.kernel_size, layer.dilation, 0, layer.stride))


def fold(layer: Any, inputs: Shapes) -> nn.Module:
    if alike(layer.padding):
        padding = of_one_side(layer.padding)
        return nn.Fold(layer.output_size, layer.kernel_size, layer.dilation, padding, layer.stride)
    wide = [
        size + before + after for size, (before, after) in zip(layer.output_size, layer.padding, strict=True)
    ]
    module = nn.Fold(wide, layer.kernel_size, layer.dilation, 0, layer.stride)
    return nn.Sequential(module, without_sides(layer.padding))


def upsample(layer: Any, inputs: Shapes) -> nn.Module:
    def target(values: Any, number: Callable[[Any], Any]) -> Any:
        if values is None:
            return None
        return number(values.values[0]) if values.every else tuple(map(number, values.values))

    return nn.Upsample(
        target(layer.size, int),
        target(layer.scale_factor, float),
        layer.mode,
        None if layer.mode == "nearest" else layer.align_corners,
    )


def by_rank(name: str, build: Build) -> dict[str, Build]:
    return {f"{name}{rank}d": build for rank in (1, 2, 3)}


TORCH: dict[str, Build] = {
    **by_rank("conv", convolution),
    **by_rank("depthwise_conv", depthwise),
    "separable_conv2d": separable,
    **by_rank("conv_transpose", transposed),
    "linear": linear,
    "rbf": lambda layer, inputs: RadialBasis(inputs[0][-1], layer.out_features),
    **by_rank("max_pool", max_pool),
    **by_rank("avg_pool", avg_pool),
    **by_rank("lp_pool", lp_pool),
    **by_rank("adaptive_avg_pool", adaptive_pool("AdaptiveAvgPool")),
    **by_rank("adaptive_max_pool", adaptive_pool("AdaptiveMaxPool")),
    "global_avg_pool": global_pool(torch.mean),
    **by_rank("global_avg_pool", global_pool(torch.mean)),
    "global_max_pool": global_pool(torch.amax),
    **by_rank("global_max_pool", global_pool(torch.amax)),
    **by_rank("max_unpool", Unpool),
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
    "pad": function(pad),
    "crop": function(crop),
    "center_crop": function(center_crop),
    "flatten": plain(nn.Flatten, "start_dim", "end_dim"),
    "reshape": function(lambda layer, inputs: lambda x: x.reshape(len(x), *layer.shape)),
    "permute": function(permute),
    "squeeze": function(squeeze),
    "unsqueeze": function(lambda layer, inputs: lambda x: x.unsqueeze(layer.dim)),
    "split": function(split),
    "slice": function(slice_),
    "pixel_shuffle": plain(nn.PixelShuffle, "upscale_factor"),
    "pixel_unshuffle": plain(nn.PixelUnshuffle, "downscale_factor"),
    "channel_shuffle": plain(nn.ChannelShuffle, "groups"),
    "unfold": unfold,
    "fold": fold,
    "concat": function(lambda layer, inputs: lambda *xs: torch.cat(xs, layer.dim)),
    "stack": function(lambda layer, inputs: lambda *xs: torch.stack(xs, layer.dim)),
    "add": function(lambda layer, inputs: lambda *xs: sum(xs[1:], xs[0])),
    "subtract": function(lambda layer, inputs: torch.sub),
    "multiply": function(lambda layer, inputs: lambda *xs: torch.stack(torch.broadcast_tensors(*xs)).prod(0)),
    "maximum": function(lambda layer, inputs: lambda *xs: torch.stack(torch.broadcast_tensors(*xs)).amax(0)),
    "mean": function(lambda layer, inputs: lambda *xs: sum(xs[1:], xs[0]) / len(xs)),
    "upsample": upsample,
}
