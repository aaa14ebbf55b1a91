"""Activation functions, each beside its local derivative.

`forward(a, out)` writes h = g(a); `local(a, h, out)` writes g'(a), from a or from h, whichever is cheaper.
Arrays are C-contiguous, of any shape, float32 or float64; `out` may be `a` itself in `forward` where `in_place` is
true: then g' can be told from h alone, a layer needs no second buffer, and the `a` given to `local` may hold h.
What needs a second array of numbers on the way works in strips, so that nothing as large as a layer is allocated.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Array, Elementwise, Unary
from .normal import normal_cdf, normal_density
from .strips import in_strips


@dataclass(frozen=True)
class Activation:
    """h = g(a), elementwise (softmax: row by row).

    pullback(h, upstream, out), given for softmax only, writes δ = Jᵀ·upstream, J = ∂h/∂a, where the
    derivative is not elementwise; `local` is None there. kinks: where g has no derivative.
    """

    name: str
    formula: str
    derivative: str
    forward: Unary
    local: Elementwise | None
    in_place: bool = True
    pullback: Elementwise | None = None
    kinks: tuple[float, ...] = ()


_ZERO = np.zeros((), np.float32)  # an array of no dimensions: NumPy looks at a Python number twice as long


# identity: g(a) = a, g'(a) = 1


def _identity(a: Array, out: Array) -> None:
    if out is not a:
        out[...] = a


def _identity_local(a: Array, h: Array, out: Array) -> None:
    out.fill(1)


# sigmoid: g(a) = 1 / (1 + e^-a) = (1 + tanh(a/2)) / 2, g' = h (1 - h)


def _sigmoid(a: Array, out: Array) -> None:
    # through tanh: no overflow at any a, and no branch
    np.multiply(a, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5


def _sigmoid_local(a: Array, h: Array, out: Array) -> None:
    np.subtract(1, h, out=out)
    out *= h


# tanh: g' = 1 - h²


def _tanh(a: Array, out: Array) -> None:
    np.tanh(a, out=out)


def _tanh_local(a: Array, h: Array, out: Array) -> None:
    np.multiply(h, h, out=out)
    np.subtract(1, out, out=out)


# ReLU: g(a) = max(0, a), g' = 1 where a > 0, else 0 (the lectures' choice at the kink)


def _relu(a: Array, out: Array) -> None:
    if a.size < 4096:
        np.maximum(a, _ZERO, out=out)
    else:
        np.clip(a, 0, np.inf, out=out)  # four times as fast as NumPy's maximum with a number, once it is running


def _relu_local(a: Array, h: Array, out: Array) -> None:
    if h.size < 2048:  # NumPy's sign is quicker to start, its comparison quicker to run; h >= 0, so both are g'
        np.sign(h, out=out)
    else:
        np.greater(h, _ZERO, out=out)


# leaky ReLU: g(a) = a where a > 0, else .01 a (torch's negative_slope)

SLOPE = 0.01


@in_strips
def _leaky_relu(a: Array, out: Array) -> None:
    np.maximum(a, a * SLOPE, out=out)


def _leaky_relu_local(a: Array, h: Array, out: Array) -> None:
    np.greater(h, 0, out=out)  # h has the sign of a
    out *= 1 - SLOPE
    out += SLOPE


# ELU: g(a) = a where a > 0, else e^a - 1 (α = 1); g' = 1 where a > 0, else e^a = h + 1


@in_strips
def _elu(a: Array, out: Array) -> None:
    np.maximum(a, np.expm1(np.minimum(a, 0)), out=out)  # e^a - 1 > a where a < 0, and is 0 where a > 0


def _elu_local(a: Array, h: Array, out: Array) -> None:
    np.minimum(h, 0, out=out)
    out += 1


# GELU (Hendrycks & Gimpel 2016), exact: g(a) = a Φ(a), g' = Φ(a) + a φ(a); Φ, φ of the standard normal distribution


def _gelu(a: Array, out: Array) -> None:
    normal_cdf(a, out)
    out *= a


@in_strips
def _gelu_local(a: Array, h: Array, out: Array) -> None:
    normal_cdf(a, out)
    out += a * normal_density(a)


# SiLU (swish): g(a) = a σ(a), g' = σ(a) (1 + a (1 - σ(a)))


def _silu(a: Array, out: Array) -> None:
    _sigmoid(a, out)
    out *= a


@in_strips
def _silu_local(a: Array, h: Array, out: Array) -> None:
    _sigmoid(a, out)
    out += h * (1 - out)  # σ + a σ (1 - σ)


# softplus: g(a) = ln(1 + e^a) = max(a, 0) + ln(1 + e^-|a|), g' = σ(a) = 1 - e^-h


@in_strips
def _softplus(a: Array, out: Array) -> None:
    np.add(np.maximum(a, 0), np.log1p(np.exp(-np.abs(a))), out=out)  # finite at any a


def _softplus_local(a: Array, h: Array, out: Array) -> None:
    np.negative(h, out=out)
    np.expm1(out, out=out)
    np.negative(out, out=out)


# step (Rosenblatt's perceptron): g(a) = 1 where a >= 0, else 0; g' = 0 wherever it exists


def _step(a: Array, out: Array) -> None:
    np.greater_equal(a, 0, out=out)


def _step_local(a: Array, h: Array, out: Array) -> None:
    out.fill(0)


# softmax: h_k = e^{a_k} / Σ_j e^{a_j}, J = diag(h) - h hᵀ


def _softmax(a: Array, out: Array) -> None:
    np.subtract(a, a.max(axis=-1, keepdims=True), out=out)  # softmax(a) = softmax(a - c): no overflow
    np.exp(out, out=out)
    out /= out.sum(axis=-1, keepdims=True)


def _softmax_pullback(h: Array, upstream: Array, out: Array) -> None:
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
        Activation("relu", "g(a) = max(0, a)", "1 if a > 0 else 0", _relu, _relu_local, kinks=(0.0,)),
        Activation(
            "leaky_relu",
            "g(a) = a if a > 0 else 0.01 a",
            "1 if a > 0 else 0.01",
            _leaky_relu,
            _leaky_relu_local,
            kinks=(0.0,),
        ),
        Activation("elu", "g(a) = a if a > 0 else e^a - 1", "1 if a > 0 else h + 1", _elu, _elu_local),
        Activation("gelu", "g(a) = a Φ(a)", "Φ(a) + a φ(a)", _gelu, _gelu_local, in_place=False),
        Activation("silu", "g(a) = a / (1 + e^-a)", "(1 + a - h) / (1 + e^-a)", _silu, _silu_local, in_place=False),
        Activation("softplus", "g(a) = ln(1 + e^a)", "1 - e^-h", _softplus, _softplus_local),
        Activation("step", "g(a) = 1 if a >= 0 else 0", "0", _step, _step_local, kinks=(0.0,)),
        Activation(
            "softmax", "g(a)_k = e^a_k / Σ_j e^a_j", "diag(h) - h hᵀ", _softmax, None, pullback=_softmax_pullback
        ),
    )
}
#: What a hidden layer can learn with; "step" can stand there too, but only forward: its gradient is 0 everywhere.
FORWARD_ONLY = ("step",)
HIDDEN = tuple(name for name in ACTIVATIONS if name not in (*FORWARD_ONLY, "softmax"))
OUTPUTS = ("identity", "sigmoid", "softmax")
