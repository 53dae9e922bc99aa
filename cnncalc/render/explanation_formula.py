"""Formulas in LaTeX, for mathematics mode."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnncalc.analysis.explain_formula import NESTED, Derivation, Expression, Symbol
from cnncalc.analysis.explain_text import ATOM, COMPARISON, PRODUCT, SUM, summed

_SHORT = 72
"""Letters of LaTeX up to which a derivation is one line."""
_SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "==": "="}


def latex(formula: Expression) -> str:
    return _latex(formula)[0]


def _latex(formula: Expression) -> tuple[str, int]:
    if isinstance(formula, int):
        return latex_number(formula), ATOM if formula >= 0 else SUM
    if isinstance(formula, Symbol):
        return latex_symbol(formula.name), ATOM
    written = [_latex(operand) for operand in formula.operands]
    sign = formula.sign
    if sign == "+":
        return summed(formula, [_held(each, SUM) for each in written]), SUM
    if sign == "neg":
        return f"-{_held(written[0], PRODUCT)}", SUM
    if sign == "*":
        return r" \cdot ".join(_held(each, ATOM) for each in written), PRODUCT
    if sign in NESTED:
        return rf"\{sign}\left({', '.join(each for each, _ in written)}\right)", ATOM
    (left, _), (right, _) = written
    if sign in ("floor", "ceil"):
        return rf"\left\l{sign} \frac{{{left}}}{{{right}}} \right\r{sign}", ATOM
    if sign == "/":
        return rf"\frac{{{left}}}{{{right}}}", ATOM
    if sign == "mod":
        return rf"{_held(written[0], PRODUCT)} \bmod {_held(written[1], ATOM)}", PRODUCT
    return rf"{left} {_SIGNS.get(sign, sign)} {right}", COMPARISON


def _held(written: tuple[str, int], binding: int) -> str:
    text, own = written
    return text if own >= binding else rf"\left({text}\right)"


def latex_number(number: int) -> str:
    """With commas that LaTeX does not take for those of a list."""
    return f"{number:,}".replace(",", "{,}")


def latex_symbol(name: str) -> str:
    r"""`H_out` as `H_{\mathrm{out}}`, a word as a word."""
    base, *below = re.split(r"[_.]", name)
    letters = base if len(base) == 1 else rf"\mathrm{{{base}}}"
    if not below:
        return letters
    subscripts = ",".join(
        part if len(part) == 1 or part.isdigit() else rf"\mathrm{{{part}}}" for part in below
    )
    return f"{letters}_{{{subscripts}}}"


# --- derivations -------------------------------------------------------------------------------------


def equation(steps: tuple[Expression, ...]) -> str:
    return " = ".join(map(latex, steps))


def aligned(derivations: Sequence[Derivation], environment: str) -> Iterator[str]:
    """The derivations below each other, aligned at `=`; of long ones each step on a line."""
    lines = []
    for derivation in derivations:
        name = latex_symbol(derivation.symbol)
        formula, *steps = derivation.steps
        if len(equation(derivation.steps)) <= _SHORT:
            lines.append(f"{name} &= {equation(derivation.steps)}")
            continue
        lines.append(f"{name} &= {latex(formula)}")
        lines += [f"&= {latex(step)}" for step in steps[:-2]]
        lines.append(f"&= {equation(tuple(steps[-2:]))}")
    yield rf"\begin{{{environment}}}"
    yield from (f"  {line} \\\\" for line in lines[:-1])
    yield f"  {lines[-1]}"
    yield rf"\end{{{environment}}}"
