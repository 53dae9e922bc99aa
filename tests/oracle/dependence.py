"""Which input cells each output of a layer depends on, found by changing one cell at a time."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from tests.oracle.cases import Case
from tests.oracle.torch_layers import TORCH
from tests.oracle.torch_pools import Unpool

NOTICEABLE = 1e-9
PICKED_CHANNELS = 3000
"""So many channels that each cell of every window of a pool is the largest in one of them."""


def dependence(case: Case) -> Tensor:
    """For each cell of the input (its spatial axes) and each element of the output: does it depend on it?

    A cell is changed in all channels at once, by a large number of its own for each channel. All weights
    are positive, so no change cancels another; a window's largest is the changed cell wherever it is seen.
    """
    if "unpool" in case.kind:
        return of_unpool(case)
    generator = torch.Generator().manual_seed(case.seed)

    def uniform(least: float, most: float, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, dtype=torch.float64) * (most - least) + least

    channels, *sizes = case.inputs[0]
    cells = math.prod(sizes)
    module = TORCH[case.kind](case.layer, case.inputs).double().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(uniform(0.5, 1.5, *parameter.shape))
        calm = uniform(-0.4, -0.2, 1, channels, cells)
        if case.kind != "binary_step":  # which has to cross 0
            calm = -calm
        changed = calm.repeat(cells, 1, 1)
        changed[range(cells), :, range(cells)] += uniform(3, 8, 1, channels)
        calm, changed = (x.unflatten(2, sizes) for x in (calm, changed))
        outputs = one_by_one(module, changed) if case.kind == "batch_norm" else module(changed)
        return ((outputs - module(calm)).abs() > NOTICEABLE).unflatten(0, sizes)


def of_unpool(case: Case) -> Tensor:
    """Which outputs each cell is put to, by the indices that PyTorch's pool keeps of random numbers."""
    torch.manual_seed(case.seed)
    module = Unpool(case.layer, tuple((PICKED_CHANNELS, *shape[1:]) for shape in case.inputs))
    indices = module.indices.flatten(2)[0]
    cells = indices.shape[-1]
    put = torch.zeros(cells, math.prod(module.wide), dtype=torch.bool)
    put[torch.arange(cells).expand_as(indices), indices] = True
    return module.cut(put.unflatten(1, module.wide)).unsqueeze(1).unflatten(0, case.inputs[0][1:])


def one_by_one(module: nn.Module, samples: Tensor) -> Tensor:
    """Without running statistics the samples of a batch depend on each other."""
    return torch.cat([module(sample.unsqueeze(0)) for sample in samples])


def along(depends: Tensor, axes: int, axis: int, dim: int) -> Tensor:
    """The dependence of the positions along one dim of the output on the cells along one axis."""
    others = [place for place in range(depends.dim()) if place not in (axis, axes + dim)]
    return depends.sum(others).bool() if others else depends
