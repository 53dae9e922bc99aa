"""Tensors, shapes and MACs of an exported network against the report."""

from __future__ import annotations

from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.analysis.report import Report
from cnncalc.layers.base import Shape
from tests.oracle.watching import Call


def wrong_tensors(report: Report, module: nn.Module) -> list[str]:
    """Names and shapes of parameters and buffers, and their number."""
    ours = {f"{row.name}.{name}": shape for row in report.layers for name, shape in row.weights.items()}
    our_buffers = {
        f"{row.name}.{name}": shape for row in report.layers for name, shape in row.buffers.items()
    }
    theirs = {name: tuple(tensor.shape) for name, tensor in module.named_parameters()}
    their_buffers = {
        name: tuple(tensor.shape)
        for name, tensor in module.named_buffers()
        if not name.endswith("num_batches_tracked")
    }
    found = _unlike("parameter", ours, theirs) + _unlike("buffer", our_buffers, their_buffers)
    state = {name for name in module.state_dict() if not name.endswith("num_batches_tracked")}
    if not found and state != {*ours, *our_buffers}:
        found.append(f"state_dict has {sorted(state ^ {*ours, *our_buffers})} more or less")
    params = sum(parameter.numel() for parameter in module.parameters())
    if not found and params != report.totals.params:
        found.append(f"parameters: {report.totals.params}, and PyTorch has {params}")
    return found


def _unlike(sort: str, ours: dict[str, Shape], theirs: dict[str, Shape]) -> list[str]:
    return [
        f"{name}: {sort} of shape {ours.get(name)}, and PyTorch has {theirs.get(name)}"
        for name in sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    ]


def wrong_shapes(report: Report, calls: list[Call], outputs: dict[str, Tensor]) -> list[str]:
    """Output shapes of all modules, of what those with one input read, and of the network's outputs."""
    shapes = {**report.inputs, **{row.name: row.output_shape for row in report.layers}}
    found = []
    for row, inputs, output in calls:
        found += _wrong_shape(row.name, row.output_shape, output)
        if len(row.inputs) == 1:
            found += _wrong_shape(f"{row.inputs[0]} as {row.name} reads it", shapes[row.inputs[0]], inputs[0])
    for name, tensor in outputs.items():
        found += _wrong_shape(f"output {name}", report.outputs[name], tensor)
    return found


def _wrong_shape(name: str, ours: Shape, tensor: Tensor) -> list[str]:
    theirs = tuple(tensor.shape[1:])
    return [] if ours == theirs else [f"{name}: shape {ours}, and PyTorch has {theirs}"]


def wrong_macs(report: Report, counter: FlopCounterMode, module: nn.Module, batch: int) -> list[str]:
    """Half of what FlopCounterMode counts, of each module and of all."""
    counts = {name: sum(found.values()) for name, found in counter.get_flop_counts().items()}
    own = type(module).__name__
    macs: dict[str, int] = {}
    modules = dict(module.named_modules())
    for row in report.layers:
        name = row.name if row.name in modules else row.share or row.name
        macs[name] = macs.get(name, 0) + row.macs
    found = [
        f"{name}: {count} MACs, and PyTorch counts {counts.get(f'{own}.{name}', 0) / 2 / batch:g}"
        for name, count in macs.items()
        if name in modules and 2 * batch * count != counts.get(f"{own}.{name}", 0)
        if not any(other.startswith(f"{name}.") for other in macs)  # a merge around its branches
    ]
    total = counter.get_total_flops() / 2 / batch
    if not found and total != report.totals.macs:
        found.append(f"{report.totals.macs} MACs, and PyTorch counts {total:g}")
    return found


def said(error: Exception) -> str:
    """The first line of what went wrong."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"
