"""The columns of a table: what can be shown of a row, exactly and for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cnncalc import units
from cnncalc.analysis.fold import Row
from cnncalc.analysis.report import Totals
from cnncalc.arithmetic import product
from cnncalc.render.arguments import arguments_of
from cnncalc.render.text import clean

MORE_THAN_ANY_FIELD = 10**100


class Column(NamedTuple):
    """One column. A figure stands at the right, sorts from the largest, and may have a total.

    `exact` is the text for programs, `text` the one for people, `order` what is sorted by. `foreign` says
    that the text comes from the file, where anything may have been written.
    """

    key: str
    title: str
    exact: Callable[[Row], str]
    text: Callable[[Row], str]
    order: Callable[[Row], int | str]
    figure: bool = True
    total: Callable[[Totals], int] | None = None
    foreign: bool = False
    padded_units: int = 0
    """The width of the units behind the numbers, so that those without one stand with the others."""


def _words(key: str, title: str, text: Callable[[Row], str], foreign: bool = True) -> Column:
    return Column(key, title, text, lambda row: clean(text(row)), text, figure=False, foreign=foreign)


def _number(
    key: str, title: str, value: Callable[[Row], int], total: Callable[[Totals], int] | None = None
) -> Column:
    return Column(
        key,
        title,
        lambda row: str(value(row)),
        lambda row: units.count(value(row)) if value(row) else "-",
        value,
        total=total,
        padded_units=1,
    )


def _bytes(key: str, title: str, value: Callable[[Row], int], total: Callable[[Totals], int]) -> Column:
    return Column(
        key,
        title,
        lambda row: str(value(row)),
        lambda row: units.size(value(row)) if value(row) else "-",
        value,
        total=total,
        padded_units=3,
    )


def _shapes(row: Row, narrow: bool) -> str:
    return ", ".join(dict.fromkeys(units.shape(shape, narrow) for shape in row.read.values()))


def _weights(row: Row) -> str:
    if len(row.layers) > 1:
        return ""
    if row.last.share:
        return f"those of {row.last.share}"
    return ", ".join(f"{name} {units.shape(shape, True)}" for name, shape in row.last.weights.items())


def _arguments(row: Row) -> str:
    return arguments_of(row.last.layer) if len(row.layers) == 1 else ""


def _cells_seen(row: Row) -> int:
    """The cells of a receptive field; one that is the whole input is larger than any other."""
    field = row.receptive_field
    return product(field.size) + (0 if any(field.stride) else MORE_THAN_ANY_FIELD)


_ALL = (
    _words("name", "layer", lambda row: row.name),
    _words("kind", "kind", lambda row: row.kind, foreign=False),
    _words("inputs", "reads", lambda row: ", ".join(row.read)),
    Column(
        "input_shape",
        "input",
        lambda row: _shapes(row, narrow=True),
        lambda row: _shapes(row, narrow=False),
        lambda row: sum(product(shape) for shape in row.read.values()),
    ),
    Column(
        "output_shape",
        "output",
        lambda row: units.shape(row.output_shape, narrow=True),
        lambda row: units.shape(row.output_shape),
        lambda row: product(row.output_shape),
    ),
    _number("params", "params", lambda row: row.params, lambda totals: totals.params),
    _number("buffers", "buffers", lambda row: row.buffers, lambda totals: totals.buffers),
    _number("macs", "MACs", lambda row: row.macs, lambda totals: totals.macs),
    _number("flops", "FLOPs", lambda row: row.flops, lambda totals: totals.flops),
    _number("adds", "adds", lambda row: row.operations.adds, lambda totals: totals.ops.adds),
    _number("muls", "muls", lambda row: row.operations.muls, lambda totals: totals.ops.muls),
    _number("compares", "compares", lambda row: row.operations.compares, lambda totals: totals.ops.compares),
    _number(
        "transcendentals",
        "transc.",
        lambda row: row.operations.transcendentals,
        lambda totals: totals.ops.transcendentals,
    ),
    _bytes("output_bytes", "memory", lambda row: row.output_bytes, lambda totals: totals.activation_bytes),
    Column(
        "receptive_field",
        "RF",
        lambda row: units.shape(row.receptive_field.size, narrow=True),
        lambda row: units.field_size(row.receptive_field),
        _cells_seen,
    ),
    Column(
        "rf_stride",
        "RF stride",
        lambda row: "x".join(map(str, row.receptive_field.stride)),
        lambda row: units.field_stride(row.receptive_field),
        lambda row: int(1000 * max(row.receptive_field.stride, default=0)),
    ),
    Column(
        "rf_padding",
        "RF padding",
        lambda row: "x".join(map(str, row.receptive_field.padding)),
        lambda row: units.per_axis(row.receptive_field.padding) if row.receptive_field.padding else "-",
        lambda row: max(row.receptive_field.padding, default=0),
    ),
    _words("rf_status", "RF status", lambda row: row.receptive_field.status, foreign=False),
    _words("weights", "weights", _weights),
    _words("arguments", "arguments", _arguments),
)

COLUMNS = {column.key: column for column in _ALL}

ALIASES = {"layer": "name", "output": "output_shape", "input": "input_shape", "shape": "output_shape"}
ALIASES |= {"memory": "output_bytes", "bytes": "output_bytes", "rf": "receptive_field"}


def find(word: str) -> Column | None:
    """The column that a user means, by its key or title."""
    key = word.strip().lower().replace(" ", "_")
    return COLUMNS.get(ALIASES.get(key, key))


def chosen(keys: Sequence[str]) -> tuple[Column, ...]:
    """The columns with these keys."""
    return tuple(COLUMNS[key] for key in keys)


def in_order(rows: Sequence[Row], column: Column) -> tuple[Row, ...]:
    """The rows sorted by a column: figures from the largest, words by the alphabet."""
    return tuple(sorted(rows, key=column.order, reverse=column.figure))
