"""`cnncalc kinds`: the list, one kind, and the reference for programs and docs."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from typer.testing import CliRunner, Result

from cnncalc.cli.app import app
from cnncalc.cli.kinds import entry_of, in_full, in_short
from cnncalc.layers import FAMILIES, FAMILY_OF, all_kinds, find_kind
from cnncalc.layers.base import Kind


def kinds(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["kinds", *arguments])


def kind(name: str) -> Kind:
    found = find_kind(name)
    assert found is not None
    return found


def test_list_has_every_kind_by_family() -> None:
    lines = kinds().stdout.splitlines()
    families = [line for line in lines if line and not line.startswith((" ", "`"))]
    assert families == [family.replace("_", " ") for family in FAMILIES]
    words = " ".join(lines)
    for name in FAMILY_OF:
        assert name in words or f"{name[:-2]}1d/2d/3d" in words or f"{name[:-2]}/1d/2d/3d" in words


@pytest.mark.parametrize("width", [60, 80, 120])
def test_list_and_entries_keep_to_the_width(width: int) -> None:
    entries = [entry_of(each) for each in all_kinds().values()]
    assert max(map(len, in_short(entries, width))) <= width
    for entry in entries:
        wrapped = [line for line in in_full(entry, width) if not line.startswith("  - ")]
        assert max(map(len, wrapped)) <= width


@pytest.mark.parametrize("name", FAMILY_OF)
def test_headings_stand_over_their_columns(name: str) -> None:
    lines = list(in_full(entry_of(kind(name)), 80))
    for head, first in pairwise(lines):
        if head.startswith("Arguments"):
            assert _second_column(head) == _second_column(first)


def _second_column(line: str) -> int:
    """Where the second word of a line stands; there must be a gap before it."""
    found = re.match(r" *\w+  +", line)
    assert found
    return found.end()


def test_one_kind() -> None:
    assert "\n".join(in_full(entry_of(kind("depthwise_conv1d")), 80)) == (
        "depthwise_conv1d\n"
        "Slides learned kernels over each channel by itself.\n"
        "\n"
        "Arguments       default   meaning and values\n"
        "  kernel_size   required  size of the window\n"
        "                          a whole number of at least 1\n"
        "  stride        1         cells the window moves from output to output\n"
        "                          a whole number of at least 1\n"
        "  padding       0         cells added around the input\n"
        "                          a whole number of at least 0, a list of 1 (numbers or\n"
        "                          [before, after]), same, valid, causal\n"
        "  dilation      1         distance between the window's taps\n"
        "                          a whole number of at least 1\n"
        "  multiplier    1         output channels made of each input channel\n"
        "                          a whole number of at least 1\n"
        "  bias          true      adds a learned number to each output channel\n"
        "                          true or false\n"
        "  padding_mode  zeros     what the added cells hold\n"
        "                          zeros, reflect, replicate or circular\n"
        "\n"
        "A bare value is `kernel_size`. Wherever a value stands, so may an expression.\n"
        "\n"
        "Counting\n"
        "  Each input channel has `multiplier` windows of its own: a convolution with\n"
        "  groups = in_channels.\n"
        "\n"
        "Example\n"
        "  - depthwise_conv1d: {kernel_size: 3, padding: 1}\n"
        "\n"
        "  16 x 100 -> 16 x 100\n"
        "  weight 16 x 1 x 3, bias 16: 64 parameters\n"
        "  4,800 macs, 1,600 adds"
    )


def test_kind_without_arguments() -> None:
    assert "It takes no arguments.\n" in kinds("relu").stdout


def test_kind_that_refers_to_another_layer() -> None:
    example = "  16 x 8 x 8 -> 16 x 16 x 16\n  the layer it names: 16 x 16 x 16 -> 16 x 8 x 8\n"
    assert example in kinds("max_unpool2d").stdout


def test_several_kinds() -> None:
    assert kinds("relu", "tanh").stdout == kinds("relu").stdout + "\n\n" + kinds("tanh").stdout


def test_unknown_kind() -> None:
    result = kinds("relu", "conv2")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "Error: there is no layer kind `conv2`; did you mean `conv2d`?\n"


def test_unknown_kind_like_no_other() -> None:
    assert kinds("xyzzy").stderr == "Error: there is no layer kind `xyzzy`; `cnncalc kinds` lists them all\n"


def test_json() -> None:
    written = json.loads(kinds("relu", "--format", "json").stdout)
    assert written == {
        "schema": 1,
        "kinds": [
            {
                "name": "relu",
                "family": "activation",
                "doc": "max(x, 0).",
                "counting": " ".join((kind("relu").layer.__doc__ or "").split()),
                "arguments": [],
                "bare_argument": None,
                "example": {
                    "yaml": "relu",
                    "input_shapes": [[64, 8, 8]],
                    "output_shape": [64, 8, 8],
                    "weights": {},
                    "params": 0,
                    "buffers": 0,
                    "ops": {"macs": 0, "adds": 0, "muls": 0, "compares": 4096, "transcendentals": 0},
                },
            }
        ],
    }


def test_json_of_all_kinds() -> None:
    written = json.loads(kinds("--format", "json").stdout)
    assert [entry["name"] for entry in written["kinds"]] == list(FAMILY_OF)


def test_markdown() -> None:
    text = kinds("linear", "relu", "--format", "markdown").stdout
    assert text.startswith("## Linear\n\n### linear\n\n")
    assert (
        "| argument | default | meaning | values |\n|---|---|---|---|\n| `out_features` | required |" in text
    )
    pool = kinds("max_pool2d", "--format", "markdown").stdout
    assert "### max_pool2d\n\nThe largest of each window: kernel positions - 1 compares" in pool
    assert "## Activation\n\n### relu\n\nmax(x, 0). " in text
    assert "```yaml\n- relu\n```\n\n- 64 x 8 x 8 -> 64 x 8 x 8\n- 4,096 compares\n" in text
