"""What the execution of one layer has at hand: its tensors, memory to write to, arithmetic that counts."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from cnncalc.numpy_backend import arrays
from cnncalc.numpy_backend.counting import Array, CountedArithmetic

Shape = tuple[int, ...]
Made = TypeVar("Made")


class CannotRun(Exception):
    """An executor cannot do what the layer asks with the arrays it is given."""


class Reference(NamedTuple):
    """What a layer may know of another one that it names (`like`, `indices`)."""

    input_shape: Shape
    output_shape: Shape
    indices: Array | None
    """Where a max pool found each of its outputs, as places in the flattened spatial axes (N, C, ...)."""


class Tensors(Protocol):
    """Where weights and buffers come from."""

    def tensor(self, layer: str, name: str, shape: Shape, mean: float, deviation: float) -> Array:
        """The tensor of this shape; where it is not given, random numbers about the mean.

        Raises CannotRun if the given one has another shape.
        """


class Scratch:
    """Memory that all layers of a run use in turn: one buffer for each purpose, as large as the largest."""

    def __init__(self) -> None:
        self.buffers: dict[str, Array] = {}

    def array(self, purpose: str, shape: Shape, dtype: np.dtype[Any]) -> Array:
        size = 1
        for length in shape:
            size *= length
        buffer = self.buffers.get(purpose)
        if buffer is None or buffer.size < size or buffer.dtype != dtype:
            self.buffers.pop(purpose, None)  # the old one need not be there beside the new one
            buffer = self.buffers[purpose] = np.empty(size, dtype)
        return buffer[:size].reshape(shape)

    @property
    def bytes(self) -> int:
        return sum(buffer.nbytes for buffer in self.buffers.values())


class Work(CountedArithmetic):
    """One for each layer of a network; it outlives the runs, with what was prepared of the weights.

    Set by the runner before each run: `references`, `keeps_indices` (a later layer needs them),
    `reusable` (which inputs may be written over) and `finishing`, the layers behind this one that are to be
    done block by block.
    """

    def __init__(
        self,
        layer: str,
        dtype: np.dtype[Any],
        tensors: Tensors,
        scratch: Scratch,
        order: arrays.Order | None = None,
        power: float = 1.0,
    ) -> None:
        super().__init__()
        self.layer = layer
        self.dtype = dtype
        self.tensors = tensors
        self.order = order
        """How the output is to lie in memory; None for the common order."""
        self.references: tuple[Reference, ...] = ()
        self.keeps_indices = False
        self.indices: Array | None = None
        """Set by a max pool if `keeps_indices`, see `Reference`."""
        self.reusable: tuple[bool, ...] = ()
        self.writes_over_input = False
        """Whether `result` gave an input, so that an output in its memory is no view."""
        self.power = power
        """What is expected of the mean square of the first input, for random weights that fit it."""
        self.finishing: Callable[[Array], None] | None = None
        self.weights: dict[str, Array] = {}
        self.buffers: dict[str, Array] = {}
        self.constants: dict[str, Array] = {}
        self.preparations: dict[Hashable, Any] = {}
        self.scratch_memory = scratch

    # --- tensors -----------------------------------------------------------------------------------

    def weight(self, name: str, shape: Shape, mean: float = 0.0, fan_in: int | None = None) -> Array:
        """A tensor that training changes, of the shape that the executor needs.

        If random, about `mean`; with `fan_in`, the number of products in a sum, so that sums come out
        with a mean square of 1 for what is expected of the input.
        """
        deviation = 0.1 if fan_in is None else (fan_in * self.power) ** -0.5
        return self._tensor(self.weights, name, shape, mean, deviation)

    def buffer(self, name: str, shape: Shape, mean: float = 0.0, deviation: float = 0.1) -> Array:
        """A tensor that training does not change by gradient."""
        return self._tensor(self.buffers, name, shape, mean, deviation)

    def _tensor(
        self, found: dict[str, Array], name: str, shape: Shape, mean: float, deviation: float
    ) -> Array:
        tensor = found.get(name)
        if tensor is None:
            tensor = found[name] = self.tensors.tensor(self.layer, name, shape, mean, deviation)
        elif tensor.shape != shape:
            raise CannotRun(f"its {name} is {tensor.shape}, and this input needs {shape}")
        return tensor

    def constant(self, name: str, make: Callable[[], Array]) -> Array:
        """What is prepared from the tensors once and kept for all runs."""
        constant = self.constants.get(name)
        if constant is None:
            constant = self.constants[name] = np.asarray(make(), self.dtype)
        return constant

    def prepared(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The same for anything else that does not hang on the numbers of an input."""
        if key not in self.preparations:
            self.preparations[key] = make()
        made: Made = self.preparations[key]
        return made

    # --- memory ------------------------------------------------------------------------------------

    def empty(self, shape: Shape) -> Array:
        """The array for the layer's output (N, C, ...), lying in memory as those behind want it."""
        return arrays.empty(shape, self.dtype, self.order)

    def result(self, *inputs: Array) -> Array:
        """The array for an elementwise output: one of the inputs if that may be written over."""
        shape = inputs[0].shape if len(inputs) == 1 else np.broadcast_shapes(*(x.shape for x in inputs))
        for x, reusable in zip(inputs, self.reusable, strict=False):
            if reusable and x.shape == shape:
                self.writes_over_input = True
                return x
        return self.empty(shape)

    def scratch(self, purpose: str, shape: Shape) -> Array:
        """Memory that holds until the next call for the same purpose."""
        return self.scratch_memory.array(purpose, shape, self.dtype)

    def finish(self, block: Array) -> None:
        """To be called with each block (N, C, ...) of the output once it is computed, if there are blocks."""
        if self.finishing is not None:
            self.finishing(block)
