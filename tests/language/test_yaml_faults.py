"""What is said about text that is not YAML, and about parts of YAML that are not used."""

from __future__ import annotations

import pytest
import yaml

from cnncalc.language import source as source_module
from tests.language.yaml_texts import columns, fault, said

# --- faults of content -----------------------------------------------------------------------------


def test_a_duplicate_key_points_at_the_second_and_labels_the_first() -> None:
    only = fault("kernel_size: 3\nstride: 1\nkernel_size: 5\n")
    assert (only.code, only.message) == ("E003", "duplicate key `kernel_size`")
    assert columns(only.span) == (3, 1, 12)
    (label,) = only.related
    assert (columns(label.span), label.text) == ((1, 1, 12), "first given here")


def test_all_duplicate_keys_are_reported_together() -> None:
    assert said("a: 1\na: 2\nb: {c: 1, 'c': 2}\na: 3\n") == [
        "2:1 E003 duplicate key `a`",
        "3:11 E003 duplicate key `c`",
        "4:1 E003 duplicate key `a`",
    ]


def test_a_syntax_fault_comes_with_the_duplicate_keys_before_it() -> None:
    assert said("a: 1\na: 2\nb: {c: 1, c: 2}\nd: [1\n") == [
        "2:1 E003 duplicate key `a`",
        "3:11 E003 duplicate key `c`",
        "4:4 E002 `[` is never closed",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("? [a, b]\n: 1\n", "1:3 E005 a key that is a list or mapping"),
        ("{a: 1}: 2\n", "1:1 E005 a key that is a list or mapping"),
        ("a: !!python/object:os.system x\n", "1:4 E005 tag `!!python/object:os.system` is not used here"),
        ("a: !!str 5\n", "1:4 E005 tag `!!str` is not used here"),
        ("a: &x !mine [1]\n", "1:7 E005 tag `!mine` is not used here"),
        ("a: 1\n--- \nb: 2\n", "2:1 E005 a second document in one file"),
        ("a: *b\n", "1:4 E005 no anchor `&b` before this alias"),
        ("a: &b [*b]\n", "1:8 E005 alias `*b` inside the node it names"),
        ("", "1:1 E006 `net.yaml` describes no network: it is empty"),
        ("# only a comment\n", "1:1 E006 `net.yaml` describes no network: it is empty"),
        ("---\n", "1:1 E006 `net.yaml` describes no network: it is empty"),
    ],
)
def test_parts_of_yaml_not_used(text: str, expected: str) -> None:
    assert said(text) == [expected]
    assert fault(text).help


def test_a_near_anchor_is_suggested() -> None:
    assert fault("a: &block 1\nb: *blokc\n").help == "did you mean `*block`?"


# --- faults of syntax ------------------------------------------------------------------------------

SYNTAX = [
    ("a:\n\tb: 1\n", "2:1 E002 a tab character where only spaces may indent"),
    ("a:\n  b: 1\n\tc: 1\n", "3:1 E002 a tab character where only spaces may indent"),
    ("a: b: c\n", "1:5 E002 a second `:` in one value"),
    ("a: 1\n  b: 2\n", "2:4 E002 a `key: value` pair where none can stand"),
    ("a: [1, 2\n", "1:4 E002 `[` is never closed"),
    ("a: {b: 1\n", "1:4 E002 `{` is never closed"),
    ("a: [\n", "1:4 E002 `[` is never closed"),
    ("a: [1, 2\nb: 3\n", "2:2 E002 expected `,` or `]`"),
    ("a: {b: 1 c: 2}\n", "1:11 E002 expected `,` or `}`"),
    ("a: 'b\nc: 1\n", "1:4 E002 quote ' is never closed"),
    ('a: "b\n', '1:4 E002 quote " is never closed'),
    ("a:\n  b: 1\n c: 2\n", "3:2 E002 the indentation fits no line above"),
    ("a:\n  - b: 1\n   - c\n", "3:4 E002 the indentation fits no line above"),
    ("- a\nb: 1\n", "2:1 E002 a line unlike those it is aligned with"),
    ("a: 1\nword\nb: 2\n", "2:1 E002 a line without `:` among `key: value` pairs"),
    ("a: 'it's'\n", "1:8 E002 unexpected text after a value"),
    ("a: 1\n}\n", "2:1 E002 `}` closes nothing"),
    ("[a]]\n", "1:4 E002 text after the end of the document"),
    ("a: - b\n", "1:4 E002 a list item where none can stand"),
    ("a: @b\n", "1:4 E002 `@` cannot start a value"),
    ("[,]\n", "1:2 E002 a value is missing before `,`"),
    ('a: "\\q"\n', "1:5 E002 unknown escape after a backslash"),
    ("a: *\n", "1:4 E002 `*` without the name of an anchor"),
    ("%YAML 2.0\n---\na\n", "1:1 E002 a version of YAML other than 1.1 and 1.2"),
    ("!x!y a\n", "1:1 E002 a tag whose handle is not defined"),
    ("!%ed%a0%80 a\n", "1:1 E002 an escape in a tag or quoted text that stands for no character"),
    ("a: \x07\n", "1:4 E002 character U+0007 is not allowed in YAML"),
    ("a: 1\nb: \ud800\n", "2:4 E002 character U+D800 is not allowed in YAML"),
]


@pytest.mark.parametrize(("text", "expected"), SYNTAX)
def test_syntax_faults_in_our_words(text: str, expected: str) -> None:
    assert said(text) == [expected]
    assert fault(text).help


def test_other_syntax_faults_keep_the_words_of_the_parser() -> None:
    assert said("a: |2x\n b\n") == ["1:6 E002 did not find expected comment or line break"]


def test_a_missing_bracket_shows_where_it_was_opened() -> None:
    (label,) = fault("a: [1, 2\nb: 3\n").related
    assert (columns(label.span), label.text) == ((1, 4, 5), "`[` is opened here")


@pytest.mark.parametrize(("text", "expected"), SYNTAX[:20])
def test_the_parser_in_python_gives_the_same(
    text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_Loader", yaml.SafeLoader)
    assert said(text) == [expected]
