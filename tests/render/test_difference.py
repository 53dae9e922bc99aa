from __future__ import annotations

import dataclasses

import pytest

import cnncalc
from cnncalc.analysis.diff import Difference, difference_of
from cnncalc.render import difference_markdown
from cnncalc.render.ansi import text_of
from cnncalc.render.difference import Symbols, counted, entries, percent
from cnncalc.render.difference_text import text_lines
from cnncalc.render.text import width_of
from tests.render.reports import hostile, report_of

RENAMED = """
input: [3, 8, 8]
layers:
  - sequence:
      - conv2d: {out_channels: 4, kernel_size: 3}
      - relu
    name: stem
  - flatten
"""


def text(difference: Difference, width: int = 80, all_layers: bool = False) -> str:
    return text_of(text_lines(difference, width, all_layers=all_layers))


def shown(difference: Difference) -> list[tuple[str, str, str]]:
    return [(one.mark, one.name, one.text) for one in entries(difference, Symbols())]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        *((100, 112, "+12.0 %"), (100, 50, "-50.0 %"), (100, 100, ""), (0, 5, ""), (5, 0, "-100.0 %")),
        *((1, 2_000, "+199,900 %"), (1_000_000, 1_000_040, "+0.004 %")),
    ],
)
def test_percent(before: int, after: int, expected: str) -> None:
    assert percent(before, after) == expected


def test_blocks_that_came_are_one_entry_and_equal_ones_together() -> None:
    found = cnncalc.diff("resnet18", "resnet34")
    assert [entry for entry in shown(found) if entry[0] == "+"] == [
        ("+", "layer1.2", "7 layers"),
        ("+", "layer2.2-3", "2 x 7 layers"),
        ("+", "layer3.2-5", "4 x 7 layers"),
        ("+", "layer4.2", "7 layers"),
    ]
    added = [entry for entry in entries(found, Symbols()) if entry.status == "added"]
    # a block of 256 channels: two convolutions and two batch norms
    assert added[2].costs[0] == 4 * (2 * 256 * 256 * 9 + 2 * 2 * 256)


def test_a_renamed_block_is_one_entry() -> None:
    assert shown(cnncalc.diff(RENAMED, RENAMED.replace("stem", "first"))) == [
        ("~", "stem → first", "2 layers renamed"),
        (" ", "", "1 layer unchanged: flatten_1"),
    ]


NAMED = """
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3}
    name: first
  - relu:
    name: bend
  - sequence:
      - conv2d: {out_channels: 4, kernel_size: 3}
        name: second
      - relu:
        name: bow
    name: deep
  - flatten
"""


def test_renamed_layers_of_a_block_are_one_entry() -> None:
    after = NAMED.replace("first", "stem").replace("bend", "kink").replace("second", "conv")
    found = cnncalc.diff(NAMED, after.replace("bow", "act").replace("deep", "body"))
    assert [(one.mark, one.name, one.text, one.details) for one in entries(found, Symbols())] == [
        ("~", "", "2 layers renamed", ("first → stem, bend → kink",)),
        ("~", "deep → body", "2 layers renamed", ("second → conv, bow → act",)),
        (" ", "", "1 layer unchanged: flatten_1", ()),
    ]


def test_what_the_plain_network_lacks_is_not_lost_among_new_names() -> None:
    found = entries(cnncalc.diff("resnet18", "plain18"), Symbols())
    lines = [one for one in found if one.status != "unchanged"]
    assert [line.name for line in lines if line.mark == "-"] == [
        f"layer{stage}.{block}.add" for stage in (1, 2, 3, 4) for block in (0, 1)
    ]
    # between them the blocks that have another name, now that no merge is around them
    assert [line.name for line in lines if line.mark == "~"] == [
        f"layer{stage}.{block}.add.main → layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1)
    ]


