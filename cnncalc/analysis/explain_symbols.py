"""A layer whose arguments and input sizes are traced numbers with the letters that readers know.

`traced(layer, shapes, ...)` runs the very rules of `analyze` on it; its figures tell how they were made.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cnncalc.analysis.figures import DTYPE_BYTES, Figures, figures_of
from cnncalc.layers.base import Layer, Shape, Shapes
from cnncalc.layers.readers import AXES, AxisValues
from cnncalc.tracing import Traced, named

LETTERS = {  # without words it has those of the kind's own argument
    "kernel_size": ("K", "cells of the window"),
    "stride": ("S", "cells from window to window"),
    "padding": ("P", "cells added at each side"),
    "dilation": ("D", "distance of the window's taps"),
    "output_padding": ("P_out", "cells added after the output"),
    "out_channels": ("C_out", "channels of the output"),
    "out_features": ("F_out", "features of the output"),
    "groups": ("groups", "groups of channels that do not see each other"),
    "num_groups": ("groups", "groups of channels, each normalized by itself"),
    "multiplier": ("M", "output channels of each input channel"),
    "upscale_factor": ("U", ""),
    "downscale_factor": ("U", ""),
    "scale_factor": ("scale", ""),
    "cropping": ("crop", "cells taken off"),
    "output_size": ("size", ""),
    "size": ("size", ""),
    "sections": ("sections", "parts that the dim is cut into"),
    "step": ("S", "every how many places one is kept"),
}
LEFT_OUT_IF_ONE = ("groups", "multiplier")
"""Arguments that a formula need not show where they are 1."""

AXIS_LETTERS = {1: ("L",), 2: ("H", "W"), 3: ("T", "H", "W")}
SIDES = ("before", "after")
CHANGES_CHANNELS = {"concat", "stack", "unfold", "fold", "flatten", "reshape", "split", "slice", "squeeze"}
CHANNEL_ARGUMENTS = {"out_channels", "multiplier", "upscale_factor", "downscale_factor"}
OF_FEATURES = ("linear", "rbf")
OVER_OUTPUTS = ("conv_transpose", "fold")


class Meaning(NamedTuple):
    """A letter of a formula: its value and what it stands for."""

    symbol: str
    value: int
    text: str


class TracedLayer(NamedTuple):
    """The figures of a layer as traced numbers, and what their letters mean."""

    figures: Figures
    inputs: Shapes
    meanings: dict[str, Meaning]


class Ratio(NamedTuple):
    """A fraction as the rules read it, of traced numbers."""

    numerator: int
    denominator: int


class _Letters:
    """Makes traced numbers, and notes what their letters mean."""

    def __init__(self) -> None:
        self.meanings: dict[str, Meaning] = {}

    def number(self, value: int, letter: str, text: str) -> int:
        self.meanings[letter] = Meaning(letter, int(value), text)
        return Traced(value, letter)  # type: ignore[return-value]  # rules are typed for int, and take it


def traced(
    layer: Layer, shapes: Shapes, batch: int = 1, dtype: str = "float32", brief: bool = False
) -> TracedLayer:
    """The figures of a layer, traced; `brief` leaves out a dilation of 1 as well."""
    letters = _Letters()
    hidden = (*LEFT_OUT_IF_ONE, "dilation") if brief else LEFT_OUT_IF_ONE
    inputs = _traced_inputs(letters, layer, shapes)
    twin = copy.copy(layer)
    rank = layer.kind.rank or len(shapes[0]) - 1
    for name in layer.kind.arguments:
        value = getattr(layer, name)
        if name in LETTERS and not (name in hidden and _is_one(value)):
            words = _words(layer, name)
            object.__setattr__(twin, name, _traced_argument(letters, name, words, value, rank))
    _name_outputs(letters, twin)
    figures = figures_of(
        twin,
        inputs,
        batch if batch == 1 else letters.number(batch, "N", "samples of the batch"),
        letters.number(DTYPE_BYTES[dtype], "B", f"bytes of one {dtype}"),
    )
    return TracedLayer(figures, inputs, letters.meanings)


def _is_one(value: Any) -> bool:
    return value == 1 or (isinstance(value, tuple) and set(value) == {1})


def dimension_letters(layer: Layer, shape: Shape) -> tuple[str, ...]:
    """The letters of an input's sizes: C, H, W; F for the features of a vector."""
    changes = layer.kind.name in CHANGES_CHANNELS or not CHANNEL_ARGUMENTS.isdisjoint(layer.kind.arguments)
    channels = "C_in" if changes else "C"
    features = "F_in" if layer.kind.name in (*OF_FEATURES, "flatten", "reshape", "concat") else "F"
    rank = len(shape) - 1
    if rank == 0:
        return (features,)
    if rank not in AXIS_LETTERS:
        return tuple(f"d_{dim}" for dim in range(1, rank + 2))
    letters = (channels, *AXIS_LETTERS[rank])
    return (*letters[:-1], features) if layer.kind.name in OF_FEATURES else letters


def dimension_words(shape: Sequence[object], letter: str, dim: int) -> str:
    """What the size of a dimension is: `channels`, `height`, `features`."""
    rank = len(shape) - 1
    if rank == 0 or letter.startswith("F"):
        return "features"
    if rank not in AXES:
        return f"dim {dim + 1}"
    return ("channels", *AXES[rank])[dim]


