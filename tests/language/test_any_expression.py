"""Any text at all has a value or a fault."""

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.language.expressions import ExpressionFault, interpolate
from tests.language.expressions import NAMES, evaluate

SIGNS = ["//", "**", "==", ":=", "f'", *"+-*/%<>,:.()[]{}=@#'\\ \n\0é"]
KEYWORDS = [" in ", " not ", " and ", " or ", " if ", " else ", " is ", " for ", "lambda "]
OPERANDS = ["9", "2.5", "1e308", "'a'", "True", "None", "min", "round", "sum", "len", *NAMES]
PIECES = st.sampled_from(SIGNS + KEYWORDS + OPERANDS)
TEXTS = (
    st.text()
    | st.lists(PIECES, max_size=20).map("".join)
    | st.lists(PIECES, max_size=20).map(" ".join)
    | st.lists(PIECES, max_size=20).map(lambda pieces: "{" + " ".join(pieces) + "}")
)


def value_or_fault(function, text):
    try:
        return function(text)
    except ExpressionFault as fault:
        return fault


@given(TEXTS)
def test_any_text_has_a_value_or_a_fault(text):
    outcome = value_or_fault(evaluate, text)
    if isinstance(outcome, ExpressionFault):
        assert outcome.code in {"E105", "E106", "E107"}
        assert 0 <= outcome.start <= outcome.end <= len(text)
        assert outcome.start < outcome.end or not text


@given(TEXTS)
def test_any_text_is_interpolated_or_a_fault(text):
    outcome = value_or_fault(lambda name: interpolate(name, NAMES), text)
    assert isinstance(outcome, str) or 0 <= outcome.start <= outcome.end <= len(text)
