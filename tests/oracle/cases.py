"""Random layers and input shapes, many of which fit and some of which do not.

A case follows from its kind and its seed alone: `case_of("conv2d", 17)` makes again what a failure names.
PyTorch is not needed here.
"""

# ruff: noqa: ARG001  # all generators have one signature
from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from cnncalc.layers import find_kind
from cnncalc.layers.base import Layer, Shape, Shapes

LONGEST = {1: 20, 2: 11, 3: 7}
ROOMY = {1: (14, 28), 2: (9, 14), 3: (6, 8)}
"""Sizes where a window is to fit well inside, for receptive fields."""

Drawn = tuple[dict[str, Any], Shapes]


class Case(NamedTuple):
    """A layer with the shapes it reads (for each reference two more, as the rules want them)."""

    kind: str
    seed: int
    arguments: dict[str, Any]
    inputs: Shapes
    layer: Layer

    def __str__(self) -> str:
        return f"{self.kind} seed {self.seed}: {self.arguments} on {list(self.inputs)}"


class Draw:
    """Random values; `roomy` for sizes and channels that leave no group of a single element."""

    def __init__(self, random: Random, roomy: bool) -> None:
        self.random = random
        self.roomy = roomy

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def between(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, **arguments: Any) -> dict[str, Any]:
        """A part of the arguments, as all have a default."""
        return {name: value for name, value in arguments.items() if self.chance(0.65)}

    def axes(self, rank: int, *choices: Any) -> Any:
        """One value for all axes, or a list."""
        return self.one(*choices) if self.chance(0.4) else [self.one(*choices) for _ in range(rank)]

    def channels(self) -> int:
        return self.between(3, 5) if self.roomy else self.one(1, 2, 3, 4, 6)

    def sizes(self, rank: int) -> Shape:
        least, most = ROOMY[rank] if self.roomy else (1, LONGEST[rank])
        return tuple(self.between(least, most) for _ in range(rank))

    def shape(self, rank: int) -> Shape:
        return (self.channels(), *(self.sizes(rank) if rank else ()))

    def any_rank(self) -> int:
        """A number of spatial axes for the kinds that take any; now and then none."""
        return self.one(1, 2, 2, 3) if self.roomy or self.chance(0.9) else 0

    def padding(self, rank: int, most: int, *words: str) -> Any:
        """All forms of padding: a number, a list, pairs, a word."""
        form = self.one("number", "list", "pairs", *(["word"] if words else []))
        if form == "number":
            return self.between(0, most)
        if form == "list":
            return [self.between(0, most) for _ in range(rank)]
        if form == "pairs":
            return [[self.between(0, most), self.between(0, most)] for _ in range(rank)]
        return self.one(*words)

    def sides(self, rank: int, most: int) -> Any:
        """Cells at the sides of any number of axes."""
        if self.chance(0.3):
            return self.between(0, most)
        cells = range(most + 1)
        return [self.one(self.one(*cells), [self.one(*cells), self.one(*cells)]) for _ in range(rank)]

    def dim(self, rank: int) -> int:
        """A dim of a shape with so many dimensions; one time in ten it may be the batch or none at all."""
        if not self.roomy and self.chance(0.1):
            return self.one(0, rank + 1, -rank - 1, -rank - 2)
        return self.one(*range(1, rank + 1), *range(-rank, 0))


def convolution(draw: Draw, rank: int) -> Drawn:
    inputs = draw.shape(rank)
    channels = inputs[0]
    groups = draw.one(1, 1, draw.one(2, 3), channels) if not draw.chance(0.08) else draw.between(1, 5)
    arguments = {
        "out_channels": groups * draw.between(1, 3) if not draw.chance(0.08) else draw.between(1, 6),
        "kernel_size": draw.axes(rank, 1, 2, 3, 4, 5),
        **_sliding(draw, rank),
    }
    if groups > 1:
        arguments["groups"] = groups
    elif draw.chance(0.15):
        highest = channels if draw.chance(0.1) else channels - 1
        arguments["connection_table"] = [
            draw.random.sample(range(highest + 1), draw.between(1, highest + 1))
            for _ in range(arguments["out_channels"])
        ]
    return arguments, (inputs,)


def _sliding(draw: Draw, rank: int) -> dict[str, Any]:
    """The arguments that all convolutions have beside kernel and channels."""
    return draw.some(
        stride=draw.axes(rank, 1, 1, 2, 3),
        padding=draw.padding(rank, 3, "same", "valid", "causal"),
        dilation=draw.axes(rank, 1, 1, 2, 3),
        bias=draw.one(True, False),
        padding_mode=draw.one("zeros", "zeros", "reflect", "replicate", "circular"),
    )


