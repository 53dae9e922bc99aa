from __future__ import annotations

import pytest

import cnncalc
from cnncalc.analysis.stages import VECTOR, halvings, scale, stages_of
from cnncalc.layers.base import Shape


@pytest.mark.parametrize(
    ("network", "output", "expected"),
    [
        ((224, 224), (224, 224), 0),
        ((224, 224), (56, 56), 2),
        ((224, 224), (55, 55), 2),  # AlexNet: 224 / 55 = 4.07
        ((224, 224), (13, 13), 4),  # 17.2
        ((227, 227), (6, 6), 5),  # 37.8
        ((100,), (70,), 1),  # 1.43 is above the square root of 2
        ((100,), (71,), 0),  # 1.41 is below it
        ((64, 64), (64, 16), 1),  # one axis in quarters is half the sides of a square
        ((16, 112, 112), (8, 28, 28), 2),  # 2 * 4 * 4 = 32 = 3.2 ** 3
        ((8, 8), (16, 16), -1),
        ((8,), (64,), -3),
        ((8, 8), (1, 1), VECTOR),
        ((8, 8), (), VECTOR),
        ((1, 1), (1, 1), VECTOR),
        ((), (49,), -6),  # positions that a reshape made of a vector: 2 ** 5.6
    ],
)
def test_halvings_of_the_sides(network: Shape, output: Shape, expected: int) -> None:
    assert halvings(network, output) == expected


def test_names_of_scales() -> None:
    assert [scale(count) for count in (0, 3, -2, VECTOR)] == ["1/1", "1/8", "4/1", "vector"]


def test_stages_of_vgg16() -> None:
    """The MACs of each stage by hand: 3 x 3 x in x out x positions."""
    stages = stages_of(cnncalc.analyze("vgg16"))
    assert [stage.sizes[0] for stage in stages.values()] == [
        *((224, 224), (112, 112), (56, 56), (28, 28), (14, 14), (7, 7)),
        (),
    ]
    assert stages[0].macs == 9 * (3 * 64 + 64 * 64) * 224 * 224
    assert stages[1].macs == 9 * (64 * 128 + 128 * 128) * 112 * 112
    assert stages[5].macs == 0
    assert stages[VECTOR].macs == 25088 * 4096 + 4096 * 4096 + 4096 * 1000
    # two convolutions and two activations of 64 channels
    assert stages[0].activation_bytes == 4 * (4 * 64 * 224 * 224)
    assert sum(stage.layers for stage in stages.values()) == 39


@pytest.mark.parametrize("name", ["unet", "wavenet", "mlp", "patch_autoencoder", "c3d", "mobilenet_v2"])
def test_every_layer_is_in_one_stage(name: str) -> None:
    report = cnncalc.analyze(name)
    stages = stages_of(report).values()
    totals = report.totals
    assert sum(stage.layers for stage in stages) == len(report.layers)
    assert sum(stage.params for stage in stages) == totals.params
    assert sum(stage.flops for stage in stages) == totals.flops
    assert sum(stage.activation_bytes for stage in stages) == totals.activation_bytes


def test_a_network_that_goes_down_and_up_has_one_stage_for_both() -> None:
    stages = stages_of(cnncalc.analyze("unet_same"))
    assert list(stages) == [0, 1, 2, 3, 4]
    assert stages[0].sizes == ((256, 256),)


def test_an_enlarged_image() -> None:
    report = cnncalc.analyze("{input: [1, 4, 4], layers: [upsample: {scale_factor: 4}]}")
    (stage,) = stages_of(report).values()
    assert (stage.halvings, stage.sizes) == (-2, ((16, 16),))
    assert stage.to_dict()["scale"] == "4/1"
