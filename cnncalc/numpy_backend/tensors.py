"""Where the weights and buffers of a run come from: a mapping that was given, or random numbers."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import CannotRun, Shape


class RandomTensors:
    """Each tensor from its own seed, so that it does not depend on those before it."""

    def __init__(self, seed: int, dtype: np.dtype[Any]) -> None:
        self.seed = seed
        self.dtype = dtype

    def tensor(self, layer: str, name: str, shape: Shape, mean: float, deviation: float) -> Array:
        generator = np.random.default_rng([self.seed, zlib.crc32(f"{layer}.{name}".encode())])
        drawn_in = np.float64 if self.dtype == np.float64 else np.float32
        numbers = generator.standard_normal(shape, drawn_in)
        numbers *= deviation
        numbers += mean
        return numbers.astype(self.dtype, copy=False)


class GivenTensors:
    """Tensors by name, `layer.tensor`."""

    def __init__(self, given: Mapping[str, Array], dtype: np.dtype[Any]) -> None:
        self.given = given
        self.dtype = dtype

    def tensor(self, layer: str, name: str, shape: Shape, mean: float, deviation: float) -> Array:  # noqa: ARG002
        key = f"{layer}.{name}"
        if key not in self.given:
            raise CannotRun(f"there is no tensor {key}")
        tensor = np.asarray(self.given[key], self.dtype)
        if tensor.shape != shape:
            raise CannotRun(f"{key} is {tensor.shape}, and the layer needs {shape}")
        return tensor
