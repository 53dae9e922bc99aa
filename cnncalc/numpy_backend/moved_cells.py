"""How the output answers to the input where a layer only moves cells: crops, slices, parts, reshapes."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cnncalc.layers.reshape import Reshape
from cnncalc.layers.slicing import Slice
from cnncalc.numpy_backend.marks import Masks, Subject, answers
from cnncalc.numpy_backend.probes import Question, subjects
from cnncalc.numpy_backend.work import Shape

LONGEST_STEP = 1 << 16
"""Of a slice that is asked on an axis made longer for it."""


class Relation(NamedTuple):
    """The output walks along a dimension of the input: position `v` reads `reads[v % period]`, all of them
    moved on by `advance` cells for each whole period before it."""

    dim: int
    """The dimension of the output."""
    advance: int
    reads: tuple[tuple[int, ...], ...]
    partial: bool = False
    """Only some of the positions read this input; cells are counted from the first that does."""


def by_single_cells(question: Question) -> Relation | None:
    """The relation at the real length, if each position reads a single cell, evenly spaced.

    Cells are marked by the binary digits of their number, so that few samples tell all of them apart.
    """
    found = {_single_cells(question, asked) for asked in at_two_sizes(question)}
    relation = found.pop() if len(found) == 1 else None
    return relation and relation._replace(advance=_advance_of_more(question, relation))


def _advance_of_more(question: Question, found: Relation) -> int:
    """Of a slice that keeps a single position how far it would be to the next one, on a longer axis."""
    layer, (shape, *_) = question.layer, question.shapes
    if not isinstance(layer, Slice) or question.output[found.dim] > 1 or layer.step > LONGEST_STEP:
        return found.advance
    longer = (*shape[: question.dim], layer.step + 1, *shape[question.dim + 1 :])
    more = dataclasses.replace(layer, start=0, stop=None)
    output = (*longer[: question.dim], 2, *longer[question.dim + 1 :])
    walked = by_single_cells(question._replace(layer=more, shapes=(longer,), output=output))
    return found.advance if walked is None else walked.advance


def at_two_sizes(question: Question) -> Iterator[Subject]:
    """The layer at its real length, with two sizes along the other dimensions."""
    for larger in (False, True):
        yield from itertools.islice(subjects(question, None, larger), 1)


def _single_cells(question: Question, asked: Subject) -> Relation | None:
    size = asked.shapes[question.which][question.dim]
    numbers = np.arange(size)
    digits = [numbers >> digit & 1 for digit in range((size - 1).bit_length())]
    masks = np.array([np.ones(size), *digits, *(1 - digit for digit in digits)], dtype=bool)
    found = []
    for dim, marked in enumerate(answers(asked, question.which, question.dim, masks)):
        relation = _evenly_spaced(marked, dim)
        if relation is not None and (size > 1 or relation.partial or _in_the_same_place(question, dim)):
            found.append(relation)
    if len(found) > 1 and len(question.output) == len(question.shapes[question.which]):
        # of several single positions the one in the same place
        found = [relation for relation in found if relation.dim == question.dim]
    return found[0] if len(found) == 1 else None


def _evenly_spaced(marked: Masks, dim: int) -> Relation | None:
    """The relation, by answers to all cells, to those that have each binary digit and those that have not."""
    reads, (ones, zeros) = marked[0], np.split(marked[1:], 2)
    if not reads.any() or (ones & zeros).any():
        return None
    cells = sum((row.astype(int) << digit for digit, row in enumerate(ones)), np.zeros(len(reads), int))[
        reads
    ]
    steps = set(np.diff(cells).tolist())
    positions = np.flatnonzero(reads)
    if len(steps) > 1 or min(steps, default=1) < 1 or positions[-1] - positions[0] >= len(positions):
        return None
    step = steps.pop() if steps else 1
    partial = len(positions) < len(reads)
    return Relation(dim, step, ((0 if partial else int(cells[0]),),), partial)


def _among_single_cells(shape: Shape, dim: int) -> tuple[int, int, int]:
    """Elements in front of a single cell, and single cells side by side with it, before and after it."""
    before, after = dim, dim
    while before and shape[before - 1] == 1:
        before -= 1
    while after + 1 < len(shape) and shape[after + 1] == 1:
        after += 1
    return math.prod(shape[:dim]), dim - before, after - dim


def _in_the_same_place(question: Question, dim: int) -> bool:
    """A single cell, that all see, can be told by its place alone: from the front or from the end."""
    shape, output = question.shapes[question.which], question.output
    if isinstance(question.layer, Reshape):
        return _among_single_cells(shape, question.dim) == _among_single_cells(output, dim)
    if len(shape) == len(output):
        return dim == question.dim
    front = shape[: question.dim + 1] == output[: dim + 1]
    return front or shape[question.dim :] == output[dim:]
