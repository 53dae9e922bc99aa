from __future__ import annotations

import io

import cnncalc
from cnncalc.render import table
from cnncalc.render.columns import COLUMNS, chosen
from cnncalc.render.text import width_of
from cnncalc.render.view import view_of
from tests.render.reports import hostile, report_of

AT_80 = """\
Branched  3 x 16 x 24 → 672

layer         kind         output  params           MACs           memory    RF
───────────────────────────────────────────────────────────────────────────────
stem          conv2d   8 x 7 x 12      80 ▉       6.05 k ▊       2.63 KiB   3x1
deep.0
├ add_1.main
│ ├ conv2d_1  conv2d   8 x 7 x 12     576 ██████  48.4 k ██████  2.63 KiB   7x5
│ └ relu_1    relu     8 x 7 x 12       -            -           2.63 KiB   7x5
├ add_1       add      8 x 7 x 12       -            -           2.63 KiB   7x5
└ relu_1      relu     8 x 7 x 12       -            -           2.63 KiB   7x5
deep.1
├ add_1.main
│ ├ conv2d_1  conv2d   8 x 7 x 12     576 ██████  48.4 k ██████  2.63 KiB  11x9
│ └ relu_1    relu     8 x 7 x 12       -            -           2.63 KiB  11x9
├ add_1       add      8 x 7 x 12       -            -           2.63 KiB  11x9
└ relu_1      relu     8 x 7 x 12       -            -           2.63 KiB  11x9
flatten_1     flatten         672       -            -              -       all

parameters          1,232  1.23 k, 4.81 KiB as float32
MACs              102,816  103 k
FLOPs             210,336  210 k
activation bytes   24,192  23.6 KiB, all outputs together
peak bytes          8,064  7.88 KiB, at deep.0.add_1.main.relu_1: stem,
                           deep.0.add_1.main.conv2d_1, deep.0.add_1.main.relu_1
FLOPs = 2 MACs + every other operation; padding positions count; bias is an add,
not a MAC
a full bar is 47.1 % of MACs, 46.8 % of params
"""

FOLDED_IN_ASCII = """\
Branched  3 x 16 x 24 -> 672

layer         kind      output  params    MACs           RF
-----------------------------------------------------------
stem          conv2d    8x7x12    80    6.05 k .        3x1
deep.0-1 x 2  8 layers  8x7x12  1.15 k  96.8 k ######  11x9
flatten_1     flatten      672     -       -            all
"""


def test_table_at_80_columns() -> None:
    assert table.render(view_of(report_of()), 80) == AT_80


def test_folded_table_in_ascii() -> None:
    text = table.render(view_of(report_of(), depth=2), 60, ascii=True)
    assert text.startswith(FOLDED_IN_ASCII)
    assert text.isascii()


def test_nothing_is_wider_than_asked_for() -> None:
    view = view_of(report_of())
    for width in range(60, 200, 7):
        assert max(map(width_of, table.render(view, width).splitlines())) <= width


def test_wide_tables_show_more() -> None:
    header = table.render(view_of(report_of()), 160).splitlines()[2].split()
    assert " ".join(header) == "layer kind arguments output params MACs FLOPs memory RF RF stride"


def test_columns_and_order_are_as_chosen() -> None:
    view = view_of(report_of(), columns=chosen(["macs", "name"]), sort=chosen(["macs"])[0])
    lines = table.render(view).splitlines()[2:7]
    assert [line.split()[-1] for line in lines if "─" not in line] == [
        "layer",
        "deep.0.add_1.main.conv2d_1",
        "deep.1.add_1.main.conv2d_1",
        "stem",
    ]


def test_what_sees_the_whole_input_has_the_largest_receptive_field() -> None:
    text = "input: [1, 8, 8]\nlayers: [{conv2d: {out_channels: 1, kernel_size: 9, padding: 8}}, flatten]"
    view = view_of(report_of(text), sort=COLUMNS["receptive_field"])
    assert [row.kind for row in view.rows] == ["flatten", "conv2d"]


def test_the_sign_of_unaligned_fields_is_explained() -> None:
    shown = table.render(view_of(cnncalc.analyze("unet"), depth=1))
    assert "~204" in shown
    assert "~: behind paths that met with different strides or centres" in " ".join(shown.split())
    assert "~" not in table.render(view_of(cnncalc.analyze("vgg16")))


def test_settings_are_in_the_title() -> None:
    view = view_of(report_of(batch=8, dtype="float16", in_place=True), partial=True)
    title = table.render(view).splitlines()[0]
    assert title == ("Branched  3 x 16 x 24 → 672  (batch of 8, float16, in place, only what a fault left)")


def test_colors_change_nothing_but_colors() -> None:
    stream = io.StringIO()
    table.print_colored(view_of(report_of()), stream, 80)  # not a terminal, so without colours
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert lines == AT_80.splitlines()


def test_names_are_neither_markup_nor_commands() -> None:
    view = view_of(hostile())
    stream = io.StringIO()
    table.print_colored(view, stream, 120)
    for text in (table.render(view, 120), stream.getvalue()):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "[red]" in text
