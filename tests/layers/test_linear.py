"""Linear layers and radial basis functions. Expectations are by hand."""

from __future__ import annotations

import pytest

from cnncalc.layers.base import ArgumentFaults, Operations, Step
from tests.layers.helpers import assert_same_on_arrays, figures, make


@pytest.mark.parametrize(
    ("features", "bias", "shape", "output", "params", "macs", "adds"),
    [
        # VGG-16's first: 102,764,544 parameters
        (4096, True, (25088,), (4096,), 102_764_544, 102_760_448, 4096),
        (10, False, (84,), (10,), 840, 840, 0),
        # on 197 tokens of 768, as in ViT-B/16
        (3072, True, (197, 768), (197, 3072), 2_362_368, 464_781_312, 605_184),
        (5, True, (2, 3, 4), (2, 3, 5), 25, 120, 30),
    ],
)
def test_linear(features, bias, shape, output, params, macs, adds):
    found = figures(make("linear", out_features=features, bias=bias), shape)
    assert found.output_shape == output
    assert found.params == params
    assert found.operations == Operations(macs=macs, adds=adds)


def test_tensors_and_movement_of_linear():
    found = figures(make("linear", out_features=5), (2, 3, 4))
    assert found.weights == {"weight": (5, 4), "bias": (5,)}
    assert found.buffers == {}
    assert found.movement == (Step(0), Step(1), Step(2, whole=True))
    assert figures(make("linear", out_features=5, bias=False), (4,)).weights == {"weight": (5, 4)}


def test_rbf_is_the_output_of_lenet_5():
    # 10 outputs, each 84 subtractions, 84 squarings and 83 sums
    found = figures(make("rbf", out_features=10), (84,))
    assert found.output_shape == (10,)
    assert found.weights == {}
    assert found.buffers == {"centers": (10, 84)}
    assert found.operations == Operations(adds=1670, muls=840)
    assert found.movement == (Step(0, whole=True),)


def test_rbf_on_several_positions():
    # 12 outputs of 4 features: 4 + 3 adds, 4 muls each
    found = figures(make("rbf", out_features=2), (2, 3, 4))
    assert found.output_shape == (2, 3, 2)
    assert found.operations == Operations(adds=84, muls=48)
    assert found.movement == (Step(0), Step(1), Step(2, whole=True))


@pytest.mark.parametrize("name", ["linear", "rbf"])
def test_out_features_is_needed_and_positive(name):
    with pytest.raises(ArgumentFaults, match=f"{name} needs `out_features`"):
        make(name)
    with pytest.raises(ArgumentFaults, match="must be a whole number of at least 1, not 0"):
        make(name, out_features=0)


@pytest.mark.parametrize("name", ["linear", "rbf"])
def test_rules_on_arrays_of_sizes(name):
    assert_same_on_arrays(make(name, out_features=7), ((4, 2),), ((1, 7),), ((197, 768),))
