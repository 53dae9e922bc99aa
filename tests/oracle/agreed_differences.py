"""Where we and PyTorch may differ on what is refused, each with its reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.layers import find_kind

if TYPE_CHECKING:
    from tests.oracle.judged import Outcome


class Difference(NamedTuple):
    """`covers` says for a case that one side refuses and the other takes whether this is the reason."""

    name: str
    kinds: tuple[str, ...]
    reason: str
    covers: Callable[[Outcome], bool]


def by_rank(*stems: str) -> tuple[str, ...]:
    return tuple(f"{stem}{rank}d" for stem in stems for rank in (1, 2, 3))


def _code(found: Outcome, code: str) -> bool:
    return {misfit.code for misfit in found.misfits} == {code}


def _without_batch(found: Outcome) -> bool:
    kind = find_kind(found.case.kind)
    assert kind is not None
    fewer = 1 if kind.name == "fold" else kind.rank
    return found.ran is not None and _code(found, "E304") and len(found.case.inputs[0]) == fewer


def _empty(found: Outcome) -> bool:
    return _code(found, "E306") and found.ran is not None and math.prod(found.ran.output_shape) == 0


def _unequal_sides(found: Outcome) -> bool:
    padding = getattr(found.case.layer, "padding", "valid")
    unequal = not isinstance(padding, str) and any(before != after for before, after in padding)
    return unequal and {misfit.code for misfit in found.misfits} <= {"E301", "E306"}


def _names_the_batch(found: Outcome) -> bool:
    layer = found.case.layer
    dims = [getattr(layer, name, None) for name in ("dim", "start_dim", "end_dim")]
    named = [dim for value in dims for dim in (value if isinstance(value, tuple) else (value,))]
    # unsqueeze and stack count the dims of their output
    rank = len(found.case.inputs[0]) + (found.case.kind in ("unsqueeze", "stack"))
    return _code(found, "E307") and any(dim in (0, -rank - 1) for dim in named)


def _window_in_padding(found: Outcome) -> bool:
    pool = getattr(found.case.layer, "pool", None)
    dilated = pool is not None and max(getattr(pool, "dilation", (1,))) > 1
    return dilated and found.figures is not None and "out of bounds" in found.error


AGREED = (
    Difference(
        "without a batch",
        (
            *by_rank("max_pool", "avg_pool", "lp_pool", "adaptive_avg_pool", "adaptive_max_pool"),
            *("dropout1d", "dropout3d", "unfold", "fold"),
        ),
        "PyTorch takes an input with one dimension less for one without a batch; our shapes never have one",
        _without_batch,
    ),
    Difference(
        "reductions of any rank",
        ("global_avg_pool", "global_max_pool", *by_rank("global_avg_pool", "global_max_pool")),
        "PyTorch has no such kinds, and a reduction does not mind how many axes there are",
        lambda found: _code(found, "E304"),
    ),
    Difference(
        "more batches",
        ("pixel_shuffle", "pixel_unshuffle", "adaptive_avg_pool2d"),
        "PyTorch takes any number of dims before the channels for batches; of adaptive_avg_pool2d where the "
        "output is the input or a mean",
        lambda found: _code(found, "E304") and found.ran is not None,
    ),
    Difference(
        "dims set against the batch",
        ("add", "subtract", "multiply", "maximum", "mean"),
        "of inputs with unequal numbers of dims PyTorch sets the batch of one against a dim of the other",
        lambda found: _code(found, "E302") and len(set(map(len, found.case.inputs))) > 1,
    ),
    Difference(
        "empty output",
        (*by_rank("conv_transpose"), "crop", "slice", "upsample"),
        "an output size of 0 is a fault for us, never a size",
        _empty,
    ),
    Difference(
        "padding with unequal sides",
        by_rank("max_pool", "avg_pool"),
        "PyTorch has no such padding of its own; we hold it to the limits that PyTorch has for equal sides "
        "(at most half a kernel; avg_pool3d: a kernel no larger than the input)",
        _unequal_sides,
    ),
    Difference(
        "the batch named as a dim",
        (
            *("softmax", "log_softmax", "scale", "flatten", "squeeze", "unsqueeze", "split", "slice"),
            *("concat", "stack"),
        ),
        "a layer of ours never works along the batch",
        _names_the_batch,
    ),
    Difference(
        "no dimension left",
        ("squeeze",),
        "PyTorch still has the batch, and we have shapes without dimensions nowhere",
        lambda found: found.ran is not None and found.ran.output_shape == (),
    ),
    Difference(
        "windows in the padding",
        by_rank("max_unpool"),
        "a window of a dilated and padded pool that meets no input cell keeps an index out of range, which "
        "PyTorch finds out with the numbers; the shapes hold",
        _window_in_padding,
    ),
)


def agreed(found: Outcome) -> Difference | None:
    """The agreed difference that explains a case which one side refuses and the other takes."""
    reasons = (reason for reason in AGREED if found.case.kind in reason.kinds and reason.covers(found))
    return next(reasons, None)
