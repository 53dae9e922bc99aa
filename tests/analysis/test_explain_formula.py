"""Formulas as they are put down: what is left out, what is put together, and the steps to the value."""

from __future__ import annotations

import pytest

from cnncalc.analysis.explain_formula import Operation, Symbol, derivation, intermediates
from cnncalc.analysis.explain_text import chain
from cnncalc.arithmetic import ceil_div, exact_div, maximum, minimum
from cnncalc.geometry import Window
from cnncalc.render.explanation_formula import latex, latex_symbol
from cnncalc.tracing import Traced, named

H, W, K, S, D, P = (
    Traced(224, "H"),
    Traced(200, "W"),
    Traced(7, "K"),
    Traced(2, "S"),
    Traced(1, "D"),
    Traced(3, "P"),
)


def written(number: object) -> str:
    assert isinstance(number, Traced)
    return " = ".join(chain(derivation("", number)))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (H + 0, "H = 224"),
        (1 * H, "H = 224"),
        (H * 1 // 1, "H = 224"),
        (H + P + P, "H + 2*P = 224 + 2*3 = 224 + 6 = 230"),
        (H - P - P, "H - 2*P = 224 - 2*3 = 224 - 6 = 218"),
        (H - (-P), "H + P = 224 + 3 = 227"),
        (H + 1 - W, "H - W + 1 = 224 - 200 + 1 = 25"),
        (H - (W + P), "H - (W + P) = 224 - (200 + 3) = 224 - 203 = 21"),
        (K * H * 2, "2*K*H = 2*7*224 = 3,136"),
        ((H * W) * (K * K), "(H*W)*(K*K) = (224*200)*(7*7) = 44,800*49 = 2,195,200"),
        (H // S, "floor(H / S) = floor(224 / 2) = 112"),
        (exact_div(W, S), "W / S = 200 / 2 = 100"),
        (ceil_div(H, P), "ceil(H / P) = ceil(224 / 3) = 75"),
        (H % P, "H mod P = 224 mod 3 = 2"),
        (maximum(maximum(H, W), K), "max(H, W, K) = max(224, 200, 7) = 224"),
        (maximum(H, H), "H = 224"),
        (minimum(H - 1, W), "min(H - 1, W) = min(224 - 1, 200) = min(223, 200) = 200"),
    ],
)
def test_steps(number: Traced, text: str) -> None:
    assert written(number) == text


def test_the_stem_of_resnet() -> None:
    size = Window(K, S, P, P, D).output_size(H)  # type: ignore[arg-type]
    assert chain(derivation("H_out", size)) == [
        "floor((H + 2*P - D*(K - 1) - 1) / S) + 1",
        "floor((224 + 2*3 - 1*(7 - 1) - 1) / 2) + 1",
        "floor(223 / 2) + 1",
        "111 + 1",
        "112",
    ]


def test_a_named_result_is_a_symbol_of_what_follows() -> None:
    total = named(H + W, "both")
    after = total * 2  # type: ignore[operator]
    assert written(after) == "2*both = 2*424 = 848"
    assert [(each.name, each.value) for each in intermediates(after)] == [("both", 424)]


def test_a_number_without_a_derivation() -> None:
    assert chain(derivation("", 7)) == ["7"]
    assert chain(derivation("", Traced(7))) == ["7"]


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (
            Operation("floor", (Operation("+", (Symbol("H", 5), 1)), 2)),
            r"\left\lfloor \frac{H + 1}{2} \right\rfloor",
        ),
        (Operation("*", (Operation("+", (Symbol("K", 3), -1)), 1000)), r"\left(K - 1\right) \cdot 1{,}000"),
        (Operation("max", (Symbol("p", 1), 0)), r"\max\left(p, 0\right)"),
        (Operation("gcd", (Symbol("H", 4), 6)), r"\gcd\left(H, 6\right)"),
        (Operation("/", (Symbol("C_in", 4), 2)), r"\frac{C_{\mathrm{in}}}{2}"),
        (Operation("mod", (Symbol("H", 4), 3)), r"H \bmod 3"),
        (Operation("ceil", (Symbol("H", 4), 3)), r"\left\lceil \frac{H}{3} \right\rceil"),
    ],
)
def test_latex(formula: Operation, text: str) -> None:
    assert latex(formula) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("K", "K"),
        ("H_out", r"H_{\mathrm{out}}"),
        ("groups", r"\mathrm{groups}"),
        ("P_H_before", r"P_{H,\mathrm{before}}"),
        ("C_2", "C_{2}"),
    ],
)
def test_symbols_in_latex(name: str, text: str) -> None:
    assert latex_symbol(name) == text