def _traced_inputs(letters: _Letters, layer: Layer, shapes: Shapes) -> Shapes:
    """The input shapes; a size that all inputs have in common has one letter."""
    referred = [name for name in layer.kind.references if getattr(layer, name) is not None]
    count = len(shapes) - 2 * len(referred)
    found = _sizes_of_inputs(letters, layer, shapes[:count])
    for place, name in enumerate(referred):
        reads, gives = shapes[count + 2 * place : count + 2 * place + 2]
        other = getattr(layer, name)
        found.append(_sizes_of(letters, layer, reads, "read", f"what `{other}` reads"))
        found.append(_sizes_of(letters, layer, gives, "gives", f"what `{other}` gives"))
    return tuple(found)


def _sizes_of(letters: _Letters, layer: Layer, shape: Shape, suffix: str, whose: str) -> Shape:
    """The sizes of one shape, each with a letter and a suffix."""
    return tuple(
        letters.number(size, f"{letter}_{suffix}", f"{dimension_words(shape, letter, dim)} of {whose}")
        for dim, (letter, size) in enumerate(zip(dimension_letters(layer, shape), shape, strict=True))
    )


def _sizes_of_inputs(letters: _Letters, layer: Layer, shapes: Shapes) -> list[Shape]:
    found = []
    alike = {
        dim: len({shape[dim] for shape in shapes}) == 1
        for dim in range(len(shapes[0]))
        if len({len(shape) for shape in shapes}) == 1
    }
    for number, shape in enumerate(shapes, start=1):
        sizes = []
        for dim, (letter, size) in enumerate(zip(dimension_letters(layer, shape), shape, strict=True)):
            words = dimension_words(shape, letter, dim)
            if len(shapes) == 1 or alike.get(dim):
                text = f"{words} of {'the input' if len(shapes) == 1 else 'each input'}"
            else:
                letter, text = f"{letter}_{number}", f"{words} of input {number}"
            sizes.append(letters.number(size, letter, text))
        found.append(tuple(sizes))
    return found


def _words(layer: Layer, name: str) -> str:
    """What an argument is: `stride: cells from window to window`."""
    words = LETTERS[name][1]
    if name.endswith("groups"):
        return words
    if not words or layer.kind.name.startswith(OVER_OUTPUTS):
        words = layer.kind.arguments[name].doc
    return f"{name}: {words}"


def _traced_argument(letters: _Letters, name: str, text: str, value: Any, rank: int) -> Any:
    letter = LETTERS[name][0]
    if isinstance(value, AxisValues):
        return AxisValues(_per_axis(letters, letter, text, value.over(rank), rank), every=False)
    if type(value) is tuple and name != "sections":
        return _per_axis(letters, letter, text, value, rank)
    return letters.number(value, letter, text) if type(value) is int else value


def _per_axis(letters: _Letters, letter: str, text: str, values: Iterable[Any], rank: int) -> tuple[Any, ...]:
    """One letter for all axes where they have one value, else one for each."""
    values = tuple(values)
    if len(set(values)) == 1:
        return (_axis_value(letters, letter, text, values[0]),) * len(values)
    axes = AXIS_LETTERS.get(rank, tuple(str(axis) for axis in range(1, len(values) + 1)))
    names = AXES.get(rank, axes)
    return tuple(
        _axis_value(letters, f"{letter}_{axis}", f"{text}, along the {name}", value)
        for axis, name, value in zip(axes, names, values, strict=True)
    )


def _axis_value(letters: _Letters, letter: str, text: str, value: Any) -> Any:
    if type(value) is int:
        return letters.number(value, letter, text)
    if isinstance(value, tuple):
        if value[0] == value[1]:
            return (letters.number(value[0], letter, text),) * 2
        words = text.replace(" at each side", "")
        return tuple(
            letters.number(cells, f"{letter}_{side}", f"{words}, {side} the input")
            for cells, side in zip(value, SIDES, strict=True)
        )
    if hasattr(value, "numerator"):
        if value.denominator == 1:
            return Ratio(letters.number(value.numerator, letter, text), 1)
        above, below = value.numerator, value.denominator
        return Ratio(
            letters.number(above, f"{letter}_over", f"{text}, the {above} of {value}"),
            letters.number(below, f"{letter}_under", f"{text}, the {below} of {value}"),
        )
    return value


def _name_outputs(letters: _Letters, twin: Layer) -> None:
    """Lets the layer name the sizes that it works out, so that its other rules start from them."""
    rule = twin.output_shape

    def output_shape(inputs: Shapes) -> Shape:
        shape = rule(inputs)
        return tuple(
            _named_output(letters, size, shape, dim, _output_letter(shape, dim))
            for dim, size in enumerate(shape)
        )

    object.__setattr__(twin, "output_shape", output_shape)


def _output_letter(shape: Sequence[object], dim: int) -> str:
    rank = len(shape) - 1
    if rank == 0:
        return "F_out"
    return f"{('C', *AXIS_LETTERS[rank])[dim]}_out" if rank in AXIS_LETTERS else f"d_{dim + 1}_out"


def _named_output(letters: _Letters, size: int, shape: Shape, dim: int, letter: str) -> int:
    """A size that is worked out or given gets a letter; one of the input keeps its own."""
    if isinstance(size, Traced) and not size.operation and size.name.partition("_")[0] in "CFLTHWd":
        return size
    if not isinstance(size, Traced) and size == 1:
        return size
    given = "" if isinstance(size, Traced) and size.operation else ", as given"
    letters.number(int(size), letter, f"{dimension_words(shape, letter, dim)} of the output{given}")
    return named(size, letter) if isinstance(size, Traced) else Traced(size, letter)  # type: ignore[return-value]
