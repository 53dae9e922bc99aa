"""The arithmetic of the language: what it computes, and what it knows of a text."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.language.expressions import parse_expression
from tests.language.expressions import evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # numbers and words
        ("7", 7),
        ("0x1F", 31),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("True", True),
        ("False", False),
        ("None", None),
        ("true", True),
        ("false", False),
        ("null", None),
        ("'same'", "same"),
        ('"same"', "same"),
        ("'#{'", "#{"),
        # arithmetic
        ("1 + 2", 3),
        ("1 - 2", -1),
        ("3 * 4", 12),
        ("64 / 2", 32.0),
        ("1 / 4", 0.25),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("-7 % 3", 2),
        ("2 ** 10", 1024),
        ("2 ** -1", 0.5),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("4 ** 0.5", 2.0),
        ("0 ** 0", 1),
        ("1 ** 10 ** 18", 1),
        ("(-1) ** 9223372036854775807", -1),
        ("0 ** 9223372036854775807", 0),
        ("2 ** 63", 9223372036854775808),
        ("-(2 ** 63)", -9223372036854775808),
        ("+3", 3),
        ("--3", 3),
        ("-True", -1),
        ("true + true", 2),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("2.5 * 2", 5.0),
        # comparisons
        ("1 == 1.0", True),
        ("1 != 1", False),
        ("1 < 2", True),
        ("2 < 2", False),
        ("2 <= 2", True),
        ("1 > 2", False),
        ("2 >= 2", True),
        ("1 < 2 < 3", True),
        ("1 < 2 > 3", False),
        ("3 < 2 < foo", False),
        ("mode == 'wide'", True),
        ("mode != 'wide'", False),
        ("mode == 1", False),
        ("xs == [16, 24, 40]", True),
        ("24 in xs", True),
        ("25 in xs", False),
        ("25 not in xs", True),
        ("24 not in xs", False),
        ("mode in ['wide', 'deep']", True),
        # logic
        ("not 1", False),
        ("not nothing", True),
        ("not xs", False),
        ("1 and 2", 2),
        ("0 and 2", 0),
        ("0 or 2", 2),
        ("1 or 2", 1),
        ("0 or [] or 'last'", "last"),
        ("false and foo", False),
        ("true or foo", True),
        ("1 if project else 2", 2),
        ("1 if not project else foo", 1),
        # functions
        ("min(3, 1, 2)", 1),
        ("min(xs)", 16),
        ("max(1, 2.5)", 2.5),
        ("max([4])", 4),
        ("round(2.5)", 2),
        ("round(3.5)", 4),
        ("round(-2.5)", -2),
        ("round(0.125, 2)", 0.12),
        ("round(1234, -2)", 1200),
        ("round(7)", 7),
        ("ceil(2.1)", 3),
        ("ceil(-2.1)", -2),
        ("floor(2.9)", 2),
        ("floor(-2.1)", -3),
        ("abs(-3)", 3),
        ("abs(-2.5)", 2.5),
        ("int(-2.9)", -2),
        ("int(true)", 1),
        ("len(xs)", 3),
        ("len([])", 0),
        ("len(['a', 'b'])", 2),
        ("sum(xs)", 80),
        ("sum([])", 0),
        ("sum([0.5, 1])", 1.5),
        # lists
        ("[]", []),
        ("[1, 'a', [i]]", [1, "a", [3]]),
        ("[1] + xs", [1, 16, 24, 40]),
        ("xs[0]", 16),
        ("xs[-1]", 40),
        ("xs[i - 1]", 40),
        ("xs[true]", 24),
        ("nested[0][1]", 2),
        ("xs[1:]", [24, 40]),
        ("xs[:-1]", [16, 24]),
        ("xs[::-1]", [40, 24, 16]),
        ("xs[null:2]", [16, 24]),
        ("xs[5:]", []),
        ("[1, 2, 3][i - 2]", 2),
        # parameters
        ("channels", 64),
        ("nothing", None),
        ("infinite", float("inf")),
        ("round(channels * width)", 128),
        ("max(8, int(channels * width + 4) // 8 * 8)", 128),
        ("2 ** i", 8),
        ("µ * 2", 10),
        # blanks and lines
        ("  1 + 2\n", 3),
        ("1\n  + 2", 3),
        ("1\r\n+\r\n2", 3),
        ("\t1 +\t2", 3),
        ("\n\n[1,\n 2]\n", [1, 2]),
    ],
)
def test_values(text, value):
    assert evaluate(text) == value
    assert type(evaluate(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("width", {"width"}),
        (" width\n", {"width"}),
        ("µ", {"µ"}),
        ("(width)", {"width"}),
        ("true", set()),
        ("None", set()),
        ("3", set()),
        ("'width'", set()),
        ("width + i * min(i, xs[j])", {"width", "i", "xs", "j"}),
        ("min(1, 2)", set()),
    ],
)
def test_names(text, names):
    expression = parse_expression(text)
    assert expression.text == text
    assert expression.names == names


def test_parsed_once():
    assert parse_expression("width * 3") is parse_expression("width * 3")


def test_python_warns_of_nothing():
    program = (
        "from cnncalc.language.expressions import *\n"
        "for text in ['1 is 1', '\"a\"()', '\"\\\\d\"', '1if 1else 2', '[1](2)', '1 [2, 3]']:\n"
        "    try: parse_expression(text)\n"
        "    except ExpressionFault: pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


@given(
    st.recursive(
        st.integers(-9, 9).map(str),
        lambda inner: st.tuples(inner, inner).flatmap(
            lambda pair: st.sampled_from("+-*<>").map(lambda sign: f"({pair[0]} {sign} {pair[1]})")
        ),
        max_leaves=8,
    )
)
def test_integer_arithmetic_is_that_of_python(text):
    assert evaluate(text) == eval(text)
