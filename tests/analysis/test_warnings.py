"""Where warnings are given, and above all where not. What they say is in tests/golden."""

from __future__ import annotations

import pytest

from cnncalc import api
from cnncalc.diagnostics import Diagnostic


def warnings(layers: str, input: str = "[16, 32, 32]", more: str = "") -> list[Diagnostic]:
    """The warnings of a network with these layers, one a line."""
    lines = "".join(f"  - {line}\n" for line in layers.strip().splitlines())
    reading = api.read(api.find_text(f"input: {input}\n{more}layers:\n{lines}"))
    found = api.examine_reading(reading).diagnostics
    assert not [diagnostic for diagnostic in found if diagnostic.is_error]
    return found


def codes(layers: str, input: str = "[16, 32, 32]", more: str = "") -> list[str]:
    return [diagnostic.code for diagnostic in warnings(layers, input, more)]


CONV = "conv2d: {out_channels: 16, kernel_size: 3, padding: 1}"
ONE = "conv2d: {out_channels: %d, kernel_size: 1}"


# --- W402 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        (f"{CONV}\nbatch_norm", ["W402"]),
        ("conv_transpose2d: {out_channels: 4, kernel_size: 2, stride: 2}\nbatch_norm", ["W402"]),
        ("separable_conv2d: {out_channels: 4, kernel_size: 3, padding: 1}\nbatch_norm", ["W402"]),
        (f"{CONV[:-1]}, bias: false}}\nbatch_norm", []),
        (f"{CONV}\nrelu\nbatch_norm", []),
        (f"{CONV}\ngroup_norm: 4", []),
        # its output goes elsewhere as well, with the bias
        (f"{{add: {{a: [{CONV}, batch_norm], b: []}}}}", ["W402"]),
        (f"{{{CONV}, name: a}}\nbatch_norm\n{{add: , from: [a, batch_norm_1]}}", []),
    ],
)
def test_bias_before_batch_norm(layers: str, found: list[str]) -> None:
    assert codes(layers) == found


def test_a_linear_bias_of_other_channels_than_those_of_the_norm() -> None:
    assert codes("linear: 10\nbatch_norm", "[64]") == ["W402"]
    assert codes("linear: 10\nbatch_norm", "[20, 64]") == []  # 20 channels, a bias for each of 10 features


def test_a_block_used_often_is_said_once_with_the_sum() -> None:
    block = "blocks:\n  unit:\n    layers:\n      - " + CONV + "\n      - batch_norm\n      - relu\n"
    (warning,) = warnings("{unit: , repeat: 5}", more=block)
    assert warning.notes[:2] == (
        "16 parameters for nothing; the bias of `unit_1.0.batch_norm_1` does what it would do",
        "it is so in 4 more layers made of this line, 80 parameters in all",
    )


def test_many_places_are_not_all_said() -> None:
    found = warnings("\n".join([CONV, "batch_norm", "relu"] * 300))
    assert len(found) == 100
    assert found[-1].notes[-1] == "more W402 further on are not shown"


# --- W403, W404 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "size", "found"),
    [
        ("max_pool2d: 2", "[3, 7, 8]", ["W403"]),
        ("max_pool2d: 2", "[3, 8, 8]", []),
        ("max_pool2d: {kernel_size: 2, ceil_mode: true}", "[3, 7, 7]", []),
        ("max_pool2d: {kernel_size: 3, stride: 2, padding: 1}", "[3, 8, 8]", []),  # drops padding alone
        ("conv2d: {out_channels: 4, kernel_size: 7, stride: 2, padding: 3}", "[3, 224, 224]", []),
        ("conv2d: {out_channels: 4, kernel_size: 3, stride: 2, padding: same}", "[3, 8, 8]", []),
        ("conv2d: {out_channels: 4, kernel_size: 11, stride: 4}", "[3, 224, 224]", ["W403"]),
        ("conv2d: {out_channels: 4, kernel_size: 11, stride: 4}", "[3, 227, 227]", []),  # AlexNet
        ("separable_conv2d: {out_channels: 4, kernel_size: 2, stride: 2}", "[3, 7, 7]", ["W403"]),
        ("avg_pool1d: 4", "[3, 15]", ["W403"]),
        ("conv2d: {out_channels: 4, kernel_size: 1, stride: 2}", "[3, 8, 8]", ["W404"]),
        ("conv2d: {out_channels: 4, kernel_size: 2, stride: 3, dilation: 2}", "[3, 9, 9]", []),
        ("conv2d: {out_channels: 4, kernel_size: 2, stride: 3}", "[3, 8, 8]", ["W404"]),
    ],
)
def test_cells_that_no_window_reads(layer: str, size: str, found: list[str]) -> None:
    assert codes(layer, size) == found


