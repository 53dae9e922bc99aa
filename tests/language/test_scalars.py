"""Plain scalars mean what the core schema of YAML 1.2 says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.language import scalars
from cnncalc.language.scalars import resolve


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_null(text):
    assert resolve(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False)],
)
def test_booleans(text, value):
    assert resolve(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("-0", 0),
        ("010", 10),
        ("-010", -10),
        ("0x1F", 31),
        ("0xff", 255),
        ("0o17", 15),
        ("9223372036854775808", 9223372036854775808),
    ],
)
def test_integers(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is int


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+.5", 0.5),
        ("1.", 1.0),
        ("1.0", 1.0),
        ("1e3", 1000.0),
        ("1E3", 1000.0),
        ("1.e3", 1000.0),
        ("1e-3", 0.001),
        ("1e+3", 1000.0),
        ("-1.5e2", -150.0),
        ("007.5", 7.5),
        (".inf", math.inf),
        (".Inf", math.inf),
        (".INF", math.inf),
        ("+.inf", math.inf),
        ("-.inf", -math.inf),
        ("-.INF", -math.inf),
    ],
)
def test_floats(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is float


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text):
    assert math.isnan(resolve(text))


@pytest.mark.parametrize(
    "text",
    [
        *("no", "No", "NO", "yes", "on", "off", "y", "n", "Y", "N"),
        *("nUll", "none", "None", "tRue", "t", "fALSE", "~~"),
        *("1:30", "1:30:00", "1_000", "1_0.5", "2001-12-14", "1.2.3", "3x3", "12e03e", "1e", "e1", "1e1.5"),
        *("0b11", "0x", "0xG", "0o", "0o8", "0x_1", "-0x1F", "+0o17", "0X1F", "0O17"),
        *("+", "-", ".", "-.", "..", "--1", "+-1", "1-", "1+1", "-e", ".e1"),
        *("inf", "nan", "-inf", "Infinity", "+infinity", ".iNF", "-.nan", "+.nan"),
        *(" 1", "1 ", "1\n", "\t", " ", " null"),
        *("١٢", "１", "1\N{SUPERSCRIPT TWO}", "−1"),
        *("conv2d", "features", "name", "true_positive", "relu6"),
    ],
)
def test_words(text):
    assert resolve(text) == text


@pytest.mark.parametrize(
    "text", ["9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000, "0o" + "7" * 5000, "1" * 501]
)
def test_numbers_too_long_to_convert_are_words(text):
    assert resolve(text) == text


def test_the_longest_numbers():
    assert resolve("1" * 500) == int("1" * 500)
    assert len(str(resolve("0x" + "f" * 498))) < 640


def test_a_second_look_gives_the_same():
    assert [resolve(text) for text in ("12", "12", "1:30", "1:30", "1.0", "1.0")] == [
        12,
        12,
        "1:30",
        "1:30",
        1.0,
        1.0,
    ]


def test_what_is_remembered_is_bounded():
    for number in range(20_000):
        assert resolve(str(number)) == number
    assert len(scalars._remembered) <= 8192


@given(st.text())
def test_any_text_is_a_scalar(text):
    value = resolve(text)
    assert value is None or isinstance(value, bool | int | float) or value == text


@given(st.integers())
def test_integers_come_back(number):
    assert resolve(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back(number):
    assert resolve(repr(number)) == number
