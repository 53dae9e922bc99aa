"""Formulas as text: `floor((H + 2*P - D*(K - 1) - 1) / S) + 1`."""

from __future__ import annotations

from cnncalc.analysis.explain_formula import NESTED, Derivation, Expression, Operation, Symbol

# how tightly signs bind
COMPARISON, SUM, PRODUCT, ATOM = 2, 3, 4, 9


def text(formula: Expression, exact: bool = False) -> str:
    """The formula on one line; `exact` writes numbers without the commas of thousands."""
    return _text(formula, exact)[0]


def _text(formula: Expression, exact: bool) -> tuple[str, int]:
    """The text and how tightly its outermost sign binds."""
    if isinstance(formula, int):
        return (str(formula) if exact else f"{formula:,}"), ATOM if formula >= 0 else SUM
    if isinstance(formula, Symbol):
        return formula.name, ATOM
    written = [_text(operand, exact) for operand in formula.operands]
    sign = formula.sign
    if sign == "+":
        return summed(formula, [held(each, SUM) for each in written]), SUM
    if sign == "neg":
        return f"-{held(written[0], PRODUCT)}", SUM
    if sign == "*":
        return "*".join(held(each, ATOM) for each in written), PRODUCT
    if sign in NESTED:
        return f"{sign}({', '.join(each for each, _ in written)})", ATOM
    left, right = held(written[0], PRODUCT), held(written[1], ATOM)
    if sign in ("floor", "ceil"):
        return f"{sign}({left} / {right})", ATOM
    if sign == "/":
        return f"{left} / {right}", PRODUCT
    if sign == "mod":
        return f"{left} mod {right}", PRODUCT
    return f"{written[0][0]} {'=' if sign == '==' else sign} {written[1][0]}", COMPARISON


def held(written: tuple[str, int], binding: int) -> str:
    """The text, in parentheses where a tighter sign stands beside it."""
    text, own = written
    return text if own >= binding else f"({text})"


def summed(formula: Operation, terms: list[str]) -> str:
    """Terms with their signs: a negative one is subtracted."""
    pieces = [terms[0]]
    for term, operand in zip(terms[1:], formula.operands[1:], strict=True):
        negative = operand < 0 if isinstance(operand, int) else _is_negative(operand)
        pieces.append(f" - {term[1:]}" if negative and term.startswith("-") else f" + {term}")
    return "".join(pieces)


def _is_negative(operand: Expression) -> bool:
    return isinstance(operand, Operation) and operand.sign == "neg"


def chain(derivation: Derivation) -> list[str]:
    """What stands between the signs of equality, the value last."""
    return [text(step) for step in derivation.steps]
