"""The modules that an export writes, for random layers of every kind, against our rules and executors.

Each is built from its text and gets the weights of our executor, by name.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.analysis.figures import figures_of
from cnncalc.layers import FAMILY_OF, find_kind
from cnncalc.layers.base import Shape
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.work import Reference
from tests.numpy_backend.executed_cases import Given, Refused, executed, given
from tests.numpy_backend.helpers import layer_of
from tests.oracle.cases import Case, case_of

if TYPE_CHECKING:
    import torch
    from torch import nn

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:invalid value encountered in power"),
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]

CASES = 40
MOST_SEEDS = 400
BATCH = 2
NEAR = 1e-10


def fitting(name: str) -> list[Case]:
    """The first cases of a kind in which we find no fault."""
    cases: list[Case] = []
    for seed in range(MOST_SEEDS):
        case = case_of(name, seed)
        if not list(case.layer.check(case.inputs)) and min(case.layer.output_shape(case.inputs)) > 0:
            cases.append(case)
        if len(cases) == CASES:
            break
    return cases


@pytest.mark.parametrize("name", FAMILY_OF)
def test_modules(name: str) -> None:
    """Names and shapes of tensors, output shape, FLOPs = 2 MACs, values."""
    cases = fitting(name)
    assert len(cases) == CASES
    faults = [f"{case}: {fault}" for case in cases for fault in [fault_of(case)] if fault]
    assert not faults, f"{len(faults)} cases\n" + "\n".join(faults[:8])


def fault_of(case: Case) -> str:
    """What is wrong with the module of a case, or nothing."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from tests.oracle.built_modules import built

    figures = figures_of(case.layer, case.inputs)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel lengths")
        warnings.filterwarnings("ignore", message="invalid value encountered in power")
        try:
            module = built(case.layer, case.inputs).double().eval()
            state = {
                key: tuple(tensor.shape)
                for key, tensor in module.state_dict().items()
                if key != "num_batches_tracked"
            }
            tensors = {**case.layer.weights(case.inputs), **case.layer.buffers(case.inputs)}
            if state != dict(tensors):
                return f"{module} has {state}, and we {tensors}"
            of = arrays_of(case)
            ours = executed(case, of, "float64")
            if isinstance(ours, Refused):
                return f"executor: {ours.reason}"
            give(module, {**ours.weights, **ours.buffers})
            counter = FlopCounterMode(display=False)
            with torch.no_grad(), counter:
                theirs = module(*map(torch.from_numpy, of.inputs), **called_with(of))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    if tuple(theirs.shape[1:]) != figures.output_shape:
        return f"{module} gives {tuple(theirs.shape)}, and we {figures.output_shape}"
    if counter.get_total_flops() != 2 * BATCH * figures.operations.macs:
        return (
            f"{module} has {counter.get_total_flops() / BATCH} FLOPs, and we {figures.operations.macs} MACs"
        )
    far = difference(ours.output, theirs.numpy())
    return "" if far <= NEAR else f"{module} differs by {far:.2g}"


def arrays_of(case: Case) -> Given:
    """Random arrays; for an unpooling with the indices of the exported pool."""
    import torch

    from tests.oracle.built_modules import built_with_indices

    if "pool" not in case.arguments:
        return given(case, BATCH, "float64", "as read")
    pool: Any = getattr(case.layer, "pool")  # noqa: B009
    generator = np.random.default_rng(case.seed)
    read = generator.standard_normal((BATCH, *case.inputs[1]))
    values, indices = built_with_indices(pool, (case.inputs[1],))(torch.from_numpy(read))
    of = given(case, BATCH, "float64", "as read", read)
    (reference,) = of.references
    assert reference.indices is not None
    found = reference.indices >= 0  # what is found in the padding alone goes nowhere
    assert (indices.numpy()[found] == reference.indices[found]).all()
    return Given(
        [values.numpy()], [Reference(reference.input_shape, reference.output_shape, indices.numpy())]
    )


def called_with(of: Given) -> dict[str, torch.Size | torch.Tensor]:
    """The references of a case as its module takes them."""
    import torch

    if not of.references:
        return {}
    (reference,) = of.references
    if reference.indices is None:
        return {"like": torch.empty(reference.output_shape)}
    return {"indices": torch.from_numpy(reference.indices), "output_size": torch.Size(reference.input_shape)}


def give(module: nn.Module, tensors: dict[str, Array]) -> None:
    """Puts our tensors into a module."""
    import torch

    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name != "num_batches_tracked":
                tensor.copy_(torch.from_numpy(tensors[name]))


