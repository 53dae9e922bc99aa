"""What the tests of expressions share: the names in scope, and what becomes of a text."""

import pytest

from cnncalc.language.expressions import ExpressionFault, parse_expression

NAMES = {
    "width": 2.0,
    "channels": 64,
    "i": 3,
    "project": False,
    "mode": "wide",
    "xs": [16, 24, 40],
    "nested": [[1, 2], [3]],
    "nothing": None,
    "infinite": float("inf"),
    "undefined": float("nan"),
    "giant": 10**600,
    "long": [0] * 6000,
    "µ": 5,
}


def evaluate(text):
    return parse_expression(text).evaluate(NAMES)


def fault_of(text, names=NAMES):
    with pytest.raises(ExpressionFault) as caught:
        parse_expression(text).evaluate(names)
    assert str(caught.value) == caught.value.message
    assert 0 <= caught.value.start <= caught.value.end <= len(text)
    return caught.value


def place(text, fault):
    return text[fault.start : fault.end]
