"""Losses: each a value a row, and its gradient ∂L/∂ŷ. The batch loss is the mean over the rows.

ŷ and y have shape (batch, outputs); `values` returns (batch,). Logarithms are natural.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Loss:
    """L(ŷ, y) of one row, summed over the outputs unless the formula says otherwise.

    canonical names the output activation for which ∂L/∂a_L = canonical_factor (ŷ - y) exactly;
    from_logits(a, y) gives the values from a_L for that output, where that is the stable way.
    """

    name: str
    formula: str
    values: Callable[[np.ndarray, np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray, np.ndarray, np.ndarray], None]
    canonical: str
    canonical_factor: float = 1.0
    from_logits: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None


_TINY = {np.dtype(np.float32): np.float32(1e-30), np.dtype(np.float64): np.float64(1e-300)}


# squared error: L = Σ_k (ŷ_k - y_k)², ∂L/∂ŷ = 2 (ŷ - y)


def _squared_error(yhat, y):
    difference = yhat - y
    return np.einsum("bk,bk->b", difference, difference)


def _squared_error_gradient(yhat, y, out):
    np.subtract(yhat, y, out=out)
    out *= 2


def _half_squared_error(yhat, y):
    return 0.5 * _squared_error(yhat, y)


def _half_squared_error_gradient(yhat, y, out):
    np.subtract(yhat, y, out=out)


# binary cross entropy: L = -Σ_k [y_k ln ŷ_k + (1 - y_k) ln(1 - ŷ_k)]


def _bce(yhat, y):
    tiny = _TINY[yhat.dtype]
    return -(y * np.log(np.maximum(yhat, tiny)) + (1 - y) * np.log(np.maximum(1 - yhat, tiny))).sum(axis=1)


def _bce_gradient(yhat, y, out):
    tiny = _TINY[yhat.dtype]
    np.divide(yhat - y, np.maximum(yhat * (1 - yhat), tiny), out=out)


def _bce_from_logits(a, y):
    # -[y ln σ(a) + (1-y) ln(1-σ(a))] = max(a, 0) - a y + ln(1 + e^-|a|): finite at any a
    return (np.maximum(a, 0) - a * y + np.log1p(np.exp(-np.abs(a)))).sum(axis=1)


# cross entropy: L = -Σ_k y_k ln ŷ_k


def _ce(yhat, y):
    return -(y * np.log(np.maximum(yhat, _TINY[yhat.dtype]))).sum(axis=1)


def _ce_gradient(yhat, y, out):
    np.divide(y, np.maximum(yhat, _TINY[yhat.dtype]), out=out)
    np.negative(out, out=out)


def _ce_from_logits(a, y):
    # ln softmax(a) = a - max - ln Σ e^{a - max}
    shifted = a - a.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return log_sum * y.sum(axis=1) - np.einsum("bk,bk->b", y, shifted)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("squared_error", "Σ_k (ŷ_k - y_k)²", _squared_error, _squared_error_gradient, "identity", 2.0),
        Loss(
            "half_squared_error",
            "½ Σ_k (ŷ_k - y_k)²",
            _half_squared_error,
            _half_squared_error_gradient,
            "identity",
        ),
        Loss(
            "binary_cross_entropy",
            "-Σ_k [y_k ln ŷ_k + (1 - y_k) ln(1 - ŷ_k)]",
            _bce,
            _bce_gradient,
            "sigmoid",
            from_logits=_bce_from_logits,
        ),
        Loss("cross_entropy", "-Σ_k y_k ln ŷ_k", _ce, _ce_gradient, "softmax", from_logits=_ce_from_logits),
    )
}

#: The output activation and loss of each task, where the person chose none.
DEFAULT_PAIR = {
    "classes": ("softmax", "cross_entropy"),
    "binary": ("sigmoid", "binary_cross_entropy"),
    "regression": ("identity", "half_squared_error"),
}
