"""Explanations as text, within a width: derivations with their signs of equality below each other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import Any

from cnncalc import units
from cnncalc.analysis.explain_data import Explanation, Figure, Part, Remark, Table
from cnncalc.analysis.explain_formula import Derivation, Expression, in_numbers
from cnncalc.analysis.explain_text import chain, text
from cnncalc.render.text import clean, padded, shortened, width_of

WIDTH = 80
INDENT = "  "
GAP = "  "
SHORTEST_LABEL = 16
SHORTEST_CELL = 9
LONG_CELL = 28
ROOM_FOR_WORDS = 34
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


def render(explanation: Explanation, width: int = WIDTH, color: bool = False, asked: str = "NAME") -> str:
    """The text; `asked` is how the user called the network, for what is proposed at the end."""
    return "".join(f"{line}\n" for line in _lines(explanation, width, color, asked))


def _lines(explanation: Explanation, width: int, color: bool, asked: str) -> Iterator[str]:
    yield _strong(title(explanation), color)
    yield from _wrapped(subtitle(explanation), width, "")
    for figure in explanation.figures:
        yield ""
        yield from (_strong(line, color) for line in _wrapped(heading(figure), width, ""))
        yield from _figure_lines(figure, width)
    if explanation.meanings:
        yield ""
        yield _strong("where", color)
        meanings = [(each.symbol, f"{each.value:,}", each.text) for each in explanation.meanings]
        yield from _aligned(meanings, width)
    if explanation.hints:
        yield ""
        words = [(clean(f"cnncalc explain {asked} {word}"), text) for word, text in explanation.hints]
        yield _strong("more", color)
        yield from _proposals(words, width)


def _strong(text: str, color: bool) -> str:
    return f"{BOLD}{text}{PLAIN}" if color else text


def title(explanation: Explanation) -> str:
    network = clean(explanation.network) or "network"
    return f"{network}: {clean(explanation.layer)}" if explanation.layer else network


def subtitle(explanation: Explanation) -> str:
    """What is read and what comes out: `conv2d  3 x 224 x 224 -> 64 x 112 x 112`."""
    reads = " and ".join(dict.fromkeys(units.shape(shape) for _, shape in explanation.inputs))
    if len(explanation.inputs) > 1:
        reads = f"{len(explanation.inputs)} inputs of {reads}"
    gives = ", ".join(units.shape(shape) for _, shape in explanation.outputs)
    setting = f"  ({explanation.setting})" if explanation.setting else ""
    kind = f"{explanation.kind}  " if explanation.kind else ""
    return f"{kind}{reads} -> {gives}{setting}"


def heading(figure: Figure) -> str:
    said = value_text(figure)
    return f"{figure.title}  {said}" if said else figure.title


def value_text(figure: Figure) -> str:
    """The value in a few words."""
    value = figure.value
    if figure.name == "shape":
        return units.shape(value)
    if figure.name == "receptive_field":
        return _field_text(value)
    if isinstance(value, dict):
        others = sum(count for sort, count in value.items() if sort != "macs")
        return units.exact(others) if figure.title.startswith("other") else ""
    human = units.size(value) if figure.is_bytes else units.count(value)
    return units.exact(value) + (f"  ({human})" if value >= (1024 if figure.is_bytes else 1000) else "")


def _field_text(value: dict[str, Any]) -> str:
    if not value["size"]:
        return ""
    if value["status"] == "whole_input" and not any(value["stride"]):
        return "the whole input"
    words = [
        f"{units.per_axis(value['size'])} cells",
        f"stride {units.per_axis([f'{stride:g}' if stride else '-' for stride in value['stride']])}",
        f"padding {units.per_axis(value['padding'])}",
    ]
    status = "" if value["status"] == "exact" else f" ({value['status'].replace('_', ' ')})"
    return ", ".join(words) + status


# --- figures -----------------------------------------------------------------------------------------


def _figure_lines(figure: Figure, width: int) -> Iterator[str]:
    for sort, parts in groupby(figure.parts, type):
        yield from _part_lines(sort, list(parts), width)


def _part_lines(sort: type, parts: Sequence[Part], width: int) -> Iterator[str]:
    if sort is Derivation:
        longest = max(len(part.symbol) for part in parts if isinstance(part, Derivation))
        for part in parts:
            assert isinstance(part, Derivation)
            yield from derivation_lines(part, width, longest)
        return
    for part in parts:
        if isinstance(part, Remark):
            yield from _wrapped(part.text, width, INDENT)
        elif isinstance(part, Table):
            yield from _table_lines(part, width)


def derivation_lines(derivation: Derivation, width: int, longest: int = 0) -> Iterator[str]:
    """The formula on the first line, what becomes of it on the next ones as far as they reach."""
    texts = chain(derivation)
    name = derivation.symbol.ljust(longest)
    whole = f"{INDENT}{name} = {' = '.join(texts)}"
    if len(whole) <= width:
        yield whole
        return
    margin = " " * (len(INDENT) + len(name))
    room = width - len(margin) - 3
    start = f"{INDENT}{name} = "
    line = ""
    for number, step in enumerate(texts):
        joined = f"{line} = {step}"
        if line and number > 1 and len(joined) <= room:
            line = joined
            continue
        if line:
            yield start + line
            start = f"{margin} = "
        *broken, line = _broken(step, room)
        for piece in broken:
            yield start + piece
            start = f"{margin}   "
    yield start + line


def _broken(text: str, room: int) -> list[str]:
    """A formula in pieces that fit, broken before a sign of its outermost sum or product where it can be."""
    pieces = []
    while len(text) > room:
        place = _place_to_break(text, room)
        if not place:
            break
        pieces.append(text[:place].rstrip())
        text = text[place:].lstrip()
    return [*pieces, text]


def _place_to_break(text: str, room: int) -> int:
    depth, places = 0, []
    for place, sign in enumerate(text[: room + 1]):
        depth += (sign == "(") - (sign == ")")
        if place and (text.startswith((" + ", " - "), place) or (sign == "*" and place < room)):
            places.append((depth, -place))
    deep = [place for place in places if -place[1] > room // 3] or places
    return -min(deep)[1] if deep else 0


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        clean(text), width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


# --- tables ------------------------------------------------------------------------------------------


def _table_lines(table: Table, width: int) -> Iterator[str]:
    """A line for each row, the cells below each other; what does not fit stands below its label."""
    if table.title:
        yield f"{INDENT}{table.title}:"
    rows = [[cell_text(cell) for cell in row.cells] for row in table.rows]
    full = [table.head[1:], *(row for row in rows if row)]
    columns = list(zip(*full, strict=True))
    widths = [max(map(width_of, column)) for column in columns]
    right = [all(map(_is_figure, column[1:])) for column in columns]
    room = width - len(INDENT) - len(GAP) * len(widths)
    labels = [clean(row.label) for row in table.rows]
    longest = max(map(width_of, (table.head[0], *labels)))
    widths = _narrowed(
        widths, right, room - longest, LONG_CELL
    )  # long texts first, then labels, then all texts
    labels = [shortened(label, max(room - sum(widths), SHORTEST_LABEL), "...") for label in labels]
    label_width = max(map(width_of, (table.head[0], *labels)))
    widths = _narrowed(widths, right, room - label_width, SHORTEST_CELL)

    def lines(label: str, cells: Sequence[str]) -> Iterator[str]:
        pieces = [_cell_lines(*cell) for cell in zip(cells, widths, strict=True)]
        for first, *texts in zip_longest([label], *pieces, fillvalue=""):
            aligned = [padded(*cell) for cell in zip(texts, widths, right, strict=True)]
            yield (INDENT + GAP.join([padded(first, label_width), *aligned])).rstrip()

    yield from lines(table.head[0], table.head[1:])
    for row, label, cells in zip(table.rows, labels, rows, strict=True):
        if cells:
            yield from lines(label, cells)
        if row.note:
            first = INDENT + (padded("" if cells else label, label_width) + GAP)
            yield from textwrap.wrap(
                clean(row.note),
                max(width, len(first) + SHORTEST_LABEL),
                initial_indent=first,
                subsequent_indent=" " * width_of(first),
                break_on_hyphens=False,
            )


def _narrowed(widths: Sequence[int], right: Sequence[bool], room: int, least: int) -> list[int]:
    """The widths of columns that share a room: the widest text gives way, down to the least."""
    found = list(widths)
    while sum(found) > room:
        yielding = [at for at, figures in enumerate(right) if not figures and found[at] > least]
        if not yielding:
            break
        found[max(yielding, key=found.__getitem__)] -= 1
    return found


def _cell_lines(text: str, width: int) -> list[str]:
    """A cell in lines, broken at spaces; a longer word is shortened."""
    pieces = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [shortened(piece, width, "...") for piece in pieces]


def _is_figure(text: str) -> bool:
    """Whether a cell is a number or a share, which stand at the right."""
    return not text.strip("0123456789,.<% ")


def cell_text(cell: Derivation | str) -> str:
    """The numbers and the value of a derivation; a text as it is."""
    if isinstance(cell, str):
        return clean(cell)
    numbers, value = (text(step) for step in cell_steps(cell))
    return value if numbers == value else f"{numbers} = {value}"


def cell_steps(cell: Derivation) -> tuple[Expression, Expression]:
    """What a table shows of a derivation: the first step in numbers, and the value."""
    return in_numbers(cell), cell.value


def _proposals(rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    """Commands with what they give beside them, or below where there is little room."""
    longest = max(width_of(command) for command, _ in rows)
    if longest + ROOM_FOR_WORDS <= width:
        yield from _aligned(rows, width)
        return
    for command, words in rows:
        yield INDENT + command
        yield from _wrapped(words, width, 2 * INDENT)


def _aligned(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Rows with their columns below each other, the last one wrapped."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    for *cells, last in rows:
        first = INDENT + GAP.join(padded(*cell) for cell in zip(cells, widths, strict=False)) + GAP
        yield from textwrap.wrap(
            last,
            max(width, len(first) + SHORTEST_LABEL),
            initial_indent=first,
            subsequent_indent=" " * width_of(first),
            break_on_hyphens=False,
        )
