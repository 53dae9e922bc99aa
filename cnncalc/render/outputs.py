"""What comes out of a run, as a text within 80 columns or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cnncalc.analysis.report import SCHEMA, Report
from cnncalc.layers.shapes import written
from cnncalc.render.text import clean, padded, shortened, width_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_SHOWN = 5
MOST_SAMPLES_SHOWN = 8
LONGEST_NAME = 32
LONGEST_FILE = 24


class Summary(NamedTuple):
    """What is said of an output."""

    name: str
    shape: tuple[int, ...]
    min: float
    mean: float
    max: float
    not_finite: int
    largest: list[list[tuple[int, float]]]
    """For each sample of an output of vectors the places of the largest numbers, and these."""


class Shown(NamedTuple):
    """A run that is to be shown."""

    report: Report
    outputs: Sequence[Summary]
    seconds: float
    seed: int
    weights: str
    """The file that they are from; empty for random ones."""
    random_inputs: bool


def summary(name: str, output: NDArray[Any]) -> Summary:
    """The summary of an output (N, C, ...)."""
    vectors = output.ndim == 2 and output.shape[1] > 1
    with np.errstate(all="ignore"):
        return Summary(
            name,
            output.shape,
            float(output.min()),
            float(output.mean(dtype=np.float64)),
            float(output.max()),
            output.size - int(np.isfinite(output).sum()),
            [_largest(sample) for sample in output] if vectors else [],
        )


def _largest(vector: NDArray[Any]) -> list[tuple[int, float]]:
    places = (-vector).argsort(kind="stable")[:LARGEST_SHOWN]
    return [(int(place), float(vector[place])) for place in places]


# --- text ------------------------------------------------------------------------------------------


def text(shown: Shown) -> str:
    return "".join(f"{line}\n" for line in _lines(shown))


def _lines(shown: Shown) -> Iterator[str]:
    report = shown.report
    several = len(report.inputs) > 1
    inputs = [
        (f"{clean(name)} " if several else "") + written(shape) for name, shape in report.inputs.items()
    ]
    yield f"{clean(report.name)}  {', '.join(inputs)}"
    yield ", ".join([f"batch {report.batch:,}", report.dtype, *_sources(shown)])
    yield f"{_seconds(shown.seconds)}" + (
        ", the drawing of random weights included" if not shown.weights else ""
    )
    yield ""
    yield from _table(shown.outputs)
    for one in shown.outputs:
        yield from _largest_lines(one)
    for one in shown.outputs:
        if one.not_finite:
            yield ""
            yield f"{clean(one.name)}: {one.not_finite:,} numbers are not finite (nan or inf)"


def _sources(shown: Shown) -> Iterator[str]:
    """Where the weights are from, and what was drawn."""
    if shown.weights:
        yield f"weights of {shortened(clean(shown.weights), LONGEST_FILE, '...')}"
    drawn = ["weights"] * (not shown.weights) + ["input"] * shown.random_inputs
    if drawn:
        yield f"random {' and '.join(drawn)} of seed {shown.seed}"


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:.0f} s"


def _table(outputs: Sequence[Summary]) -> Iterator[str]:
    rows = [["output", "shape", "min", "mean", "max"]]
    for one in outputs:
        numbers = [f"{number:.4g}" for number in (one.min, one.mean, one.max)]
        rows.append([shortened(clean(one.name), LONGEST_NAME, "..."), written(one.shape), *numbers])
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        aligned = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        yield "  ".join([padded(name, widths[0]), *aligned])


def _largest_lines(one: Summary) -> Iterator[str]:
    if not one.largest:
        return
    yield ""
    yield f"{clean(one.name)}: the largest of {one.shape[1]:,}, as index: value"
    for number, sample in enumerate(one.largest[:MOST_SAMPLES_SHOWN]):
        label = f"sample {number}  " if len(one.largest) > 1 else ""
        yield f"  {label}" + "  ".join(f"{place}: {value:.4g}" for place, value in sample)
    if len(one.largest) > MOST_SAMPLES_SHOWN:
        yield f"  ... and {len(one.largest) - MOST_SAMPLES_SHOWN:,} samples more"


# --- JSON ------------------------------------------------------------------------------------------


def json(shown: Shown) -> str:
    from json import dumps

    report = shown.report
    document = {
        "schema": SCHEMA,
        "name": report.name,
        "batch": report.batch,
        "dtype": report.dtype,
        "seed": shown.seed,
        "weights": shown.weights or None,
        "random_inputs": shown.random_inputs,
        "inputs": {name: list(shape) for name, shape in report.inputs.items()},
        "seconds": round(shown.seconds, 6),
        "outputs": {one.name: _document(one) for one in shown.outputs},
    }
    return dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(one: Summary) -> dict[str, Any]:
    return {
        "shape": list(one.shape),
        "min": _finite(one.min),
        "mean": _finite(one.mean),
        "max": _finite(one.max),
        "not_finite": one.not_finite,
        "largest": [
            [{"index": place, "value": _finite(value)} for place, value in sample] for sample in one.largest
        ],
    }


def _finite(number: float) -> float | None:
    """The number, or None for what JSON has no word for."""
    return number if number - number == 0 else None
