"""Every network of the zoo gives the figures that its file says were published.

The figures are repeated here, so that an edit of a file cannot move its own target. Sources: torchvision
0.28 (weights' metadata), LeCun et al. 1998, Caffe's bvlc_alexnet, d2l.ai.
"""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.analysis.report import LayerReport, Report

PUBLISHED: dict[str, dict[str, Any]] = {
    "lenet5": {"params": 61_706},
    "lenet5_1998": {"params": 60_000, "connections": 340_908},
    "alexnet": {"params": 60_965_224, "macs": 724_406_816},
    "alexnet_torchvision": {"params": 61_100_840, "macs": 714_188_480},
    "vgg11": {"params": 132_863_336, "macs": 7_609_090_048},
    "vgg11_bn": {"params": 132_868_840, "macs": 7_609_090_048},
    "vgg13": {"params": 133_047_848, "macs": 11_308_466_176},
    "vgg13_bn": {"params": 133_053_736, "macs": 11_308_466_176},
    "vgg16": {"params": 138_357_544, "macs": 15_470_264_320},
    "vgg16_bn": {"params": 138_365_992, "macs": 15_470_264_320},
    "vgg19": {"params": 143_667_240, "macs": 19_632_062_464},
    "vgg19_bn": {"params": 143_678_248, "macs": 19_632_062_464},
    "vgg16_lecture": {"params": "138M", "macs": "13.6G", "conv_linear_output_mib": 48.6},
    "resnet50": {"params": 25_557_032, "macs": 4_089_184_256},
    "mobilenet_v2": {"params": 3_504_872, "macs": 300_774_272},
}

BUFFERS = {
    "vgg11_bn": 5_504,
    "vgg13_bn": 5_888,
    "vgg16_bn": 8_448,
    "vgg19_bn": 11_008,
    "resnet50": 53_120,
    "mobilenet_v2": 34_112,
}

# layer before the classifier: size, stride, padding of the receptive field (torchvision's features)
RECEPTIVE_FIELDS = {
    ("alexnet_torchvision", "pool5"): (195, 32, 66),
    ("vgg11", "pool5"): (150, 32, 59),
    ("vgg13", "pool5"): (156, 32, 62),
    ("vgg16", "pool5"): (212, 32, 90),
    ("vgg19_bn", "pool5"): (268, 32, 118),
    ("resnet50", "layer4.2.relu"): (427, 32, 213),
    ("mobilenet_v2", "conv2.relu6"): (491, 32, 245),
}


def test_every_network_is_tested_and_none_is_missing() -> None:
    assert sorted(PUBLISHED) == zoo.names()


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_file_states_what_was_published(name: str) -> None:
    assert dict(cnncalc.load(name).graph.about["published"]) == PUBLISHED[name]


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_analysis_gives_what_was_published(name: str) -> None:
    report = cnncalc.analyze(name)
    for figure, published in PUBLISHED[name].items():
        assert agrees(FIGURES[figure](report), published), figure


@pytest.mark.parametrize("name", sorted(BUFFERS))
def test_batch_norm_statistics_are_buffers(name: str) -> None:
    assert cnncalc.analyze(name).totals.buffers == BUFFERS[name]


@pytest.mark.parametrize(("network", "layer"), sorted(RECEPTIVE_FIELDS))
def test_receptive_field_before_the_classifier(network: str, layer: str) -> None:
    size, stride, padding = RECEPTIVE_FIELDS[network, layer]
    field = cnncalc.analyze(network).layer(layer).receptive_field
    assert field == ((size, size), (stride, stride), (padding, padding), "exact")


def agrees(figure: float, published: float | str) -> bool:
    """Exactly for a number, to the printed digits for one like `13.6G`, or within 0.1 for a decimal."""
    if isinstance(published, str):
        unit = {"M": 1e6, "G": 1e9}[published[-1]]
        digits = len(published[:-1].partition(".")[2])
        return round(figure / unit, digits) == float(published[:-1])
    if isinstance(published, float):
        return abs(figure - published) < 0.1
    return figure == published


def connections(report: Report) -> int:
    """Connections as LeCun counts them: every input of every unit, and its bias."""
    return sum(connections_of(layer) for layer in report.layers)


def connections_of(layer: LayerReport) -> int:
    outputs = 1
    for size in layer.output_shape:
        outputs *= size
    match layer.kind:
        case "conv2d" | "linear":
            return layer.macs + outputs
        case "avg_pool2d":  # four inputs a unit; the bias stands in the scale behind it
            return 4 * outputs
        case "scale":
            return outputs
        case "rbf":
            return 84 * outputs
    return 0


def conv_linear_output_mib(report: Report) -> float:
    return sum(layer.output_bytes for layer in report.layers if layer.kind in ("conv2d", "linear")) / 2**20


FIGURES = {
    "params": lambda report: report.totals.params,
    "macs": lambda report: report.totals.macs,
    "connections": connections,
    "conv_linear_output_mib": conv_linear_output_mib,
}
