"""How long and how deep an expression and its lists may be."""

import pytest

from cnncalc.language.expressions import ExpressionFault, parse_expression
from tests.language.expressions import evaluate, fault_of

TOO_DEEP = "the expression is nested more than 100 levels deep"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1" * 1001, "the expression has 1,001 characters, more than 1,000"),
        (" " * 1001, "the expression has 1,001 characters, more than 1,000"),
        ("+".join("1" * 101), TOO_DEEP),
        ("-" * 100 + "1", TOO_DEEP),
        ("-" * 999 + "1", TOO_DEEP),
        ("(" * 500 + "1" + ")" * 499, TOO_DEEP),
        ("not " * 240 + "1", TOO_DEEP),
        ("[" * 101 + "]" * 101, TOO_DEEP),
        ("xs" + "[0]" * 300, TOO_DEEP),
        ("**".join("2" * 300), TOO_DEEP),
        ("1 if 1 else " * 60 + "1 + " * 50 + "1", TOO_DEEP),
    ],
)
def test_limits_of_the_text(text, message):
    fault = fault_of(text)
    assert (fault.code, fault.message) == ("E107", message)
    assert (fault.start, fault.end) == (0, len(text))
    assert fault.help == "name its parts as parameters"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+".join("1" * 100), 100),
        ("-" * 98 + "1", 1),
        ("1" + " " * 999, 1),
        (" and ".join("1" * 160), 1),
        ("(" * 100 + "1" + ")" * 100, 1),
        ("len([" + "1," * 490 + "])", 490),
    ],
)
def test_just_within_the_limits_of_the_text(text, value):
    assert evaluate(text) == value


def test_lists_cannot_grow_from_parameter_to_parameter():
    grow, value = parse_expression("[x, x]"), [0]
    for _ in range(11):
        value = grow.evaluate({"x": value})
    with pytest.raises(ExpressionFault, match=r"the list has more than 10,000 elements"):
        grow.evaluate({"x": value})


def test_lists_cannot_deepen_from_parameter_to_parameter():
    deepen, value = parse_expression("[x]"), [0]
    for _ in range(99):
        value = deepen.evaluate({"x": value})
    with pytest.raises(ExpressionFault, match=r"the list is nested more than 100 levels deep"):
        deepen.evaluate({"x": value})
