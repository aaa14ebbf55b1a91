"""The standard normal distribution, for GELU: Φ and φ in NumPy alone, to the last digits of float64.

Φ(x) = ½ erfc(-x/√2). erf and erfc by the rational approximations of Cephes (S. L. Moshier, ndtr.c, after W. J. Cody,
"Rational Chebyshev approximation for the error function", Math. Comp. 23, 1969): erf(x) = x T(x²)/U(x²) for |x| < 1,
erfc(x) = e^{-x²} P(x)/Q(x) for 1 <= x < 8; beyond 8, where erfc < 1e-29, the same fraction's last value is good enough.
"""

import numpy as np

from .strips import in_strips

_T = (9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3, 7.00332514112805075473e3,
      5.55923013010394962768e4)  # fmt: skip
_U = (1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3, 2.26290000613890934246e4,
      4.92673942608635921086e4)  # fmt: skip
_P = (2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0, 4.86371970985681366614e1,
      1.96520832956077098242e2, 5.26445194995477358631e2, 9.34528527171957607540e2, 1.02755188689515710272e3,
      5.57535335369399327526e2)  # fmt: skip
_Q = (1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2, 9.75708501743205489753e2,
      1.82390916687909736289e3, 2.24633760818710981792e3, 1.65666309194161350182e3,
      5.57535340817727675546e2)  # fmt: skip


@in_strips
def normal_cdf(x: np.ndarray, out: np.ndarray) -> None:
    """Write Φ(x), absolute error below 3e-16 in float64. x and out: C-contiguous, same shape and dtype."""
    z = x * x.dtype.type(1 / np.sqrt(2))
    size = np.abs(z)
    small = np.minimum(size, 1)
    small *= small
    near = 0.5 + 0.5 * z * (_polynomial(_T, small) / _polynomial(_U, small))
    clipped = np.clip(size, 1, 8)
    tail = 0.5 * np.exp(-size * size) * (_polynomial(_P, clipped) / _polynomial(_Q, clipped))  # Φ(-|x|)
    out[...] = np.where(size < 1, near, np.where(z > 0, 1 - tail, tail))


def normal_density(x: np.ndarray) -> np.ndarray:
    """φ(x) = e^{-x²/2} / √(2π)."""
    density: np.ndarray = np.exp(-0.5 * x * x) * x.dtype.type(1 / np.sqrt(2 * np.pi))
    return density


def _polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Σ c_k x^(n-k), by Horner's rule."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value *= x
        value += coefficient
    return value
