from __future__ import annotations

import pytest

from cnncalc.render.text import bar, clean, padded, shortened, width_of, wrapped


def test_bars() -> None:
    assert bar(100, 100, 4) == "████"
    assert bar(50, 100, 3) == "█▌"
    assert bar(1, 10**9, 4) == "▏"
    assert bar(0, 100, 4) == ""
    assert bar(50, 100, 4, ascii=True) == "##"
    assert bar(1, 100, 4, ascii=True) == "."


@pytest.mark.parametrize(
    ("name", "width", "short"),
    [
        ("conv2d_1", 8, "conv2d_1"),
        ("adaptive_avg_pool2d_12", 14, "adap…pool2d_12"),
        ("classification_head_123", 14, "class…head_123"),
        ("12345678901234567890", 9, "1234…7890"),
        ("concat_1.left_of_the_deeper.conv2d_1", 20, "concat_1.lef…onv2d_1"),
    ],
)
def test_names_are_shortened_but_not_their_numbers(name: str, width: int, short: str) -> None:
    assert shortened(name, width) == short
    assert width_of(short) <= width


def test_what_a_terminal_would_obey_is_shown_as_an_escape() -> None:
    assert clean("a\x1b[31m\r\n\u202eb") == "a\\x1b[31m\\r\\n\\u202eb"
    assert clean("größe 層") == "größe 層"
    assert padded("層", 4) == "層  "


def test_wrapped() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("one two three", 8, "  ") == ["one two", "  three"]
    assert wrapped("unbreakable", 4) == ["unbreakable"]
    assert wrapped("", 4) == [""]


def test_signs_of_no_width() -> None:
    assert width_of("e\u0301") == 1  # an accent stands above its letter
    assert width_of("\N{WOMAN}\u200d\N{PERSONAL COMPUTER}") == 4  # joined, but terminals differ in showing it
