"""Reports as one HTML page that needs nothing from outside, and as a fragment for notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from cnncalc import units
from cnncalc.analysis.fold import Row, rows_of
from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column, chosen
from cnncalc.render.summary import conventions, flow, legend, name_of, setting, totals
from cnncalc.render.text import clean
from cnncalc.render.tree import flat_lines, tree_lines
from cnncalc.render.view import View

COLUMNS: tuple[str, ...] = ("name", "kind", "arguments", "output_shape", "params", "macs", "flops")
COLUMNS += ("output_bytes", "receptive_field", "rf_stride")
WITH_BARS = ("params", "macs")

STYLE = """\
.cnncalc { --ink: #1c2330; --quiet: #667085; --line: #e3e6eb; --paper: #fff; --stripe: #f6f7f9;
  --macs: #6f9eec; --params: #b98be0; --memory: #6cc0a5; color: var(--ink); background: var(--paper);
  font: 13px/1.45 system-ui, sans-serif; padding: 1.2em 1.6em; max-width: max-content; }
@media (prefers-color-scheme: dark) { .cnncalc { --ink: #e4e7ec; --quiet: #98a2b3; --line: #343b47;
  --paper: #171b22; --stripe: #1e232c; --macs: #4a78c4; --params: #8a5fb0; --memory: #3f8f77; } }
.cnncalc h2 { font-size: 1.4em; margin: 0 0 .1em; }
.cnncalc p { color: var(--quiet); margin: .1em 0 1em; }
.cnncalc table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0 0 1em;
  color: inherit; font-size: inherit; }
.cnncalc th, .cnncalc td { padding: .18em .6em; text-align: left; white-space: nowrap; border: 0; }
.cnncalc thead th { position: sticky; top: 0; background: var(--paper);
  box-shadow: inset 0 -1.5px var(--quiet); }
.cnncalc tbody tr { background: none; }
.cnncalc tbody tr:nth-child(even) { background: var(--stripe); }
.cnncalc tbody tr:hover { outline: 1px solid var(--quiet); }
.cnncalc tbody th { font-weight: normal; padding-left: calc(.6em + 1.3em * var(--level, 0)); }
.cnncalc tr.block th { font-weight: 600; padding-top: .5em; }
.cnncalc .figure { text-align: right; }
.cnncalc .quiet, .cnncalc td.kind, .cnncalc td.arguments { color: var(--quiet); }
.cnncalc .params, .cnncalc .macs, .cnncalc .memory { padding-right: 5.6em; }
.cnncalc td.bar { background: linear-gradient(var(--bar), var(--bar)) no-repeat
  right calc(5.2em - var(--full) * 4.6em) top 50% / calc(var(--full) * 4.6em) .8em; }
.cnncalc td.macs { --bar: var(--macs); }
.cnncalc td.params { --bar: var(--params); }
.cnncalc td.memory { --bar: var(--memory); }
.cnncalc .totals td, .cnncalc .totals th { padding-top: 0; padding-bottom: 0; background: var(--paper); }
"""

PAGE_STYLE = """\
:root { color-scheme: light dark; }
body { margin: 0; background: #fff; }
@media (prefers-color-scheme: dark) { body { background: #171b22; } }
"""


def render(views: Sequence[View]) -> str:
    """A whole page with a section for each network."""
    title = ", ".join(_escaped(name_of(view.report)) for view in views)
    return page(title, "\n".join(_section(view) for view in views))


def page(title: str, sections: str) -> str:
    """A page of sections; both are HTML already."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{PAGE_STYLE}{STYLE}</style>\n</head>\n"
        f"<body>\n{sections}\n</body>\n</html>\n"
    )


def render_fragment(report: Report) -> str:
    """The table of a report as a piece of HTML that brings its own style."""
    return f"<style>\n{STYLE}</style>\n{_section(View(report, rows_of(report.layers)))}\n"


def _section(view: View) -> str:
    bars = legend(view, [column for column in _columns(view) if column.key in WITH_BARS])
    remark = f" ({_escaped(setting(view))})" if setting(view) else ""
    return "\n".join(
        [
            '<section class="cnncalc">',
            f"<h2>{_escaped(name_of(view.report))}</h2>",
            f"<p>{_escaped(flow(view.report, '→'))}{remark}</p>",
            "<table>",
            *_table(view),
            "</table>",
            '<table class="totals"><tbody>',
            *(
                f'<tr><th>{_escaped(total.label)}</th><td class="figure">{total.number}</td>'
                f'<td class="quiet">{_escaped(total.remark)}</td></tr>'
                for total in totals(view)
            ),
            "</tbody></table>",
            f"<p>{_escaped('; '.join(filter(None, (conventions(view), bars))))}</p>",
            "</section>",
        ]
    )


def _table(view: View) -> Iterator[str]:
    columns = _columns(view)
    heads = "".join(f"<th{_class(column)}>{_escaped(column.title)}</th>" for column in columns)
    yield f"<thead><tr>{heads}</tr></thead>"
    fullest = {column.key: view.fullest(column) for column in columns if column.key in WITH_BARS}
    yield "<tbody>"
    for line in flat_lines(view.rows) if view.sorted else tree_lines(view.rows):
        level = len(line.marks) // 2
        indent = f' style="--level: {level}"' if level else ""
        if line.row is None:
            yield f'<tr class="block"><th colspan="{len(columns)}"{indent}>{_escaped(line.label)}</th></tr>'
            continue
        cells = (
            f'<th scope="row"{indent}>{_escaped(line.label)}</th>'
            if column.key == "name"
            else _cell(column, line.row, fullest, view.report)
            for column in columns
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>"


def _cell(column: Column, row: Row, fullest: Mapping[str, int], report: Report) -> str:
    text = _escaped(column.text(row))
    if column.figure and text == "-":
        return f'<td class="figure quiet {column.key}">-</td>'
    if column.key not in WITH_BARS or column.total is None:
        return f"<td{_class(column)}>{text}</td>"
    value, total = int(column.order(row)), column.total(report.totals)
    return (
        f'<td class="figure bar {column.key}" style="--full: {value / fullest[column.key]:.4f}" '
        f'title="{value:,}, {escape(units.share(value, total))}">{text}</td>'
    )


def _columns(view: View) -> tuple[Column, ...]:
    return view.columns or chosen(COLUMNS)


def _class(column: Column) -> str:
    return f' class="{"figure " if column.figure else ""}{column.key}"'


def _escaped(text: str) -> str:
    return escape(clean(text))
