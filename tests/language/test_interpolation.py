"""Names with expressions in braces, as in `conv{i + 1}`."""

import pytest

from cnncalc.language.expressions import ExpressionFault, interpolate
from tests.language.expressions import NAMES


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("conv1", "conv1"),
        ("conv{i + 1}", "conv4"),
        ("conv{i}_{i + 1}.main", "conv3_4.main"),
        ("{mode}{i}", "wide3"),
        ("{channels * width}", "128"),
        ("{-i}", "-3"),
        ("{ i }", "3"),
        ("é{xs[0]}é", "é16é"),
        ("skip_*", "skip_*"),
    ],
)
def test_interpolation(text, value):
    assert interpolate(text, NAMES) == value


@pytest.mark.parametrize(
    ("text", "code", "message", "start", "end"),
    [
        ("conv}", "E105", "`}` without a `{` before it", 4, 5),
        ("{i}}", "E105", "`}` without a `{` before it", 3, 4),
        ("conv{", "E105", "`{` is never closed", 4, 5),
        ("{i}_{i", "E105", "`{` is never closed", 4, 5),
        ("conv{{i}}", "E105", "`{` within braces", 5, 6),
        ("}{", "E105", "`}` without a `{` before it", 0, 1),
        ("conv{}", "E105", "the expression is empty", 5, 5),
        ("conv{ }", "E105", "the expression is empty", 5, 6),
        ("{i}é{ i + wdith}", "E106", "unknown parameter `wdith`", 10, 15),
        ("a{1 / 0}", "E107", "division by zero", 2, 7),
        ("a{xs}", "E107", "only a word or a whole number can be part of a name, not a list", 2, 4),
        ("a{0.5}", "E107", "only a word or a whole number can be part of a name, not a number", 2, 5),
        ("a{true}", "E107", "only a word or a whole number can be part of a name, not a boolean", 2, 6),
        ("a{null}", "E107", "only a word or a whole number can be part of a name, not null", 2, 6),
        ("a{giant}", "E107", "only a word or a whole number can be part of a name, not a number", 2, 7),
        ("a{infinite}", "E107", "only a word or a whole number can be part of a name, not a number", 2, 10),
    ],
)
def test_faults_of_interpolation(text, code, message, start, end):
    with pytest.raises(ExpressionFault) as caught:
        interpolate(text, NAMES)
    fault = caught.value
    assert (fault.code, fault.message, fault.start, fault.end) == (code, message, start, end)
