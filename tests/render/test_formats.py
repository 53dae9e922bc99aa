from __future__ import annotations

import csv as csv_reader
import io
import json as json_reader
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from cnncalc.analysis.report import Report
from cnncalc.render import csv, html, json, latex, markdown
from cnncalc.render.columns import chosen
from cnncalc.render.view import view_of
from tests.render.reports import hostile, report_of

SMALL = """
name: Small_net
input: [1, 6, 6]
layers:
  - conv2d: {out_channels: 2, kernel_size: 3}
  - relu
"""


def test_json_is_the_dictionary_of_the_report() -> None:
    report = report_of()
    text = json.render([view_of(report)])
    assert json_reader.loads(text) == report.to_dict()
    assert '\n      "input_shapes": [[3, 16, 24]],\n' in text
    several = json_reader.loads(json.render([view_of(report), view_of(report)]))
    assert several == [report.to_dict(), report.to_dict()]


@pytest.mark.parametrize(
    "value", [{}, [], {"a": []}, [[1, 2], {"b": None}], [list(range(100))], {"a": "x" * 200}]
)
def test_json_of_any_value(value: object) -> None:
    assert json_reader.loads("".join(json._written(value, ""))) == value


def test_csv_has_exact_integers() -> None:
    assert csv.render(
        [view_of(report_of(SMALL), columns=chosen(["name", "output_shape", "params", "macs"]))]
    ) == ("name,output_shape,params,macs\nconv2d_1,2x4x4,20,288\nrelu_1,2x4x4,0,0\n")
    full = list(csv_reader.DictReader(io.StringIO(csv.render([view_of(report_of())]))))
    assert sum(int(row["flops"]) for row in full) == report_of().totals.flops
    assert full[0]["arguments"] == "kernel_size=[3, 1] stride=2"


def test_csv_of_several_networks_names_them() -> None:
    text = csv.render([view_of(report_of(SMALL)), view_of(report_of())])
    assert [line.split(",")[0] for line in text.splitlines()[:4]] == [
        "network",
        "Small_net",
        "Small_net",
        "Branched",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", " =1", "\t=1"])
def test_csv_cells_are_no_formulas(text: str) -> None:
    assert csv.harmless(text).startswith(("'", "\\t"))


MARKDOWN = """\
## Small_net

1 x 6 x 6 → 2 x 4 x 4

| layer    | kind   |    output | params | MACs | memory |  RF |
| -------- | ------ | --------: | -----: | ---: | -----: | --: |
| conv2d_1 | conv2d | 2 x 4 x 4 |     20 |  288 |  128 B |   3 |
| relu_1   | relu   | 2 x 4 x 4 |      - |    - |  128 B |   3 |

| total            |     |"""


def test_markdown() -> None:
    assert markdown.render([view_of(report_of(SMALL))]).startswith(MARKDOWN)
    assert markdown.escaped("a|b_ *c* <i> [x](y)") == r"a\|b\_ \*c\* \<i\> \[x\](y)"


def test_latex() -> None:
    lines = latex.render([view_of(report_of(SMALL))]).splitlines()
    assert r"    conv2d\_1 & conv2d & 2 $\times$ 4 $\times$ 4 & 20 & 288 & 128 B & 3 \\" in lines
    assert r"  \begin{tabular}{llrrrrr}" in lines
    folded = latex.render([view_of(report_of(), depth=2)])
    assert r"    deep.0{-}1 $\times$ 2 & 8 layers & 8 $\times$ 7 $\times$ 12 &" in folded
    assert latex.escaped(r"\input{x}%&#_^~[--") == (
        r"\textbackslash{}input\{x\}\%\&\#\_\textasciicircum{}\textasciitilde{}{[}{-}{-}"
    )


class _Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("make", [report_of, hostile])
def test_html_is_whole_and_needs_nothing_from_outside(make: Callable[[], Report]) -> None:
    page = html.render([view_of(make())])
    elements = _Elements(page)
    assert elements.open == []
    assert "script" not in elements.seen
    assert "url(" not in page
    assert "@import" not in page


def test_html_fragment_for_notebooks() -> None:
    fragment = report_of()._repr_html_()
    assert fragment.startswith("<style>")
    assert "<html" not in fragment
    assert 'title="576, 46.8 %">576</td>' in fragment


def test_every_format_shows_no_control_characters() -> None:
    views = [view_of(hostile())]
    for module in (csv, json, markdown, latex, html):
        text = module.render(views)
        assert "\x1b" not in text
        assert "\u202e" not in text
