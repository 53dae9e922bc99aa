"""Where an exported network and cnncalc may differ on which inputs they take, each with its reason.

An export is written for the shapes of the file. Mostly its modules take other sizes too, and then as cnncalc
says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.analysis.report import LayerReport

if TYPE_CHECKING:
    from tests.oracle.judged_inputs import Attempt


class Difference(NamedTuple):
    """`covers` says for an attempt that the two sides do not agree in whether this is the reason."""

    name: str
    reason: str
    covers: Callable[[Attempt], bool]


def _has(attempt: Attempt, fits: Callable[[LayerReport], bool]) -> bool:
    return any(map(fits, attempt.report.layers))


def _of(row: LayerReport, name: str) -> Any:
    return getattr(row.layer, name, None)


def _norm_without_weights(attempt: Attempt) -> bool:
    return attempt.error.startswith("RuntimeError: Given normalized_shape") and _has(
        attempt, lambda row: row.kind == "layer_norm" and not row.weights
    )


def _adaptive_size(attempt: Attempt) -> bool:
    return _has(
        attempt,
        lambda row: (
            row.kind.startswith("adaptive") and row.kind.endswith("1d") and None in _of(row, "output_size")
        ),
    )


def _ceil_mode(attempt: Attempt) -> bool:
    return _has(attempt, lambda row: "pool" in row.kind and bool(_of(row, "ceil_mode")))


def _table_padding(attempt: Attempt) -> bool:
    return _has(
        attempt,
        lambda row: _of(row, "connection_table") is not None and _of(row, "padding") == "same",
    )


def _stretched(attempt: Attempt) -> bool:
    rows = attempt.report.layers if attempt.other is None else attempt.changed
    return attempt.shapes is not None and any(row.kind in ("scale", "rbf") for row in rows)


def _one_weight(attempt: Attempt) -> bool:
    def fits(row: LayerReport) -> bool:
        return row.kind == "prelu" and row.weights["weight"] == (1,)

    right = attempt.other is not None and attempt.shapes == dict(attempt.other.outputs)
    return right and any(map(fits, attempt.changed))


def _unequal_sides(attempt: Attempt) -> bool:
    def fits(row: LayerReport) -> bool:
        padding = _of(row, "padding") if row.kind == "avg_pool3d" else ()
        return not isinstance(padding, str) and any(before != after for before, after in padding)

    return attempt.shapes is not None and attempt.codes == {"E301"} and _has(attempt, fits)


def _other_axes(attempt: Attempt) -> bool:
    """Whether a layer reads another number of axes, as behind a squeeze that finds nothing to drop."""
    kinds = ("global_avg_pool", "global_max_pool", "batch_norm", "instance_norm")
    rows = zip(attempt.report.layers, attempt.other.layers if attempt.other else (), strict=False)
    return any(
        row.kind in kinds and len(row.input_shapes[0]) != len(other.input_shapes[0]) for row, other in rows
    )


def _empty(attempt: Attempt) -> bool:
    return attempt.codes == {"E306"} and any(0 in shape for shape in (attempt.shapes or {}).values())


AGREED = (
    Difference(
        "a norm without weights",
        "nn.LayerNorm has the sizes written that it goes over; ours takes them from its input",
        _norm_without_weights,
    ),
    Difference(
        "an adaptive pool that keeps the size of its one axis",
        "nn.AdaptiveAvgPool1d and nn.AdaptiveMaxPool1d take no None; the export writes the size itself",
        _adaptive_size,
    ),
    Difference(
        "cells behind a pool with ceil_mode",
        "where PyTorch's windows over the end differ from ours, the export writes the cells for its sizes",
        _ceil_mode,
    ),
    Difference(
        "same padding of a connection table",
        "the piece TableConv has the sides written; they are those for the sizes of the file",
        _table_padding,
    ),
    Difference(
        "weights of size 1, or for an input of size 1",
        "the pieces Scale and RadialBasis let PyTorch stretch a single cell to the sizes of the other side",
        _stretched,
    ),
    Difference(
        "one weight for all channels",
        "nn.PReLU with a weight for each channel takes any channels, where the file's input has but one",
        _one_weight,
    ),
    Difference(
        "without a batch",
        "PyTorch takes an input with a dimension less for one without a batch; our shapes never have one",
        lambda attempt: attempt.shapes is not None and attempt.codes == {"E304"},
    ),
    Difference(
        "the batch named as a dim",
        "a layer of ours never works along the batch, where the one before it has left fewer dims",
        lambda attempt: attempt.shapes is not None and attempt.codes == {"E307"},
    ),
    Difference(
        "dims set against the batch",
        "of inputs that have come to unequal numbers of dims PyTorch sets the batch of one against a dim",
        lambda attempt: (
            attempt.shapes is not None
            and attempt.codes == {"E302"}
            and _has(attempt, lambda row: row.kind == "squeeze")
        ),
    ),
    Difference(
        "empty output",
        "an output size of 0 is a fault for us, never a size",
        _empty,
    ),
    Difference(
        "empty on the way",
        "PyTorch goes on with nothing, and layers behind can make numbers of it again: the mean of none",
        lambda attempt: attempt.codes == {"E306"} and attempt.shapes is not None and attempt.was_empty,
    ),
    Difference(
        "padding with unequal sides",
        "PyTorch has none; we hold avg_pool3d to the limit of equal sides, a kernel no larger than the input",
        _unequal_sides,
    ),
    Difference(
        "a group of a single number",
        "nn.GroupNorm takes it in a batch of more than one sample, and refuses it of one, as we do",
        lambda attempt: any("group_norm" in fault.message for fault in attempt.faults),
    ),
    Difference(
        "another number of axes",
        "kinds for any number of axes are written as those for the number that the file has: BatchNorm2d",
        _other_axes,
    ),
)


def agreed(attempt: Attempt) -> Difference | None:
    """The agreed difference that explains an attempt."""
    return next((difference for difference in AGREED if difference.covers(attempt)), None)
