"""Explanations as Markdown, with formulas in mathematics mode (GitHub, Jupyter and pandoc show them)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cnncalc.analysis.explain_data import Explanation, Figure, Remark, Table
from cnncalc.analysis.explain_formula import Derivation
from cnncalc.render.explanation import cell_steps, heading, subtitle, title
from cnncalc.render.explanation_formula import aligned, equation, latex_symbol
from cnncalc.render.markdown import escaped, table_lines
from cnncalc.render.text import clean


def render(explanation: Explanation) -> str:
    return "\n".join(_lines(explanation)).rstrip("\n") + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"## {escaped(title(explanation))}"
    yield ""
    yield escaped(subtitle(explanation).replace("->", "→"))
    for figure in explanation.figures:
        yield ""
        yield f"### {escaped(heading(figure))}"
        yield from _figure_lines(figure)
    if explanation.meanings:
        yield ""
        rows = [["symbol", "value", "meaning"]]
        rows += [
            [f"${latex_symbol(each.symbol)}$", f"{each.value:,}", escaped(each.text)]
            for each in explanation.meanings
        ]
        yield from table_lines(rows, [False, True, False])


def _figure_lines(figure: Figure) -> Iterator[str]:
    for sort, parts in groupby(figure.parts, type):
        found = list(parts)
        yield ""
        if sort is Derivation:
            yield "$$"
            yield from aligned([part for part in found if isinstance(part, Derivation)], "aligned")
            yield "$$"
        for part in found:
            if isinstance(part, Remark):
                yield f"- {_text(part.text)}"
            elif isinstance(part, Table):
                yield from _table(part)


def _table(shown: Table) -> Iterator[str]:
    if shown.title:
        yield f"{escaped(shown.title)}:"
        yield ""
    rows = [list(shown.head)]
    for row in shown.rows:
        cells = [escaped(cell) if isinstance(cell, str) else _cell(cell) for cell in row.cells]
        note = escaped(row.note)
        if not cells:
            cells = [note, *[""] * (len(shown.head) - 2)]
        elif note:
            cells[0] += f" ({note})"
        rows.append([escaped(clean(row.label)), *cells])
    yield from table_lines(rows, [False] * len(shown.head))


def _cell(cell: Derivation) -> str:
    numbers, value = cell_steps(cell)
    return f"${equation((numbers,) if numbers == value else (numbers, value))}$"


def _text(text: str) -> str:
    """A remark; what stands in backticks stays code."""
    pieces = clean(text).split("`")
    if len(pieces) % 2 == 0:  # a stranger's name with a backtick
        return escaped(text)
    return "".join(f"`{piece}`" if at % 2 else escaped(piece) for at, piece in enumerate(pieces))
