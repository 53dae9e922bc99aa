"""Other input sizes: an exported network refuses them exactly where we find a fault, or other weights."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import torch
from torch import nn

from cnncalc.analysis.examine import examine
from cnncalc.analysis.report import LayerReport, Report
from cnncalc.api import Network
from cnncalc.diagnostics import Diagnostic
from cnncalc.layers.base import Shape
from cnncalc.numpy_backend.tensors import wanted_tensors
from tests.oracle.agreed_in_designs import agreed
from tests.oracle.watching import outputs_by_name

BATCH = 2


class Attempt(NamedTuple):
    """A network with an input of another size: what we say of it, and what the exported module does.

    `report` is that of the exported network, `other` that for the other size, None if it has faults (these
    `faults`); `shapes` what the module gave, None if it raised `error`; `was_empty` says whether any module
    of it gave a tensor without elements.
    """

    report: Report
    inputs: dict[str, Shape]
    other: Report | None
    faults: tuple[Diagnostic, ...]
    shapes: dict[str, Shape] | None
    error: str
    was_empty: bool = False

    @property
    def codes(self) -> set[str]:
        return {fault.code for fault in self.faults}

    @property
    def same_weights(self) -> bool:
        return self.other is not None and wanted_tensors(self.other) == wanted_tensors(self.report)

    @property
    def changed(self) -> list[LayerReport]:
        """The layers that would need other weights."""
        if self.other is None:
            return []
        rows = zip(self.report.layers, self.other.layers, strict=True)
        return [row for row, other in rows if (row.weights, row.buffers) != (other.weights, other.buffers)]

    def __str__(self) -> str:
        ours = (
            "; ".join(f"{fault.code} {fault.message}" for fault in self.faults)
            if self.other is None
            else f"outputs {dict(self.other.outputs)}"
        )
        weights = "" if self.same_weights or self.other is None else " with other weights"
        theirs = self.error if self.shapes is None else f"outputs {self.shapes}"
        return f"inputs {self.inputs}: {ours}{weights}, and PyTorch: {theirs}"


def disagreements(network: Network, report: Report, module: nn.Module) -> list[str]:
    """Attempts that only one side takes, or with other outputs, unless that is agreed."""
    found = (attempt(network, report, module, inputs) for inputs in other_inputs(report))
    return [str(one) for one in found if not equal(one) and not agreed(one)]


def equal(one: Attempt) -> bool:
    if one.shapes is None or one.other is None or not one.same_weights:
        return one.shapes is None and not one.same_weights
    return one.shapes == dict(one.other.outputs)


def other_inputs(report: Report) -> Iterator[dict[str, Shape]]:
    """One size along an axis of an input by 1 smaller, one larger; now and then a channel more."""
    random = Random(len(report.layers))
    for more in (-1, 1, 0)[: random.choice((2, 2, 3))]:
        name = random.choice(list(report.inputs))
        shape = list(report.inputs[name])
        place = random.randrange(1, len(shape)) if more and len(shape) > 1 else 0
        shape[place] += more or 1
        if shape[place]:
            yield {**report.inputs, name: tuple(shape)}


def attempt(network: Network, report: Report, module: nn.Module, inputs: dict[str, Shape]) -> Attempt:
    other, diagnostics = examine(network.graph, inputs)
    faults = tuple(found for found in diagnostics if found.is_error)
    shapes, error = None, ""
    given: list[bool] = []

    def gives(_: nn.Module, __: object, output: Any) -> None:
        given.extend(0 in x.shape for x in (output if isinstance(output, tuple) else (output,)))

    hooks = [inner.register_forward_hook(gives) for inner in module.modules()]
    try:
        with torch.no_grad():
            output = module(*(torch.rand(BATCH, *shape, dtype=torch.float64) for shape in inputs.values()))
        shapes = {name: tuple(x.shape[1:]) for name, x in outputs_by_name(output, report).items()}
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}".splitlines()[0]
    finally:
        for hook in hooks:
            hook.remove()
    return Attempt(report, inputs, None if faults else other, faults, shapes, error, any(given))
