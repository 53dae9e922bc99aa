"""How elementwise layers go over their arrays: block by block, in place where they may."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnncalc.numpy_backend.arrays import BLOCK_BYTES, blocks, part
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import Work


def by_blocks(
    function: Callable[..., object], inputs: Sequence[Array], work: Work, *constants: Array
) -> Array:
    """Calls `function(*inputs, *constants, out)` with blocks that go together, of small enough size."""
    out = work.result(*inputs)
    if out.nbytes <= BLOCK_BYTES:
        function(*inputs, *constants, out)
        work.finish(out)
        return out
    for place in blocks(out):
        block = out[place]
        function(*(part(x, place) for x in inputs), *(part(x, place) for x in constants), block)
        work.finish(block)
    return out
