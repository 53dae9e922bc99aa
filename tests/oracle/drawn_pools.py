"""Random pools, and unpools with the pool they refer to."""

from __future__ import annotations

from typing import Any

from tests.oracle.drawing import Draw, Drawn, Generator, make_layer


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
        pool = make_layer(name, arguments)
        if not list(pool.check((read,))):
            break
    given = pool.output_shape((read,))
    own = draw.some(
        **{name: arguments[name] for name in ("kernel_size", "stride", "padding") if name in arguments}
    )
    other = draw.shape(rank) if not draw.roomy and draw.chance(0.1) else given
    return {"indices": "pool", "pool": (name, arguments), **own}, (other, read, given)


BY_STEM: dict[str, Generator] = {
    "max_pool": max_pool,
    "avg_pool": avg_pool,
    "lp_pool": lp_pool,
    "adaptive_avg_pool": adaptive,
    "adaptive_max_pool": adaptive,
    "global_avg_pool": global_pool,
    "global_max_pool": global_pool,
    "max_unpool": unpool,
}
