"""Activations and losses, compiled: the formulas of mlp/activations.py and mlp/losses.py, a row at a time.

Which activation or loss it is, is a number here (its place in ACTIVATIONS, LOSS_CODES), so that one compiled program
serves every network. Constants are made of the arrays' own type, so that float32 stays float32.
"""

import math

import numpy as np

from ..activations import SLOPE
from ..arrays import Array
from . import ACTIVATIONS
from .jit import compiled

IDENTITY, RELU, LEAKY_RELU, SIGMOID, TANH = range(len(ACTIVATIONS))
SQUARED, BINARY, SOFTMAX = range(3)
#: The form of a loss, by the output that belongs to it.
LOSS_CODES = {"identity": SQUARED, "sigmoid": BINARY, "softmax": SOFTMAX}


@compiled
def add_bias(a: Array, b: Array) -> None:
    """a += b, row by row. a: (rows, n), b: (n,)."""
    for r in range(a.shape[0]):
        row = a[r]
        for j in range(row.size):
            row[j] += b[j]


@compiled
def activate(code: int, a: Array, b: Array) -> None:
    """h = g(a + b) in place of a: the bias and the activation in one pass. a: (rows, n), b: (n,)."""
    zero, half, slope = a.dtype.type(0), a.dtype.type(0.5), a.dtype.type(SLOPE)
    if code == RELU:
        for r in range(a.shape[0]):
            row = a[r]
            for j in range(row.size):
                value = row[j] + b[j]
                row[j] = zero if value <= zero else value  # NaN stays NaN: a broken layer is not hidden
        return
    add_bias(a, b)
    if code == LEAKY_RELU:
        for r in range(a.shape[0]):
            row = a[r]
            for j in range(row.size):
                row[j] = slope * row[j] if row[j] <= zero else row[j]
    elif code == SIGMOID:
        for r in range(a.shape[0]):
            row = a[r]
            for j in range(row.size):
                row[j] = sigmoid(row[j], half)
    elif code == TANH:
        for r in range(a.shape[0]):
            row = a[r]
            for j in range(row.size):
                row[j] = np.tanh(row[j])


@compiled
def sigmoid(a: float, half: float) -> float:
    """σ(a) = ½ tanh(a/2) + ½, finite at any a; half: ½ in the type of a."""
    value: float = half * np.tanh(half * a) + half
    return value


@compiled
def times_derivative(code: int, delta: Array, h: Array) -> None:
    """delta ← delta ⊙ g'(a), g' told from h = g(a). Both (rows, n)."""
    zero, one, slope = h.dtype.type(0), h.dtype.type(1), h.dtype.type(SLOPE)
    for r in range(delta.shape[0]):
        d, out = delta[r], h[r]
        if code == RELU:
            for j in range(d.size):
                d[j] = d[j] if out[j] > zero else zero
        elif code == LEAKY_RELU:
            for j in range(d.size):
                d[j] = d[j] if out[j] > zero else slope * d[j]
        elif code == SIGMOID:
            for j in range(d.size):
                d[j] *= out[j] * (one - out[j])
        elif code == TANH:
            for j in range(d.size):
                d[j] *= one - out[j] * out[j]


@compiled
def multiply(a: Array, b: Array, out: Array) -> None:
    """out = a ⊙ b, (rows, n) each; out may be a."""
    for r in range(a.shape[0]):
        x, y, z = a[r], b[r], out[r]
        for j in range(z.size):
            z[j] = x[j] * y[j]


@compiled
def loss_and_delta(code: int, value_factor: float, delta_factor: float, a: Array, y: Array, delta: Array) -> float:
    """The loss of one row, and its δ_L = c (ŷ - y) into delta. a (= a_L), y, delta: (n_L,)."""
    if code == SOFTMAX:
        return _softmax_cross_entropy(a, y, delta)
    total: float = 0.0
    half = a.dtype.type(0.5)
    for k in range(a.size):
        if code == SQUARED:
            r = a[k] - y[k]
            total += value_factor * r * r
        else:
            # -[y ln σ(a) + (1 - y) ln(1 - σ(a))] = max(a, 0) - a y + ln(1 + e^-|a|): finite at any a
            total += value_factor * (max(a[k], 0.0) - a[k] * y[k] + math.log1p(math.exp(-abs(a[k]))))
            r = sigmoid(a[k], half) - y[k]
        delta[k] = delta_factor * r
    return total


@compiled
def _softmax_cross_entropy(a: Array, y: Array, delta: Array) -> float:
    """-Σ_k y_k ln softmax(a)_k and softmax(a) - y.

    ln softmax(a)_k = (a_k - top) - ln(1 + Σ' e^{a_j - top}), top the largest and Σ' the sum over the others: with
    log1p even the loss of a row that is all but certain keeps its digits.
    """
    best = 0
    for k in range(1, a.size):
        if a[k] > a[best]:
            best = k
    top, others = a[best], a.dtype.type(0)
    for k in range(a.size):
        delta[k] = np.exp(a[k] - top)
        if k != best:
            others += delta[k]
    log_sum: float = math.log1p(others)
    total: float = 0.0
    share = a.dtype.type(1) / (a.dtype.type(1) + others)
    for k in range(a.size):
        total += y[k] * (log_sum - (a[k] - top))
        delta[k] = delta[k] * share - y[k]
    return total


@compiled
def sum_of_rows(values: Array, out: Array) -> None:
    """out = Σ of the rows. values: (rows, n), out: (n,)."""
    out[:] = 0
    for r in range(values.shape[0]):
        row = values[r]
        for j in range(out.size):
            out[j] += row[j]
