"""The same elements seen otherwise: nn.Flatten, nn.Unflatten, and pieces."""

from __future__ import annotations

from typing import Any

from cnncalc.interop.pytorch.arguments import first, plain
from cnncalc.interop.pytorch.families.activation import taking
from cnncalc.interop.pytorch.module import Given, Module
from cnncalc.layers.base import Shapes


def reshape(layer: Any, inputs: Shapes) -> Module:
    """nn.Unflatten or nn.Flatten where the shapes differ in one place only."""
    shape, output = inputs[0], layer.output_shape(inputs)
    front = _alike(shape, output)
    end = _alike(shape[front:][::-1], output[front:][::-1])
    taken, made = len(shape) - front - end, len(output) - front - end
    if taken == 1 and made > 1:
        sizes = layer.shape[front : len(output) - end]
        return plain("nn.Unflatten", first("dim", front + 1), first("unflattened_size", sizes))
    if taken > 1 and made == 1:
        last = -1 if end == 0 else len(shape) - end
        return plain("nn.Flatten", Given("start_dim", front + 1, 1), Given("end_dim", last, -1))
    return plain("Reshape", first("shape", layer.shape))


def permute(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    dims = layer.dims if layer.dims[0] == 0 else (0, *layer.dims)
    return plain("Permute", first("dims", dims))


def unsqueeze(layer: Any, inputs: Shapes) -> Module:  # noqa: ARG001
    return plain("Unsqueeze", first("dim", layer.dim))


def _alike(shape: tuple[int, ...], output: tuple[int, ...]) -> int:
    """How many sizes at the front of two shapes are the same."""
    count = 0
    for size, other in zip(shape, output, strict=False):
        if size != other:
            break
        count += 1
    return count


MODULES = {
    "flatten": taking("nn.Flatten", start_dim=1, end_dim=-1),
    "reshape": reshape,
    "permute": permute,
    "squeeze": taking("Squeeze", dim=None),
    "unsqueeze": unsqueeze,
}
