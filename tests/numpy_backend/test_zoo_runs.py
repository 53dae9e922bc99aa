"""Every network of the zoo: what is computed is what happens, on numbers that hide nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from cnncalc import zoo
from cnncalc.api import load
from cnncalc.graph import Node
from cnncalc.layers.pooling import MaxPool
from cnncalc.numpy_backend.memory_limit import TooLarge
from cnncalc.numpy_backend.runner import LayerRun, Runner
from cnncalc.numpy_backend.tensors import RandomTensors, random_inputs
from cnncalc.numpy_backend.verify import verify

SLOW = frozenset(
    (
        *(
            "alexnet",
            "alexnet_lecture",
            "alexnet_torchvision",
            "c3d",
            "deconvnet",
            "fcn8s",
            "fcn16s",
            "fcn32s",
        ),
        *("fully_connected_megapixel", "r3d_18", "resnet101", "resnet152", "unet", "unet_same", "yolov1"),
        *(
            "vgg11",
            "vgg13",
            "vgg16",
            "vgg19",
            "vgg11_bn",
            "vgg13_bn",
            "vgg16_bn",
            "vgg19_bn",
            "vgg16_lecture",
        ),
    )
)
"""Those that take more than a second."""

QUICK = [name for name in zoo.names() if name not in SLOW]
ALL = [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in sorted(SLOW))]


def test_slow_networks_are_of_the_zoo() -> None:
    assert set(zoo.names()) >= SLOW


@pytest.mark.parametrize("name", ALL)
def test_all_figures_are_equal(name: str) -> None:
    try:
        verification = verify(name)
    except TooLarge as reason:
        pytest.skip(f"{name}: {reason}")
    assert verification.differences == ()
    assert len(verification.comparisons) == 8 * verification.layers
    assert verification.peak is not None


@pytest.mark.parametrize("name", [name for name in QUICK if not name.startswith("resnet")])
def test_in_place_and_in_batches(name: str) -> None:
    assert verify(name, batch=2, in_place=True).differences == ()


# --- random numbers ----------------------------------------------------------------------------------


class Seen(NamedTuple):
    """What a run shows of its numbers."""

    dead: list[str]
    """Layers of whose output all is zero, or something is not finite."""
    constant: list[str]
    tied: dict[str, float]
    """For each max pool the share of windows with several largest cells that are not a ReLU's zeros."""
    silent: dict[str, float]
    """For each max pool the share of windows whose largest is zero."""


def seen_in(name: str) -> Seen:
    graph = load(name).graph
    float32 = np.dtype("float32")
    runner = Runner(graph, RandomTensors(0, float32), "float32", in_place=False)
    inputs = random_inputs(graph.inputs, 1, 0, float32)
    seen, tensors, number = Seen([], [], {}, {}), list(inputs.values()), 0

    def note(layer: LayerRun) -> None:
        nonlocal number
        node, output = graph.nodes[number], layer.output
        number += 1
        tensors.append(output)
        if not output.any() or not np.isfinite(output).all():
            seen.dead.append(node.name)
        if output.size > 1 and np.ptp(output) == 0:
            seen.constant.append(node.name)
        if isinstance(node.layer, MaxPool):
            seen.tied[node.name], seen.silent[node.name] = ties(node, tensors[node.inputs[0]])

    runner.run(inputs, note)
    return seen


def ties(node: Node, x: Any) -> tuple[float, float]:
    layer = node.layer
    assert isinstance(layer, MaxPool)
    assert not isinstance(layer.padding, str)
    padded = np.pad(x, ((0, 0), (0, 0), *layer.padding), constant_values=-np.inf)
    axes = tuple(range(2, x.ndim))
    steps = (slice(None), slice(None), *(slice(None, None, step) for step in layer.stride))
    windows = sliding_window_view(padded, layer.kernel_size, axes)[steps]
    flat = windows.reshape(*windows.shape[: x.ndim], -1)
    largest = flat.max(axis=-1, keepdims=True)
    several = (flat == largest).sum(axis=-1) > 1
    return float((several & (largest[..., 0] != 0)).mean()), float((largest == 0).mean())


@pytest.mark.parametrize("name", QUICK)
def test_random_numbers_hide_nothing(name: str) -> None:
    seen = seen_in(name)
    assert seen.dead == []
    assert seen.constant == []
    # of float32's numbers two in a window are the same once in some hundred thousand windows
    assert all(share < 1e-4 for share in seen.tied.values()), seen.tied
    assert all(share < 0.5 for share in seen.silent.values()), seen.silent


def test_ties_are_seen() -> None:
    node = load("input: [1, 4, 4]\nlayers:\n  - max_pool2d: 2\n").graph.nodes[0]
    image = np.arange(16.0).reshape(1, 1, 4, 4)
    assert ties(node, image) == (0, 0)
    image[0, 0, 1, 0] = image[0, 0, 1, 1]
    assert ties(node, image) == (0.25, 0)
    image[0, 0, :2, 2:] = 0
    assert ties(node, image) == (0.25, 0.25)
