"""`cnncalc layer`: figures with their formulas, and faults pointed at in the command."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli.app import app
from cnncalc.cli.layer import written_command
from cnncalc.diagnostics import Diagnostic, Span
from cnncalc.layers import FAMILY_OF, find_kind


def layer(*words: str) -> Result:
    return CliRunner().invoke(app, ["layer", *words])


def test_convolution() -> None:
    result = layer("conv2d", "3x224x224", "out_channels=64", "kernel_size=7", "stride=2", "padding=3")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == (
        "conv2d  3 x 224 x 224 -> 64 x 112 x 112\n"
        "\n"
        "  channels    64\n"
        "  height      floor((224 + 3 + 3 - 1*(7 - 1) - 1) / 2) + 1 = 112\n"
        "  width       floor((224 + 3 + 3 - 1*(7 - 1) - 1) / 2) + 1 = 112\n"
        "\n"
        "  parameters  9,472  (weight 64 x 3 x 7 x 7, bias 64)\n"
        "  macs        118,013,952\n"
        "  adds        802,816\n"
        "  flops       236,830,720\n"
        "  float32     output 3.06 MiB, parameters 37.0 KiB\n"
        "  reads       7 x 7 cells, 2 x 2 from one output to the next, the first from 3 x 3 before the edge\n"
    )


def test_several_inputs_and_no_operations() -> None:
    assert layer("concat", "64x8x8,32x8x8").stdout == (
        "concat  64 x 8 x 8 and 32 x 8 x 8 -> 96 x 8 x 8\n"
        "\n"
        "  channels    64 + 32 = 96\n"
        "  height      8\n"
        "  width       8\n"
        "\n"
        "  parameters  0\n"
        "  flops       0  (it computes nothing)\n"
        "  float32     output 24.0 KiB\n"
        "  reads       1 x 1 cells, 1 x 1 from one output to the next\n"
    )


def test_a_long_name_widens_the_column_of_names() -> None:
    lines = layer("softmax", "10").stdout.splitlines()
    assert "  transcendentals  10" in lines
    assert "  features         10" in lines
    assert "  parameters       0" in lines


def test_buffers_and_views() -> None:
    assert "  buffers     " in layer("batch_norm", "64x8x8").stdout
    flat = layer("flatten", "3x4x4").stdout
    assert "  features    3*4*4 = 48\n" in flat
    assert "  float32     output 0 B (a view of its input)\n" in flat
    assert "  reads       all of the input\n" in flat


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (["max_pool2d", "64x112x112", "2"], "64 x 56 x 56"),
        (["linear", "25088", "2**12"], "4096"),
        (["linear", "25088", "max(2, 3) if true else 4"], "3"),
        (["conv2d", "3x9x9", "out_channels=2 * 4", "kernel_size=[3, 5]"], "8 x 7 x 5"),
        (["conv2d", "3x9x9", "out_channels=8", "kernel_size=3", "padding=same", "bias=false"], "8 x 9 x 9"),
        (["conv2d", "3X9×9", "out_channels = 8", "kernel_size= 3"], "8 x 7 x 7"),
        (["conv1d", "16x100", "out_channels=8", "kernel_size=3", "padding=[[2, 0]]"], "8 x 100"),
        (["softmax", "10", "dim=-1"], "10"),
        (["center_crop", "3x9x9", "size=5"], "3 x 5 x 5"),
    ],
)
def test_values_are_written_as_in_a_file(words: list[str], shape: str) -> None:
    result = layer(*words)
    assert result.stderr == ""
    assert result.stdout.splitlines()[0].endswith(f"-> {shape}")


def test_same_padding_is_shown_in_cells() -> None:
    result = layer("conv2d", "3x225x224", "out_channels=8", "kernel_size=7", "stride=2", "padding=same")
    assert "  height      floor((225 + 3 + 3 - 1*(7 - 1) - 1) / 2) + 1 = 113\n" in result.stdout
    assert "  width       floor((224 + 2 + 3 - 1*(7 - 1) - 1) / 2) + 1 = 112\n" in result.stdout


@pytest.mark.parametrize("name", FAMILY_OF)
def test_formulas_of_every_kind_give_its_shape(name: str) -> None:
    """The example of each kind, worked out at the prompt on traced numbers."""
    kind = find_kind(name)
    assert kind is not None
    if kind.references and kind.arguments[kind.references[0]].required:
        pytest.skip("needs a network")
    _, _, written = kind.example.partition(": ")
    inner = written.strip("{}") if written.startswith("{") else ""
    arguments = [part.replace(": ", "=", 1) for part in _parts(inner)] if inner else [written] * bool(written)
    shapes = ",".join("x".join(map(str, shape)) for shape in kind.example_inputs)
    result = layer(name, shapes, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)
    assert [int(formula.rsplit("= ", 1)[-1]) for formula in row["formulas"].values()] == row["output_shape"]


def _parts(text: str) -> list[str]:
    """The parts between the commas outside of brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "[{") - (sign in "]}")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def test_json() -> None:
    written = json.loads(layer("max_pool2d", "64x8x8", "2", "--format", "json").stdout)
    assert written["schema"] == 1
    assert written["kind"] == "max_pool2d"
    assert written["output_shape"] == [64, 4, 4]
    assert written["formulas"] == {
        "channels": "64",
        "height": "floor((8 + 0 + 0 - 1*(2 - 1) - 1) / 2) + 1 = 4",
        "width": "floor((8 + 0 + 0 - 1*(2 - 1) - 1) / 2) + 1 = 4",
    }


