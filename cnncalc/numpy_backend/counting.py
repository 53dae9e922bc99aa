"""Arithmetic on arrays that counts itself, by the size of what each call really computed.

Executors compute on a layer's elements through these methods only; what they prepare from its weights
once (a factor of batch-norm's statistics) is plain NumPy and not counted, as the analysis does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnncalc.layers.base import Operations

Array: TypeAlias = NDArray[Any]
Operand: TypeAlias = "Array | float"


class CountedArithmetic:
    """NumPy's functions on elements; each adds to the counts what it has computed."""

    def __init__(self) -> None:
        self.start_counting()

    def start_counting(self) -> None:
        self.macs = self.adds = self.muls = self.compares = self.transcendentals = 0

    @property
    def counted(self) -> Operations:
        """What was computed since `start_counting`."""
        return Operations(self.macs, self.adds, self.muls, self.compares, self.transcendentals)

    # --- one addition an element -------------------------------------------------------------------

    def add(self, a: Operand, b: Operand, out: Array | None = None) -> Array:
        result: Array = np.add(a, b, out=out)
        self.adds += result.size
        return result

    def subtract(self, a: Operand, b: Operand, out: Array | None = None) -> Array:
        result: Array = np.subtract(a, b, out=out)
        self.adds += result.size
        return result

    def sum(self, a: Array, axis: int | tuple[int, ...], keepdims: bool = False) -> Array:
        """The sums along axes: of n elements that become one, n - 1 additions."""
        result: Array = np.asarray(np.sum(a, axis=axis, keepdims=keepdims))
        self.adds += a.size - result.size
        return result

    # --- one multiplication or division an element -------------------------------------------------

    def multiply(self, a: Operand, b: Operand, out: Array | None = None) -> Array:
        result: Array = np.multiply(a, b, out=out)
        self.muls += result.size
        return result

    def divide(self, a: Operand, b: Operand, out: Array | None = None) -> Array:
        result: Array = np.divide(a, b, out=out)
        self.muls += result.size
        return result

    # --- comparisons -------------------------------------------------------------------------------

    def maximum(self, a: Operand, b: Operand, out: Array | None = None) -> Array:
        result: Array = np.maximum(a, b, out=out)
        self.compares += result.size
        return result

    def max(self, a: Array, axis: int | tuple[int, ...], keepdims: bool = False) -> Array:
        """The largest along axes: of n elements that become one, n - 1 comparisons."""
        result: Array = np.asarray(np.max(a, axis=axis, keepdims=keepdims))
        self.compares += a.size - result.size
        return result

    def greater(self, a: Operand, b: Operand) -> NDArray[np.bool_]:
        result: NDArray[np.bool_] = np.greater(a, b)
        self.compares += result.size
        return result

    def at_least(self, a: Operand, b: Operand) -> NDArray[np.bool_]:
        result: NDArray[np.bool_] = np.greater_equal(a, b)
        self.compares += result.size
        return result

    def bound(
        self, a: Array, low: float | None = None, high: float | None = None, out: Array | None = None
    ) -> Array:
        """Elements within bounds: a comparison for each bound there is."""
        # with both bounds given np.clip takes a path that is several times faster than with one
        result: Array = np.clip(a, -np.inf if low is None else low, np.inf if high is None else high, out=out)
        self.compares += result.size * ((low is not None) + (high is not None))
        return result

    # --- functions ---------------------------------------------------------------------------------

    def apply(self, function: Callable[..., Any], *operands: Operand, out: Array | None = None) -> Array:
        """exp, log, tanh, sqrt, power, ...: one transcendental an element."""
        result: Array = function(*operands) if out is None else function(*operands, out=out)
        self.transcendentals += result.size
        return result

    def exp_less_one(self, a: Array, out: Array) -> Array:
        """exp(a) - 1, a transcendental and an addition an element: near 0 without losing digits."""
        np.expm1(a, out=out)
        self.transcendentals += out.size
        self.adds += out.size
        return out

    def log_of_one_and(self, a: Array, out: Array) -> Array:
        """log(1 + a), an addition and a transcendental an element: near 0 without losing digits."""
        np.log1p(a, out=out)
        self.adds += out.size
        self.transcendentals += out.size
        return out

    # --- products that are summed ------------------------------------------------------------------

    def matmul(self, a: Array, b: Array, out: Array | None = None) -> Array:
        """Matrix products; each element of the result sums as many products as `a` has columns."""
        result: Array = np.matmul(a, b, out=out)
        self.macs += result.size * a.shape[-1]
        return result

    def sum_of_products(self, subscripts: str, a: Array, b: Array, out: Array) -> Array:
        """np.einsum of two operands; `b` has the dimensions that are summed first, as many as it says.

        Each element of the result sums one product for each place of the dimensions that `out` lacks.
        """
        np.einsum(subscripts, a, b, out=out)
        operands, kept = subscripts.split("->")
        sizes = dict(zip(operands.replace(",", ""), a.shape + b.shape, strict=True))
        products = 1
        for letter, size in sizes.items():
            products *= 1 if letter in kept else size
        self.macs += out.size * products
        return out
