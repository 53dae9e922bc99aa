"""What the executors compute against PyTorch, on random layers and sizes of every kind.

Both sides get the same numbers, weights and buffers; the weights are those that our executor asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.layers import FAMILY_OF
from cnncalc.layers.pooling import LpPool
from cnncalc.numpy_backend.counting import Array
from tests.numpy_backend.executed_cases import Given, Refused, executed, given
from tests.numpy_backend.helpers import Executed, execute
from tests.oracle.cases import Case

if TYPE_CHECKING:
    from torch import nn

pytestmark = [
    pytest.mark.oracle,
    # lp_pool with a p of 1.5: no number for cells below 0, on both sides
    pytest.mark.filterwarnings("ignore:invalid value encountered in power"),
]

BATCH = 2
CASES = 25
NEAR = {"float64": 1e-12, "float32": 1e-5}
"""The largest difference, in parts of the largest number."""


@pytest.mark.parametrize("lying", ["as read", "channels last"])
@pytest.mark.parametrize("dtype", NEAR)
@pytest.mark.parametrize("name", FAMILY_OF)
def test_values(name: str, dtype: str, lying: str) -> None:
    from tests.oracle.judged import fitting

    faults = []
    cases = [outcome.case for outcome in fitting(name)[:CASES]]
    assert len(cases) == CASES
    for case in cases:
        of = _given(case, dtype, lying)
        ours = executed(case, of, dtype)
        if isinstance(ours, Refused):
            faults.append(f"{case}: {ours.reason}")
            continue
        theirs = _torch(case, of, ours, dtype)
        difference = _difference(ours.output, theirs)
        if not difference <= NEAR[dtype]:
            faults.append(
                f"{case}: {difference:.2g} of the largest, shapes {ours.output.shape} {theirs.shape}"
            )
    assert not faults, f"{len(faults)} cases\n" + "\n".join(faults[:8])


def test_lp_pool_over_the_end_follows_its_documentation() -> None:
    """The one value in which we mean to differ: (sum of x^p)^(1/p) of the cells that a window has.

    PyTorch takes the mean of them for all cells of the window.
    """
    from torch import nn, ones

    ours = execute("lp_pool1d: {norm_type: 1, kernel_size: 2, ceil_mode: true}", [[[1, 1, 1]]])
    assert ours.output.tolist() == [[[2, 1]]]
    assert nn.LPPool1d(1, 2, ceil_mode=True)(ones(1, 1, 3)).tolist() == [[[2, 2]]]


def _difference(ours: Array, theirs: Array) -> float:
    """The largest one in parts of the largest number; not a number where just one side has none."""
    if ours.shape != theirs.shape:
        return float("inf")
    unlike = (ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs))
    largest = np.max(np.abs(theirs[np.isfinite(theirs)]), initial=0)
    return float(np.max(np.abs(ours[unlike] - theirs[unlike]), initial=0) / (largest or 1))


def _given(case: Case, dtype: str, lying: str) -> Given:
    """The arrays of a case; a pool to be undone reads the numbers that PyTorch's module of it reads."""
    import torch

    if "pool" not in case.arguments:
        return given(case, BATCH, dtype, lying)
    torch.manual_seed(case.seed)
    read = torch.rand(1, *case.inputs[1]).numpy().astype(dtype)
    return given(case, BATCH, dtype, lying, np.repeat(read, BATCH, axis=0))


def _torch(case: Case, of: Given, ours: Executed, dtype: str) -> Array:
    """What PyTorch's module gives with our weights."""
    import torch

    torch.manual_seed(case.seed)
    module = _module(case).eval().to(getattr(torch, dtype))
    with torch.no_grad():
        _give(module, {**ours.weights, **ours.buffers}, case)
        result: Array = module(*(torch.from_numpy(x.copy()) for x in of.inputs)).numpy()
        return result


def _module(case: Case) -> nn.Module:
    from tests.oracle.torch_layers import TORCH
    from tests.oracle.torch_pools import behind_sides

    layer = case.layer
    if isinstance(layer, LpPool) and layer.ceil_mode:  # see the test above: zeros make its windows whole
        whole = TORCH[case.kind](layer.kind.make({**case.arguments, "ceil_mode": False}), case.inputs)
        return behind_sides(layer, [(0, 0)] * layer.kind.rank, whole, case.inputs[0][1:], 0)
    return TORCH[case.kind](layer, case.inputs)


def _give(module: nn.Module, tensors: dict[str, Array], case: Case) -> None:
    """Puts tensors into a module, by name; the modules made of several have them in our order."""
    import torch

    theirs = {
        name: tensor
        for name, tensor in (*module.named_parameters(), *module.named_buffers())
        if not name.endswith("num_batches_tracked")
    }
    ours = _by_their_names(tensors, case, list(theirs))
    assert set(ours) == set(theirs)
    for name, tensor in theirs.items():
        tensor.copy_(torch.from_numpy(ours[name]).reshape(tensor.shape))


def _by_their_names(tensors: dict[str, Array], case: Case, names: list[str]) -> dict[str, Array]:
    if case.kind == "separable_conv2d":
        return dict(zip(names, tensors.values(), strict=True))
    table: Any = getattr(case.layer, "connection_table", None)
    if table is None:
        return {name: tensors[name.rpartition(".")[2]] for name in names}
    # `convolutions.<row>. ... weight`: of each row as many kernels as it reads channels
    ends = np.cumsum([len(row) for row in table])[:-1]
    of_rows = {"weight": np.split(tensors["weight"], ends)}
    if "bias" in tensors:
        of_rows["bias"] = np.split(tensors["bias"], len(table))
    return {name: of_rows[name.rpartition(".")[2]][int(name.split(".")[1])] for name in names}
