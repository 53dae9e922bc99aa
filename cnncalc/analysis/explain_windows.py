"""What becomes of the input's edge under a window: cells that the floor drops, padding, gaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.analysis.explain_formula import Derivation, Expression, Operation, value_of
from cnncalc.analysis.report import LayerReport
from cnncalc.geometry import Window
from cnncalc.layers.base import Shape
from cnncalc.layers.readers import AXES

EDGES = {
    1: (("cell", "at the end"),),
    2: (("row", "at the bottom"), ("column", "at the right")),
    3: (("slice", "at the back"), ("row", "at the bottom"), ("column", "at the right")),
}
_NO_WINDOWS = ("pad", "crop")


def windows_of(row: LayerReport) -> tuple[Window, ...]:
    """The windows that a layer slides over its input; none for other layers."""
    layer: Any = getattr(row.layer, "depthwise", row.layer)
    if row.kind in _NO_WINDOWS or not hasattr(layer, "kernel_size") or not hasattr(layer, "windows"):
        return ()
    shape = row.input_shapes[0]
    try:
        windows: tuple[Window, ...] = layer.windows(shape[1:])
    except TypeError:  # the windows of a transposed convolution or a fold are those of its output
        return ()
    return windows


def window_remarks(row: LayerReport, axis: int, size: Derivation) -> Iterator[str]:
    """What to say of the size along one axis."""
    windows = windows_of(row)
    if len(windows) != len(row.input_shapes[0]) - 1 or not 0 <= axis < len(windows):
        return
    window, cells = windows[axis], row.input_shapes[0][1 + axis]
    cell, where = EDGES.get(len(windows), (("cell", "at the end"),) * len(windows))[axis]
    padding = getattr(row.layer, "padding", None)
    if padding == "same":
        yield "`same` pads so that the output has ceil(size / stride) cells, an odd one after the input"
    if padding == "causal":
        yield "`causal` pads before the input alone, so that no output reads what comes later"
    if window.ceil_mode:
        yield from _rounded_up(window, cells, cell)
    else:
        yield from _dropped(window, cells, size, cell, where)
    gap = window.stride - window.extent
    if gap > 0 and size.value > 1:
        never = "is never read" if gap == 1 else "are never read"
        yield f"the stride is larger than the window: between two windows {_count(gap, cell)} {never}"


def _dropped(window: Window, cells: int, size: Derivation, cell: str, where: str) -> Iterator[str]:
    quotient = floor_of(size.steps[0])
    if quotient is None:
        return
    dividend, divisor = map(value_of, quotient.operands)
    rest = dividend % divisor
    if not rest:
        return
    lost = _lost(window, cells, rest, cell, where)
    yield f"{dividend:,} = {divisor}*{dividend // divisor:,} + {rest}: {lost}"


def _lost(window: Window, cells: int, rest: int, cell: str, where: str) -> str:
    lost = min(max(rest - window.after, 0), cells)
    if not window.after:
        return f"the floor drops {_count(rest, cell)} {where}, which no window reads"
    dropped = f"the floor drops {_count(rest, cell)} {where} of the padded input, which no window reads"
    if lost:
        return f"{dropped}: {rest - lost} of padding and {lost} of the input itself"
    return f"{dropped}; {'it is' if rest == 1 else 'they are'} padding, not of the input itself"


def _rounded_up(window: Window, cells: int, cell: str) -> Iterator[str]:
    room = cells + window.before + window.after - window.extent
    over = -room % window.stride
    if over and window.output_size(cells) == -(-room // window.stride) + 1:
        yield f"ceil_mode rounds up: the last window hangs over the end by {_count(over, cell)}"
    elif over:
        yield "ceil_mode rounds up, but drops a last window that would start in the padding after the input"


def floor_of(formula: Expression) -> Operation | None:
    """The first division of a formula that is rounded down."""
    if not isinstance(formula, Operation):
        return None
    if formula.sign == "floor":
        return formula
    return next(filter(None, map(floor_of, formula.operands)), None)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def axis_words(shape: Shape) -> tuple[str, ...]:
    """What to call the axes of an input: `height`, `width`."""
    rank = len(shape) - 1
    return AXES.get(rank, tuple(f"axis {axis}" for axis in range(1, rank + 1)))
