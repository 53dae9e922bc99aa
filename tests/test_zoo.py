"""Every network of the zoo gives the figures that its file says were published.

The figures are repeated here, so that an edit of a file cannot move its own target. Sources: torchvision
0.28 (weights' metadata), LeCun et al. 1998, Caffe's bvlc_alexnet, d2l.ai, and for the others the paper, the
page or the tool that the file names. `DERIVED` has figures that nobody published.
"""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.analysis.report import LayerReport, Report
from cnncalc.api import examine_reading, find_text, read

FCN = 14_714_688 + (49 * 512 * 4_096 + 4_096) + (4_096 * 4_096 + 4_096) + (4_096 * 21 + 21)

PUBLISHED: dict[str, dict[str, Any]] = {
    "lenet5": {"params": 61_706},
    "lenet5_1998": {"params": 60_000, "connections": 340_908},
    "alexnet": {"params": 60_965_224, "macs": 724_406_816},
    "alexnet_torchvision": {"params": 61_100_840, "macs": 714_188_480},
    "alexnet_lecture": {"params": "61M", "macs": "0.7G", "conv_linear_output_mib": 1.9},
    "vgg11": {"params": 132_863_336, "macs": 7_609_090_048},
    "vgg11_bn": {"params": 132_868_840, "macs": 7_609_090_048},
    "vgg13": {"params": 133_047_848, "macs": 11_308_466_176},
    "vgg13_bn": {"params": 133_053_736, "macs": 11_308_466_176},
    "vgg16": {"params": 138_357_544, "macs": 15_470_264_320},
    "vgg16_bn": {"params": 138_365_992, "macs": 15_470_264_320},
    "vgg19": {"params": 143_667_240, "macs": 19_632_062_464},
    "vgg19_bn": {"params": 143_678_248, "macs": 19_632_062_464},
    "vgg16_lecture": {"params": "138M", "macs": "13.6G", "conv_linear_output_mib": 48.6},
    "resnet18": {"params": 11_689_512, "macs": 1_814_073_344},
    "resnet34": {"params": 21_797_672, "macs": 3_663_761_408},
    "resnet50": {"params": 25_557_032, "macs": 4_089_184_256},
    "resnet101": {"params": 44_549_160, "macs": 7_801_405_440},
    "resnet152": {"params": 60_192_808, "macs": 11_513_626_624},
    "resnet50_v1": {"macs": "3.8G"},
    "plain18": {"macs": "1.8G"},
    "plain34": {"macs": "3.6G"},
    "mobilenet_v2": {"params": 3_504_872, "macs": 300_774_272},
    "convnetjs_mnist": {"params": 208 + 3_216 + 2_570},
    "convnetjs_cifar10": {"params": 1_216 + 8_020 + 10_020 + 3_210},
    "keras_cifar10": {"params": 3_692_938},
    "mnist_convnet": {"params": 34_826},
    "fully_connected_megapixel": {"params": "3G"},
    "mlp": {},
    "unet": {"params": 31_030_658, "output": [2, 388, 388]},
    "unet_same": {"params": 31_030_593},
    "wavenet": {"receptive_field_of_a_block": 1_024},
    "deconvnet": {"params": "252M", "output": [21, 224, 224]},
    "fcn32s": {"receptive_field": 404, "params_without_upsampling": "134M"},
    "fcn16s": {"receptive_field": 404, "params_without_upsampling": "134M"},
    "fcn8s": {"params": 134_489_759},
    "yolov1": {"params": 271_703_550, "output": [30, 7, 7]},
    "c3d": {"params": 78_409_573},
    "r3d_18": {"params": 33_371_472, "macs": 40_696_553_472},
    "tcn": {},
    "patch_autoencoder": {},
}

