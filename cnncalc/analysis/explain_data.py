"""What an explanation is: figures, each with the derivations, remarks and tables that lead to it.

Plain data: `to_dict()` gives it as JSON has it; renderers only read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analysis.explain_formula import Derivation, Operation, Symbol, symbols
from cnncalc.analysis.explain_symbols import Meaning
from cnncalc.analysis.explain_text import text
from cnncalc.layers.base import Shape

SCHEMA = 1


class Remark(NamedTuple):
    """What there is to say beside the formulas."""

    text: str


class Row(NamedTuple):
    """A line of a table; a cell is a text or a derivation, of which numbers and value are shown."""

    label: str
    cells: tuple[Derivation | str, ...]
    note: str = ""
    """What is said in place of the cells, or after them."""


class Table(NamedTuple):
    title: str
    head: tuple[str, ...]
    """The titles of all columns, that of the labels first."""
    rows: tuple[Row, ...]


Part: TypeAlias = Derivation | Remark | Table


class Figure(NamedTuple):
    """One explained figure: its key, its name for people, its value, and how it comes about."""

    name: str
    title: str
    value: Any
    """An int; for the shape a tuple, for the receptive field and the operations a dict."""
    parts: tuple[Part, ...]
    is_bytes: bool = False

    def to_dict(self) -> dict[str, Any]:
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"figure": self.name, "value": value, "parts": [part_dict(part) for part in self.parts]}


@dataclass(frozen=True)
class Explanation:
    """Figures of one layer, or (`layer` is empty) the totals of a network."""

    network: str
    inputs: tuple[tuple[str, Shape], ...]
    """What the layer, or the network, reads."""
    outputs: tuple[tuple[str, Shape], ...]
    setting: str
    """What differs from a plain analysis of one float32 sample: `batch of 8, float16`."""
    figures: tuple[Figure, ...]
    meanings: tuple[Meaning, ...] = ()
    """The letters of the formulas."""
    layer: str = ""
    kind: str = ""
    doc: str = ""
    hints: tuple[tuple[str, str], ...] = ()
    """What else may be asked: the words after `cnncalc explain`, and what they give."""

    def figure(self, name: str) -> Figure:
        """The figure of this name; raises KeyError."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "network": self.network,
            **({"layer": self.layer, "kind": self.kind} if self.layer else {}),
            "setting": self.setting,
            "inputs": {name: list(shape) for name, shape in self.inputs},
            "outputs": {name: list(shape) for name, shape in self.outputs},
            "figures": [figure.to_dict() for figure in self.figures],
            "symbols": {
                meaning.symbol: {"value": meaning.value, "meaning": meaning.text} for meaning in self.meanings
            },
        }

    def __str__(self) -> str:
        from cnncalc.render.explanation import render

        return render(self)

    def _repr_markdown_(self) -> str:
        """For notebooks."""
        from cnncalc.render.explanation_markdown import render

        return render(self)


def part_dict(part: Part) -> dict[str, Any]:
    """A part as JSON has it; formulas are texts, with numbers as they are."""
    if isinstance(part, Derivation):
        return {"symbol": part.symbol, **derivation_dict(part)}
    if isinstance(part, Remark):
        return {"remark": part.text}
    return {
        "title": part.title,
        "rows": [
            {
                part.head[0]: row.label,
                **{
                    title: derivation_dict(cell) if isinstance(cell, Derivation) else cell
                    for title, cell in zip(part.head[1:], row.cells, strict=False)
                },
                **({"note": row.note} if row.note else {}),
            }
            for row in part.rows
        ],
    }


def derivation_dict(derivation: Derivation) -> dict[str, Any]:
    return {"steps": [text(step, exact=True) for step in derivation.steps], "value": derivation.value}


def symbols_of(parts: tuple[Part, ...]) -> Iterator[Symbol]:
    """The letters in the formulas of parts. Tables show numbers alone."""
    for part in parts:
        if isinstance(part, Derivation):
            yield from symbols(part.steps[0])


def sum_of(numbers: list[int]) -> Operation | int:
    """The sum of plain numbers as a formula."""
    return Operation("+", tuple(numbers)) if len(numbers) > 1 else sum(numbers)
