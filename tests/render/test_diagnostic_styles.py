"""Diagnostics for programs: one a line, as JSON, as annotations of GitHub."""

from __future__ import annotations

import json

import pytest

from cnncalc.diagnostics import Diagnostic, Source, Span
from cnncalc.render.diagnostics import render
from tests.render.diagnostics import ARGUMENT, WARNING


def test_concise() -> None:
    assert render([ARGUMENT, WARNING], "concise") == (
        "key.yaml:7:31: error[E101]: unknown argument `kernal_size` of conv2d\n"
        "key.yaml:7:5: warning[W401]: a bias before batch_norm has no effect"
    )


ARGUMENT_OBJECT = {
    "code": "E101",
    "message": "unknown argument `kernal_size` of conv2d",
    "file": "key.yaml",
    "line": 7,
    "column": 31,
    "end_line": 7,
    "end_column": 42,
    "help": "did you mean `kernel_size`?",
}


def test_json() -> None:
    assert json.loads(render([ARGUMENT], "json")) == {"schema": 1, "errors": [ARGUMENT_OBJECT]}


def test_json_lists_warnings_apart_and_only_if_there_are_any() -> None:
    document = json.loads(render([WARNING, ARGUMENT], "json"))
    assert document["errors"] == [ARGUMENT_OBJECT]
    assert [warning["code"] for warning in document["warnings"]] == ["W401"]
    assert list(json.loads(render([WARNING], "json"))) == ["schema", "errors", "warnings"]


def test_github() -> None:
    assert render([ARGUMENT, WARNING], "github") == (
        "::error file=key.yaml,line=7,col=31,endLine=7,endColumn=42,title=E101"
        "::unknown argument `kernal_size` of conv2d%0Ahelp: did you mean `kernel_size`?\n"
        "::warning file=key.yaml,line=7,col=5,endLine=7,endColumn=11,title=W401"
        "::a bias before batch_norm has no effect"
    )


def test_github_has_notes_before_the_way_out() -> None:
    span = Span(Source("a.yaml", "a: 1\n"), 1, 1, 1, 2)
    diagnostic = Diagnostic(
        "E501", "too much", span, notes=("`fc` takes 72.7 %", "`c1` the rest"), help="less"
    )
    assert render([diagnostic], "github").partition("E501")[2] == (
        "::too much%0Anote: `fc` takes 72.7 %25%0Anote: `c1` the rest%0Ahelp: less"
    )


def test_github_escapes() -> None:
    source = Source("C:\\a,b%\n.yaml", "")
    diagnostic = Diagnostic("E101", "50%: a,\r\n::error::b", Span(source, 1, 1, 1, 2))
    assert render([diagnostic], "github") == (
        "::error file=C%3A\\a%2Cb%25%0A.yaml,line=1,col=1,endLine=1,endColumn=2,title=E101"
        "::50%25: a,%0D%0A::error::b"
    )


@pytest.mark.parametrize(
    ("style", "expected"),
    [("full", ""), ("concise", ""), ("json", '{\n  "schema": 1,\n  "errors": []\n}'), ("github", "")],
)
def test_nothing_to_say(style: str, expected: str) -> None:
    assert render([], style) == expected  # type: ignore[arg-type]