def test_words_are_not_cut_in_a_narrow_terminal() -> None:
    lines = text(cnncalc.diff("resnet18", "resnet34"), 60).splitlines()
    at = lines.index("  16 layers unchanged: layer2.0.add.main.conv1 …")
    assert lines[at + 1] == "    layer2.1.relu"
    narrow = text(cnncalc.diff("resnet50", "resnet50_v1"), 60)
    assert "\n  2 layers, other shapes  " in narrow
    assert "\n    only\n    layer2.0.add.main.bn1 … layer2.0.add.main.relu1\n" in narrow


def test_renumbered_layers_are_unchanged() -> None:
    found = cnncalc.diff(
        RENAMED, RENAMED.replace("layers:\n", "layers:\n  - flatten\n  - reshape: [3, 8, 8]\n")
    )
    assert counted(found) == "2 added, 3 unchanged (1 renumbered)"
    assert shown(found)[-1] == (" ", "", "3 layers unchanged, 1 renumbered: stem.conv2d_1 … flatten_2")


def test_all_layers() -> None:
    found = cnncalc.diff("vgg16", "vgg16_lecture")
    assert "  14 layers unchanged: conv1_1 … relu3_2\n" in text(found)
    every = text(found, all_layers=True)
    assert "layers unchanged" not in every
    assert every.count("\n") > 39


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        *(("unet", "unet_same"), ("alexnet_lecture", "vgg13_bn"), ("plain34", "r3d_18")),
        ("fully_connected_megapixel", "lenet5"),
        *(("resnet18", "resnet34"), ("resnet18", "plain18"), ("resnet50", "resnet50_v1")),
    ],
)
def test_every_line_fits(before: str, after: str, width: int) -> None:
    found = cnncalc.diff(before, after)
    for all_layers in (False, True):
        assert max(map(width_of, text(found, width, all_layers).splitlines())) <= width


def test_no_difference_is_said_in_a_line() -> None:
    assert text(cnncalc.diff("vgg16", "vgg16")) == "no difference: 39 layers\n"
    assert "No difference: 39 layers." in difference_markdown.render(cnncalc.diff("vgg16", "vgg16"))


def test_inputs_and_outputs_are_said_where_they_differ() -> None:
    found = text(cnncalc.diff("unet", "unet_same"))
    assert "before: 1 x 572 x 572 → 2 x 388 x 388\nafter:  1 x 256 x 256 → 1 x 256 x 256\n" in found
    assert "before:" not in text(cnncalc.diff("vgg16", "vgg16_bn"))


def test_ascii() -> None:
    found = cnncalc.diff(RENAMED, RENAMED.replace("stem", "first"))
    assert text_of(text_lines(found, 80, ascii=True)).isascii()


def test_markdown_closes_a_long_table() -> None:
    short, long = (
        difference_markdown.render(cnncalc.diff("vgg16", other)) for other in ("vgg16_lecture", "resnet50")
    )
    assert "<details>" not in short
    assert "\n<details><summary>" in long
    assert long.endswith("\n\n</details>\n")


def test_a_comment_has_a_limit() -> None:
    layers = "".join(
        f"  - conv2d: {{out_channels: {9 - index % 2}, kernel_size: 1}}\n" for index in range(600)
    )
    text = f"input: [3, 4, 4]\nlayers:\n{layers}"
    found = cnncalc.diff(text, text.replace("kernel_size: 1", "kernel_size: 3, padding: 1"))
    written = difference_markdown.render(found)
    assert "... and 400 changes more." in written
    assert len(written) < 65_536


def test_strange_names_are_harmless() -> None:
    strange = hostile()
    found = difference_of(report_of(), strange, ("a", "\x1b[31m<script>"))
    for written in (text(found), difference_markdown.render(found)):
        assert "\x1b" not in written
        assert "\u202e" not in written
    assert "<script>" not in difference_markdown.render(found)
    renamed = dataclasses.replace(strange, layers=tuple(one._replace(name="x") for one in strange.layers[:1]))
    assert "\x1b" not in text(difference_of(renamed, strange, ("a", "b")), all_layers=True)
