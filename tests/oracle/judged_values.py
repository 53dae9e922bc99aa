"""Values of an exported network against the NumPy backend, with the same weights and inputs."""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.analysis.report import LayerReport, Report
from cnncalc.api import Network
from cnncalc.layers.base import Shape
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.run import run_analyzed
from cnncalc.numpy_backend.runner import LayerRun
from cnncalc.numpy_backend.tensors import random_inputs, wanted_tensors
from tests.oracle.judged_shapes import said, wrong_macs, wrong_shapes
from tests.oracle.watching import Call, Watch, outputs_by_name

NEAR = 1e-9
"""The largest difference, in parts of the largest number."""
TREMBLING = 1e-13
"""By so much each tensor is moved to see whether a network says anything at all."""

Tensors = dict[str, Array]


def disagreements(network: Network, report: Report, module: nn.Module, batch: int) -> list[str]:
    """Runs both, and compares what each layer gives: its shape, its MACs, its numbers."""
    weights, inputs = given(report, module, batch)
    calls: list[Call] = []

    def keep(call: Call) -> None:
        calls.append(call._replace(output=call.output.detach().clone()))

    tensors = [torch.from_numpy(x) for x in inputs.values()]
    with torch.no_grad(), Watch(module, report, keep) as watch:
        try:
            outputs = outputs_by_name(module(*tensors), report)
        except Exception as error:
            return [*wrong_shapes(report, calls, {}), f"it does not run: {said(error)}"]
    # apart, as the counter takes some functions to pieces, which then round otherwise
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(*tensors)
    found = watch.wrong_calls() + wrong_shapes(report, calls, outputs) + unnamed(watch.unseen)
    found = found or wrong_macs(report, counter, module, batch)
    if found:
        return found
    ours: Tensors = {}

    def note(run: LayerRun) -> None:
        ours[run.name] = run.output.copy()

    run_analyzed(network.graph, report, inputs, weights, 0, note)
    together = run_analyzed(network.graph, report, inputs, weights, 0)
    theirs = {call.row.name: call.output.numpy() for call in calls}
    wrong = _unequal(ours, theirs) or _unequal(together, {name: x.numpy() for name, x in outputs.items()})
    if wrong is None:
        return []
    made = {**{name: x.numpy() for name, x in outputs.items()}, **theirs}[wrong.tensor]
    if says_nothing(module, report, inputs, wrong.tensor, made):
        return []
    return [f"{wrong.tensor}: values differ by {wrong.difference:.2g} of the largest"]


class Unequal(NamedTuple):
    tensor: str
    difference: float


def given(report: Report, module: nn.Module, batch: int) -> tuple[Tensors, Tensors]:
    """Random weights, which the module gets as well, and random inputs."""
    weights = random_tensors(wanted_tensors(report))
    state = {name: torch.from_numpy(tensor) for name, tensor in weights.items()}
    counted = {name: x for name, x in module.state_dict().items() if name.endswith("num_batches_tracked")}
    module.load_state_dict({**state, **counted}, strict=True)
    return weights, random_inputs(report.inputs, batch, 0, np.dtype("float64"))


def unnamed(rows: list[LayerReport]) -> list[str]:
    """Layers without a module of their name, which only merges may be."""
    return [f"{row.name}: there is no module of this name" for row in rows if len(row.inputs) == 1]


def _unequal(ours: Tensors, theirs: Tensors) -> Unequal | None:
    """The first tensor that differs; those behind it follow from it."""
    for name, numbers in theirs.items():
        difference = relative_difference(ours[name], numbers)
        if not difference <= NEAR:
            return Unequal(name, difference)
    return None


def relative_difference(ours: Array, theirs: Array) -> float:
    """The largest one in parts of the largest number; infinite where just one side has none."""
    if ours.shape != theirs.shape or not np.array_equal(np.isfinite(ours), np.isfinite(theirs)):
        return float("inf")
    known = np.isfinite(ours)
    difference = np.max(np.abs(ours[known] - theirs[known]), initial=0)
    return float(difference / (np.max(np.abs(theirs[known]), initial=0) or 1))


def says_nothing(module: nn.Module, report: Report, inputs: Tensors, tensor: str, made: Array) -> bool:
    """Whether PyTorch itself gives something else than it made as soon as all tensors tremble a little.

    So it is behind a step of what should be 0, or a norm of what should be all the same.
    """
    torch.manual_seed(0)
    module = copy.deepcopy(module)
    results: list[Array] = []
    seen: Tensors = {}

    def tremble(call: Call) -> Tensor:
        seen[call.row.name] = call.output.numpy()
        return trembling(call.output)

    with torch.no_grad():
        for _ in range(4):
            for parameter in module.parameters():
                parameter.copy_(trembling(parameter))
            with Watch(module, report, tremble):
                output = module(*(trembling(torch.from_numpy(x)) for x in inputs.values()))
            outputs = {name: x.numpy() for name, x in outputs_by_name(output, report).items()}
            results.append({**outputs, **seen}[tensor])
    return any(relative_difference(result, made) > NEAR for result in results)


def trembling(x: Tensor) -> Tensor:
    return x * (1 + TREMBLING * torch.randn_like(x))


def random_tensors(shapes: dict[str, Shape], seed: int = 0) -> dict[str, Array]:
    """Weights that keep the numbers near 1, and variances above 0."""
    generator = np.random.default_rng(seed)
    tensors = {}
    for name, shape in shapes.items():
        numbers = generator.standard_normal(shape)
        fan_in = max(int(np.prod(shape[1:])), 1) if len(shape) > 1 else 1
        tensors[name] = np.abs(numbers) + 0.5 if name.endswith("running_var") else numbers / fan_in**0.5
    return tensors
