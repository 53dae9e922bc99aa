"""A sheet: sections, each a grid with remarks below it; as text, Markdown, LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.render.grid import Cell, Grid, Head, lines
from cnncalc.render.layout import Piece
from cnncalc.render.text import wrapped


class Section(NamedTuple):
    """A grid with its title and what there is to say of it; all texts are clean already.

    `legend` tells of the bars, where there are any.
    """

    title: str
    grid: Grid
    remarks: tuple[str, ...] = ()
    legend: str = ""


class Sheet(NamedTuple):
    """What a command shows. `setting` is what differs from one float32 sample."""

    title: str
    setting: str
    sections: tuple[Section, ...]


def _with_legend(section: Section) -> tuple[str, ...]:
    return (*section.remarks, *filter(None, (section.legend,)))


# --- text ------------------------------------------------------------------------------------------


def text_lines(sheet: Sheet, width: int, ascii: bool = False) -> Iterator[list[Piece]]:
    """The sheet for a terminal of this width."""
    if sheet.setting:
        yield [Piece(f"({sheet.setting})", "dim")]
        yield []
    for index, section in enumerate(sheet.sections):
        if index:
            yield []
        if section.title:
            yield [Piece(section.title, "title")]
            yield []
        yield from lines(section.grid, width, ascii)
        remarks = _with_legend(section)
        if remarks:
            yield []
        for remark in remarks:
            for line in wrapped(remark, width, "  "):
                yield [Piece(line, "dim")]


# --- Markdown --------------------------------------------------------------------------------------


def markdown(sheet: Sheet) -> str:
    """The sheet as GitHub shows it."""
    return "".join(f"{line}\n" for line in _markdown_lines(sheet))


def _markdown_lines(sheet: Sheet) -> Iterator[str]:
    from cnncalc.render.markdown import escaped, table_lines

    yield f"## {escaped(sheet.title)}"
    if sheet.setting:
        yield ""
        yield escaped(sheet.setting)
    for section in sheet.sections:
        grid = section.grid
        yield ""
        if section.title:
            yield f"### {escaped(section.title)}"
            yield ""
        rows = [[escaped(head.title) for head in grid.heads]]
        rows += [[escaped(one.text) for one in row] for row in grid.rows if row]
        yield from table_lines(rows, [head.figure for head in grid.heads])
        if section.remarks:
            yield ""
        for remark in section.remarks:
            yield f"- {escaped(remark)}"


# --- LaTeX -----------------------------------------------------------------------------------------


def latex(sheet: Sheet) -> str:
    r"""The sheet as tables that need `\usepackage{booktabs}`."""
    return "\n".join(
        "".join(f"{line}\n" for line in _latex_lines(sheet, section)) for section in sheet.sections
    )


def _latex_lines(sheet: Sheet, section: Section) -> Iterator[str]:
    from cnncalc.render.latex import escaped

    def written(text: str) -> str:
        return escaped(text).replace(" x ", r" $\times$ ")

    grid = section.grid
    caption = ": ".join(filter(None, (sheet.title, section.title)))
    caption += f" ({sheet.setting})" if sheet.setting else ""
    yield r"% \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"  \centering"
    yield f"  \\caption{{{'. '.join(written(part) for part in (caption, *section.remarks))}.}}"
    yield f"  \\begin{{tabular}}{{{''.join('r' if head.figure else 'l' for head in grid.heads)}}}"
    yield r"    \toprule"
    yield f"    {' & '.join(written(head.title) for head in grid.heads)} \\\\"
    yield r"    \midrule"
    for row in grid.rows:
        if row:
            yield f"    {' & '.join('--' if one.text == '-' else written(one.text) for one in row)} \\\\"
    yield r"    \bottomrule"
    yield r"  \end{tabular}"
    yield r"\end{table}"


# --- HTML ------------------------------------------------------------------------------------------


def html(sheet: Sheet) -> str:
    """A whole page that needs nothing from outside."""
    from html import escape

    from cnncalc.render.html import page

    return page(escape(sheet.title), "\n".join(_html_lines(sheet)))


def _html_lines(sheet: Sheet) -> Iterator[str]:
    from html import escape

    yield '<section class="cnncalc">'
    yield f"<h2>{escape(sheet.title)}</h2>"
    if sheet.setting:
        yield f"<p>{escape(sheet.setting)}</p>"
    for section in sheet.sections:
        if section.title:
            yield f"<h3>{escape(section.title)}</h3>"
        heads = "".join(
            f"<th{_class(head, head.bar)}>{escape(head.title)}</th>" for head in section.grid.heads
        )
        yield f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>"
        for row in section.grid.rows:
            cells = (_html_cell(one, head) for one, head in zip(row, section.grid.heads, strict=bool(row)))
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</tbody>\n</table>"
        for remark in _with_legend(section):
            yield f"<p>{escape(remark)}</p>"
    yield "</section>"


def _html_cell(one: Cell, head: Head) -> str:
    from html import escape

    quiet = "quiet" if one.role in ("zero", "share", "dim") else ""
    if not one.part:
        return f"<td{_class(head, head.bar, quiet)}>{escape(one.text)}</td>"
    return (
        f'<td{_class(head, "bar", head.bar)} style="--full: {one.part / one.full:.4f}" '
        f'title="{one.part:,}">{escape(one.text)}</td>'
    )


def _class(head: Head, *more: str) -> str:
    names = " ".join(filter(None, ("figure" if head.figure else "", *more)))
    return f' class="{names}"' if names else ""
