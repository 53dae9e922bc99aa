"""The arithmetic of the language: what it computes, what it refuses, and how it says so."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.language.expressions import ExpressionFault, interpolate, parse_expression

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

WHAT_IS_ALLOWED = (
    "an expression is arithmetic on numbers, lists and parameters, as in `round(64 * width) if i > 0 else 3`"
)


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
    ("text", "what", "where"),
    [
        ("i.real", "an attribute", "i.real"),
        ("1 + xs.append(1)", "calling anything but a function by its name", "xs.append"),
        ("xs[0](1)", "calling anything but a function by its name", "xs[0]"),
        ("(lambda: 1)()", "calling anything but a function by its name", "lambda: 1"),
        ("'a'()", "calling anything but a function by its name", "'a'"),
        ("1 + (lambda: 1)", "a lambda", "lambda: 1"),
        ("[x for x in xs]", "a comprehension", "[x for x in xs]"),
        ("{x for x in xs}", "a comprehension", "{x for x in xs}"),
        ("{x: x for x in xs}", "a comprehension", "{x: x for x in xs}"),
        ("sum(x for x in xs)", "a comprehension", "(x for x in xs)"),
        ("f'{i}'", "an f-string", "f'{i}'"),
        ("1 + (x := 2)", "an assignment", "x := 2"),
        ("min(*xs)", "unpacking with `*`", "*xs"),
        ("[*xs]", "unpacking with `*`", "*xs"),
        ("floor(*xs, *xs)", "unpacking with `*`", "*xs"),
        ("round(1, ndigits=2)", "an argument with a name", "ndigits=2"),
        ("min(**xs)", "an argument with a name", "**xs"),
        ("{}", "a dictionary", "{}"),
        ("await i", "`await`", "await i"),
        ("(yield)", "`yield`", "yield"),
        ("(yield from xs)", "`yield`", "yield from xs"),
        ("2j", "an imaginary number", "2j"),
        ("b'a'", "a bytes literal", "b'a'"),
        ("xs[...]", "`...`", "..."),
        ("1 + 'a\\n'", "a character that cannot be printed", "'a\\n'"),
        (r"'\ud800'", "a character that cannot be printed", r"'\ud800'"),
        ("1 @ 2", "the operator `@`", "1 @ 2"),
    ],
)
def test_what_is_not_allowed(text, what, where):
    fault = fault_of(text)
    assert (fault.code, fault.message) == ("E105", f"{what} is not allowed in an expression")
    assert place(text, fault) == where
    assert fault.help == WHAT_IS_ALLOWED


@pytest.mark.parametrize(
    ("text", "what", "where", "help"),
    [
        ("(3, 3)", "a tuple", "(3, 3)", "a list is written `[1, 2]`"),
        ("xs[0, 1:2]", "a tuple", "0, 1:2", "a list is written `[1, 2]`"),
        ("{3}", "a set", "{3}", "a list is written `[1, 2]`"),
        ("1 + (2 ^ 3)", "the operator `^`", "2 ^ 3", "a power is written `**`"),
        ("1 & 2", "the operator `&`", "1 & 2", "write `and`"),
        ("1 | 2", "the operator `|`", "1 | 2", "write `or`"),
        ("~1", "the operator `~`", "~1", "write `not`"),
        ("1 << 2", "the operator `<<`", "1 << 2", "write `* 2 ** n`"),
        ("1 >> 2", "the operator `>>`", "1 >> 2", "write `// 2 ** n`"),
        ("1 is 1", "the operator `is`", "1 is 1", "write `==`"),
        ("1 < 2 is not 1", "the operator `is not`", "1 < 2 is not 1", "write `!=`"),
    ],
)
def test_what_is_written_in_another_way(text, what, where, help):
    fault = fault_of(text)
    assert (fault.code, fault.message, fault.help) == (
        "E105",
        f"{what} is not allowed in an expression",
        help,
    )
    assert place(text, fault) == where


def test_refusal_does_not_wait_for_the_branch_to_be_taken():
    with pytest.raises(ExpressionFault, match="an attribute is not allowed"):
        parse_expression("1 if true else i.real")


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("", "the expression is empty", ""),
        (" \n ", "the expression is empty", " \n "),
        ("1 +", "the expression cannot be read: it ends too early", "+"),
        ("  1 +\n", "the expression cannot be read: it ends too early", "+"),
        ("3 x 3", "the expression cannot be read", "x"),
        ("1\n2", "the expression cannot be read", "2"),
        ("é é é", "the expression cannot be read", "é"),
        ("1; 2", "the expression cannot be read", ";"),
        ("import os", "the expression cannot be read", "import"),
        ("x = 1", None, "="),
        ("(1", None, "("),
        ("1)", None, ")"),
        ("'abc", None, "'"),
        ("1 # one", "a comment is not allowed in an expression", "# one"),
        ("(1) # one\n+ 2", "a comment is not allowed in an expression", "# one\n+ 2"),
        ("a\0b", "the expression has a character that no text has", "a\0b"),
        ("\ud800", "the expression has a character that no text has", "\ud800"),
    ],
)
def test_what_cannot_be_read(text, message, where):
    fault = fault_of(text)
    assert fault.code == "E105"
    assert message is None or fault.message == message
    assert fault.message.startswith("the expression") or message
    assert place(text, fault) == where


@pytest.mark.parametrize(
    ("text", "message", "where", "help"),
    [
        ("1 + widht", "unknown parameter `widht`", "widht", "did you mean `width`?"),
        ("\n  'é' + widht", "unknown parameter `widht`", "widht", "did you mean `width`?"),
        ("1\n+ (2 *\n widht)", "unknown parameter `widht`", "widht", "did you mean `width`?"),
        ("flor(2)", "unknown function `flor`", "flor", "did you mean `floor`?"),
        (
            "1 + __import__('os')",
            "unknown function `__import__`",
            "__import__",
            "the functions are `min`, `max`, `round`, `ceil`, `floor`, `abs`, `int`, `len`, ...",
        ),
        (
            "max",
            "unknown parameter `max`",
            "max",
            "`max` is a function and takes its arguments in parentheses",
        ),
        ("no", "unknown parameter `no`", "no", "write `false`"),
        ("On", "unknown parameter `On`", "On", "write `true`"),
    ],
)
def test_unknown_names(text, message, where, help):
    fault = fault_of(text)
    assert (fault.code, fault.message, fault.help) == ("E106", message, help)
    assert place(text, fault) == where


@pytest.mark.parametrize(
    ("names", "help"),
    [
        ({}, "there are no parameters here"),
        ({"a": 1, "b": 2}, "the parameters here are `a`, `b`"),
        (
            dict.fromkeys("abcdefghij", 1),
            "the parameters here are `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, ...",
        ),
    ],
)
def test_an_unknown_name_lists_those_in_scope(names, help):
    assert fault_of("something", names).help == help


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("floor()", "`floor` takes one argument, not 0", "floor()"),
        ("1 + floor(1, 2)", "`floor` takes one argument, not 2", "floor(1, 2)"),
        ("round()", "`round` takes one or two arguments, not 0", "round()"),
        ("round(1, 2, 3)", "`round` takes one or two arguments, not 3", "round(1, 2, 3)"),
        ("min()", "`min` takes one argument or more, not 0", "min()"),
        ("len(xs, xs)", "`len` takes one argument, not 2", "len(xs, xs)"),
    ],
)
def test_number_of_arguments(text, message, where):
    fault = fault_of(text)
    assert (fault.code, fault.message) == ("E105", message)
    assert place(text, fault) == where


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("1 + (xs + 1)", "`+` does not work on a list and a number", "xs + 1"),
        ("'a' + 'b'", "`+` does not work on a word and a word", "'a' + 'b'"),
        ("'a' * 3", "`*` does not work on a word and a number", "'a' * 3"),
        ("3 * 'a'", "`*` does not work on a number and a word", "3 * 'a'"),
        ("xs * 99999999999", "`*` does not work on a list and a number", "xs * 99999999999"),
        ("mode % 3", "`%` does not work on a word and a number", "mode % 3"),
        ("nothing - 1", "`-` does not work on null and a number", "nothing - 1"),
        ("-mode", "`-` does not work on a word", "-mode"),
        ("+xs", "`+` does not work on a list", "+xs"),
        ("mode < 'x'", "`<` does not compare a word and a word", "mode < 'x'"),
        ("xs >= 1", "`>=` does not compare a list and a number", "xs >= 1"),
        ("1 in 2", "`in` looks into a list, not into a number", "1 in 2"),
        ("'w' not in mode", "`in` looks into a list, not into a word", "'w' not in mode"),
        ("floor(mode)", "`floor` works on numbers, not on a word", "floor(mode)"),
        ("int('1')", "`int` works on numbers, not on a word", "int('1')"),
        ("abs(xs)", "`abs` works on numbers, not on a list", "abs(xs)"),
        ("round(null)", "`round` works on numbers, not on null", "round(null)"),
        ("round(1, 1.5)", "a whole number is needed here, not 1.5", "round(1, 1.5)"),
        ("min(1, mode)", "`min` works on numbers, not on a word", "min(1, mode)"),
        ("max(nested)", "`max` works on numbers, not on a list", "max(nested)"),
        ("min(3)", "`min` takes a list or several numbers, not a number", "min(3)"),
        ("max([])", "`max` of an empty list", "max([])"),
        ("len(mode)", "`len` takes a list, not a word", "len(mode)"),
        ("sum(3)", "`sum` takes a list, not a number", "sum(3)"),
        ("sum(nested)", "`sum` works on numbers, not on a list", "sum(nested)"),
        ("1 + mode[0]", "an index works on a list, not on a word", "mode"),
        ("xs[mode]", "a whole number is needed here, not a word", "mode"),
        ("xs[4 / 2]", "a whole number is needed here, not 2.0", "4 / 2"),
        ("xs[0:1.5]", "a whole number is needed here, not 1.5", "1.5"),
        ("xs[3]", "index 3 is outside a list of 3", "3"),
        ("xs[-4]", "index -4 is outside a list of 3", "-4"),
        ("xs[giant]", "the number is too large", "giant"),
        ("xs[::0]", "the step of a slice is zero", "0"),
        ("1 / 0", "division by zero", "1 / 0"),
        ("1 // 0", "division by zero", "1 // 0"),
        ("1 % 0", "division by zero", "1 % 0"),
        ("1 / 0.0", "division by zero", "1 / 0.0"),
        ("0 ** -1", "division by zero", "0 ** -1"),
        ("2 + (-2) ** 0.5", "a fractional power of a negative number", "(-2) ** 0.5"),
        ("2 ** 9999999", "the number is too large", "2 ** 9999999"),
        ("9**9**9", "the number is too large", "9**9**9"),
        ("9**(9**9)", "the number is too large", "9**(9**9)"),
        ("(-9) ** 999999999", "the number is too large", "(-9) ** 999999999"),
        ("2.0 ** 99999", "the number is too large", "2.0 ** 99999"),
        ("2 ** 63 + 1", "the number is too large", "2 ** 63 + 1"),
        ("-(2 ** 63) - 1", "the number is too large", "-(2 ** 63) - 1"),
        ("2 ** 64", "the number is too large", "2 ** 64"),
        ("1 + 9223372036854775809", "the number is too large", "9223372036854775809"),
        ("0x" + "f" * 990, "the number is too large", "0x" + "f" * 990),
        ("1e999", "the number is too large", "1e999"),
        ("1e308 * 10", "the number is too large", "1e308 * 10"),
        ("floor(1e300)", "the number is too large", "floor(1e300)"),
        ("int(infinite)", "the number is too large", "int(infinite)"),
        ("infinite - 1", "the number is too large", "infinite - 1"),
        ("infinite - infinite", "the result is not a number", "infinite - infinite"),
        ("undefined * 1", "the result is not a number", "undefined * 1"),
        ("round(undefined)", "the result is not a number", "round(undefined)"),
        ("giant * giant", "the number is too large", "giant * giant"),
        ("giant / 3", "the number is too large", "giant / 3"),
        ("giant + 0.5", "the number is too large", "giant + 0.5"),
        ("2 ** giant", "the number is too large", "2 ** giant"),
        ("round(1, -(10 ** 9))", "`round` goes to at most 18 digits", "round(1, -(10 ** 9))"),
        ("round(1.5, 19)", "`round` goes to at most 18 digits", "round(1.5, 19)"),
        ("1 + len(long + long)", "the list has more than 10,000 elements", "long + long"),
        ("[long, [long]]", "the list has more than 10,000 elements", "[long, [long]]"),
    ],
)
def test_what_cannot_be_computed(text, message, where):
    fault = fault_of(text)
    assert (fault.code, fault.message) == ("E107", message)
    assert place(text, fault) == where


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


@pytest.mark.parametrize(
    ("text", "is_name", "names"),
    [
        ("width", True, {"width"}),
        (" width\n", True, {"width"}),
        ("µ", True, {"µ"}),
        ("(width)", False, {"width"}),
        ("true", False, set()),
        ("None", False, set()),
        ("3", False, set()),
        ("'width'", False, set()),
        ("width + i * min(i, xs[j])", False, {"width", "i", "xs", "j"}),
        ("min(1, 2)", False, set()),
    ],
)
def test_names(text, is_name, names):
    expression = parse_expression(text)
    assert expression.text == text
    assert expression.is_name is is_name
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
