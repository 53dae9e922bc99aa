"""Calls laid out over lines as formatters do: on one line if they fit, else an argument a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

WIDTH = 88


class Bracketed(NamedTuple):
    """`head`, items with what stands before each (`kernel_size=`), `tail`: a call, a list, a dictionary."""

    head: str
    items: tuple[tuple[str, Code], ...]
    tail: str


class Conditional(NamedTuple):
    """`code if condition else otherwise`."""

    code: Code
    condition: str
    otherwise: str


class Repeated(NamedTuple):
    """`*(code for variable in iterable)`, an argument for each turn; without `*()` in a list of its own."""

    code: Code
    loop: str
    starred: bool = True

    def in_brackets(self) -> Bracketed:
        """The list of all turns: `[code for variable in iterable]`."""
        return Bracketed("[", (("", self._replace(starred=False)),), "]")


Code: TypeAlias = "str | Bracketed | Conditional | Repeated"


def call(function: str, *items: tuple[str, Code]) -> Bracketed:
    return Bracketed(f"{function}(", items, ")")


def flat(code: Code) -> str:
    """The code on one line."""
    if isinstance(code, str):
        return code
    if isinstance(code, Bracketed):
        return f"{code.head}{', '.join(before + flat(item) for before, item in code.items)}{code.tail}"
    if isinstance(code, Conditional):
        return f"{flat(code.code)} if {code.condition} else {code.otherwise}"
    turns = f"{flat(code.code)} {code.loop}"
    return f"*({turns})" if code.starred else turns


def laid_out(code: Code, indent: int, before: str = "", after: str = "") -> list[str]:
    """The code in lines, `before` and `after` it on the first and the last of them."""
    margin = " " * indent
    line = f"{margin}{before}{flat(code)}{after}"
    if len(line) <= WIDTH or isinstance(code, str):
        return [line]
    if isinstance(code, Bracketed):
        if not code.items:
            return [line]
        together = ", ".join(prefix + flat(item) for prefix, item in code.items)
        if len(code.items) > 1 and indent + 4 + len(together) <= WIDTH:
            return [f"{margin}{before}{code.head}", f"{margin}    {together}", f"{margin}{code.tail}{after}"]
        inner = [line for prefix, item in code.items for line in laid_out(item, indent + 4, prefix, ",")]
        return [f"{margin}{before}{code.head}", *inner, f"{margin}{code.tail}{after}"]
    if isinstance(code, Conditional):
        inner = [
            *laid_out(code.code, indent + 4),
            f"{margin}    if {code.condition}",
            f"{margin}    else {code.otherwise}",
        ]
        return [f"{margin}{before}(", *inner, f"{margin}){after}"]
    if not code.starred:
        return [*laid_out(code.code, indent), f"{margin}{code.loop}"]
    inner = [*laid_out(code.code, indent + 4), f"{margin}    {code.loop}"]
    return [f"{margin}{before}*(", *inner, f"{margin}){after}"]


def compressed(codes: Sequence[Code]) -> list[Code]:
    """The codes, equal ones behind one another as a loop."""
    compressed: list[Code] = []
    place = 0
    while place < len(codes):
        end = place
        while end < len(codes) and flat(codes[end]) == flat(codes[place]):
            end += 1
        if end - place > 1:
            compressed.append(Repeated(codes[place], f"for _ in range({end - place})"))
        else:
            compressed.append(codes[place])
        place = end
    return compressed