def depthwise(draw: Draw, rank: int) -> Drawn:
    arguments = {"kernel_size": draw.axes(rank, 1, 2, 3, 4, 5), **_sliding(draw, rank)}
    return {**arguments, **draw.some(multiplier=draw.between(1, 3))}, (draw.shape(rank),)


def separable(draw: Draw, rank: int) -> Drawn:
    arguments, inputs = depthwise(draw, rank)
    return {"out_channels": draw.between(1, 5), **arguments}, inputs


def transposed(draw: Draw, rank: int) -> Drawn:
    inputs = draw.shape(rank)
    if not draw.roomy:
        inputs = (inputs[0], *(min(size, {1: 12, 2: 6, 3: 4}[rank]) for size in inputs[1:]))
    groups = draw.one(1, 1, inputs[0]) if not draw.chance(0.08) else draw.between(1, 5)
    return {
        "out_channels": groups * draw.between(1, 3) if not draw.chance(0.08) else draw.between(1, 6),
        "kernel_size": draw.axes(rank, 1, 2, 3, 4, 5),
        "groups": groups,
        **draw.some(
            stride=draw.axes(rank, 1, 2, 3),
            padding=draw.padding(rank, 2),
            output_padding=draw.axes(rank, 0, 0, 0, 1, 2) if draw.chance(0.5) else 0,
            bias=draw.one(True, False),
            dilation=draw.axes(rank, 1, 2, 3),
        ),
    }, (inputs,)


def last_dimension(draw: Draw, rank: int) -> Drawn:
    return {"out_features": draw.between(1, 9)}, (draw.shape(draw.one(0, 0, 1, 2)),)


def linear(draw: Draw, rank: int) -> Drawn:
    arguments, inputs = last_dimension(draw, rank)
    return {**arguments, **draw.some(bias=draw.one(True, False))}, inputs


def _pooling(draw: Draw, rank: int) -> dict[str, Any]:
    return {
        "kernel_size": draw.axes(rank, 1, 2, 3, 4, 5),
        **draw.some(stride=draw.axes(rank, 1, 2, 3, 4), ceil_mode=draw.one(True, False)),
    }


def max_pool(draw: Draw, rank: int) -> Drawn:
    more = draw.some(
        padding=draw.padding(rank, draw.one(1, 2), "same", "valid"), dilation=draw.axes(rank, 1, 1, 2, 3)
    )
    return {**_pooling(draw, rank), **more}, (draw.shape(rank),)


def avg_pool(draw: Draw, rank: int) -> Drawn:
    more = draw.some(
        padding=draw.padding(rank, draw.one(1, 2), "same", "valid"),
        count_include_pad=draw.one(True, False),
        **({"divisor_override": draw.one(None, 1, 5)} if rank > 1 else {}),
    )
    return {**_pooling(draw, rank), **more}, (draw.shape(rank),)


def lp_pool(draw: Draw, rank: int) -> Drawn:
    return {"norm_type": draw.one(1, 2, 3, 1.5), **_pooling(draw, rank)}, (draw.shape(rank),)


def adaptive(draw: Draw, rank: int) -> Drawn:
    return {"output_size": draw.axes(rank, None, 1, 2, 3, 5, 7, 9)}, (draw.shape(rank),)


def global_pool(draw: Draw, rank: int) -> Drawn:
    return draw.some(keepdim=draw.one(True, False)), (draw.shape(rank or draw.any_rank()),)


def unpool(draw: Draw, rank: int) -> Drawn:
    """`pool` (not an argument of the kind) is the pool it refers to, with its own arguments."""
    while True:
        name, (arguments, (read,)) = (
            (f"max_pool{rank}d", max_pool(draw, rank))
            if draw.chance(0.75)
            else (f"adaptive_max_pool{rank}d", adaptive(draw, rank))
        )
        pool = _make(name, arguments)
        if not list(pool.check((read,))):
            break
    given = pool.output_shape((read,))
    own = draw.some(
        **{name: arguments[name] for name in ("kernel_size", "stride", "padding") if name in arguments}
    )
    other = draw.shape(rank) if not draw.roomy and draw.chance(0.1) else given
    return {"indices": "pool", "pool": (name, arguments), **own}, (other, read, given)


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


def with_number(name: str, *numbers: Any) -> Callable[[Draw, int], Drawn]:
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


def pad(draw: Draw, rank: int) -> Drawn:
    axes = draw.any_rank()
    length = axes if axes and not draw.chance(0.05) else draw.between(1, 3)
    mode = draw.some(mode=draw.one("constant", "zeros", "reflect", "replicate", "circular"))
    value = {"value": 1.5} if mode.get("mode") == "constant" else {}
    return {"padding": draw.sides(length, draw.one(1, 4)), **mode, **value}, (draw.shape(axes),)


