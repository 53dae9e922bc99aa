"""What is said of layers, by texts worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc.analysis.explain import UnknownName, find_layer
from cnncalc.analysis.explain_codes import CodeExplanation
from cnncalc.analysis.explain_data import Explanation, Remark, Row, Table
from cnncalc.analysis.explain_formula import Derivation
from cnncalc.analysis.explain_text import chain
from cnncalc.api import explain


def of(layers: str, layer: str, figure: str, shape: str = "[3, 33, 20]", **settings: Any) -> Explanation:
    found = explain(f"name: Net\ninput: {shape}\nlayers:\n{layers}", layer, figure, **settings)
    assert isinstance(found, Explanation)
    return found


def said(explanation: Explanation) -> list[str]:
    """Derivations and remarks as texts."""
    lines = []
    for part in explanation.figures[0].parts:
        if isinstance(part, Derivation):
            lines.append(f"{part.symbol} = {' = '.join(chain(part))}")
        elif isinstance(part, Remark):
            lines.append(part.text)
    return lines


def rows(explanation: Explanation) -> list[Row]:
    return [row for part in explanation.figures[0].parts if isinstance(part, Table) for row in part.rows]


def test_same_padding_says_where_its_cells_go() -> None:
    # TensorFlow's rule: 20 / 2 = 10 outputs need (10 - 1)*2 + 5 = 23 cells, 1 before and 2 after
    layers = "  - conv2d: {out_channels: 8, kernel_size: [3, 5], stride: 2, padding: same}\n"
    lines = said(of(layers, "conv2d_1", "shape"))
    assert "P_after = P - P_before = 3 - 1 = 2" in lines
    assert lines[-1] == (
        "W_out = floor((W + P_before + P_after - D*(K_W - 1) - 1) / S) + 1"
        " = floor((20 + 1 + 2 - 1*(5 - 1) - 1) / 2) + 1 = floor(18 / 2) + 1 = 9 + 1 = 10"
    )
    assert sum("`same` pads" in line for line in lines) == 1


def test_causal_padding_stands_before() -> None:
    layers = "  - conv1d: {out_channels: 4, kernel_size: 2, dilation: 4, padding: causal}\n"
    lines = said(of(layers, "conv1d_1", "shape", "[1, 16]"))
    assert "P_before = D*(K - 1) = 4*(2 - 1) = 4*1 = 4" in lines
    assert any("reads what comes later" in line for line in lines)


@pytest.mark.parametrize(
    ("layer", "remark"),
    [
        # 33 rows under windows of 2 that move by 2: 16 windows, the last row is left
        (
            "max_pool2d: 2",
            "31 = 2*15 + 1: the floor drops 1 row at the bottom, which no window reads",
        ),
        # 34 padded rows with a window of 1 and stride 5: windows at 0, 5, ..., 30, and 3 rows behind the last
        (
            "conv2d: {out_channels: 1, kernel_size: 1, stride: 5, padding: [[0, 1], [0, 0]]}",
            "33 = 5*6 + 3: the floor drops 3 rows at the bottom of the padded input, which no window reads: "
            "1 of padding and 2 of the input itself",
        ),
        (
            "conv2d: {out_channels: 1, kernel_size: 1, stride: 5}",
            "the stride is larger than the window: between two windows 4 rows are never read",
        ),
        (
            "max_pool2d: {kernel_size: 2, ceil_mode: true}",
            "ceil_mode rounds up: the last window hangs over the end by 1 row",
        ),
        # 1 + 33 + 1 rows: ceil gives a 12th window at row 33 + 1 - 1, in the padding
        (
            "max_pool2d: {kernel_size: 2, stride: 17, padding: 1, ceil_mode: true}",
            "ceil_mode rounds up, but drops a last window that would start in the padding after the input",
        ),
    ],
)
def test_what_becomes_of_the_edge(layer: str, remark: str) -> None:
    assert remark in said(of(f"  - {layer}\n", layer.partition(":")[0] + "_1", "shape"))


@pytest.mark.parametrize(
    ("layer", "lines"),
    [
        (
            "conv_transpose2d: {out_channels: 4, kernel_size: 4, stride: 2, padding: 1}",
            "H_out = (H - 1)*S - 2*P + D*(K - 1) + P_out + 1"
            " = (33 - 1)*2 - 2*1 + 1*(4 - 1) + 0 + 1 = 32*2 - 2 + 1*3 + 0 + 1 = 64 - 2 + 3 + 0 + 1 = 66",
        ),
        (
            "upsample: {scale_factor: 1.5}",
            "H_out = floor(H*scale_over / scale_under) = floor(33*3 / 2) = floor(99 / 2) = 49",
        ),
        ("adaptive_avg_pool2d: 7", "H_out = 7, height of the output, as given"),
        ("global_avg_pool2d", "height = 1, as global_avg_pool2d leaves it"),
        ("pad: 2", "H_out = H + 2*P = 33 + 2*2 = 33 + 4 = 37"),
        ("crop: 2", "H_out = H - 2*crop = 33 - 2*2 = 33 - 4 = 29"),
        ("flatten", "F_out = C_in*H*W = 3*33*20 = 1,980"),
        ("relu", "the shape of its input: relu changes no size"),
    ],
)
def test_shapes(layer: str, lines: str) -> None:
    assert lines in said(of(f"  - {layer}\n", layer.partition(":")[0] + "_1", "shape"))


def test_groups_divide_the_channels() -> None:
    layers = "  - conv2d: {out_channels: 9, kernel_size: 3, groups: 3, bias: false}\n"
    assert said(of(layers, "conv2d_1", "weights")) == [
        "weight = C_out*(C_in / groups)*K*K = 9*(3 / 3)*3*3 = 9*1*3*3 = 81",
        "no bias, as `bias: false` says",
    ]


def test_operations_of_a_batch() -> None:
    layers = "  - conv2d: {out_channels: 4, kernel_size: 3}\n"
    found = of(layers, "conv2d_1", "bytes", "[1, 5, 5]", batch=2, dtype="float16")
    assert said(found) == ["bytes = (C_out*H_out*W_out)*(N*B) = (4*3*3)*(2*2) = 36*4 = 144"]
    assert found.setting == "batch of 2, float16"


@pytest.mark.parametrize(
    ("layer", "figure", "words"),
    [
        ("dropout: 0.5", "bytes", "costs nothing: in inference its output is its input"),
        ("flatten", "bytes", "costs nothing: a view, the memory of its input under another shape"),
        ("flatten", "flops", "none: flatten sees the same elements in another shape"),
        ("relu", "params", "none: relu has no weights, so training changes nothing in it"),
        ("relu", "buffers", "none: relu keeps no state beside its weights"),
        ("pad: 1", "ops", "none: pad only adds cells"),
        ("pad: 1", "bytes", "pad computes nothing, but its output is a tensor of its own"),
        ("upsample: 2", "macs", "none: mode nearest only repeats values"),
    ],
)
def test_a_zero_is_never_silent(layer: str, figure: str, words: str) -> None:
    assert words in said(of(f"  - {layer}\n", layer.partition(":")[0] + "_1", figure))


def test_shared_weights_are_counted_where_they_are() -> None:
    conv = "  - conv2d: {out_channels: 3, kernel_size: 1}\n"
    layers = f"{conv}    name: first\n{conv}    name: second\n    share: first\n"
    found = of(layers, "second", "params")
    assert found.figures[0].value == 0
    assert said(found) == [
        "0 here: it uses the tensors of `first` (weight 3 x 3 x 1 x 1, bias 3), "
        "and they are counted there once"
    ]


BRANCHES = """\
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: one
  - conv2d: {out_channels: 4, kernel_size: 5}
    name: wide
    from: input
  - pad: [[0, 4], [0, 4]]
    name: late
  - add:
    from: [one, late]
    name: sum
