"""How weights begin. Each fills W (n_i, n_{i-1}) from a random generator; biases begin at 0."""

from collections.abc import Callable

import numpy as np

from .activations import Activation
from .arrays import Array

Fill = Callable[[Array, np.random.Generator, float], None]


def _zeros(W: Array, rng: np.random.Generator, scale: float) -> None:
    W.fill(0)


def _constant(W: Array, rng: np.random.Generator, scale: float) -> None:
    """Every weight the same: the units of a layer stay twins for ever. For the lesson on breaking symmetry."""
    W.fill(scale)


def _uniform(W: Array, rng: np.random.Generator, scale: float) -> None:
    """U(-scale, scale)."""
    W[...] = rng.uniform(-scale, scale, W.shape)


def _normal(W: Array, rng: np.random.Generator, scale: float) -> None:
    """N(0, scale²)."""
    W[...] = rng.standard_normal(W.shape) * scale


def _xavier(W: Array, rng: np.random.Generator, scale: float) -> None:
    """Glorot & Bengio (2010): U(±√(6 / (n_{i-1} + n_i))), the variance 2 / (n_{i-1} + n_i)."""
    limit = np.sqrt(6 / sum(W.shape))
    W[...] = rng.uniform(-limit, limit, W.shape)


def _he(W: Array, rng: np.random.Generator, scale: float) -> None:
    """He et al. (2015): N(0, 2 / n_{i-1}), since ReLU zeroes half of what it gets."""
    W[...] = rng.standard_normal(W.shape) * np.sqrt(2 / W.shape[1])


def _orthogonal(W: Array, rng: np.random.Generator, scale: float) -> None:
    """Saxe et al. (2014): orthonormal rows (or columns, if there are fewer), from QR of a Gaussian matrix."""
    n, m = W.shape
    q, r = np.linalg.qr(rng.standard_normal((max(n, m), min(n, m))))
    q *= np.sign(np.diag(r))  # without this the distribution would not be uniform (Haar)
    W[...] = q if n >= m else q.T


#: name → (fill, what `scale` is where the person gives none)
INITIALIZATIONS: dict[str, tuple[Fill, float]] = {
    "zeros": (_zeros, 0.0),
    "constant": (_constant, 0.1),
    "uniform": (_uniform, 0.1),
    "normal": (_normal, 0.1),
    "xavier": (_xavier, 0.0),
    "he": (_he, 0.0),
    "orthogonal": (_orthogonal, 0.0),
}
RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")


def initialize(W: Array, kind: str, scale: float | None, activation: Activation, rng: np.random.Generator) -> None:
    """Fill one W; kind "auto" is He before the rectifiers, which pass half of what they get, else Xavier."""
    if kind == "auto":
        kind = "he" if activation.name in RECTIFIERS else "xavier"
    fill, usual = INITIALIZATIONS[kind]
    fill(W, rng, usual if scale is None else scale)
