"""The error function, which NumPy does not have.

In float64 by the rational approximations of W. J. Cody, "Rational Chebyshev Approximations for the Error
Function", Mathematics of Computation 23 (1969), with the coefficients of his CALERF (SPECFUN, netlib). In
float32 by the one that Eigen and XLA use, a single quotient over the whole range.
"""

from __future__ import annotations

import numpy as np

from cnncalc.numpy_backend.counting import Array

Coefficients = tuple[float, ...]
"""Of a polynomial, the highest power first."""

# erf(x) = x P(x*x) / Q(x*x) up to 0.46875
NEAR_ZERO: tuple[Coefficients, Coefficients] = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
NEAR = 0.46875

# 1 - erf(x) = exp(-x*x) P(x) / Q(x) from there on; fitted up to 4, and good enough for erf beyond it
FAR_FROM_ZERO: tuple[Coefficients, Coefficients] = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
ONE_FROM = 6.0
"""From here on erf is 1 in float64."""

# erf(x) = x P(x*x) / Q(x*x) in float32, up to where it is 1
SINGLE: tuple[Coefficients, Coefficients] = (
    (-2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
     -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2),
    (-1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
     -1.42647390514189e-2),
)  # fmt: skip
SINGLE_ONE_FROM = 4.0


def erf(x: Array, out: Array | None = None) -> Array:
    """2/sqrt(pi) times the integral of exp(-t*t) from 0 to x; `out` may be x."""
    out = np.empty_like(x) if out is None else out
    if x.dtype == np.float64:
        _double(x, out)
    elif x.dtype == np.float32:
        _single(x, out)
    else:
        out[...] = erf(x.astype(np.float32))
    return out


def _single(x: Array, out: Array) -> None:
    bounded = np.clip(x, -SINGLE_ONE_FROM, SINGLE_ONE_FROM)
    top, bottom = (_polynomial(which, bounded * bounded) for which in SINGLE)
    np.multiply(bounded, top, out=bounded)
    np.divide(bounded, bottom, out=bounded)
    np.clip(bounded, -1.0, 1.0, out=out)


def _double(x: Array, out: Array) -> None:
    bounded = np.clip(x, -ONE_FROM, ONE_FROM)
    square = bounded * bounded
    top, bottom = (_polynomial(which, square) for which in NEAR_ZERO)
    near = bounded * top / bottom
    size = np.abs(bounded)
    top, bottom = (_polynomial(which, size) for which in FAR_FROM_ZERO)
    far = np.copysign(1.0 - np.exp(-square) * top / bottom, bounded)
    out[...] = np.where(size <= NEAR, near, far)


def _polynomial(coefficients: Coefficients, x: Array) -> Array:
    """Horner's rule."""
    value = x * coefficients[0]
    for coefficient in coefficients[1:-1]:
        value += coefficient
        value *= x
    value += coefficients[-1]
    return value
