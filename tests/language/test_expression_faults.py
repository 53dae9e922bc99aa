"""What the arithmetic of the language refuses, and how it says so."""

import pytest

from cnncalc.language.expressions import ExpressionFault, parse_expression
from tests.language.expressions import fault_of, place

WHAT_IS_ALLOWED = (
    "an expression is arithmetic on numbers, lists and parameters, as in `round(64 * width) if i > 0 else 3`"
)


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
