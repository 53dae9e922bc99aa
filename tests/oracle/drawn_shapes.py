"""Random layers that pad, cut, reshape, rearrange or resize what they read."""

# ruff: noqa: ARG001  # all generators have one signature
from __future__ import annotations

import math

from tests.oracle.drawing import Draw, Drawn, Generator, make_layer


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
    opposite = make_layer("unfold", arguments)
    columns = opposite.output_shape((shape,))
    if min(columns) < 1:
        columns = (columns[0], 1)
    if draw.chance(0.2):
        columns = (columns[0] + draw.one(0, 1), columns[1] + draw.one(0, 1))
    return {"output_size": list(shape[1:]), **arguments}, (columns,)


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


BY_STEM: dict[str, Generator] = {
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
    "upsample": upsample,
}