def test_how_many_cells_are_not_read() -> None:
    (dropped,) = warnings("conv2d: {out_channels: 4, kernel_size: 11, stride: 4}", "[3, 224, 225]")
    # (224 - 11) % 4 = 1 and (225 - 11) % 4 = 2
    assert (
        dropped.message == "in `conv2d_1`: no window reads the last row and the last 2 columns of its input"
    )
    assert dropped.notes[2] == "an input height of 223 or 227 is read as a whole"
    (skipped,) = warnings("max_pool2d: {kernel_size: 2, stride: 5}", "[3, 12, 12]")
    # windows at 0-1, 5-6, 10-11
    assert "6 of 12 rows and 6 of 12 columns are never read" in skipped.message


def test_what_another_layer_reads_is_not_lost() -> None:
    shortcut = "conv2d: {out_channels: 8, kernel_size: 1, stride: 2}"
    main = "conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1}"
    assert codes(f"add: {{main: [{main}], shortcut: [{shortcut}]}}") == []
    strided = f"add: {{main: [{shortcut}, relu], shortcut: [{shortcut}]}}"
    (found,) = warnings(strided)  # as in the first version of ResNet-50: both skip the same cells
    assert (found.code, found.notes[0]) == ("W404", "`add_1.shortcut.conv2d_1` reads no other cells")


def test_every_way_out_of_dropped_cells_works() -> None:
    for layer in (
        "max_pool2d: {kernel_size: 3, stride: 3",
        "conv2d: {out_channels: 4, kernel_size: 4, stride: 3",
    ):
        for size in range(5, 20):
            for warning in warnings(f"{layer}}}", f"[3, {size}, {size}]"):
                assert warning.code == "W403"
                for way in warning.help.removeprefix("use ").split(", or "):
                    assert codes(f"{layer}, {way}}}", f"[3, {size}, {size}]") == [], (layer, size, way)


# --- W405, W406, W407 ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("kernel_size: 3, stride: 2", ["W405"]),
        ("kernel_size: 4, stride: 2, padding: 1", []),
        ("kernel_size: 2, stride: 2", []),
        ("kernel_size: 3, stride: 1", []),
        ("kernel_size: [4, 3], stride: [2, 1]", []),
        ("kernel_size: 2, stride: 3", ["W405"]),  # every third output is written by none
        ("kernel_size: 4, stride: 2, dilation: 3", []),
        ("kernel_size: 4, stride: 2, dilation: 2", ["W405"]),  # odd outputs are written by none
    ],
)
def test_uneven_overlap(arguments: str, found: list[str]) -> None:
    assert codes(f"conv_transpose2d: {{out_channels: 4, {arguments}}}") == found


def test_an_even_kernel_keeps_the_size() -> None:
    for kernel in range(1, 8):
        for stride in (2, 3, 4):
            for more in (0, 1):
                written = f"kernel_size: {kernel}, stride: {stride}, padding: 0, output_padding: {more}"
                for warning in warnings(f"conv_transpose2d: {{out_channels: 4, {written}}}", "[3, 8, 8]"):
                    way = warning.help.removeprefix("use ").partition(" for an output")[0]
                    changed = f"conv_transpose2d: {{out_channels: 4, stride: {stride}, {way}}}"
                    assert codes(changed, "[3, 8, 8]") == []
                    assert output(changed) == output(f"conv_transpose2d: {{out_channels: 4, {written}}}")


def output(layer: str) -> tuple[int, ...]:
    network = api.load(f"input: [3, 8, 8]\nlayers:\n  - {layer}\n")
    return api.analyze(network).layers[-1].output_shape


