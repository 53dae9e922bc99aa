"""The judge: an exported network in PyTorch against the report of cnncalc, on any design.

`judge(text)` gives all that the two do not agree in: shapes, tensors, MACs, values, receptive fields and
refusals; nothing if they agree. Imports PyTorch, so tests import it late.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import cnncalc
from cnncalc.analysis.report import Report
from cnncalc.api import Network
from tests.oracle import judged_fields, judged_inputs, judged_values
from tests.oracle.judged_shapes import said, wrong_macs, wrong_shapes, wrong_tensors
from tests.oracle.watching import Call, Watch, outputs_by_name

BATCH = 2
LARGEST_RUN = 3_000_000
"""Activations and weights of networks that are run on numbers; larger ones only on the meta device."""

torch.set_num_threads(1)

Make = Callable[[], nn.Module]


class Subject(NamedTuple):
    """A network with its report, and what makes the exported module."""

    network: Network
    report: Report
    make: Make


def judge(what: str, source: str | None = None) -> list[str]:
    """The disagreements about a design (its text) or a network of the zoo (its name).

    `source` is the exported module, if it is not to be the one that cnncalc writes.
    """
    network = cnncalc.load(what)
    if source is None:
        source = cnncalc.export(network, to="pytorch", class_name="Net")
    return judge_module(network, lambda: instance_of(source))


def instance_of(source: str, class_name: str = "Net") -> nn.Module:
    """The network that a source text describes, made in a module of its own."""
    module = types.ModuleType("exported")
    exec(compile(source, "<exported>", "exec"), module.__dict__)
    made: nn.Module = getattr(module, class_name)()
    return made


def judge_module(network: Network, make: Make) -> list[str]:
    """The disagreements about a network and what makes its module."""
    subject = Subject(network, cnncalc.analyze(network, dtype="float64"), make)
    if subject.report.totals.params + subject.report.totals.activation_bytes // 8 > LARGEST_RUN:
        return judge_without_numbers(subject)
    try:
        module = make().double().eval()
    except Exception as error:
        return [f"the module cannot be made: {said(error)}"]
    found = wrong_tensors(subject.report, module)
    if found:  # nothing else can be compared
        return found
    try:
        found = judged_values.disagreements(network, subject.report, module, BATCH)
        if not found:
            found = judged_fields.disagreements(network, subject.report, module)
            found += judged_inputs.disagreements(network, subject.report, module)
    except Exception as error:
        found = [f"it does not run: {said(error)}"]
    return found


# --- without numbers -----------------------------------------------------------------------------------


def judge_without_numbers(subject: Subject) -> list[str]:
    """Tensors, shapes and MACs on the meta device, for networks too large to run."""
    try:
        with torch.device("meta"):
            module = subject.make().eval()
    except Exception as error:
        return [f"the module cannot be made: {said(error)}"]
    found = wrong_tensors(subject.report, module)
    inputs = [torch.empty(1, *shape, device="meta") for shape in subject.report.inputs.values()]
    seen: list[Call] = []
    try:
        watching, counting = Watch(module, subject.report, seen.append), FlopCounterMode(display=False)
        with torch.no_grad(), watching as watch, counting as counter:
            output = module(*inputs)
    except Exception as error:
        return [*found, f"it does not run: {said(error)}"]
    outputs = outputs_by_name(output, subject.report)
    found += watch.wrong_calls() + wrong_shapes(subject.report, seen, outputs)
    return found + wrong_macs(subject.report, counter, module, 1)
