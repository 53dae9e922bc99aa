"""The arguments of a layer in a few words."""

from __future__ import annotations

from typing import Any

from cnncalc.layers.arguments import REQUIRED, ArgumentFault, SameAs
from cnncalc.layers.base import Layer

# the output shape says these
_SEEN_ELSEWHERE = ("out_channels", "out_features")


def arguments_of(layer: Layer) -> str:
    """The arguments that are not the default: `kernel_size=3 padding=1`."""
    words = []
    for name, argument in layer.kind.arguments.items():
        value = getattr(layer, name)
        if name not in _SEEN_ELSEWHERE and value != _default(layer, argument.default, argument.reader):
            words.append(f"{name}={written(value)}")
    return " ".join(words)


def _default(layer: Layer, default: Any, reader: Any) -> Any:
    """The value that the argument has where it is not written."""
    if default is REQUIRED:
        return REQUIRED
    if isinstance(default, SameAs):
        return getattr(layer, default.argument)
    try:
        return reader.read(default, layer.kind.rank)
    except ArgumentFault:
        return REQUIRED


def written(value: Any) -> str:
    """A value as one would write it: `3`, `[3, 1]`, `true`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "values") and hasattr(value, "every"):
        value = value.values
    if isinstance(value, (list, tuple)):
        words = [written(item) for item in value]
        if not words:
            return "[]"
        return words[0] if len(set(words)) == 1 else f"[{', '.join(words)}]"
    return str(value)
