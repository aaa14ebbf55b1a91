"""Activation functions, each beside its local derivative.

`forward(a, out)` writes h = g(a); `local(a, h, out)` writes g'(a), from a or from h, whichever is cheaper.
Arrays have any shape, float32 or float64; `out` may be `a` itself in `forward` where `in_place` is true:
then g' can be told from h alone and a layer needs no second buffer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Activation:
    """h = g(a), elementwise (softmax: row by row).

    pullback(h, upstream, out), given for softmax only, writes δ = Jᵀ·upstream, J = ∂h/∂a, where the
    derivative is not elementwise; `local` is None there.
    """

    name: str
    formula: str
    derivative: str
    forward: Callable[[np.ndarray, np.ndarray], None]
    local: Callable[[np.ndarray, np.ndarray, np.ndarray], None] | None
    in_place: bool = True
    pullback: Callable[[np.ndarray, np.ndarray, np.ndarray], None] | None = None


# identity: g(a) = a, g'(a) = 1


def _identity(a, out):
    if out is not a:
        out[...] = a


def _identity_local(a, h, out):
    out.fill(1)


# sigmoid: g(a) = 1 / (1 + e^-a) = (1 + tanh(a/2)) / 2, g' = h (1 - h)


def _sigmoid(a, out):
    # through tanh: no overflow at any a, and no branch
    np.multiply(a, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5


def _sigmoid_local(a, h, out):
    np.subtract(1, h, out=out)
    out *= h


# tanh: g' = 1 - h²


def _tanh(a, out):
    np.tanh(a, out=out)


def _tanh_local(a, h, out):
    np.multiply(h, h, out=out)
    np.subtract(1, out, out=out)


# ReLU: g(a) = max(0, a), g' = 1 where a > 0, else 0 (the lectures' choice at the kink)


def _relu(a, out):
    np.maximum(a, 0, out=out)


def _relu_local(a, h, out):
    np.greater(h, 0, out=out)


# softmax: h_k = e^{a_k} / Σ_j e^{a_j}, J = diag(h) - h hᵀ


def _softmax(a, out):
    np.subtract(a, a.max(axis=-1, keepdims=True), out=out)  # softmax(a) = softmax(a - c): no overflow
    np.exp(out, out=out)
    out /= out.sum(axis=-1, keepdims=True)


def _softmax_pullback(h, upstream, out):
    # Jᵀu = h ⊙ (u - (u·h)), row by row
    dot = np.einsum("...k,...k->...", upstream, h)[..., None]
    np.subtract(upstream, dot, out=out)
    out *= h


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("identity", "g(a) = a", "1", _identity, _identity_local),
        Activation("sigmoid", "g(a) = 1 / (1 + e^-a)", "h (1 - h)", _sigmoid, _sigmoid_local),
        Activation("tanh", "g(a) = (e^a - e^-a) / (e^a + e^-a)", "1 - h²", _tanh, _tanh_local),
        Activation("relu", "g(a) = max(0, a)", "1 if a > 0 else 0", _relu, _relu_local),
        Activation(
            "softmax", "g(a)_k = e^a_k / Σ_j e^a_j", "diag(h) - h hᵀ", _softmax, None, pullback=_softmax_pullback
        ),
    )
}
HIDDEN = ("identity", "sigmoid", "tanh", "relu")
OUTPUTS = ("identity", "sigmoid", "softmax")
