"""Losses: each as a term an output and a row, and its gradient ∂L/∂ŷ. The batch loss is the mean over the rows.

ŷ, y and a_L have shape (batch, outputs); logarithms are natural. `terms(ŷ, y, out)` writes L's summands,
`gradient(ŷ, y, out)` writes ∂L/∂ŷ, `logit_terms(a, y, out)` the same summands from a_L, where that is the way that
stays finite. out is a buffer of its own, and the only array of that size they need.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array, Elementwise
from .strips import in_strips


@dataclass(frozen=True)
class Loss:
    """L(ŷ, y) of one row: the sum of `terms` over its outputs.

    canonical names the output activation for which ∂L/∂a_L = canonical_factor (ŷ - y) exactly ("" where there is
    none; divided by the number of outputs where mean_over_outputs); logit_terms belongs to that output.
    outputs: the output activations it makes sense with, and why not with others.
    """

    name: str
    formula: str
    terms: Elementwise
    gradient: Elementwise
    canonical: str = ""
    canonical_factor: float = 1.0
    logit_terms: Elementwise | None = None
    mean_over_outputs: bool = False
    outputs: tuple[str, ...] = ("identity", "sigmoid", "softmax")
    needs: str = ""

    def values(self, yhat: Array, y: Array) -> Array:
        """L of each row, (batch,)."""
        out = np.empty(np.broadcast_shapes(yhat.shape, y.shape), yhat.dtype)
        self.terms(yhat, y, out)
        sums: Array = out.sum(axis=1)
        return sums

    def shortcut_factor(self, outputs: int) -> float:
        """c in δ_L = c (ŷ - y), for the canonical output with that many units."""
        return self.canonical_factor / outputs if self.mean_over_outputs else self.canonical_factor

    @property
    def from_logits(self) -> Callable[[Array, Array], Array] | None:
        """L of each row from a_L, (batch,), for the canonical output; None where there is no such way."""
        logit_terms = self.logit_terms
        if logit_terms is None:
            return None

        def values(a: Array, y: Array) -> Array:
            out = np.empty(np.broadcast_shapes(a.shape, y.shape), a.dtype)
            logit_terms(a, y, out)
            sums: Array = out.sum(axis=1)
            return sums

        return values


_TINY: dict[np.dtype, np.floating] = {np.dtype(np.float32): np.float32(1e-30), np.dtype(np.float64): np.float64(1e-300)}


# squared error: L = Σ_k (ŷ_k - y_k)², ∂L/∂ŷ = 2 (ŷ - y)


def _squared_error(yhat: Array, y: Array, out: Array) -> None:
    np.subtract(yhat, y, out=out)
    np.multiply(out, out, out=out)


def _squared_error_gradient(yhat: Array, y: Array, out: Array) -> None:
    np.subtract(yhat, y, out=out)
    out *= 2


# with ½ in front: ∂L/∂ŷ = ŷ - y


def _half_squared_error(yhat: Array, y: Array, out: Array) -> None:
    _squared_error(yhat, y, out)
    out *= 0.5


def _half_squared_error_gradient(yhat: Array, y: Array, out: Array) -> None:
    np.subtract(yhat, y, out=out)


# mean absolute error: ∂L/∂ŷ = sign(ŷ - y) / K; 0 at the kink


def _absolute_error(yhat: Array, y: Array, out: Array) -> None:
    np.subtract(yhat, y, out=out)
    np.abs(out, out=out)


def _absolute_error_gradient(yhat: Array, y: Array, out: Array) -> None:
    np.subtract(yhat, y, out=out)
    np.sign(out, out=out)


def _meaned(function: Elementwise) -> Elementwise:
    """The same, divided by the number of outputs K."""

    def mean(yhat: Array, y: Array, out: Array) -> None:
        function(yhat, y, out)
        out *= 1 / out.shape[1]

    return mean


def huber(delta: float = 1.0) -> Loss:
    """Huber (1964), as torch's HuberLoss, mean over the outputs: with r = ŷ_k - y_k, ½ r² where |r| <= δ,

    else δ (|r| - ½ δ). Quadratic near 0, linear far off: an outlier pulls with the force δ, not r.
    """

    @in_strips
    def terms(yhat: Array, y: Array, out: Array) -> None:
        r = np.abs(yhat - y)
        c = np.minimum(r, delta)
        np.multiply(c, r - 0.5 * c, out=out)  # both branches in one

    def gradient(yhat: Array, y: Array, out: Array) -> None:
        np.subtract(yhat, y, out=out)
        np.clip(out, -delta, delta, out=out)

    formula = f"1/K Σ_k [½ r² if |r| <= {delta:g} else {delta:g} (|r| - {delta / 2:g})], r = ŷ_k - y_k"
    return Loss("huber", formula, _meaned(terms), _meaned(gradient), mean_over_outputs=True)


# binary cross entropy: L = -Σ_k [y_k ln ŷ_k + (1 - y_k) ln(1 - ŷ_k)]


@in_strips
def _bce(yhat: Array, y: Array, out: Array) -> None:
    tiny = _TINY[yhat.dtype]
    out[...] = -(y * np.log(np.maximum(yhat, tiny)) + (1 - y) * np.log(np.maximum(1 - yhat, tiny)))


@in_strips
def _bce_gradient(yhat: Array, y: Array, out: Array) -> None:
    tiny = _TINY[yhat.dtype]
    np.divide(yhat - y, np.maximum(yhat * (1 - yhat), tiny), out=out)


@in_strips
def _bce_from_logits(a: Array, y: Array, out: Array) -> None:
    # -[y ln σ(a) + (1-y) ln(1-σ(a))] = max(a, 0) - a y + ln(1 + e^-|a|): finite at any a
    np.add(np.maximum(a, 0) - a * y, np.log1p(np.exp(-np.abs(a))), out=out)


# cross entropy: L = -Σ_k y_k ln ŷ_k


def _ce(yhat: Array, y: Array, out: Array) -> None:
    np.maximum(yhat, _TINY[yhat.dtype], out=out)
    np.log(out, out=out)
    np.negative(out, out=out)
    out *= y


def _ce_gradient(yhat: Array, y: Array, out: Array) -> None:
    np.maximum(yhat, _TINY[yhat.dtype], out=out)
    np.divide(y, out, out=out)
    np.negative(out, out=out)


def _ce_from_logits(a: Array, y: Array, out: Array) -> None:
    # -ln softmax(a) = ln(1 + Σ' e^{a - top}) - (a - top), top the row's largest and Σ' the sum over the others:
    # with log1p even the loss of a row that is all but certain keeps its digits
    where = a.argmax(axis=1)[:, None]
    top = np.take_along_axis(a, where, axis=1)
    np.subtract(a, top, out=out)
    np.exp(out, out=out)
    np.put_along_axis(out, where, 0, axis=1)
    log_sum = np.log1p(out.sum(axis=1, keepdims=True))
    np.subtract(a, top, out=out)
    np.subtract(log_sum, out, out=out)
    out *= y


_PROBABILITIES = "it takes the logarithm of ŷ, which must lie between 0 and 1"
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
            "mse",
            "1/K Σ_k (ŷ_k - y_k)²",
            _meaned(_squared_error),
            _meaned(_squared_error_gradient),
            "identity",
            2.0,
            mean_over_outputs=True,
        ),
        Loss(
            "mae",
            "1/K Σ_k |ŷ_k - y_k|",
            _meaned(_absolute_error),
            _meaned(_absolute_error_gradient),
            mean_over_outputs=True,
        ),
        huber(),
        Loss(
            "binary_cross_entropy",
            "-Σ_k [y_k ln ŷ_k + (1 - y_k) ln(1 - ŷ_k)]",
            _bce,
            _bce_gradient,
            "sigmoid",
            logit_terms=_bce_from_logits,
            outputs=("sigmoid", "softmax"),
            needs=_PROBABILITIES,
        ),
        Loss(
            "bce_mean",
            "-1/K Σ_k [y_k ln ŷ_k + (1 - y_k) ln(1 - ŷ_k)]",
            _meaned(_bce),
            _meaned(_bce_gradient),
            "sigmoid",
            logit_terms=_meaned(_bce_from_logits),
            mean_over_outputs=True,
            outputs=("sigmoid", "softmax"),
            needs=_PROBABILITIES,
        ),
        Loss(
            "cross_entropy",
            "-Σ_k y_k ln ŷ_k",
            _ce,
            _ce_gradient,
            "softmax",
            logit_terms=_ce_from_logits,
            outputs=("softmax",),
            needs="it looks at the true class alone, and only softmax then makes the others smaller",
        ),
    )
}

#: The output activation and loss of each task, where the person chose none.
DEFAULT_PAIR = {
    "classes": ("softmax", "cross_entropy"),
    "binary": ("sigmoid", "binary_cross_entropy"),
    "regression": ("identity", "half_squared_error"),
}
