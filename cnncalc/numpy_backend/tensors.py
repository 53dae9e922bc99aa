"""Where the weights and buffers of a run come from: a mapping that was given, or random numbers."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from cnncalc.analysis.report import Report
from cnncalc.diagnostics import nearest
from cnncalc.layers.shapes import written
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.npy_header import NUMBERS, Unreadable
from cnncalc.numpy_backend.work import CannotRun, Shape

MOST_SHOWN = 40
"""Of each sort of misfit; all of them are in the error's fields."""
IGNORED = ".num_batches_tracked"
"""How often PyTorch's batch norm was trained; no figure depends on it."""


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


def random_inputs(
    shapes: Mapping[str, Shape], batch: int, seed: int, dtype: np.dtype[Any]
) -> dict[str, Array]:
    """Standard normal inputs (N, C, ...); the first samples are the same in batches of any size."""
    tensors = RandomTensors(seed, dtype)
    return {name: tensors.tensor("input", name, (batch, *shape), 0.0, 1.0) for name, shape in shapes.items()}


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


# --- given tensors that fit ------------------------------------------------------------------------


def wanted_tensors(report: Report) -> dict[str, Shape]:
    """The weights and buffers of a network, by the names under which they are given."""
    return {
        f"{row.name}.{name}": shape
        for row in report.layers
        for name, shape in {**row.weights, **row.buffers}.items()
    }


def fitting(given: Mapping[str, Any], wanted: Mapping[str, Shape], dtype: np.dtype[Any]) -> dict[str, Array]:
    """The tensors of a mapping, as arrays of the dtype. Raises WeightsMisfit."""
    arrays: dict[str, Array] = {}

    def shape_of(name: str) -> Shape:
        arrays[name] = as_numbers(given[name])
        return arrays[name].shape

    refuse_misfits("the weights do not fit the network", given, shape_of, wanted)
    return {name: np.asarray(arrays[name], dtype) for name in wanted}


def as_numbers(value: Any) -> Array:
    """An array of real numbers, of whatever NumPy can read as one. Raises Unreadable."""
    try:
        array = np.asarray(value)
    except Exception as error:  # what the array's library thinks fit
        raise Unreadable(f"cannot be read as an array: {error}") from error
    if array.dtype.kind not in NUMBERS:
        raise Unreadable(f"holds {array.dtype.name}, not real numbers")
    return array


class WeightsMisfit(ValueError):
    """Given tensors are not those of the network: all that is wrong with them."""

    def __init__(
        self,
        summary: str,
        missing: Mapping[str, Shape],
        unknown: Sequence[str],
        misshapen: Mapping[str, tuple[Shape, Shape]],
        unreadable: Mapping[str, str],
    ) -> None:
        self.missing = missing
        """Names and shapes of what the network needs and is not there."""
        self.unknown = unknown
        """Names that the network does not have."""
        self.misshapen = misshapen
        """By name the shape that was given and the one that is needed."""
        self.unreadable = unreadable
        """By name the reason."""
        super().__init__("\n".join([f"{summary}: {self._counts()}", *self._lines()]))

    def _counts(self) -> str:
        counts = {
            "missing": len(self.missing),
            "unknown": len(self.unknown),
            "misshapen": len(self.misshapen),
            "unreadable": len(self.unreadable),
        }
        return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)

    def _lines(self) -> Iterator[str]:
        yield from _some(
            "missing",
            (f"`{name}`, shape {_shape(shape)}" for name, shape in self.missing.items()),
            self.missing,
        )
        yield from _some("unknown", map(self._unknown, self.unknown), self.unknown)
        yield from _some(
            "misshapen",
            (
                f"`{name}`, shape {_shape(given)}; the network needs {_shape(needed)}"
                for name, (given, needed) in self.misshapen.items()
            ),
            self.misshapen,
        )
        yield from _some(
            "unreadable", (f"`{name}` {reason}" for name, reason in self.unreadable.items()), self.unreadable
        )

    def _unknown(self, name: str) -> str:
        near = nearest(name, self.missing)
        return f"`{name}`" + (f"; did you mean `{near}`?" if near else "")


def _some(word: str, lines: Iterator[str], all: Collection[Any]) -> Iterator[str]:
    """The first lines, each behind the word; the rest in number."""
    for line in islice(lines, MOST_SHOWN):
        yield f"  {word:<10}  {line}"
    if len(all) > MOST_SHOWN:
        yield f"  {word:<10}  ... and {len(all) - MOST_SHOWN:,} more"


def _shape(shape: Shape) -> str:
    return written(shape) if shape else "a single number"


def refuse_misfits(
    summary: str, names: Collection[str], shape_of: Callable[[str], Shape], wanted: Mapping[str, Shape]
) -> None:
    """Raises WeightsMisfit unless the names and shapes are those that are wanted.

    `shape_of` is asked for wanted names only, and may raise Unreadable.
    """
    known = set(names)
    misshapen: dict[str, tuple[Shape, Shape]] = {}
    unreadable: dict[str, str] = {}
    for name in wanted:
        if name not in known:
            continue
        try:
            shape = shape_of(name)
        except Unreadable as reason:
            unreadable[name] = str(reason)
        else:
            if shape != wanted[name]:
                misshapen[name] = (shape, wanted[name])
    missing = {name: shape for name, shape in wanted.items() if name not in known}
    unknown = [name for name in names if name not in wanted and not name.endswith(IGNORED)]
    if missing or unknown or misshapen or unreadable:
        raise WeightsMisfit(summary, missing, unknown, misshapen, unreadable)