def difference(ours: Array, theirs: Array) -> float:
    """The largest one in parts of the largest number; not a number where just one side has none."""
    unlike = (ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs))
    largest = np.max(np.abs(theirs[np.isfinite(theirs)]), initial=0)
    return float(np.max(np.abs(ours[unlike] - theirs[unlike]), initial=0) / (largest or 1))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        # more axes than torch.nn has names for
        ("pad: {padding: [[0, 1], 1, 2, [2, 0]], value: -1.5}", (2, 3, 3, 3, 3)),
        ("crop: {cropping: 1}", (2, 3, 3, 3, 3)),
        ("center_crop: {size: 2}", (2, 3, 3, 3, 3)),
        ("batch_norm", (2, 3, 3, 3, 3)),
        ("batch_norm: {track_running_stats: false}", (2, 3, 3, 3, 3)),
        ("instance_norm: {affine: true, track_running_stats: true}", (2, 3, 3, 3, 3)),
        ("instance_norm", (2, 3, 3, 3, 3)),
        ("global_avg_pool", (2, 3, 3, 3, 3)),
        ("global_max_pool: {keepdim: false}", (2, 3, 3, 3, 3)),
        ("layer_norm: {dim: [1, 3]}", (2, 3, 3, 3, 3)),
        # what seldom comes together
        ("pad: {padding: 1, value: .inf}", (2, 3, 3, 3)),
        ("hardtanh: {max_val: .inf}", (4, 3)),
        ("max_pool2d: {kernel_size: 3, stride: 2, padding: same, ceil_mode: true}", (2, 7, 8)),
        ("max_pool2d: {kernel_size: 2, stride: 1, padding: 1, dilation: [1, 4]}", (2, 4, 3)),
        (
            "avg_pool2d: {kernel_size: 3, stride: 2, padding: same, ceil_mode: true, "
            "count_include_pad: false}",
            (2, 7, 8),
        ),
        ("avg_pool3d: {kernel_size: 3, stride: 1, padding: same, divisor_override: 5}", (2, 2, 2, 3)),
        (
            "separable_conv2d: {out_channels: 4, kernel_size: 3, padding: causal, stride: 2, "
            "padding_mode: replicate}",
            (2, 6, 7),
        ),
        (
            "conv3d: {out_channels: 3, kernel_size: [1, 2, 3], padding: same, stride: 2, "
            "connection_table: [[0], [1, 0], [1]], padding_mode: circular}",
            (2, 4, 6, 7),
        ),
        ("upsample: {size: [82, 3]}", (1, 2, 2)),
        ("upsample: {scale_factor: [0.29, 0.33], mode: bilinear}", (1, 100, 10)),
    ],
)
def test_corners(text: str, shape: Shape) -> None:
    layer = layer_of(text)
    assert fault_of(Case(layer.kind.name, 0, {}, (shape,), layer)) == ""


def test_an_index_in_the_padding_goes_nowhere() -> None:
    """Windows of taps 4 apart over 3 cells padded by 1: the first and the last of an axis meet none."""
    pool, shape = layer_of("max_pool2d: {kernel_size: 2, stride: 1, padding: 1, dilation: [1, 4]}"), (2, 4, 3)
    pooled = pool.output_shape((shape,))
    layer = layer_of("max_unpool2d: pool").referring((pool,))
    assert fault_of(Case("max_unpool2d", 0, {"pool": pool}, (pooled, shape, pooled), layer)) == ""


@pytest.mark.parametrize("name", FAMILY_OF)
def test_training_reaches_every_weight(name: str) -> None:
    import torch

    from tests.oracle.built_modules import built

    kind = find_kind(name)
    assert kind is not None
    if kind.references:
        pytest.skip("has no weights")
    layer = layer_of(kind.example)
    module = built(layer, kind.example_inputs).train()
    inputs = [torch.rand(2, *shape, requires_grad=True) for shape in kind.example_inputs]
    output = module(*inputs)
    assert tuple(output.shape[1:]) == layer.output_shape(kind.example_inputs)
    assert output.dtype == torch.float32
    if name != "binary_step":
        output.sum().backward()
        read = [*inputs, *module.parameters()]
        assert all(tensor.grad is not None and tensor.grad.isfinite().all() for tensor in read)


@pytest.mark.parametrize("name", [name for name in FAMILY_OF if FAMILY_OF[name] == "merge"])
def test_branches_do_the_same_as_the_expression(name: str) -> None:
    import torch
    from torch import nn

    from cnncalc.interop.pytorch.module import Given, Module
    from cnncalc.interop.pytorch.table import MERGES
    from tests.oracle.built_modules import Merged, names_for, text_of

    kind = find_kind(name)
    assert kind is not None
    shapes = ((4, 5, 5),) * (2 if name == "subtract" else 3)
    layer = kind.make({"dim": 2} if name in ("concat", "stack") else {})
    merge = MERGES[name](layer, shapes)
    branches = {f"b{place}": nn.Conv2d(4, 4, 1) for place in range(len(shapes))}
    names = {**names_for(merge.branches), "branches": branches}
    text = text_of(Module(merge.branches, (Given("branches", "", positional=True), *merge.arguments)))
    piece = eval(text.replace("''", "branches", 1), names)
    x = torch.rand(2, 4, 5, 5)
    assert torch.equal(piece(x), Merged(merge)(*(branch(x) for branch in branches.values())))
    assert [*piece.state_dict()][:2] == ["b0.weight", "b0.bias"]


@pytest.mark.parametrize(
    ("text", "shape", "other"),
    [
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: same, stride: 2}", (2, 8, 8), (3, 8, 8)),
        ("conv2d: {out_channels: 1, kernel_size: 3, connection_table: [[0, 2]]}", (3, 8, 8), (2, 8, 8)),
        ("separable_conv2d: {out_channels: 4, kernel_size: 3}", (6, 8, 8), (3, 8, 8)),
        ("separable_conv2d: {out_channels: 4, kernel_size: 3}", (6, 8, 8), (6, 8)),
        ("rbf: 3", (4,), (5,)),
        ("scale", (4, 5), (3, 5)),
        ("layer_norm: {dim: 1}", (4, 5, 5), (5, 5, 4)),
        ("max_pool2d: {kernel_size: 3, padding: [[0, 1], [0, 1]]}", (4, 8, 8), (4, 8, 1)),
        ("center_crop: {size: 5}", (4, 8, 8), (4, 8, 4)),
        ("split: {sections: 2, index: 0}", (4, 5), (3, 5)),
        ("reshape: [5, 4]", (4, 5), (4, 6)),
        ("permute: [2, 1]", (4, 5), (4, 5, 6)),
    ],
)
def test_other_shapes_are_refused(text: str, shape: Shape, other: Shape) -> None:
    import torch

    from tests.oracle.built_modules import built

    module = built(layer_of(text), (shape,))
    module(torch.rand(2, *shape))
    with pytest.raises((RuntimeError, IndexError)):
        module(torch.rand(2, *other))
