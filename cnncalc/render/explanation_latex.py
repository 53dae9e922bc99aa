r"""Explanations as a piece of LaTeX; it needs `\usepackage{amsmath}`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cnncalc.analysis.explain_data import Explanation, Figure, Remark, Table
from cnncalc.analysis.explain_formula import Derivation
from cnncalc.render.explanation import cell_steps, heading, subtitle, title
from cnncalc.render.explanation_formula import aligned, equation, latex_symbol
from cnncalc.render.latex import escaped


def render(explanation: Explanation) -> str:
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    yield rf"\subsection*{{{escaped(title(explanation))}}}"
    yield _sizes(subtitle(explanation))
    for figure in explanation.figures:
        yield ""
        yield rf"\subsubsection*{{{_sizes(heading(figure))}}}"
        yield from _figure_lines(figure)
    if explanation.meanings:
        yield ""
        yield r"\medskip\noindent"
        yield r"\begin{tabular}{lrl}"
        for each in explanation.meanings:
            yield rf"  ${latex_symbol(each.symbol)}$ & {each.value:,} & {escaped(each.text)} \\"
        yield r"\end{tabular}"


def _figure_lines(figure: Figure) -> Iterator[str]:
    for sort, parts in groupby(figure.parts, type):
        found = list(parts)
        if sort is Derivation:
            yield from aligned([part for part in found if isinstance(part, Derivation)], "align*")
        elif sort is Remark:
            yield r"\begin{itemize}"
            yield from (rf"  \item {_remark(part.text)}" for part in found if isinstance(part, Remark))
            yield r"\end{itemize}"
        for part in found:
            if isinstance(part, Table):
                yield from _table(part)


def _table(table: Table) -> Iterator[str]:
    columns = len(table.head)
    yield r"\noindent"
    if table.title:
        yield rf"{escaped(table.title)}:\\"
    yield rf"\begin{{tabular}}{{{'l' * columns}}}"
    yield f"  {' & '.join(map(escaped, table.head))} \\\\ \\hline"
    for row in table.rows:
        cells = [_sizes(cell) if isinstance(cell, str) else _cell(cell) for cell in row.cells]
        if cells:
            yield f"  {' & '.join([escaped(row.label), *cells])} \\\\"
        if row.note:
            label = "" if cells else escaped(row.label)
            yield rf"  {label} & \multicolumn{{{columns - 1}}}{{l}}{{{escaped(row.note)}}} \\"
    yield r"\end{tabular}"


def _cell(cell: Derivation) -> str:
    numbers, value = cell_steps(cell)
    return f"${equation((numbers,) if numbers == value else (numbers, value))}$"


def _remark(text: str) -> str:
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # a stranger's name with a backtick
        return _sizes(text)
    return "".join(
        rf"\texttt{{{escaped(piece)}}}" if at % 2 else _sizes(piece) for at, piece in enumerate(pieces)
    )


def _sizes(text: str) -> str:
    """A text with the crosses of its shapes, and arrows, as mathematics has them."""
    return escaped(text).replace(" x ", r" $\times$ ").replace(r"{-}\textgreater{}", r"$\to$")
