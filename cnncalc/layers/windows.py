"""Windows with their padding, and checks of them: shared by convolutions and pools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.geometry import Window
from cnncalc.layers.base import Misfit, Shape
from cnncalc.layers.shapes import axis_names
from cnncalc.tracing import named


def padded_windows(
    sizes: Shape,
    kernel_size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[tuple[int, int], ...] | str,
    dilation: tuple[int, ...],
    ceil_mode: bool = False,
) -> tuple[Window, ...]:
    """The window of each axis, with its padding in cells (or a word for it)."""
    windows = []
    axes = zip(sizes, kernel_size, stride, dilation, strict=True)
    for axis, (size, kernel, step, spacing) in enumerate(axes):
        window = Window(kernel, step, 0, 0, spacing, ceil_mode)
        if not isinstance(padding, str):
            before, after = padding[axis]
            window = Window(kernel, step, before, after, spacing, ceil_mode)
        elif padding == "causal":
            window = window._replace(before=named(window.spread, "P_before"))
        elif padding == "same":
            window = window.keeping(size)
        windows.append(window)
    return tuple(windows)


def window_misfits(windows: Sequence[Window], sizes: Shape) -> Iterator[Misfit]:
    """A fault for the first axis whose window does not fit the padded input."""
    rank = len(sizes)
    for axis, (window, size) in enumerate(zip(windows, sizes, strict=True)):
        if window.output_size(size) < 1:
            yield _window_misfit(window, size, axis, rank)
            return


def _window_misfit(window: Window, size: int, axis: int, rank: int) -> Misfit:
    padded = size + window.before + window.after
    name = axis_names(rank)[axis]
    where = f"an input {name} of {size}" + (f" padded to {padded}" if padded != size else "")
    rounding = "ceil" if window.ceil_mode else "floor"
    terms = str(size) + "".join(f" + {cells}" for cells in (window.before, window.after) if cells)
    return Misfit(
        "E301",
        f"a window of {window.extent} does not fit {where}",
        argument="kernel_size",
        index=axis,
        label=f"spans {window.extent} cells"
        + (f" with dilation {window.dilation}" if window.dilation > 1 else ""),
        notes=(
            f"{rounding}(({terms} - {window.extent}) / {window.stride}) + 1 = {window.output_size(size)}, "
            "and an output needs at least 1",
        ),
        help=_way_out(window, size, padded),
    )


def _way_out(window: Window, size: int, padded: int) -> str:
    missing = window.extent - padded
    # equal padding on both sides; what is asked for is written in addition to what is there
    padding = max(window.before, window.after) + (missing + 1) // 2
    largest_kernel = (padded - 1) // window.dilation + 1
    if largest_kernel < 1:
        return f"use padding: {padding}, or a larger input"
    if padding * 2 > window.extent and padding >= size:
        return f"use a kernel_size of at most {largest_kernel}"
    return f"use a kernel_size of at most {largest_kernel}, or padding: {padding}"
