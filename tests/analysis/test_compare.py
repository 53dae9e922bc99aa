from __future__ import annotations

import json

import pytest

import cnncalc
from cnncalc.analysis.compare import depth_of

BRANCHES = """
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 1}
  - add:
      long:
        - conv2d: {out_channels: 4, kernel_size: 1}
        - batch_norm
        - conv2d: {out_channels: 4, kernel_size: 1}
      short: [{conv2d: {out_channels: 4, kernel_size: 1}}]
  - global_avg_pool2d
  - flatten
  - linear: 2
"""


def test_the_table_of_the_lecture() -> None:
    """1.9 -> 48.6 MB (48.65 cut off), 61M -> 138M, 0.7 -> 13.6 G."""
    alexnet, vgg = cnncalc.compare("alexnet_lecture", "vgg16_lecture").networks
    assert (alexnet.weighted_output_bytes, vgg.weighted_output_bytes) == (2_005_152, 51_015_584)
    assert (alexnet.report.totals.params, vgg.report.totals.params) == (61_100_840, 137_767_464)
    assert (alexnet.report.totals.macs, vgg.report.totals.macs) == (716_767_232, 13_620_576_256)


def test_the_memory_of_the_lectures_alexnet_layer_by_layer() -> None:
    """The lecture's column of KB: 784, 547, 254, 169, 169, 16, 16, 4."""
    layers = cnncalc.analyze("alexnet_lecture").layers
    kib = [layer.output_bytes / 1024 for layer in layers if layer.kind in ("conv2d", "linear")]
    assert [round(size) for size in kib] == [784, 547, 254, 169, 169, 16, 16, 4]


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        # the numbers in the names; LeNet-5's and AlexNet's from their papers, U-Net has 23 convolutions
        *(("vgg11", 11), ("vgg19_bn", 19), ("resnet18", 18), ("resnet50", 50), ("resnet152", 152)),
        *(("plain34", 34), ("lenet5", 5), ("alexnet", 8), ("unet", 23), ("mlp", 4)),
    ],
)
def test_depth_is_what_networks_are_named_by(name: str, depth: int) -> None:
    assert depth_of(cnncalc.analyze(name)) == depth


def test_depth_is_that_of_the_longest_path() -> None:
    assert depth_of(cnncalc.analyze(BRANCHES)) == 4


def test_depth_ends_at_the_outputs() -> None:
    layers = "[{relu: , name: a}, {conv2d: {out_channels: 1, kernel_size: 1}}]"
    assert depth_of(cnncalc.analyze(f"{{input: [1, 4, 4], outputs: [a], layers: {layers}}}")) == 0


def test_receptive_field_of_the_last_layer_with_positions() -> None:
    vgg, dense, branches = cnncalc.compare("vgg16", "mlp", BRANCHES).networks
    assert (vgg.field_layer, vgg.receptive_field and vgg.receptive_field.size) == ("pool5", (212, 212))
    assert (dense.field_layer, dense.receptive_field) == ("", None)
    assert branches.field_layer == "add_1"
    assert branches.label == "<text>"


def test_options_hold_for_all_networks() -> None:
    comparison = cnncalc.compare("lenet5", "vgg11", batch=2, dtype="float16", input=(1, 64, 64))
    assert [one.report.inputs for one in comparison.networks] == [{"input": (1, 64, 64)}] * 2
    document = comparison.to_dict()
    assert (document["batch"], document["dtype"]) == (2, "float16")
    assert document["networks"][0]["totals"]["param_bytes"] == 2 * document["networks"][0]["totals"]["params"]


def test_plain_data() -> None:
    document = cnncalc.compare("vgg16", "mlp").to_dict()
    assert json.loads(json.dumps(document)) == document
    vgg, dense = document["networks"]
    assert vgg["stages"][0]["scale"] == "1/1"
    assert vgg["receptive_field"] == {
        "layer": "pool5",
        "size": [212, 212],
        "stride": [32, 32],
        "padding": [90, 90],
        "status": "exact",
    }
    assert dense["receptive_field"] is None
    assert dense["stages"][0]["halvings"] is None


def test_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="at least one network"):
        cnncalc.compare()


def test_the_field_is_that_before_the_head_also_behind_a_gate() -> None:
    # a gate by the mean of all positions: what the classifier pools behind it sees everything
    gated = """
input: [4, 32, 32]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: first
  - multiply: {features: [], gate: [global_avg_pool2d, sigmoid]}
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: last
  - global_avg_pool2d
  - flatten
  - linear: 10
"""
    found = cnncalc.compare(gated, gated).networks[0]
    assert found.field_layer == "last"
    assert found.receptive_field == ((32, 32), (0, 0), (0, 0), "whole_input")