@pytest.mark.parametrize(
    ("layer", "found"),
    [
        ("conv2d: {out_channels: 4, kernel_size: 1, padding: 1}", ["W406"]),
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: 2}", []),
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: 3}", ["W406"]),
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: [[0, 3], [0, 0]]}", ["W406"]),
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: 4, dilation: 2}", []),
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: 3, padding_mode: reflect}", []),
    ],
)
def test_windows_in_the_padding(layer: str, found: list[str]) -> None:
    assert codes(layer) == found


def test_how_many_outputs_see_padding_alone() -> None:
    (warning,) = warnings("conv2d: {out_channels: 4, kernel_size: 3, stride: 2, padding: 6}", "[3, 9, 9]")
    # windows begin at -6, -4, ..., 12 of cells 0 to 8: -6 and -4 end before 0, 10 and 12 begin behind 8
    assert "4 of 10 rows and 4 of 10 columns of its output" in warning.message


@pytest.mark.parametrize(
    ("layer", "size", "found"),
    [
        (CONV, "[4, 1, 1]", ["W407"]),
        (CONV, "[4, 2, 2]", []),  # from two places each tap sees a cell
        (CONV, "[4, 1, 8]", ["W407"]),
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: 12, dilation: 12}", "[4, 33, 33]", []),
        ("conv2d: {out_channels: 4, kernel_size: 3, padding: 36, dilation: 36}", "[4, 33, 33]", ["W407"]),
        ("max_pool2d: {kernel_size: 3, padding: 1}", "[4, 1, 1]", []),  # it has no weights to lose
    ],
)
def test_weights_that_only_see_padding(layer: str, size: str, found: list[str]) -> None:
    assert codes(layer, size) == found


def test_a_network_for_larger_images_is_told_once() -> None:
    reading = api.read(api.find_text("resnet18"))
    found = api.examine_reading(reading, {"input": (3, 32, 32)}).diagnostics
    assert [warning.code for warning in found] == ["W407"]
    # layer4 gets 2 x 2 and goes on with 1 x 1: of 9 taps the middle one is left
    assert "5 of the 9 places" in found[0].message
    assert found[0].notes[3] == "so it is in 3 layers behind it"


# --- W408 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        (f"{CONV}\nrelu\nglobal_avg_pool2d", ["W408"]),
        (f"{CONV}\nrelu\nglobal_avg_pool2d\nflatten\nlinear: 10\nsoftmax", ["W408"]),
        (f"{CONV}\nrelu\nflatten\nlinear: 10", []),  # weights for each position see them together
        (f"{CONV}\nrelu", []),
        # strides of 2: the field is 3, 7, 15, 31 of 32
        ("\n".join([CONV.replace("}", ", stride: 2}"), "relu"] * 4 + ["global_max_pool2d"]), []),
    ],
)
def test_a_field_far_short_of_the_input(layers: str, found: list[str]) -> None:
    assert codes(layers) == found


def test_a_gate_within_the_network_is_no_head() -> None:
    gate = f"multiply: {{features: [], gate: [global_avg_pool2d, {ONE % 16}, sigmoid]}}"
    assert codes(f"{CONV}\nrelu\n{gate}\nflatten\nlinear: 10") == []


# --- W409 ------------------------------------------------------------------------------------------

