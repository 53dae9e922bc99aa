"""What the tests of the backend share: one layer, executed by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import yaml

from cnncalc.layers import find_kind
from cnncalc.layers.base import Layer, Operations
from cnncalc.numpy_backend.arrays import Order
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors import EXECUTORS
from cnncalc.numpy_backend.tensors import RandomTensors
from cnncalc.numpy_backend.work import Reference, Scratch, Shape, Work


class Executed(NamedTuple):
    """What an executor gave, counted and asked for."""

    output: Array
    operations: Operations
    weights: Mapping[str, Array]
    buffers: Mapping[str, Array]
    indices: Array | None
    work: Work


class SomeGiven:
    """The tensors of a test; random where it gives none."""

    def __init__(self, given: Mapping[str, Any], dtype: np.dtype[Any]) -> None:
        self.given = {name: np.asarray(tensor, dtype) for name, tensor in given.items()}
        self.random = RandomTensors(0, dtype)

    def tensor(self, layer: str, name: str, shape: Shape, mean: float, deviation: float) -> Array:
        if name not in self.given:
            return self.random.tensor(layer, name, shape, mean, deviation)
        assert self.given[name].shape == shape, f"{name}: the executor needs {shape}"
        return self.given[name]


def execute(
    layer: str | Layer,
    *arrays: Any,
    weights: Mapping[str, Any] | None = None,
    references: Sequence[Reference] = (),
    dtype: str = "float64",
    keeps_indices: bool = False,
    reusable: Sequence[bool] = (),
    order: Order | None = None,
) -> Executed:
    """Executes a layer, as one writes it in YAML, on arrays (N, C, ...)."""
    made = layer_of(layer) if isinstance(layer, str) else layer
    chosen = np.dtype(dtype)
    work = Work("layer", chosen, SomeGiven(weights or {}, chosen), Scratch(), order)
    work.references = tuple(references)
    work.keeps_indices = keeps_indices
    work.reusable = tuple(reusable)
    inputs = [np.asarray(array, chosen) for array in arrays]
    output = EXECUTORS[made.kind.name](made, inputs, work)
    return Executed(output, work.counted, work.weights, work.buffers, work.indices, work)


def layer_of(text: str) -> Layer:
    """The layer that `max_pool2d: 2` or `relu` is."""
    written = yaml.safe_load(text)
    name, value = next(iter(written.items())) if isinstance(written, dict) else (written, None)
    kind = find_kind(name)
    assert kind is not None, f"there is no kind {name}"
    if isinstance(value, dict):
        return kind.make(value)
    return kind.make({} if value is None else {str(kind.bare_argument): value})
