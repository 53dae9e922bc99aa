"""Pools that slide a window over real arrays."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from cnncalc.layers.pooling import MaxPool
from cnncalc.numpy_backend.arrays import channels_last
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.sliding import axes_over, rows_within, window_blocks
from cnncalc.numpy_backend.work import Work


def max_pool(layer: MaxPool, inputs: Sequence[Array], work: Work) -> Array:
    x = inputs[0]
    axes = axes_over(
        x.shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.ceil_mode
    )
    out = work.empty((*x.shape[:2], *(axis.places for axis in axes)))
    for block in window_blocks(
        x, axes, work, rows_within(1 << 18, axes, x.shape[1] * x.itemsize), fill=-np.inf
    ):
        target = channels_last(out[block.place])
        target = target.reshape(block.windows.shape[0], block.windows.shape[1], -1)
        taps = [
            block.windows[:, :, d, h, w]
            for d, h, w in itertools.product(*map(range, block.windows.shape[2:5]))
        ]
        if len(taps) == 1:
            target[...] = taps[0]
        else:
            work.maximum(taps[0], taps[1], out=target)
        for tap in taps[2:]:
            work.maximum(target, tap, out=target)
    return out


EXECUTORS = {"max_pool2d": max_pool}
