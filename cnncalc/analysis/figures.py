"""All figures of one layer that follow from its arguments and the shapes it reads."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.arithmetic import product, without_derivation
from cnncalc.layers.base import Layer, Movement, Operations, Shape, Shapes, Tensors

DTYPE_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "float64": 8, "int8": 1}


class Figures(NamedTuple):
    """The figures of a layer. Operations and bytes are those of the whole batch."""

    output_shape: Shape
    weights: Tensors
    buffers: Tensors
    params: int
    buffer_elements: int
    operations: Operations
    flops: int
    tensor_bytes: int
    """Bytes of the output tensor, also where it is a view."""
    view: bool
    """The output looks at the memory of the input, if that lies in order (see `placement`)."""
    movement: Movement

    @property
    def output_bytes(self) -> int:
        """Bytes that the output adds: none for a view."""
        return 0 if self.view else self.tensor_bytes


def figures_of(layer: Layer, inputs: Shapes, batch: int = 1, itemsize: int = 4) -> Figures:
    """The figures of a layer for input shapes that its `check` has passed."""
    output_shape = layer.output_shape(inputs)
    output = without_derivation(output_shape)
    weights, buffers = layer.weights(inputs), layer.buffers(inputs)
    if batch == 1:
        operations = layer.operations(inputs, output)
    else:
        operations = layer.operations_of_batch(inputs, output, batch)
    tensor_bytes = product(output) * (batch * itemsize)
    return Figures(
        output_shape,
        weights,
        buffers,
        elements(weights),
        elements(buffers),
        operations,
        all_operations(operations),
        tensor_bytes,
        layer.view,
        layer.movement(inputs, output),
    )


def elements(tensors: Tensors) -> int:
    """The number of elements of all tensors together."""
    return sum(product(shape) for shape in tensors.values())


def all_operations(operations: Operations) -> int:
    """FLOPs by the default convention: a multiply-accumulate is two, every other operation one."""
    macs, adds, muls, compares, transcendentals = operations
    return 2 * macs + adds + muls + compares + transcendentals
