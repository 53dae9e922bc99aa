"""With traced sizes the analysis prints how each figure came about. Expected texts are written by hand."""

from __future__ import annotations

import cnncalc
from cnncalc.analysis.examine import examine
from cnncalc.analysis.report import Report
from cnncalc.tracing import Traced
from tests.analysis.designs import BRANCHED


def traced(network: cnncalc.Network, *shape: int) -> Report:
    sizes = tuple(Traced(size) for size in shape)
    return examine(network.graph, {"input": sizes}).report  # type: ignore[dict-item]


def derivation(number: object) -> str:
    assert isinstance(number, Traced)
    return number.derivation


def test_the_whole_of_vgg16_has_the_figures_of_ints() -> None:
    network = cnncalc.load("vgg16")
    report, plain = traced(network, 3, 224, 224), cnncalc.analyze(network)
    assert int(report.totals.macs) == plain.totals.macs == 15_470_264_320
    assert int(report.totals.params) == 138_357_544
    for layer, expected in zip(report.layers, plain.layers, strict=True):
        assert tuple(map(int, layer.output_shape)) == expected.output_shape
        assert int(layer.flops) == expected.flops


def test_sizes_print_their_own_derivation() -> None:
    first = traced(cnncalc.load("vgg16"), 3, 224, 224).layer("conv1_1")
    assert derivation(first.output_shape[1]) == "floor((224 + 1 + 1 - 2 - 1) / 1) + 1 = 224"


def test_a_branched_design_prints_its_derivations_too() -> None:
    report = traced(cnncalc.load(BRANCHED), 3, 64, 64)
    plain = cnncalc.analyze(cnncalc.load(BRANCHED))
    assert [tuple(map(int, layer.output_shape)) for layer in report.layers] == [
        layer.output_shape for layer in plain.layers
    ]
    narrow = report.layer("inception.narrow.conv2d_1")
    assert derivation(narrow.output_shape[2]) == "floor((32 + 0 + 0 - 0 - 1) / 1) + 1 = 32"
    assert derivation(narrow.macs) == "32*32*32 = 32768"  # positions x weight elements (4*8*1*1)


def test_counts_start_from_the_layer_s_own_sizes() -> None:
    report = traced(cnncalc.load("vgg16"), 3, 224, 224)
    assert derivation(report.layer("pool1").output_shape[1]) == "floor((224 + 0 + 0 - 1 - 1) / 2) + 1 = 112"
    assert derivation(report.layer("conv1_1").operations.adds) == "224*224*64 = 3211264"
