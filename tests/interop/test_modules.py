"""What is written for layers of each family, worked out by hand from the documentation of torch.nn."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cnncalc.interop.pytorch import pieces
from cnncalc.interop.pytorch.module import REQUIRED, Also, Given, Merge, Module
from cnncalc.interop.pytorch.piece import is_piece, read_piece
from cnncalc.interop.pytorch.table import MERGES, MODULES, with_indices
from cnncalc.layers import all_kinds
from cnncalc.layers.base import Layer, Shape
from tests.numpy_backend.helpers import layer_of

PIECE_FILES = sorted(Path(pieces.__file__).parent.glob("[a-z]*.py"))


def made(text: str, *shapes: Shape, pool: str = "") -> Module:
    """The module of a layer as one writes it in YAML."""
    layer: Layer = layer_of(text)
    if pool:
        layer = layer.referring((layer_of(pool),))
    return MODULES[layer.kind.name](layer, shapes)


def call(module: Module) -> str:
    """The constructor call, without what has its default."""
    arguments = [
        repr(given.value) if given.positional else f"{given.name}={given.value!r}"
        for given in module.arguments
        if given.value != given.default
    ]
    return f"{module.constructor}({', '.join(arguments)})"


def test_every_kind_is_there_once() -> None:
    assert set(MODULES) | set(MERGES) == set(all_kinds())
    assert not set(MODULES) & set(MERGES)


def test_merges_are_the_kinds_of_several_inputs() -> None:
    assert set(MERGES) == {name for name, kind in all_kinds().items() if kind.inputs is None}


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        # ResNet's first layer, as torchvision writes it
        (
            "conv2d: {out_channels: 64, kernel_size: 7, stride: 2, padding: 3, bias: false}",
            (3, 224, 224),
            "nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)",
        ),
        (
            "conv2d: {out_channels: 8, kernel_size: [1, 7], padding: [0, 3], padding_mode: reflect}",
            (4, 9, 9),
            "nn.Conv2d(4, 8, kernel_size=(1, 7), padding=(0, 3), padding_mode='reflect')",
        ),
        (
            "conv2d: {out_channels: 8, kernel_size: 3, padding: same}",
            (4, 9, 9),
            "nn.Conv2d(4, 8, kernel_size=3, padding='same')",
        ),
        (
            "conv2d: {out_channels: 8, kernel_size: 3, padding: same, stride: 2}",
            (4, 9, 9),
            "SameConv2d(4, 8, kernel_size=3, stride=2)",
        ),
        (
            "conv2d: {out_channels: 8, kernel_size: 1, padding: same, stride: 2}",
            (4, 9, 9),
            "nn.Conv2d(4, 8, kernel_size=1, stride=2)",
        ),
        (
            "conv1d: {out_channels: 8, kernel_size: 2, padding: causal, dilation: 4}",
            (4, 9),
            "CausalConv1d(4, 8, kernel_size=2, dilation=4)",
        ),
        # axes from first to last for us, sides from last to first for PyTorch
        (
            "conv2d: {out_channels: 8, kernel_size: 3, padding: [[0, 1], [2, 3]]}",
            (4, 9, 9),
            "PaddedConv2d(4, 8, kernel_size=3, sides=(2, 3, 0, 1))",
        ),
        (
            "conv2d: {out_channels: 2, kernel_size: 5, connection_table: [[0], [0, 2]]}",
            (3, 9, 9),
            "TableConv2d(((0,), (0, 2)), kernel_size=5)",
        ),
        (
            "depthwise_conv2d: {kernel_size: 3, multiplier: 2}",
            (4, 9, 9),
            "nn.Conv2d(4, 8, kernel_size=3, groups=4)",
        ),
        (
            "separable_conv2d: {out_channels: 8, kernel_size: 3, padding: 1}",
            (4, 9, 9),
            "SeparableConv2d(4, 8, kernel_size=3, padding=1)",
        ),
        (
            "conv_transpose2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1, output_padding: 1}",
            (4, 9, 9),
            "nn.ConvTranspose2d(4, 8, kernel_size=3, stride=2, padding=1, output_padding=1)",
        ),
        (
            "conv_transpose1d: {out_channels: 8, kernel_size: 3, padding: [[0, 1]]}",
            (4, 9),
            "CroppedConvTranspose1d(4, 8, kernel_size=3, sides=(0, 1))",
        ),
        ("linear: {out_features: 10, bias: false}", (5, 84), "nn.Linear(84, 10, bias=False)"),
        ("rbf: 10", (84,), "RadialBasis(84, 10)"),
        ("max_pool2d: 2", (4, 8, 8), "nn.MaxPool2d(kernel_size=2, stride=2)"),
        (
            "max_pool2d: {kernel_size: 3, stride: 1, padding: same}",
            (4, 8, 8),
            "nn.MaxPool2d(kernel_size=3, stride=1, padding=1)",
        ),
        (
            "max_pool2d: {kernel_size: 3, stride: 2, padding: same}",
            (4, 8, 8),
            "SameMaxPool2d(kernel_size=3, stride=2)",
        ),
        # windows start at -1, 1, 3 and with ceil_mode at 5, which then ends at 7 of 0 to 6
        (
            "max_pool1d: {kernel_size: 3, stride: 2, padding: [[1, 0]], ceil_mode: true}",
            (4, 7),
            "PaddedMaxPool1d(kernel_size=3, stride=2, sides=(1, 1))",
        ),
        (
            "avg_pool2d: {kernel_size: 3, stride: 2, padding: 1, count_include_pad: false}",
            (4, 8, 8),
            "nn.AvgPool2d(kernel_size=3, stride=2, padding=1, count_include_pad=False)",
        ),
        (
            "avg_pool2d: {kernel_size: 2, padding: [[0, 1], [0, 1]]}",
            (4, 7, 7),
            "PaddedAvgPool2d(kernel_size=2, stride=2, sides=(0, 1, 0, 1))",
        ),
        (
            "lp_pool2d: {norm_type: 2, kernel_size: 2}",
            (4, 8, 8),
            "nn.LPPool2d(2, kernel_size=2, stride=2)",
        ),
        # the last window of 7 cells has one cell only
        (
            "lp_pool1d: {norm_type: 1.5, kernel_size: 2, ceil_mode: true}",
            (4, 7),
            "PaddedLPPool1d(1.5, kernel_size=2, stride=2, sides=(0, 1))",
        ),
        ("adaptive_avg_pool2d: [7, null]", (4, 8, 8), "nn.AdaptiveAvgPool2d((7, None))"),
        ("adaptive_avg_pool1d: [null]", (4, 8), "nn.AdaptiveAvgPool1d(8)"),
        ("global_avg_pool", (4, 8, 8), "nn.AdaptiveAvgPool2d(1)"),
        ("global_max_pool: {keepdim: false}", (4, 8), "GlobalMaxPool()"),
        ("global_avg_pool", (4, 2, 2, 2, 2), "GlobalAvgPool(keepdim=True)"),
        ("batch_norm", (64, 8, 8), "nn.BatchNorm2d(64)"),
        ("batch_norm: {eps: 0.001, momentum: null}", (64,), "nn.BatchNorm1d(64, eps=0.001, momentum=None)"),
        ("batch_norm", (64, 2, 2, 2, 2), "FlatBatchNorm(64)"),
        ("instance_norm: {affine: true}", (64, 8), "nn.InstanceNorm1d(64, affine=True)"),
        ("layer_norm", (64, 8, 8), "nn.LayerNorm((64, 8, 8))"),
        ("layer_norm: {dim: -1, eps: 0.000001}", (50, 768), "nn.LayerNorm(768, eps=1e-06)"),
        ("layer_norm: {dim: 1}", (64, 8, 8), "LayerNormOver(64, dims=(1,))"),
        ("group_norm: 32", (64, 8, 8), "nn.GroupNorm(32, 64)"),
        ("local_response_norm: {size: 5, k: 2}", (64, 8, 8), "nn.LocalResponseNorm(5, k=2)"),
        ("local_response_norm: {size: 5}", (64, 2, 8, 8), "FlatLocalResponseNorm(5)"),
        ("scale: {dim: 2}", (64, 8), "Scale(8, dim=2)"),
        ("relu", (4,), "nn.ReLU()"),
        ("leaky_relu: 0.2", (4,), "nn.LeakyReLU(negative_slope=0.2)"),
        ("prelu: {num_parameters: channels}", (4, 8), "nn.PReLU(4)"),
        ("prelu", (4, 8), "nn.PReLU()"),
        ("gelu: {approximate: tanh}", (4,), "nn.GELU(approximate='tanh')"),
        ("hardtanh: {min_val: 0, max_val: 6}", (4,), "nn.Hardtanh(min_val=0, max_val=6)"),
        ("arctan", (4,), "Arctan()"),
        ("softmax", (4, 8), "nn.Softmax(dim=1)"),
        ("dropout", (4,), "nn.Dropout(p=0.5)"),
        ("stochastic_depth: 0.2", (4,), "StochasticDepth(p=0.2)"),
        ("pad: {padding: 1}", (4, 8, 8), "nn.ZeroPad2d(1)"),
        ("pad: {padding: [[0, 1], 2], value: 0.5}", (4, 8, 8), "nn.ConstantPad2d((2, 2, 0, 1), value=0.5)"),
        ("pad: {padding: 1, mode: circular}", (4, 8), "nn.CircularPad1d(1)"),
        ("crop: {cropping: [[0, 1], 2]}", (4, 8, 8), "Crop((2, 2, 0, 1))"),
        ("center_crop: {size: 5}", (4, 8, 8), "CenterCrop(5)"),
        ("flatten", (4, 8, 8), "nn.Flatten()"),
        ("reshape: [1, 28, 28]", (784,), "nn.Unflatten(1, (1, 28, 28))"),
        ("reshape: [-1]", (4, 8, 8), "nn.Flatten()"),
        # (4, 8, 8) -> (2, 2, 8, 8) could be nn.Unflatten(1, (2, 2)), which makes (2, 2, 4, 16) of (4, 4, 16)
        ("reshape: [2, 2, 8, -1]", (4, 8, 8), "Reshape((2, 2, 8, -1))"),
        ("reshape: [4, -1]", (4, 8, 8), "Reshape((4, -1))"),
        ("reshape: [8, 4]", (4, 8), "Reshape((8, 4))"),
        ("permute: [2, 3, 1]", (4, 8, 8), "Permute((0, 2, 3, 1))"),
        ("squeeze", (4, 1), "Squeeze()"),
        ("unsqueeze: 1", (4,), "Unsqueeze(1)"),
        ("split: {sections: [1, 3], index: 1}", (4, 8), "Split((1, 3), index=1)"),
        ("slice: {dim: -1, stop: 4}", (4, 8), "Slice(stop=4, dim=-1)"),
        ("pixel_shuffle: 2", (4, 8, 8), "nn.PixelShuffle(2)"),
        ("channel_shuffle: 2", (4, 8, 8), "nn.ChannelShuffle(2)"),
        ("unfold: {kernel_size: 3, padding: 1}", (4, 8, 8), "nn.Unfold(kernel_size=3, padding=1)"),
        (
            "fold: {output_size: 8, kernel_size: 2, stride: 2, padding: [[0, 2], [2, 0]]}",
            (16, 25),
            "CroppedFold(8, kernel_size=2, sides=(2, 0, 0, 2), stride=2)",
        ),
        (
            "upsample: {scale_factor: 2, mode: bilinear}",
            (4, 8, 8),
            "nn.Upsample(scale_factor=2, mode='bilinear')",
        ),
        # PyTorch makes 28 of 100 * 0.29
        ("upsample: {scale_factor: 0.29}", (4, 100), "nn.Upsample(size=29)"),
        # 41 * (2 / 82) is 0.99999994 in single precision, and the cell is 1
        ("upsample: {size: 82}", (4, 2), "NearestUpsample(size=(82,))"),
        ("upsample: {scale_factor: [2, 1.2]}", (4, 2, 4), "NearestUpsample(factors=((2, 1), (6, 5)))"),
        ("upsample: {scale_factor: [2, 1.2]}", (4, 2, 5), "nn.Upsample(scale_factor=(2, 1.2))"),
    ],
)
def test_constructor(text: str, shape: Shape, expected: str) -> None:
    assert call(made(text, shape)) == expected


def test_arguments_are_data() -> None:
    module = made("conv2d: {out_channels: 8, kernel_size: 3}", (4, 9, 9))
    assert module.arguments[:4] == (
        Given("in_channels", 4, positional=True),
        Given("out_channels", 8, REQUIRED, positional=True),
        Given("kernel_size", 3),
        Given("stride", 1, 1),
    )
    assert module.also == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max_pool2d: 2", "nn.MaxPool2d(kernel_size=2, stride=2, return_indices=True)"),
        (
            "max_pool2d: {kernel_size: 2, padding: same, stride: 3}",
            "SameMaxPool2d(kernel_size=2, stride=3, return_indices=True)",
        ),
        ("adaptive_max_pool2d: 3", "nn.AdaptiveMaxPool2d(3, return_indices=True)"),
    ],
)
def test_a_max_pool_can_be_asked_for_its_indices(text: str, expected: str) -> None:
    assert call(with_indices(made(text, (4, 7, 7)))) == expected


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ("max_pool2d: {kernel_size: 3, stride: 2}", "nn.MaxUnpool2d(kernel_size=3, stride=2)"),
        ("max_pool2d: {kernel_size: 3, stride: 2, dilation: 2}", "MaxUnpool()"),
        ("adaptive_max_pool2d: 3", "MaxUnpool()"),
    ],
)
def test_unpooling_is_told_indices_and_size(pool: str, expected: str) -> None:
    module = made("max_unpool2d: pool", (4, 3, 3), (4, 7, 7), (4, 3, 3), pool=pool)
    assert call(module) == expected
    assert module.also == (Also("indices"), Also("input", "output_size={}.shape"))


def test_center_crop_is_told_what_it_is_like() -> None:
    module = made("center_crop: {like: other}", (4, 8, 8), (4, 7, 7), (4, 6, 6))
    assert module == Module("CenterCropLike", also=(Also("output"),))


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("add", 3, Merge("{0} + {1} + {2}", "Add", of_list="sum([{}])")),
        ("subtract", 2, Merge("{0} - {1}", "Subtract")),
        ("multiply", 2, Merge("{0} * {1}", "Multiply")),
        ("maximum", 3, Merge("torch.maximum(torch.maximum({0}, {1}), {2})", "Maximum")),
        ("mean", 3, Merge("({0} + {1} + {2}) / 3", "Mean", of_list="sum([{}]) / 3")),
        (
            "concat",
            2,
            Merge("torch.cat([{0}, {1}], dim=1)", "Concat", (Given("dim", 1, 1),), "torch.cat([{}], dim=1)"),
        ),
        (
            "stack: -1",
            2,
            Merge(
                "torch.stack([{0}, {1}], dim=-1)",
                "Stack",
                (Given("dim", -1, 1),),
                "torch.stack([{}], dim=-1)",
            ),
        ),
    ],
)
def test_merge(text: str, count: int, expected: Merge) -> None:
    layer = layer_of(text)
    assert MERGES[layer.kind.name](layer, ((4, 8),) * count) == expected


# The text of the pieces


@pytest.mark.parametrize("file", PIECE_FILES, ids=lambda file: file.stem)
def test_a_file_holds_one_piece_that_is_found_by_its_name(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    (defined,) = [found for found in tree.body if isinstance(found, (ast.ClassDef, ast.FunctionDef))]
    piece = read_piece(defined.name)
    assert file.read_text("utf-8").endswith(piece.text)
    assert ast.get_docstring(defined)
    assert not any("cnncalc" in line for line in (*piece.imports, piece.text))


def test_a_piece_says_what_it_needs() -> None:
    piece = read_piece("SameMaxPool2d")
    assert piece.imports == (
        "from typing import Any",
        "import torch",
        "from torch import Tensor, nn",
        "from torch.nn import functional",
    )
    assert piece.pieces == ("indices_without_sides", "same_sides")
    assert piece.text.startswith("class SameMaxPool2d(nn.MaxPool2d):\n")


def test_pieces_for_two_axes_stand_for_others() -> None:
    for rank, sizes, sides in (
        (1, "int", "left, right."),
        (3, "int | tuple[int, int, int]", "left, right, top, bottom, front, back."),
    ):
        text = read_piece(f"PaddedConv{rank}d").text
        assert text.startswith(f"class PaddedConv{rank}d(nn.Conv{rank}d):\n")
        assert f"kernel_size: {sizes},\n" in text
        assert sides in text


@pytest.mark.parametrize("name", ["Scale", "SameConv1d", "PaddedAvgPool3d", "same_sides"])
def test_names_of_pieces(name: str) -> None:
    assert is_piece(name)


@pytest.mark.parametrize("name", ["SCALED", "Conv2d", "Net", "x/y"])
def test_names_of_no_pieces(name: str) -> None:
    assert not is_piece(name)


def test_a_piece_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        read_piece("Telescope2d")
