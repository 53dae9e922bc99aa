"""One case with what we say of it and what PyTorch does with it. Imports PyTorch, so tests import it late."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.analysis.figures import Figures, figures_of
from cnncalc.layers import find_kind
from cnncalc.layers.base import Misfit, Shape, Shapes
from tests.oracle.cases import Case, case_of
from tests.oracle.torch_layers import TORCH

BATCH = 23
"""No number of channels that comes up, so that PyTorch cannot mistake the one for the other."""
ALONE = ("group_norm",)
"""Kinds that PyTorch lets have more with a batch than for one sample: judged with a batch of 1."""
FITTING_CASES = 60
MOST_SEEDS = 400

torch.set_num_threads(1)


class Ran(NamedTuple):
    """A module of PyTorch and what it gave for random numbers, per sample."""

    module: nn.Module
    output_shape: Shape
    params: int
    buffers: int
    flops: float


class Outcome(NamedTuple):
    """`figures` is None if we refuse the case, `ran` is None if PyTorch does (`error` says why)."""

    case: Case
    misfits: tuple[Misfit, ...]
    figures: Figures | None
    ran: Ran | None
    error: str

    @property
    def fits(self) -> bool:
        return self.figures is not None and self.ran is not None

    def __str__(self) -> str:
        ours = "; ".join(f"{misfit.code} {misfit.message}" for misfit in self.misfits)
        ours = ours or (str(list(self.figures.output_shape)) if self.figures else "an output below 1")
        theirs = str(list(self.ran.output_shape)) if self.ran else self.error.splitlines()[0]
        return f"{self.case}\n    ours:    {ours}\n    PyTorch: {theirs}"


def read_inputs(case: Case) -> Shapes:
    """The shapes of the tensors that are read, without those of references."""
    kind = find_kind(case.kind)
    assert kind is not None
    return case.inputs[: kind.inputs]


@functools.cache
def outcome(name: str, seed: int) -> Outcome:
    """What comes of the case of a kind and a seed, on both sides."""
    case = case_of(name, seed)
    misfits = tuple(case.layer.check(case.inputs))
    figures = None if misfits else figures_of(case.layer, case.inputs)
    if figures and min(figures.output_shape, default=1) < 1:
        figures = None
    try:
        return Outcome(case, misfits, figures, run(case), "")
    except Exception as error:
        return Outcome(case, misfits, figures, None, f"{type(error).__name__}: {error}")


def run(case: Case) -> Ran:
    """Runs PyTorch's module in inference; a warning is an error, as dropout only warns of a wrong rank."""
    torch.manual_seed(case.seed)
    batch = 1 if case.kind in ALONE else BATCH
    inputs = [torch.rand(batch, *shape) for shape in read_inputs(case)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel lengths")
        module = TORCH[case.kind](case.layer, case.inputs).eval()
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), counter:
            output = module(*inputs)
    return Ran(
        module,
        tuple(output.shape[1:]),
        sum(parameter.numel() for parameter in module.parameters()),
        counted_buffers(module),
        counter.get_total_flops() / batch,
    )


def counted_buffers(module: nn.Module) -> int:
    """The elements of all buffers but `num_batches_tracked`, which we do not count."""
    return sum(
        buffer.numel() for name, buffer in module.named_buffers() if not name.endswith("num_batches_tracked")
    )


def fitting(name: str) -> list[Outcome]:
    """The first cases of a kind that fit on both sides."""
    outcomes = (outcome(name, seed) for seed in range(MOST_SEEDS))
    return list(itertools.islice((found for found in outcomes if found.fits), FITTING_CASES))


def tried(name: str) -> Iterator[Outcome]:
    """Cases of a kind, whether they fit or not."""
    return (outcome(name, seed) for seed in range(2 * FITTING_CASES))
