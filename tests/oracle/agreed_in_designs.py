"""Where an exported network and cnncalc may differ on which inputs they take, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.analysis.report import LayerReport

if TYPE_CHECKING:
    from tests.oracle.judged_inputs import Attempt


class Difference(NamedTuple):
    """`covers` says for an attempt that one side refuses and the other takes whether this is the reason."""

    name: str
    reason: str
    covers: Callable[[Attempt], bool]


def _has(fits: Callable[[LayerReport], bool]) -> Callable[[Attempt], bool]:
    return lambda attempt: any(map(fits, attempt.report.layers))


def _of(row: LayerReport, name: str) -> Any:
    return getattr(row.layer, name, None)


AGREED = (
    Difference(
        "a norm without weights",
        "nn.LayerNorm has the sizes written that it goes over; ours takes them from its input",
        _has(lambda row: row.kind == "layer_norm" and not row.weights),
    ),
    Difference(
        "an adaptive pool that keeps the size of its one axis",
        "nn.AdaptiveAvgPool1d and nn.AdaptiveMaxPool1d take no None; the export writes the size itself",
        _has(
            lambda row: (
                row.kind.startswith("adaptive")
                and row.kind.endswith("1d")
                and None in _of(row, "output_size")
            )
        ),
    ),
    Difference(
        "cells behind a pool with ceil_mode",
        "where PyTorch's windows over the end differ from ours, the export writes the cells for its sizes",
        _has(lambda row: "pool" in row.kind and bool(_of(row, "ceil_mode"))),
    ),
    Difference(
        "batch norm and instance norm of other channels",
        "without weights and statistics they take any number of channels; PyTorch only warns",
        _has(lambda row: row.kind in ("batch_norm", "instance_norm") and not row.weights and not row.buffers),
    ),
    Difference(
        "weights of size 1 stretched",
        "the pieces Scale and RadialBasis let PyTorch stretch a single cell to the sizes of their tensors",
        lambda attempt: (
            {row.kind for row in attempt.changed} <= {"scale", "rbf"} and attempt.other is not None
        ),
    ),
    Difference(
        "without a batch",
        "PyTorch takes an input with one dimension less for one without a batch; our shapes never have one",
        lambda attempt: {fault.code for fault in attempt.faults} == {"E304"},
    ),
    Difference(
        "the batch named as a dim",
        "a layer of ours never works along the batch, where another layer has left fewer dims",
        lambda attempt: {fault.code for fault in attempt.faults} == {"E307"},
    ),
    Difference(
        "empty output",
        "an output size of 0 is a fault for us, never a size",
        lambda attempt: (
            attempt.shapes is not None
            and {fault.code for fault in attempt.faults} == {"E306"}
            and any(0 in shape for shape in (*attempt.shapes.values(),))
        ),
    ),
    Difference(
        "a reshape to one dimension",
        "it is written as nn.Flatten, which takes any number of elements",
        _has(lambda row: row.kind == "reshape" and len(row.output_shape) == 1),
    ),
    Difference(
        "a group of a single number",
        "nn.GroupNorm takes it in a batch of more than one sample, and refuses it of one, as we do",
        lambda attempt: any("group_norm" in fault.message for fault in attempt.faults),
    ),
)


def agreed(attempt: Attempt) -> Difference | None:
    """The agreed difference that explains an attempt."""
    return next((difference for difference in AGREED if difference.covers(attempt)), None)