"""


def test_a_union_of_paths() -> None:
    # `one` sees cells -1 to 1, `late` cells 0 to 4 of the first position: together -1 to 4, 6 cells
    found = of(BRANCHES, "sum", "receptive_field", "[3, 16, 16]")
    assert found.figures[0].value == {
        "size": [6, 6],
        "stride": [1, 1],
        "padding": [1, 1],
        "status": "unaligned",
    }
    *_, last = rows(found)
    assert last == Row(
        "sum",
        ("6", "1", "1"),
        "the union of r = 3 and r = 5: r = max(1, 0) + max(3 - 1, 5 - 0), p = max(1, 0)",
    )
    assert any(line.startswith("unaligned: on the way paths meet") for line in said(found))


def test_a_path_that_lies_within_another() -> None:
    conv = "conv2d: {out_channels: 3, kernel_size: 3, padding: 1}"
    layers = f"  - add:\n      main: [{{{conv}}}]\n      shortcut: []\n"
    *_, last = rows(of(layers, "add_1", "rf"))
    assert (last.cells, last.note) == ((), "union with r = 1, which lies within")


def test_the_whole_input() -> None:
    layers = "  - conv2d: {out_channels: 4, kernel_size: 3}\n  - global_avg_pool2d\n  - flatten\n"
    found = of(layers, "flatten_1", "receptive_field", "[3, 16, 16]")
    assert said(found) == [
        "along height and width:",
        "each position sees the whole axis, all 16 cells: `global_avg_pool2d_1` pools over all positions",
        "a position of `conv2d_1`, the layer before it, sees r = 3",
        "behind `global_avg_pool2d_1` it stays the whole axis",
    ]


def test_an_upsampled_axis_has_a_stride_below_one() -> None:
    found = of("  - upsample: {scale_factor: 2, mode: linear}\n", "upsample_1", "rf", "[1, 8]")
    assert rows(found)[-1].cells[1] == "1/2"
    assert any(line.startswith("j = 1/2: neighbouring positions see differently") for line in said(found))


def test_the_tensors_at_a_peak() -> None:
    # 3 x 16 x 16 and 4 x 14 x 14 numbers of 4 bytes
    layers = "  - conv2d: {out_channels: 4, kernel_size: 3}\n"
    found = of(layers, "conv2d_1", "peak", "[3, 16, 16]")
    assert [row.cells for row in rows(found)] == [
        ("3 x 16 x 16", "3,072", "read here"),
        ("4 x 14 x 14", "3,136", "made here"),
    ]
    assert said(found) == ["sum = 3,072 + 3,136 = 6,208", "this is the peak of the whole network"]


# --- what is asked for -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("conv1", "conv1"),  # the name itself, though others end with it
        ("0.add.main.conv1", "layer1.0.add.main.conv1"),
        ("1.0.add.shortcut.projection.bn", "layer1.0.add.shortcut.projection.bn"),
        ("pool", "maxpool"),
    ],
)
def test_a_layer_by_its_name_or_the_ending_of_it(word: str, name: str) -> None:
    names = ["conv1", "maxpool", "layer1.0.add.main.conv1", "layer1.0.add.shortcut.projection.bn"]
    assert names[find_layer(names, ["input"], word)] == name


@pytest.mark.parametrize(
    ("layer", "figure", "message"),
    [
        ("conv_1", "", "did you mean `conv1`?"),
        ("conv2", "", "16 layers end with `conv2`; name one: layer1.0.add.main.conv2"),
        ("layer1.0", "", "`layer1.0` is a block of 12 layers; name one: layer1.0.add.main.conv1"),
        ("input", "", "`input` is an input of the network"),
        ("conv1", "flop", "there is no figure `flop`; did you mean `flops`?"),
        ("conv1", "xyzzy", "there is no figure `xyzzy`; there are shape, params,"),
    ],
)
def test_a_name_that_there_is_not(layer: str, figure: str, message: str) -> None:
    with pytest.raises(UnknownName) as caught:
        explain("resnet50", layer, figure)
    assert message in str(caught.value)


def test_a_figure_of_the_network() -> None:
    found = explain("vgg16", "macs")
    assert isinstance(found, Explanation)
    assert (found.layer, found.figures[0].value) == ("", 15_470_264_320)
    assert [row.label for row in rows(found)][-2:] == ["11 other layers", "all together"]


def test_a_code_and_the_name_in_the_package() -> None:
    found = cnncalc.explain("e301")
    assert isinstance(found, CodeExplanation)
    assert found.code == "E301"


def test_texts_for_python_and_notebooks() -> None:
    found = explain("lenet5", "c1", "shape")
    assert isinstance(found, Explanation)
    assert str(found).splitlines()[0] == "LeNet-5: c1"
    assert found._repr_markdown_().startswith("## LeNet-5: c1\n")
    assert found.figure("shape").value == (6, 28, 28)
    with pytest.raises(KeyError):
        found.figure("macs")


def test_a_faulty_network_is_an_error() -> None:
    with pytest.raises(cnncalc.ArchitectureError):
        of("  - conv2d: {out_channels: 4, kernel_size: 99}\n", "conv2d_1", "shape")
