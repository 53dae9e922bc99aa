"""Receptive fields of an exported network: the cells of its input that a position has a gradient to.

Before each layer the numbers are brought to what lies between 0.1 and 0.9, where every activation has a
slope, and each is multiplied by a random factor, so that nothing cancels. What picks one of many (a max pool)
takes the sum of all of them instead, what has no slope (a step) is passed by.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from cnncalc.analysis.report import LayerReport, Report
from cnncalc.api import Network
from cnncalc.fields import Field
from tests.oracle.watching import Call, Watch

LAYERS = 5
"""So many layers of a network are looked at, the last one among them."""
BATCH = 2
"""Samples, of which the first is looked at: a norm over the batch needs more than one number."""
POSITIONS = 3
"""The first, the middle and the last position of each."""

CUTS = ("crop", "center_crop", "slice", "split", "fold", "unfold", "max_unpool", "pixel_unshuffle")
FROM_INSIDE = ("reflect", "replicate", "circular")


def disagreements(network: Network, report: Report, module: nn.Module) -> list[str]:
    """Wrong fields among those of a few layers."""
    if all(len(shape) < 2 for shape in report.inputs.values()):
        return []
    sampled = [row for row in sample(report) if not any(map(overwrites, above(report, row)))]
    made = forward(network, report, module, {row.name for row in sampled})
    found = []
    for row in sampled:
        if row.name in made.outputs:
            found += wrong_fields(row, made, trust_of(report, row))
    return found


def sample(report: Report) -> list[LayerReport]:
    """The last layer and some others, the same in every run."""
    *others, last = report.layers
    picked = Random(len(others)).sample(others, min(LAYERS - 1, len(others)))
    return [*picked, last]


class Made(NamedTuple):
    inputs: list[Tensor]
    outputs: dict[str, Tensor]


def forward(network: Network, report: Report, module: nn.Module, wanted: set[str]) -> Made:
    """The smoothed network on random numbers, with the outputs of the layers that are wanted."""
    generator = torch.Generator().manual_seed(0)

    def uniform(least: float, most: float, shape: Any) -> Tensor:
        return torch.rand(shape, generator=generator, dtype=torch.float64) * (most - least) + least

    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(uniform(0.5, 1.5, parameter.shape))
    inputs = [uniform(0.1, 0.9, (BATCH, *shape)).requires_grad_() for shape in report.inputs.values()]
    pools = {
        node.name: network.graph.tensor_name(node.references[0])
        for node in network.graph.nodes
        if node.references
    }
    outputs: dict[str, Tensor] = {}
    read: dict[str, tuple[int, ...]] = {}
    modules = dict(module.named_modules())

    def before(_: LayerReport, x: Tensor) -> Tensor:
        return lively(x, uniform(0.8, 1.1, x.shape))

    def seen(call: Call) -> Tensor | None:
        row, (x, *_), output = call
        read[row.name] = tuple(x.shape)
        replaced = None
        if row.kind == "binary_step":
            replaced = x
        elif row.kind.startswith("max_unpool"):
            pool = pools[row.name]
            replaced = undone(modules[pool if pool in modules else shared(report, pool)], read[pool], x)
        if row.name in wanted:
            outputs[row.name] = output if replaced is None else replaced
        return replaced

    with Smooth(), Watch(module, report, seen, before):
        module(*inputs)
    return Made(inputs, outputs)


def shared(report: Report, name: str) -> str:
    return report.layer(name).share or name


def lively(x: Tensor, factors: Tensor) -> Tensor:
    """The same order between 0.1 and 0.9, times factors of its own for each number."""
    known = x.detach()
    least, most = known.min(), known.max()
    return ((x - least) / (most - least) * 0.8 + 0.1 if most > least else x - least + 0.5) * factors


def undone(pool: nn.Module, shape: tuple[int, ...], values: Tensor) -> Tensor:
    """Each value put to all cells of its window, as the pool might have found it in any of them."""
    cells = torch.zeros(shape, dtype=values.dtype, requires_grad=True)
    pooled = pool(cells)
    pooled = pooled[0] if isinstance(pooled, tuple) else pooled
    (put,) = torch.autograd.grad(pooled, cells, values, create_graph=True)
    return put


class Smooth(TorchFunctionMode):
    """Sums in place of what picks the largest."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        name = getattr(function, "__name__", "")
        smooth = self.smooth(name.removesuffix("_with_indices"))
        if smooth is None or not isinstance(args[0], Tensor):
            return result
        if isinstance(result, tuple):
            return smooth(result[0], *args, **kwargs), *result[1:]
        return smooth(result, *args, **kwargs)

    def smooth(self, name: str) -> Callable[..., Tensor] | None:
        if name.startswith("max_pool"):
            return summed_windows
        if name.startswith("adaptive_max_pool"):
            return adaptive_means
        return {"amax": summed, "maximum": summed_pair}.get(name)