# by hand where the sum is written; the others with PyTorch, from the outputs of its modules
DERIVED: dict[str, dict[str, Any]] = {
    # ResNet-50 less 3/4 of the positions of the first 1x1 in three blocks
    "resnet50_v1": {"params": 25_557_032, "macs": 4_089_184_256 - 3 * (3 * 28 * 28 * 256 * 128)},
    # ResNet-18 and -34 less the projections 64-128-256-512, whose batch norms have 2 parameters a channel
    "plain18": {"params": 11_689_512 - 173_824, "macs": 1_814_073_344 - 3 * (28 * 28 * 64 * 128)},
    "plain34": {"params": 21_797_672 - 173_824, "macs": 3_663_761_408 - 3 * (28 * 28 * 64 * 128)},
    # torchvision's, with 56 x 56 in place of 55 x 55 behind the first convolution (64 channels, 3 x 11 x 11)
    "alexnet_lecture": {"params": 61_100_840, "macs": 714_188_480 + (56 * 56 - 55 * 55) * 64 * 363},
    "convnetjs_mnist": {"macs": 578_560, "output": [10]},
    "convnetjs_cifar10": {"macs": 3_920_000, "output": [10]},
    "keras_cifar10": {"macs": 4_469_120, "output": [10]},
    "mnist_convnet": {"macs": 2_440_960, "output": [10]},
    "fully_connected_megapixel": {"params": 3_000_001_000, "macs": 3_000_000_000, "output": [1000]},
    "mlp": {"params": 4 * (5 * 4) + 4 + 5 + 4 + 5, "macs": 4 * (5 * 4), "output": [5]},
    "unet": {"macs": 150_428_424_448},
    "unet_same": {"macs": 48_091_889_664, "output": [1, 256, 256]},
    # first; filter, gate and skip of 30 layers; residual of 29; the two at the end (weights, then biases)
    "wavenet": {
        "params": 16_384
        + 30 * (2 * 2_048 + 16_384)
        + 29 * 1_024
        + 262_144
        + 131_072
        + (32 + 30 * (2 * 32 + 512) + 29 * 32 + 512 + 256),
        "macs": 4_000 * (16_384 + 30 * (2 * 2_048 + 16_384) + 29 * 1_024 + 262_144 + 131_072),
        "output": [256, 4_000],
        "receptive_field": 1 + 1 + 3 * 1_023,
    },
    "deconvnet": {"params": 251_772_245, "macs": 32_745_979_904},
    # VGG-16's convolutions, fc6, fc7, score_fr; then upsampling and the scores of pool4 and pool3
    "fcn32s": {"params": FCN + 21 * 21 * 64 * 64, "output": [21, 500, 500]},
    "fcn16s": {"params": FCN + 21 * 21 * (4 * 4 + 32 * 32) + 21 * 513, "output": [21, 500, 500]},
    "fcn8s": {"params": FCN + 21 * 21 * (2 * 4 * 4 + 16 * 16) + 21 * (513 + 257), "output": [21, 500, 500]},
    "yolov1": {"macs": 20_285_153_280},
    "c3d": {"macs": 38_547_378_176, "output": [101]},
    "r3d_18": {"output": [400]},
    # first convolution and shortcut, 15 more convolutions 25-25 of 7 taps, the linear layer
    "tcn": {
        "params": (7 * 25 + 25) + (25 + 25) + 15 * (7 * 25 * 25 + 25) + (25 * 10 + 10),
        "macs": 784 * (7 * 25 + 25 + 15 * (7 * 25 * 25)) + 25 * 10,
        "output": [10],
    },
    # 16 values of each of 7 x 7 patches to 4 and back
    "patch_autoencoder": {
        "params": 16 * 4 + 4 + 4 * 16 + 16,
        "macs": 49 * (16 * 4 + 4 * 16),
        "output": [1, 28, 28],
    },
}

BUFFERS = {
    "vgg11_bn": 5_504,
    "vgg13_bn": 5_888,
    "vgg16_bn": 8_448,
    "vgg19_bn": 11_008,
    "resnet18": 9_600,
    "resnet34": 17_024,
    "resnet50": 53_120,
    "resnet101": 105_344,
    "resnet152": 151_424,
    "mobilenet_v2": 34_112,
    "r3d_18": 9_600,
}

# layer before the classifier: size, stride, padding of the receptive field (torchvision's features; plain
# nets as the residual ones; FCN as Table 1 of its paper, pads 99 more than VGG-16; U-Net by hand)
RECEPTIVE_FIELDS = {
    ("alexnet_torchvision", "pool5"): (195, 32, 66),
    ("vgg11", "pool5"): (150, 32, 59),
    ("vgg13", "pool5"): (156, 32, 62),
    ("vgg16", "pool5"): (212, 32, 90),
    ("vgg19_bn", "pool5"): (268, 32, 118),
    ("resnet18", "layer4.1.relu"): (435, 32, 217),
    ("resnet34", "layer4.2.relu"): (899, 32, 449),
    ("resnet50", "layer4.2.relu"): (427, 32, 213),
    ("resnet101", "layer4.2.relu"): (971, 32, 485),
    ("resnet152", "layer4.2.relu"): (1451, 32, 725),
    ("plain18", "layer4.1.relu"): (435, 32, 217),
    ("plain34", "layer4.2.relu"): (899, 32, 449),
    ("fcn32s", "score_fr"): (404, 32, 189),
    ("unet", "bottom.relu2"): (140, 16, 0),
    ("mobilenet_v2", "conv2.relu6"): (491, 32, 245),
}