def test_fault_of_a_shape() -> None:
    result = layer("conv2d", "3x4x4", "out_channels=64", "kernel_size=[7, 3]", "stride=2")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "error[E301]: in `conv2d_1`: a window of 7 does not fit an input height of 4\n"
        " --> command:1:57\n"
        "  |\n"
        "1 | cnncalc layer conv2d 3x4x4 out_channels=64 kernel_size=[7, 3] stride=2\n"
        "  |                                                         ^ spans 7 cells\n"
        "  |\n"
        "  = note: floor((4 - 7) / 2) + 1 = -1, and an output needs at least 1\n"
        "  = note: `conv2d_1` reads `input`, whose shape is 3 x 4 x 4\n"
        "  = help: use a kernel_size of at most 4, or padding: 2\n"
        "\n"
        "1 fault in command\n"
    )


def test_fault_between_inputs() -> None:
    assert (
        "1 | cnncalc layer concat 64x8x8,32x8x9\n"
        "  |                      ------ ------ `input2` is 32 x 8 x 9\n"
        "  |                      |\n"
        "  |                      `input1` is 64 x 8 x 8\n"
    ) in layer("concat", "64x8x8,32x8x9").stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["conv2", "3x3x3"], "command:1:15: error[E104]: unknown layer kind `conv2`"),
        (
            ["conv2d", "3x3x3", "kernal_size=3", "out_channels=1"],
            "1:28: error[E101]: unknown argument `kernal_size`",
        ),
        (["relu", "3x3x3", "a=1"], "command:1:26: error[E101]: unknown argument `a` of relu"),
        (["linear", "3x3x3", "2**12a"], "command:1:32: error[E105]: "),
        (["linear", "3x3x3", "a/0"], "command:1:28: error[E106]: "),
        (["linear", "3x3x3", "1/0"], "command:1:28: error[E107]: "),
        (["linear", "3x3x3", "out_features="], "error[E103]: `out_features` of linear must be"),
        (["linear", "3x3x3", "[1, 2"], "command:1:28: error[E002]: "),
        (["linear", "3x3x3", "__import__('os').system('x')"], "error[E105]: "),
        (["conv2d", "3x9", "out_channels=1", "kernel_size=1"], "error[E304]: in `conv2d_1`: conv2d needs an"),
        (["add", "3x9x9"], "command:1:15: error[E204]: "),
        (["relu", "3x9x9,3x9x9"], "command:1:15: error[E204]: "),
    ],
)
def test_faults_are_pointed_at_in_the_command(words: list[str], expected: str) -> None:
    result = layer(*words, "--errors", "concise")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert expected in result.stderr


def test_faults_as_json() -> None:
    result = layer("conv2", "3x3x3", "--format", "json")
    assert [error["column"] for error in json.loads(result.stdout)["errors"]] == [15]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["conv2d", "3x"], "'3x' is not a shape, for example 3x224x224"),
        (["conv2d", "3x0x3"], "'3x0x3' is not a shape"),
        (["conv2d", "3x3x3", "3", "4"], "`3` is not NAME=VALUE, for example kernel_size=3"),
        (["max_unpool2d", "3x3x3", "indices=pool"], "`indices` of max_unpool2d names another layer"),
        (["max_unpool2d", "3x3x3"], "`indices` of max_unpool2d names another layer"),
        (["center_crop", "3x3x3", "like=input"], "`like` of center_crop names another layer"),
        (["sequence", "3x4x4"], "a sequence is no layer kind"),
        (["sequence", "3x4x4", "[relu]"], "a sequence is no layer kind"),
        (["'sequence'", "3x4x4"], "a sequence is no layer kind"),
        (["conv2d"], "Missing argument"),
    ],
)
def test_misuse(words: list[str], expected: str) -> None:
    result = layer(*words)
    assert result.exit_code == 2
    assert expected in result.stderr


def test_places_in_the_text_become_places_in_the_command() -> None:
    command = written_command("conv2d", "3x9x9", ((3, 9, 9),), ["kernel_size=[3, 5]", "stride=2"])
    assert (
        command.yaml.text == "input: [3, 9, 9]\nlayers:\n- conv2d:\n    kernel_size: [3, 5]\n    stride: 2\n"
    )
    line = command.line.text
    assert line == "cnncalc layer conv2d 3x9x9 kernel_size=[3, 5] stride=2"

    def moved(row: int, column: int, end: int) -> str:
        span = Span(command.yaml, row, column, row, end)
        place = command.moved(Diagnostic("E301", "", span)).span
        assert (place.source, place.line, place.end_line) == (command.line, 1, 1)
        return line[place.column - 1 : place.end_column - 1]

    assert moved(1, 8, 17) == "3x9x9"
    assert moved(1, 9, 10) == "3x9x9"
    assert moved(3, 3, 9) == "conv2d"
    assert moved(4, 5, 16) == "kernel_size"
    assert moved(4, 18, 24) == "[3, 5]"
    assert moved(4, 22, 23) == "5"
    assert moved(5, 5, 14) == "stride=2"


def test_formulas_name_the_axes() -> None:
    result = json.loads(layer("relu", "3x4x5x6", "--format", "json").stdout)
    assert list(result["formulas"]) == ["channels", "depth", "height", "width"]
