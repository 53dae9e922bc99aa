from __future__ import annotations

from cnncalc.render.ansi import text_of
from cnncalc.render.grid import Cell, Grid, Head, lines
from cnncalc.render.sheet import Section, Sheet, html, latex, markdown, text_lines
from cnncalc.render.text import width_of

BARS = Grid(
    (Head("", figure=False), Head("macs", bar="macs")),
    ((Cell("first"), Cell("1.5 k", part=5, full=10)), (Cell("second"), Cell("-", "zero"))),
)


def wide(columns: int) -> Grid:
    heads = [Head("name", figure=False, flexible=True)]
    for index in range(columns):
        heads += [Head(f"figure {index}"), Head("ratio", follows=True)]
    row = (Cell("a network of some name"), *(Cell("12.5 MiB"), Cell("2.0x")) * columns)
    return Grid(tuple(heads), (row,))


def text(grid: Grid, width: int, ascii: bool = False) -> list[str]:
    return text_of(lines(grid, width, ascii)).splitlines()


def test_numbers_stand_below_each_other_and_bars_behind() -> None:
    assert text(BARS, 30) == [
        "         macs",
        "──────────────────────────────",
        "first   1.5 k ████████",
        "second    -",
    ]
    assert text(BARS, 30, ascii=True)[2] == "first   1.5 k ########"


def test_no_bars_where_there_is_no_room() -> None:
    assert text(BARS, 16)[2] == "first   1.5 k"


def test_a_wide_grid_is_folded_below_its_first_column() -> None:
    folded = text(wide(5), 80)
    assert max(map(width_of, folded)) <= 80
    heads = [line for line in folded if line.startswith("name")]
    assert [line.split()[1:] for line in heads] == [
        ["figure", "0", "ratio", "figure", "1", "ratio", "figure", "2", "ratio"],
        ["figure", "3", "ratio", "figure", "4", "ratio"],
    ]
    assert sum(line.startswith("a network of some name") for line in folded) == 2


def test_columns_that_say_whose_a_row_is_stand_in_each_part() -> None:
    heads = (
        Head("", figure=False),
        Head("figure", figure=False),
        Head("value"),
        Head("margin", figure=False),
    )
    row = (Cell("BROKEN"), Cell("params of fc"), Cell("15,690"), Cell("213.8 % too much"))
    assert text(Grid(heads, (row,), repeated=2), 36) == [
        *("        figure         value", "────────────────────────────"),
        *("BROKEN  params of fc  15,690", ""),
        *("        figure        margin", "──────────────────────────────────────"),
        "BROKEN  params of fc  213.8 % too much",
    ]


def test_columns_that_belong_together_are_parted_where_not_even_they_fit() -> None:
    heads = (
        Head("scale", figure=False),
        Head("params", bar="params"),
        Head("MACs", bar="macs", follows=True),
    )
    row = (Cell("1/16"), Cell("38.7 k", part=1, full=1), Cell("1.94 G", part=1, full=1))
    assert text(Grid(heads, (row,)), 22) == [
        "scale  params    MACs",
        "─────────────────────",
        "1/16   38.7 k  1.94 G",
    ]
    assert text(Grid(heads, (row,)), 20) == [
        *("scale  params", "────────────────────", "1/16   38.7 k ██████", ""),
        *("scale    MACs", "────────────────────", "1/16   1.94 G ██████"),
    ]


def test_a_title_keeps_enough_of_itself_to_be_known() -> None:
    heads = (Head("", figure=False), Head("Multilayer perceptron"), Head("fully_connected_megapixel"))
    row = (Cell("parameters"), Cell("98"), Cell("3.000 G"))
    assert text(Grid(heads, (row,)), 40)[0] == "            Multil…eptron  fully_…apixel"
    assert text(Grid(heads, (row,)), 36)[0] == "            Multilayer perceptron"


def test_names_give_way_to_figures() -> None:
    assert "a ne" in text(wide(1), 36)[2]
    assert "…" in text(wide(1), 36)[2]
    assert "12.5 MiB" in text(wide(1), 36)[2]


def test_a_grid_without_rows() -> None:
    assert text(Grid((Head("name", figure=False), Head("MACs")), ()), 80) == ["name  MACs", "──────────"]


HOSTILE = Sheet(
    "a|b <i> _c_",
    "batch of 2",
    (Section("cost & more", Grid((Head("x_y", figure=False),), ((Cell("<b>&"),), ())), ("50 % [of] it",)),),
)


def test_markdown() -> None:
    assert markdown(HOSTILE) == (
        "## a\\|b \\<i\\> \\_c\\_\n\nbatch of 2\n\n### cost \\& more\n\n"
        "| x_y     |\n| ------- |\n| \\<b\\>\\& |\n\n- 50 % \\[of\\] it\n"
    )


def test_latex() -> None:
    written = latex(HOSTILE)
    assert r"\caption{a\textbar{}b" in written
    assert r"50 \% {[}of{]} it.}" in written
    assert "    \\textless{}b\\textgreater{}\\& \\\\\n" in written


def test_html() -> None:
    page = html(HOSTILE)
    assert "<h2>a|b &lt;i&gt; _c_</h2>" in page
    assert "<title>a|b &lt;i&gt; _c_</title>" in page
    assert "<td>&lt;b&gt;&amp;</td>" in page
    bars = html(Sheet("x", "", (Section("", BARS),)))
    assert '<td class="figure bar macs" style="--full: 0.5000" title="5">1.5 k</td>' in bars


def test_a_setting_stands_above() -> None:
    assert text_of(text_lines(HOSTILE, 80)).startswith("(batch of 2)\n\ncost & more\n")


def test_colors() -> None:
    assert text_of(lines(BARS, 30), color=True).splitlines()[3] == "second  \x1b[2m  -  \x1b[0m"