def summed_windows(
    result: Tensor,
    x: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,  # noqa: ARG001  # the result has as many windows as there are
    return_indices: bool = False,  # noqa: ARG001
) -> Tensor:
    """The sum over each window of a max pool; cells of a padding with -inf count for nothing."""
    sizes, given = result.shape[2:], x.shape[2:]
    rank = len(sizes)

    def each(value: Any) -> list[int]:
        return [value] * rank if isinstance(value, int) else list(value) * (rank // len(value))

    kernel, before, apart = each(kernel_size), each(padding), each(dilation)
    steps = each(stride) if stride not in (None, [], ()) else kernel
    sides: list[int] = []
    for axis in reversed(range(rank)):
        reach = (sizes[axis] - 1) * steps[axis] + apart[axis] * (kernel[axis] - 1) + 1
        sides += [before[axis], max(reach - before[axis] - given[axis], 0)]
    ones = torch.ones(x.shape[1], 1, *kernel, dtype=x.dtype)
    convolution = getattr(functional, f"conv{rank}d")
    known = functional.pad(x.where(~x.isinf(), 0), sides)
    windows = convolution(known, ones, stride=steps, dilation=apart, groups=x.shape[1])
    return windows[(..., *(slice(size) for size in sizes))]  # type: ignore[no-any-return]


def adaptive_means(result: Tensor, x: Tensor, *_: Any, **__: Any) -> Tensor:
    sizes = result.shape[2:]
    return getattr(functional, f"adaptive_avg_pool{len(sizes)}d")(x, tuple(sizes))  # type: ignore[no-any-return]


def summed(result: Tensor, x: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:  # noqa: ARG001
    return x.sum(dim, keepdim)


def summed_pair(result: Tensor, one: Tensor, other: Tensor) -> Tensor:  # noqa: ARG001
    return one + other


# --- what is expected --------------------------------------------------------------------------------------


class Trust(NamedTuple):
    """How far gradients tell a field: to its ends, at the borders, and where no paths have met."""

    exact: bool
    borders: bool
    one_path: bool


def trust_of(report: Report, row: LayerReport) -> Trust:
    """Cut tensors have borders inside; what has no slope hides cells; mirrored borders show others."""
    layers = above(report, row)
    return Trust(
        exact=not any(cuts(layer) or has_no_slope(layer) for layer in layers),
        borders=not any(mirrors(layer) for layer in layers),
        one_path=all(len(layer.inputs) == 1 for layer in layers),
    )


def above(report: Report, row: LayerReport) -> list[LayerReport]:
    """A layer and all that it depends on."""
    rows = {layer.name: layer for layer in report.layers}
    found, waiting = {row.name}, [row.name]
    while waiting:
        for name in rows[waiting.pop()].inputs:
            if name in rows and name not in found:
                found.add(name)
                waiting.append(name)
    return [rows[name] for name in found]


def overwrites(row: LayerReport) -> bool:
    """Whether an unpool puts several values of an enlarging pool to one cell: the last one stays."""
    pool = getattr(row.layer, "pool", None)
    if pool is None or not pool.kind.name.startswith("adaptive"):
        return False
    return any(
        given > made for given, made in zip(row.input_shapes[0][1:], row.output_shape[1:], strict=True)
    )


def cuts(row: LayerReport) -> bool:
    """Whether cells beyond the border of what a layer gives would see some of the input, or channels less."""
    layer: Any = row.layer
    if row.kind.startswith("conv_transpose"):
        gaps = max(layer.dilation) > 1 or any(map(operator.gt, layer.stride, layer.kernel_size))
        return gaps or any(map(any, layer.padding))
    if row.kind == "upsample" and layer.scale_factor is not None:
        return True  # a size that is rounded down leaves cells behind the last position
    return row.kind.startswith(CUTS)


def mirrors(row: LayerReport) -> bool:
    modes = (getattr(row.layer, "padding_mode", ""), getattr(row.layer, "mode", ""))
    return any(mode in FROM_INSIDE for mode in modes)


def has_no_slope(row: LayerReport) -> bool:
    """A norm or softmax of a single number gives the same for any."""
    shape, layer = row.input_shapes[0], row.layer
    if row.kind in ("softmax", "log_softmax"):
        return bool((1, *shape)[layer.dim] == 1)  # type: ignore[attr-defined]
    if row.kind == "group_norm":
        return bool(torch.Size(shape).numel() == layer.num_groups)  # type: ignore[attr-defined]
    if row.kind == "layer_norm":
        places = layer.places(len(shape))  # type: ignore[attr-defined]
        return all(shape[place] == 1 for place in places)
    return False


def wrong_fields(row: LayerReport, made: Made, trust: Trust) -> list[str]:
    """The faults of a layer at a few positions."""
    output = made.outputs[row.name]
    if not output.requires_grad or sees_nothing(output, made.inputs):
        return []
    found = []
    for dim, field in enumerate(row.state):
        if field is None or field.whole or not (field.aligned or trust.one_path):
            continue
        last = row.output_shape[dim] - 1
        for position in sorted({last * step // (POSITIONS - 1) for step in range(POSITIONS)}):
            gradients = gradients_of(output, 1 + dim, position, made.inputs)
            cells = seen_cells(gradients, field.axis)
            fault = wrong_field(field, position, cells, sizes(made, field.axis), trust)
            if fault:
                found.append(f"{row.name}: position {position} of dim {1 + dim}: {fault}")
    return found[:1]


def sees_nothing(output: Tensor, inputs: list[Tensor]) -> bool:
    """Whether all positions lie in the padding, along one axis or another."""
    gradients = torch.autograd.grad(output.sum(), inputs, retain_graph=True, allow_unused=True)
    return not any(gradient is not None and bool(gradient.any()) for gradient in gradients)


def gradients_of(output: Tensor, dim: int, position: int, inputs: list[Tensor]) -> tuple[Tensor | None, ...]:
    """Those of all numbers of the first sample at a position of a dim, which count with different factors."""
    factors = torch.zeros_like(output)
    chosen = factors[:1].select(dim, position)
    chosen.copy_(torch.linspace(0.5, 1.5, chosen.numel(), dtype=factors.dtype).view_as(chosen))
    return torch.autograd.grad(output, inputs, factors, retain_graph=True, allow_unused=True)


def sizes(made: Made, axis: int) -> list[int]:
    return [x.shape[2 + axis] for x in made.inputs if x.dim() > 2 + axis]


def seen_cells(gradients: tuple[Tensor | None, ...], axis: int) -> list[int]:
    """The cells along an axis, of any input, that have a gradient."""
    cells: set[int] = set()
    for gradient in gradients:
        if gradient is not None and gradient.dim() > 2 + axis:
            cells.update(
                gradient[0].abs().movedim(1 + axis, 0).flatten(1).sum(1).nonzero().flatten().tolist()
            )
    return sorted(cells)


def wrong_field(field: Field, position: int, cells: list[int], sizes: list[int], trust: Trust) -> str:
    """What is wrong with the cells that a position sees; empty if nothing."""
    turn, phase = divmod(position, len(field.sizes))
    first = turn * field.advance - field.paddings[phase]
    expected = range(first, first + field.sizes[phase])
    inside = 0 <= expected.start < expected.stop <= min(sizes)
    if not field.aligned:
        right = not cells or cells[-1] - cells[0] < field.size
    elif inside and trust.exact:
        right = [*cells[:1], *cells[-1:]] == [*expected[:1], *expected[-1:]]
    else:
        right = set(cells) <= set(expected) or not trust.borders
    return "" if right else f"predicted {expected}, and the gradient is at {cells}"
