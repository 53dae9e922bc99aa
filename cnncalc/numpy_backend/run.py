"""The function `cnncalc.run`: from a network, inputs and weights to its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cnncalc.analysis.report import Report
from cnncalc.api import Network, analyze, loaded
from cnncalc.diagnostics import nearest
from cnncalc.graph import Graph
from cnncalc.layers.shapes import written
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.memory_limit import needed_bytes, refuse_too_large
from cnncalc.numpy_backend.npy_header import Unreadable
from cnncalc.numpy_backend.runner import Hook, Progress, Runner
from cnncalc.numpy_backend.tensors import (
    GivenTensors,
    RandomTensors,
    as_numbers,
    fitting,
    random_inputs,
    wanted_tensors,
)
from cnncalc.numpy_backend.weight_files import read_weights
from cnncalc.numpy_backend.work import Shape

DTYPES = ("float32", "float64", "float16")

Inputs = Mapping[str, Array]
Weights = Mapping[str, Any] | str | Path


def run(
    network: Network | str | Path,
    inputs: Any = None,
    weights: Weights | None = None,
    seed: int = 0,
    batch: int = 1,
    dtype: str = "float32",
    on_layer: Hook | None = None,
    params: Mapping[str, Any] | None = None,
    *,
    allow_large: bool = False,
) -> dict[str, Array]:
    """The outputs of a network (N, C, ...), by name.

    `inputs` is an array (C, H, W) or (N, C, H, W), or a mapping of them by name for several inputs; left
    out, `batch` samples are drawn from the seed (standard normal). `weights` is a mapping of names
    (`conv1.weight`) to arrays, or a .npz or .safetensors file; left out, they are drawn from the seed too.
    `on_layer` is called with a `LayerRun` when a layer is done, which then are run one by one.

    Raises ArchitectureError for a faulty network, ValueError for arguments that do not go with it (its
    subclass WeightsMisfit has all that is wrong with the weights), and MemoryError for a run that is too
    large for the machine, unless `allow_large`.
    """
    dtype = runnable_dtype(dtype)
    refuse_seed(seed)
    network = loaded(network, params)
    arrays = None if inputs is None else given_inputs(inputs, network.graph.inputs, batch)
    if arrays is None:
        report = analyze(network, batch=batch, dtype=dtype, in_place=True)
    else:
        report = analyze(network, shapes_of(arrays), batch_of(arrays), dtype, in_place=True)
    if not allow_large:
        refuse_too_large(needed_bytes(report), "use smaller inputs or a smaller batch, or allow_large=True")
    return run_analyzed(network.graph, report, arrays, find_weights(weights, report), seed, on_layer)


def run_analyzed(
    graph: Graph,
    report: Report,
    inputs: Inputs | None,
    weights: Inputs | None,
    seed: int,
    on_layer: Hook | None = None,
    progress: Progress | None = None,
) -> dict[str, Array]:
    """Runs a network for the input shapes, batch and dtype of its report; `progress` is told layers done."""
    dtype = np.dtype(report.dtype)
    if inputs is None:
        inputs = random_inputs(report.inputs, report.batch, seed, dtype)
    tensors = RandomTensors(seed, dtype) if weights is None else GivenTensors(weights, dtype)
    runner = Runner(replace(graph, inputs=report.inputs), tensors, report.dtype)
    with np.errstate(over="ignore"):  # a number too large for the dtype shows in what comes out
        arrays = {name: np.asarray(array, dtype) for name, array in inputs.items()}
    return runner.run(arrays, on_layer, progress)


def runnable_dtype(dtype: str) -> str:
    """The dtype if NumPy can compute in it; raises ValueError."""
    if dtype in ("int8", "bfloat16"):
        raise ValueError(
            f"{dtype} is for the analysis only: NumPy has no arithmetic for it; "
            f"a run takes {', '.join(DTYPES)}"
        )
    if dtype not in DTYPES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, not {dtype!r}")
    return dtype


def refuse_seed(seed: int) -> None:
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed must be a whole number from 0, not {seed!r}")


def find_weights(weights: Weights | None, report: Report) -> dict[str, Array] | None:
    """The given weights, which fit the network; None if they are to be random."""
    if weights is None:
        return None
    wanted, dtype = wanted_tensors(report), np.dtype(report.dtype)
    with np.errstate(over="ignore"):  # a number too large for the dtype shows in what comes out
        if isinstance(weights, Mapping):
            return fitting(weights, wanted, dtype)
        return read_weights(weights, wanted, dtype)


# --- inputs ----------------------------------------------------------------------------------------


def given_inputs(inputs: Any, shapes: Mapping[str, Shape], batch: int = 1) -> dict[str, Array]:
    """The inputs by name as arrays (N, C, ...), in the order of the network; raises ValueError."""
    if not isinstance(inputs, Mapping):
        if len(shapes) > 1:
            raise ValueError(f"the network has several inputs; give a mapping of {', '.join(shapes)}")
        inputs = dict.fromkeys(shapes, inputs)
    for name in inputs:
        if name not in shapes:
            near = nearest(str(name), shapes)
            hint = f"did you mean {near!r}?" if near else f"it has {', '.join(shapes)}"
            raise ValueError(f"the network has no input {name!r}; {hint}")
    missing = [name for name in shapes if name not in inputs]
    if missing:
        raise ValueError(f"no array is given for the input {', '.join(map(repr, missing))}")
    arrays = {name: _batched(name, inputs[name], shape) for name, shape in shapes.items()}
    batches = {name: len(array) for name, array in arrays.items()}
    if len(set(batches.values())) > 1:
        raise ValueError(f"the inputs have batches of different sizes: {_listed(batches)}")
    if batch not in (1, batch_of(arrays)):
        raise ValueError(f"the inputs are a batch of {batch_of(arrays)}, and batch says {batch}")
    return arrays


def shapes_of(arrays: Inputs) -> dict[str, Shape]:
    return {name: array.shape[1:] for name, array in arrays.items()}


def batch_of(arrays: Inputs) -> int:
    return len(next(iter(arrays.values())))


def _batched(name: str, given: Any, shape: Shape) -> Array:
    """An input as an array with a batch; sizes may differ from those of the network, channels not."""
    try:
        array = as_numbers(given)
    except Unreadable as reason:
        raise ValueError(f"the input {name!r} {reason}") from reason
    batched = array[None] if array.ndim == len(shape) else array
    takes = f"the network takes {written(shape)}, or a batch (N, {', '.join(map(str, shape))})"
    if batched.ndim != len(shape) + 1:
        raise ValueError(f"the input {name!r} has the shape {array.shape}; {takes}")
    if batched.shape[1] != shape[0]:
        what = "channels" if len(shape) > 1 else "features"
        raise ValueError(f"the input {name!r} of shape {array.shape} has {batched.shape[1]} {what}; {takes}")
    if not batched.size:
        raise ValueError(f"the input {name!r} of shape {array.shape} is empty")
    return batched


def _listed(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {size}" for name, size in sizes.items())
