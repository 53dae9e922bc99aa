r"""Reports as LaTeX tables; they need `\usepackage{booktabs}` and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis.fold import Row
from cnncalc.render.columns import Column, chosen
from cnncalc.render.summary import conventions, flow, name_of, setting, totals
from cnncalc.render.text import clean
from cnncalc.render.view import View

COLUMNS = ("name", "kind", "output_shape", "params", "macs", "output_bytes", "receptive_field")

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",  # two of them would become a dash
    "[": "{[}",  # after a line break it would be an argument of it
    "]": "{]}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


def render(views: Sequence[View]) -> str:
    return "\n".join("\n".join(_table(view)) + "\n" for view in views)


def escaped(text: str) -> str:
    """A stranger's text that LaTeX prints as it is."""
    return "".join(_ESCAPES.get(sign, sign) for sign in clean(text))


def _table(view: View) -> Iterator[str]:
    columns = view.columns or chosen(COLUMNS)
    remark = f" ({setting(view)})" if setting(view) else ""
    arrow = r"$\rightarrow$".join(_shape(side) for side in flow(view.report, "\0").split("\0"))
    yield r"% \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"  \centering"
    said = escaped(conventions(view))
    yield f"  \\caption{{{escaped(name_of(view.report))}: {arrow}{escaped(remark)}. {said}.}}"
    yield f"  \\begin{{tabular}}{{{''.join('r' if column.figure else 'l' for column in columns)}}}"
    yield r"    \toprule"
    yield f"    {' & '.join(escaped(column.title) for column in columns)} \\\\"
    yield r"    \midrule"
    for row in view.rows:
        yield f"    {' & '.join(_cell(column, row) for column in columns)} \\\\"
    yield r"    \midrule"
    for total in totals(view):
        text = f"{escaped(total.label)}: {total.number}"
        if total.remark:
            text += f" ({escaped(total.remark)})"
        yield f"    \\multicolumn{{{len(columns)}}}{{l}}{{{text}}} \\\\"
    yield r"    \bottomrule"
    yield r"  \end{tabular}"
    yield r"\end{table}"


def _cell(column: Column, row: Row) -> str:
    text = column.text(row)
    if column.key == "name":
        return escaped(text) + (rf" $\times$ {row.times}" if row.times > 1 else "")
    if column.key.endswith("_shape"):
        return _shape(text)
    return "--" if column.figure and text == "-" else escaped(text)


def _shape(text: str) -> str:
    return escaped(text).replace(" x ", r" $\times$ ")