def crop(draw: Draw, rank: int) -> Drawn:
    axes = draw.any_rank()
    return {"cropping": draw.sides(axes or 1, draw.one(1, 3))}, (draw.shape(axes),)


def center_crop(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    sizes = [draw.between(1, size if draw.chance(0.9) else size + 3) for size in shape[1:]]
    if draw.chance(0.5):
        return {"like": "other"}, (shape, (1, *sizes), (2, *sizes))
    return {"size": sizes if sizes and draw.chance(0.7) else draw.between(1, 5)}, (shape,)


def flatten(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    return draw.some(start_dim=draw.dim(len(shape)), end_dim=draw.dim(len(shape))), (shape,)


def reshape(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    left, sizes = math.prod(shape), []
    for _ in range(draw.between(0, 3)):
        sizes.append(draw.one(*(size for size in range(1, 13) if left % size == 0)))
        left //= sizes[-1]
    sizes.append(left if draw.chance(0.5) else -1)
    draw.random.shuffle(sizes)
    if draw.chance(0.15):
        sizes[0] += 1 + (sizes[0] == -1)
    return {"shape": sizes}, (shape,)


def permute(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    places = draw.random.sample(range(1, len(shape) + 1), len(shape))
    dims = [place - len(shape) - 1 if draw.chance(0.2) else place for place in places]
    if draw.chance(0.15):
        dims[0] = draw.dim(len(shape))
    return {"dims": [0, *dims] if draw.chance(0.5) else dims}, (shape,)


def squeeze(draw: Draw, rank: int) -> Drawn:
    shape = tuple(1 if draw.chance(0.5) else size for size in draw.shape(draw.any_rank()))
    return draw.some(dim=draw.dim(len(shape))), (shape,)


def unsqueeze(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    return {"dim": draw.dim(len(shape) + 1)}, (shape,)


def split(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    dim = draw.dim(len(shape))
    size = shape[dim - 1 if dim > 0 else dim] if -len(shape) <= dim <= len(shape) else 4
    if draw.chance(0.5):
        count = draw.one(*(count for count in range(1, size + 1) if size % count == 0 or draw.chance(0.1)))
        return {"sections": count, "index": draw.between(0, count - 1), "dim": dim}, (shape,)
    sections = []
    while sum(sections) < size:
        sections.append(draw.between(1, size - sum(sections)))
    if draw.chance(0.15):
        sections[-1] += 1
    return {"sections": sections, "index": draw.between(0, len(sections) - 1), "dim": dim}, (shape,)


def slice_(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    places = range(-8, 9)
    more = draw.some(start=draw.one(*places), stop=draw.one(None, *places), step=draw.between(1, 4))
    return {"dim": draw.dim(len(shape)), **more}, (shape,)


def pixel_shuffle(draw: Draw, rank: int) -> Drawn:
    factor, shape = draw.between(1, 3), draw.shape(rank)
    channels = shape[0] * (1 if draw.chance(0.15) else factor * factor)
    return {"upscale_factor": factor}, ((channels, *shape[1:]),)


def pixel_unshuffle(draw: Draw, rank: int) -> Drawn:
    factor, shape = draw.between(1, 3), draw.shape(rank)
    if draw.chance(0.8):
        shape = (shape[0], *(size + -size % factor for size in shape[1:]))
    return {"downscale_factor": factor}, (shape,)


def channel_shuffle(draw: Draw, rank: int) -> Drawn:
    groups, shape = draw.between(1, 4), draw.shape(draw.any_rank())
    channels = shape[0] * (1 if draw.chance(0.2) else groups)
    return {"groups": groups}, ((channels, *shape[1:]),)


def unfold(draw: Draw, rank: int) -> Drawn:
    arguments = {
        "kernel_size": draw.axes(rank, 1, 2, 3),
        **draw.some(
            dilation=draw.axes(rank, 1, 2),
            padding=draw.padding(rank, 2),
            stride=draw.axes(rank, 1, 2, 3),
        ),
    }
    return arguments, (draw.shape(rank),)


def fold(draw: Draw, rank: int) -> Drawn:
    """On what the unfold with the same arguments gives, if nothing is to be wrong."""
    arguments, (shape,) = unfold(draw, rank)
    opposite = _make("unfold", arguments)
    columns = opposite.output_shape((shape,))
    if min(columns) < 1:
        columns = (columns[0], 1)
    if draw.chance(0.2):
        columns = (columns[0] + draw.one(0, 1), columns[1] + draw.one(0, 1))
    return {"output_size": list(shape[1:]), **arguments}, (columns,)


def concat(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    dim = draw.dim(len(shape))
    count = draw.between(2, 4)
    inputs = [list(shape) for _ in range(count)]
    for other in inputs[1:]:
        if -len(shape) <= dim <= len(shape):
            other[dim - 1 if dim > 0 else dim] = draw.between(1, 6)
    if draw.chance(0.15):
        inputs[-1][draw.between(0, len(shape) - 1)] += 1
    if draw.chance(0.05):
        inputs[-1].append(1)
    return {} if dim == 1 and draw.chance(0.5) else {"dim": dim}, tuple(map(tuple, inputs))


def stack(draw: Draw, rank: int) -> Drawn:
    shape = draw.shape(draw.any_rank())
    inputs = [list(shape) for _ in range(draw.between(2, 4))]
    if draw.chance(0.15):
        inputs[-1][draw.between(0, len(shape) - 1)] += 1
    return draw.some(dim=draw.dim(len(shape) + 1)), tuple(map(tuple, inputs))


def stretched(draw: Draw, rank: int) -> Drawn:
    """Inputs of one shape, some of whose sizes are 1."""
    shape = draw.shape(draw.any_rank())
    count = draw.one(2, 2, 2, 3, 4)
    inputs = [tuple(1 if draw.chance(0.2) else size for size in shape) for _ in range(count)]
    if draw.chance(0.15):
        place = draw.between(0, len(shape) - 1)
        inputs[-1] = (*inputs[-1][:place], inputs[-1][place] + 1, *inputs[-1][place + 1 :])
    if draw.chance(0.05):
        inputs[-1] = (*inputs[-1], 3)
    return {}, tuple(inputs)


def upsample(draw: Draw, rank: int) -> Drawn:
    axes = draw.any_rank()
    fitting = {0: ["nearest"], 1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}[axes]
    mode = draw.one("nearest", "linear", "bilinear", "trilinear") if draw.chance(0.08) else None
    mode = mode or draw.one("nearest", *fitting)
    length = axes or 1
    if draw.chance(0.4):
        target = {"size": draw.axes(length, 1, 2, 3, 5, 7, 9, 12)}
    else:
        target = {"scale_factor": draw.axes(length, 1, 2, 3, 1.5, 0.5, 0.25, 0.75, 0.3, 1.2)}
    if draw.chance(0.03):
        target = {name: [2] * (length + 1) for name in target}
    corners = draw.some(align_corners=draw.one(True, False)) if mode != "nearest" else {}
    return {**target, "mode": mode, **corners}, (draw.shape(axes),)


BY_STEM: dict[str, Callable[[Draw, int], Drawn]] = {
    "conv": convolution,
    "depthwise_conv": depthwise,
    "separable_conv": separable,
    "conv_transpose": transposed,
    "linear": linear,
    "rbf": last_dimension,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
    "lp_pool": lp_pool,
    "adaptive_avg_pool": adaptive,
    "adaptive_max_pool": adaptive,
    "global_avg_pool": global_pool,
    "global_max_pool": global_pool,
    "max_unpool": unpool,
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
    "pad": pad,
    "crop": crop,
    "center_crop": center_crop,
    "flatten": flatten,
    "reshape": reshape,
    "permute": permute,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
    "split": split,
    "slice": slice_,
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "channel_shuffle": channel_shuffle,
    "unfold": unfold,
    "fold": fold,
    "concat": concat,
    "stack": stack,
    **dict.fromkeys(("add", "subtract", "multiply", "maximum", "mean"), stretched),
    "upsample": upsample,
}
"""By the name of the kind without `1d`, `2d`, `3d`."""

WITHOUT_ARGUMENTS = (
    *("relu", "relu6", "selu", "silu", "mish", "sigmoid", "hardsigmoid", "tanh", "arctan", "softsign"),
    *("hardswish", "binary_step", "identity"),
)


def stem(name: str) -> str:
    """The name of a kind without its number of axes."""
    return name[:-2] if name[-2:] in ("1d", "2d", "3d") else name


def case_of(name: str, seed: int, roomy: bool = False) -> Case:
    """The case of a kind and a seed."""
    draw = Draw(Random(f"{name} {seed} {roomy}"), roomy)
    kind = find_kind(name)
    assert kind is not None
    generator = any_shape if name in WITHOUT_ARGUMENTS else BY_STEM[stem(name)]
    arguments, inputs = generator(draw, kind.rank)
    if kind.rank and kind.inputs == 1 and not roomy and draw.chance(0.05):
        inputs = (draw.shape(draw.one(*({0, 1, 2, 3} - {kind.rank}))), *inputs[1:])
    pool = arguments.get("pool")
    layer = _make(name, {key: value for key, value in arguments.items() if key != "pool"})
    if pool is not None:
        layer = layer.referring((_make(*pool),))
    return Case(name, seed, arguments, inputs, layer)


def _make(name: str, arguments: dict[str, Any]) -> Layer:
    kind = find_kind(name)
    assert kind is not None
    return kind.make(arguments)