DEPTHWISE = "depthwise_conv2d: {kernel_size: 3, padding: 1}"


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        (f"{CONV}\n{CONV}", ["W409"]),
        (f"{CONV}\ndropout\n{CONV}", ["W409"]),
        (f"{CONV[:-1]}, bias: false}}\nbatch_norm\n{CONV}", ["W409"]),
        (f"{CONV}\navg_pool2d: 2\n{CONV}", ["W409"]),
        (f"{CONV}\nrelu\n{CONV}", []),
        (f"{CONV}\nmax_pool2d: 2\n{CONV}", []),
        (f"{CONV}\nlayer_norm\n{CONV}", []),
        (f"{CONV}\nflatten\nlinear: 10", ["W409"]),
        ("flatten\nlinear: 256\nlinear: 10", ["W409"]),
        ("flatten\nlinear: 256\nrelu\nlinear: 10", []),
        # factors of a larger map
        ("flatten\nlinear: 64\nlinear: 4096", []),
        (f"{DEPTHWISE}\n{ONE % 32}", []),
        (f"{ONE % 32}\n{DEPTHWISE}", []),
        ("conv2d: {out_channels: 32, kernel_size: 3, groups: 4}\n" + ONE % 32, []),
        (f"{ONE % 8}\nconv2d: {{out_channels: 32, kernel_size: 3}}", []),
        (
            "conv2d: {out_channels: 16, kernel_size: [1, 7]}\n"
            "conv2d: {out_channels: 16, kernel_size: [7, 1]}",
            [],
        ),
        # the end of an inverted residual and the beginning of the next, as in MobileNetV3-Small
        (f"{(ONE % 16)[:-1]}, bias: false}}\nbatch_norm\n{ONE % 72}", []),
        # scores and their upsampling
        (f"{ONE % 16}\nconv_transpose2d: {{out_channels: 16, kernel_size: 4, stride: 2}}", []),
        # the first is read by others, too
        (f"{{{CONV}, name: a}}\n{CONV}\n{{add: , from: [a, conv2d_1]}}", []),
    ],
)
def test_two_linear_maps_in_a_row(layers: str, found: list[str]) -> None:
    assert codes(layers) == found


def test_a_single_blind_output_sees_nothing() -> None:
    (warning,) = warnings("conv1d: {out_channels: 8, kernel_size: 3, padding: [[3, 0]]}", "[4, 8]")
    assert warning.message.endswith("1 of 9 steps of its output sees nothing but padding")


# --- W410 ------------------------------------------------------------------------------------------


def test_what_stands_behind_a_log_softmax() -> None:
    (warning,) = warnings("linear: 8\nlog_softmax\nlinear: 4", "[16]")
    assert warning.message == (
        "in `log_softmax_1`: log_softmax stands before `linear_2`, which sees only logarithms of shares"
    )
    assert warning.related[0].text == "reads them"
    assert warning.help == "move log_softmax to the end, and put an activation such as `- relu` here"


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ("softmax\nlinear: 10", ["W410"]),
        ("softmax\ndropout\nlinear: 10", ["W410"]),
        ("log_softmax\nsoftmax", ["W410"]),
        ("linear: 10\nsoftmax", []),
        ("linear: 10\nsoftmax\nflatten", []),
        ("multiply: {value: [], attention: [softmax]}\nlinear: 10", []),
    ],
)
def test_softmax_before_more_layers(layers: str, found: list[str]) -> None:
    assert codes(layers, "[10]") == found


def test_softmax_over_positions_is_an_attention() -> None:
    assert codes("softmax: {dim: 2}\nlinear: 10", "[8, 20]") == []


# --- silence ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "more", "found"),
    [
        (f"{{{CONV}, silence: W402}}\nbatch_norm", "", []),
        (f"{{{CONV}, silence: [W403, W402]}}\nbatch_norm", "", []),
        (f"{{{CONV}, silence: W403}}\nbatch_norm", "", ["W402"]),
        (f"{CONV}\nbatch_norm", "silence: [W402]\n", []),
        (f"{CONV}\nbatch_norm", "silence: []\n", ["W402"]),
        (f"{{sequence: [{CONV}, batch_norm], silence: W402}}", "", []),
        (f"{{sequence: [{CONV}, batch_norm], silence: W402, repeat: 3}}", "", ["W409"]),
        (f"{{add: {{a: [{CONV}, batch_norm], b: []}}, silence: W402}}", "", []),
        (f"{{sequence: [{CONV}], silence: W402}}\n{CONV}\nbatch_norm", "silence: W409\n", ["W402"]),
    ],
)
def test_silence(layers: str, more: str, found: list[str]) -> None:
    assert codes(layers, more=more) == found


def test_a_base_is_silent_but_the_file_on_it_can_hear_again(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    text = f"input: [16, 8, 8]\nsilence: W402\nlayers:\n  - {CONV}\n  - batch_norm\n"
    (tmp_path / "base.yaml").write_text(text)
    for own, found in (("", []), ("silence: []\n", ["W402"])):
        reading = api.read(api.find_text(f"base: base.yaml\nname: x\n{own}"))
        assert [warning.code for warning in api.examine_reading(reading).diagnostics] == found
