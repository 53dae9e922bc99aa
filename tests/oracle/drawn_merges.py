"""Random layers that merge two tensors or more."""

# ruff: noqa: ARG001  # all generators have one signature
from __future__ import annotations

from tests.oracle.drawing import Draw, Drawn, Generator


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


BY_STEM: dict[str, Generator] = {
    "concat": concat,
    "stack": stack,
    **dict.fromkeys(("add", "subtract", "multiply", "maximum", "mean"), stretched),
}
