"""The tail of the negative binomial, on a log scale and for whole columns: what the spike rule needs of statistics.

The core of triage has no statistics library among its dependencies; this is the one function that is wanted of one. The
continued fraction is that of the incomplete beta function (Abramowitz and Stegun 26.5.8), taken by Lentz's method.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ("log_gamma", "log_tail")

Floats = npt.NDArray[np.float64]

_STEPS: Final = 400
_TINY: Final = 1e-300
_SHIFT: Final = 8


def log_gamma(x: Floats) -> Floats:
    """The logarithm of the gamma function of positive numbers, to about 1e-12.

    Examples
    --------
    >>> log_gamma(np.array([5.0, 0.5])).round(9).tolist()
    [3.17805383, 0.572364943]
    """
    product = np.ones_like(x)
    for step in range(_SHIFT):
        product = product * np.where(x < _SHIFT, x + step, 1.0)
    z = np.where(x < _SHIFT, x + _SHIFT, x)
    series = 1 / (12 * z) - 1 / (360 * z**3) + 1 / (1260 * z**5) - 1 / (1680 * z**7)
    found: Floats = (z - 0.5) * np.log(z) - z + 0.5 * np.log(2 * np.pi) + series - np.log(product)
    return found


def log_tail(count: Floats, mean: Floats, size: Floats) -> Floats:
    """The natural logarithm of P(X >= count) of a negative binomial X, a Poisson count whose rate is a gamma.

    Parameters
    ----------
    count
        Positive, and not necessarily whole.
    mean
        Positive; the variance is mean + mean² / size.
    size
        Positive: the shape of the gamma.

    Returns
    -------
    array
        At most 0. Where the count is not above the mean, only that: 0.

    Examples
    --------
    >>> np.exp(log_tail(np.array([2.0, 1.0]), np.array([1.0, 3.0]), np.array([1.0, 1.0]))).round(9).tolist()
    [0.25, 1.0]
    """
    found = np.zeros(len(count))
    above = np.flatnonzero(count > mean)
    a, b, mu = count[above], size[above], mean[above]
    x = mu / (mu + b)
    front = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * np.log(x) + b * np.log(b / (mu + b)) - np.log(a)
    found[above] = np.minimum(front + np.log(_fraction(a, b, x)), 0.0)
    return found


def _fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    """The continued fraction of the incomplete beta function, each until it stands."""
    total = 1 / _kept(1 - (a + b) * x / (a + 1))
    c, d = np.ones_like(a), total.copy()
    at = np.arange(len(a))
    for m in range(1, _STEPS):
        p, q, y = a[at], b[at], x[at]
        even = m * (q - m) * y / ((p + 2 * m - 1) * (p + 2 * m))
        odd = -(p + m) * (p + q + m) * y / ((p + 2 * m) * (p + 2 * m + 1))
        dd, cc, grown = d[at], c[at], total[at]
        for term in (even, odd):
            dd = 1 / _kept(1 + term * dd)
            cc = _kept(1 + term / cc)
            grown = grown * dd * cc
        done = np.abs(dd * cc - 1) < 1e-10
        total[at], c[at], d[at] = grown, cc, dd
        at = at[~done]
        if not len(at):
            break
    return np.maximum(total, _TINY)


def _kept(value: Floats) -> Floats:
    """Away from zero."""
    found: Floats = np.where(np.abs(value) < _TINY, _TINY, value)
    return found
