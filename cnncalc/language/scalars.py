"""What a plain (unquoted) scalar means: the core schema of YAML 1.2.

`no`, `on`, `1:30` and `1_000` are words, `010` is ten. A file has hundreds of thousands of scalars,
few of them different: what was worked out is remembered, and most words are told by their first
character.
"""

from __future__ import annotations

from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | None

LONGEST_NUMBER = 500
"""Characters of the longest number. In any base it stays below 640 decimal digits, the lowest limit
that Python may have on converting integers."""

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float("inf") for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{"-" + word: float("-inf") for word in (".inf", ".Inf", ".INF")},
}
_DIGITS = frozenset("0123456789")
_HEXADECIMAL_DIGITS = _DIGITS | frozenset("abcdefABCDEF")
_FLOAT_CHARACTERS = _DIGITS | frozenset("+-.eE")
_FIRST_CHARACTERS = _DIGITS | frozenset("+-.") | {word[:1] for word in _WORDS}

_MOST_REMEMBERED = 8192
_LONGEST_REMEMBERED = 32
_remembered = dict(_WORDS)


def resolve(text: str) -> Scalar:
    """The value of the plain scalar `text`; what is neither null, boolean nor number is the text itself."""
    if text[:1] not in _FIRST_CHARACTERS:
        return text
    if text in _remembered:
        return _remembered[text]
    value = _number_or_text(text)
    if len(_remembered) < _MOST_REMEMBERED and len(text) <= _LONGEST_REMEMBERED:
        _remembered[text] = value
    return value


def _number_or_text(text: str) -> int | float | str:
    if len(text) > LONGEST_NUMBER:
        return text
    try:
        return _number(text)
    except ValueError:
        return text


def _number(text: str) -> int | float:
    """The number `text` is; ValueError if it is none.

    `int` and `float` take more than YAML does (blanks, underscores, digits of other scripts, `inf`);
    over these characters alone they take just what YAML does.
    """
    if text.startswith("0x") and _HEXADECIMAL_DIGITS.issuperset(text[2:]):
        return int(text[2:], 16)
    if text.startswith("0o") and _DIGITS.issuperset(text[2:]):
        return int(text[2:], 8)
    if not _FLOAT_CHARACTERS.issuperset(text):
        raise ValueError(text)
    if _DIGITS.issuperset(text.lstrip("+-")):
        return int(text)
    return float(text)
