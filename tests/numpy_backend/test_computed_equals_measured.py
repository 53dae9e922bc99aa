"""What the analysis says of a layer is what its executor does, on random layers, sizes and arrays.

The cases are those of the oracle, made by kind and seed: `case_of("conv2d", 17)` makes again what a
failure names. Batch, dtype and the way in which the arrays lie in memory go around with the seed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from cnncalc.analysis.figures import Figures, figures_of
from cnncalc.layers import FAMILY_OF, all_kinds
from cnncalc.numpy_backend import arrays
from cnncalc.numpy_backend.arrays import AS_READ, Order, is_view_of
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors import EXECUTORS
from cnncalc.numpy_backend.work import Shape
from tests.numpy_backend.executed_cases import LYING, Given, Refused, executed, given
from tests.numpy_backend.helpers import Executed
from tests.oracle.cases import Case, case_of

SEEDS = range(120)
ENOUGH = 30
"""Cases of every kind that neither side refuses."""
DTYPES = ("float32", "float64")
BATCHES = (1, 3)

# lp_pool with a p of 1.5 has no number for cells below 0
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered in power")
every_kind = pytest.mark.parametrize("name", FAMILY_OF)


def test_every_kind_has_an_executor_and_only_these() -> None:
    assert sorted(EXECUTORS) == sorted(all_kinds())


class Tried:
    """A case as the analysis sees it, and as it was executed."""

    def __init__(self, case: Case) -> None:
        seed = case.seed
        self.case = case
        self.batch, self.dtype = BATCHES[seed % 2], DTYPES[seed // 2 % 2]
        self.lying = LYING[seed % 3]
        self.figures = self._figures()
        self.given = given(case, self.batch, self.dtype, self.lying)
        self.before = [x.copy() for x in self.given.inputs]
        self.found = executed(case, self.given, self.dtype)

    def _figures(self) -> Figures | None:
        """What the analysis says, if it does not refuse."""
        if list(self.case.layer.check(self.case.inputs)):
            return None
        figures = figures_of(self.case.layer, self.case.inputs, self.batch, np.dtype(self.dtype).itemsize)
        return figures if min(figures.output_shape) >= 1 else None

    def __repr__(self) -> str:
        found = self.found.reason if isinstance(self.found, Refused) else self.found.output.shape
        return f"{self.case}, batch {self.batch}, {self.dtype} {self.lying}: {found}"


@cache
def tried(name: str) -> list[Tried]:
    return [Tried(case_of(name, seed)) for seed in SEEDS]


def fitting(name: str) -> list[tuple[Tried, Figures, Executed]]:
    """The cases that neither side refuses."""
    return [
        (one, one.figures, one.found)
        for one in tried(name)
        if one.figures is not None and isinstance(one.found, Executed)
    ]


@every_kind
def test_refused_by_both_or_by_none(name: str) -> None:
    for one in tried(name):
        assert (one.figures is None) == isinstance(one.found, Refused), one
    assert len(fitting(name)) >= ENOUGH


@every_kind
def test_shape_dtype_and_bytes(name: str) -> None:
    for one, figures, found in fitting(name):
        assert found.output.shape == (one.batch, *figures.output_shape), one
        assert found.output.dtype == one.dtype, one
        assert found.output.nbytes == figures.tensor_bytes, one


@every_kind
def test_operations(name: str) -> None:
    for one, figures, found in fitting(name):
        assert found.operations == figures.operations, one


@every_kind
def test_weights_and_buffers(name: str) -> None:
    for one, figures, found in fitting(name):
        assert {tensor: array.shape for tensor, array in found.weights.items()} == dict(figures.weights), one
        assert {tensor: array.shape for tensor, array in found.buffers.items()} == dict(figures.buffers), one


@every_kind
def test_views_and_only_these_look_at_the_input(name: str) -> None:
    """A reshape of what does not lie in its order is the one that cannot; those inputs are left out."""
    for one, figures, found in fitting(name):
        assert all(map(np.array_equal, one.given.inputs, one.before)), f"{one}: its input was written over"
        is_view = any(is_view_of(found.output, x) for x in one.given.inputs)
        if one.lying == "as read" or name not in ("flatten", "reshape"):
            assert is_view == one.case.layer.view == (figures.output_bytes == 0), one


IN_PLACE = [name for name, kind in all_kinds().items() if kind.layer.elementwise and not kind.layer.view]


@pytest.mark.parametrize("name", IN_PLACE)
def test_elementwise_layers_write_over_their_input(name: str) -> None:
    """If an input has the shape of the output; the numbers are those that come out elsewhere."""
    for one, _, found in fitting(name):
        inputs = given(one.case, one.batch, one.dtype, "channels last").inputs
        again = executed(one.case, Given(inputs, []), one.dtype, reusable=[True] * len(inputs))
        assert isinstance(again, Executed), one
        fits = any(x.shape == found.output.shape for x in inputs)
        assert any(is_view_of(again.output, x) for x in inputs) == fits, one
        assert again.operations == found.operations, one
        near = 1e-5 * np.max(np.abs(found.output))
        np.testing.assert_allclose(again.output, found.output, rtol=0, atol=near, err_msg=str(one))


@every_kind
def test_the_output_may_lie_in_any_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is written, and not to a copy: what a new array holds before is no number."""
    new = arrays.empty

    def unwritten(shape: Shape, dtype: np.dtype[Any], order: Order | None = None) -> Array:
        x = new(shape, dtype, order)
        x.fill(np.nan if x.dtype.kind == "f" else -9)
        return x

    monkeypatch.setattr(arrays, "empty", unwritten)
    for one, _, found in fitting(name):
        backwards = (0, *range(found.output.ndim - 1, 0, -1))
        for order in (AS_READ, backwards):
            again = executed(one.case, one.given, one.dtype, order=order)
            assert isinstance(again, Executed), one
            near = 1e-5 * np.max(np.abs(found.output))
            np.testing.assert_allclose(
                again.output, found.output, rtol=0, atol=near, err_msg=f"{one} as {order}"
            )