def test_every_network_is_tested_and_none_is_missing() -> None:
    assert sorted(PUBLISHED) == zoo.names()


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_file_states_what_was_published(name: str) -> None:
    assert dict(cnncalc.load(name).graph.about.get("published", {})) == PUBLISHED[name]


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_analysis_gives_what_was_published(name: str) -> None:
    report = cnncalc.analyze(name)
    for figure, published in PUBLISHED[name].items():
        assert agrees(FIGURES[figure](report), published), figure


@pytest.mark.parametrize("name", sorted(DERIVED))
def test_analysis_gives_what_was_derived(name: str) -> None:
    report = cnncalc.analyze(name)
    assert {figure: FIGURES[figure](report) for figure in DERIVED[name]} == DERIVED[name]


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_no_network_has_a_warning(name: str) -> None:
    assert examine_reading(read(find_text(name))).diagnostics == []


@pytest.mark.parametrize("name", sorted(BUFFERS))
def test_batch_norm_statistics_are_buffers(name: str) -> None:
    assert cnncalc.analyze(name).totals.buffers == BUFFERS[name]


@pytest.mark.parametrize(("network", "layer"), sorted(RECEPTIVE_FIELDS))
def test_receptive_field_before_the_classifier(network: str, layer: str) -> None:
    size, stride, padding = RECEPTIVE_FIELDS[network, layer]
    field = cnncalc.analyze(network).layer(layer).receptive_field
    assert field == ((size, size), (stride, stride), (padding, padding), "exact")


def test_receptive_field_of_a_video_network() -> None:
    field = cnncalc.analyze("r3d_18").layer("layer4.1.relu").receptive_field
    assert field == ((109, 219, 219), (8, 16, 16), (54, 109, 109), "exact")


def test_each_block_of_wavenet_adds_1023_samples() -> None:
    """Which makes 1,024 for a block alone."""
    report = cnncalc.analyze("wavenet")
    layers = ("first", "block1.9.skip", "block2.9.skip", "block3.9.skip")
    assert [report.layer(name).receptive_field.size for name in layers] == [(2,), (1025,), (2048,), (3071,)]


def test_deconvnet_with_the_batch_norms_of_its_paper() -> None:
    totals = cnncalc.analyze("deconvnet", params={"batch_norm": True}).totals
    assert (totals.params, totals.macs) == (251_805_653, 32_745_979_904)


def test_c3d_on_sports_1m() -> None:
    assert cnncalc.analyze("c3d", params={"classes": 487}).totals.params == 79_991_015


def test_widths_of_the_multilayer_perceptron() -> None:
    report = cnncalc.analyze("mlp", params={"widths": [784, 300, 10]})
    assert [layer.name for layer in report.layers] == ["fc1", "relu_1", "fc2"]
    assert report.totals.params == 784 * 300 + 300 + 300 * 10 + 10


@pytest.mark.parametrize(("stride", "columns"), [(4, 49), (2, 169)])
def test_patches_of_the_autoencoder(stride: int, columns: int) -> None:
    """(28 - 4) / 4 + 1 = 7 patches a side, or (28 - 4) / 2 + 1 = 13 that overlap."""
    report = cnncalc.analyze("patch_autoencoder", params={"stride": stride})
    assert report.layer("patches").output_shape == (16, columns)
    assert report.layer("encoder").output_shape == (columns, 4)
    assert report.layer("image").output_shape == (1, 28, 28)


def agrees(figure: Any, published: Any) -> bool:
    """Exactly for a number, to the printed digits (rounded or cut off) for one like `13.6G`, or within 0.1
    for a decimal."""
    if isinstance(published, str):
        unit = {"M": 1e6, "G": 1e9}[published[-1]]
        digits = len(published[:-1].partition(".")[2])
        printed = figure / unit * 10**digits
        return round(float(published[:-1]) * 10**digits) in (round(printed), int(printed))
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


def params_without_upsampling(report: Report) -> int:
    return report.totals.params - sum(
        layer.params for layer in report.layers if layer.kind == "conv_transpose2d"
    )


def receptive_field(report: Report) -> int:
    """Of the scores of an FCN before they are upsampled, else of the output."""
    field = (report.layer("score_fr") if "FCN" in report.name else report.layers[-1]).receptive_field
    return field.size[0]


def receptive_field_of_a_block(report: Report) -> int:
    """Of WaveNet's first block, as if it read the input itself."""
    first, last = (report.layer(name).receptive_field.size[0] for name in ("first", "block1.9.skip"))
    return last - first + 1


def output(report: Report) -> list[int]:
    (shape,) = report.outputs.values()
    return list(shape)


FIGURES = {
    "params": lambda report: report.totals.params,
    "macs": lambda report: report.totals.macs,
    "output": output,
    "receptive_field": receptive_field,
    "receptive_field_of_a_block": receptive_field_of_a_block,
    "params_without_upsampling": params_without_upsampling,
    "connections": connections,
    "conv_linear_output_mib": conv_linear_output_mib,
}
