"""`Pass`: one sample through the engine in float64, forward and backward, on a copy of the network."""

from dataclasses import dataclass, field

import numpy as np

from ..activations import Activation
from ..arrays import Array, by_layer
from ..backprop import Workspace, backward, forward, row_losses
from ..losses import Loss
from ..network import Network, NetworkError
from .meaning import Meaning
from .numbers import NOISE


@dataclass(frozen=True, eq=False)
class Pass:
    """What the engine computed for one sample. Lists are indexed by layer; every array is float64 and our own.

    a[i], h[i], delta[i]: (n_i,); dh[i] = ∂L/∂h_i, (n_i,), dh[L] = ∂L/∂ŷ; network.dW[i], db[i]: the gradients.
    noise[i]: for each of dh, delta (keys "dh", "delta"): Σ of the absolute terms, (n_i,), what rounding is measured by.
    """

    network: Network
    loss: Loss
    y: Array
    a: list[Array]
    h: list[Array]
    dh: list[Array]
    delta: list[Array]
    noise: dict[str, list[Array]]
    value: float  # L
    meaning: Meaning = field(default_factory=Meaning)  # of x and ŷ in the data

    @property
    def layers(self) -> int:
        """L, the number of layers of weights."""
        return self.network.layers

    @property
    def canonical(self) -> bool:
        """Whether δ_L = factor · (ŷ − y) holds for this output and loss."""
        return self.network.activations[-1].name == self.loss.canonical


# what overflows is part of what is explained (a run that diverged): it is shown, not warned of
@np.errstate(all="ignore")
def run_pass(network: Network, x: Array, y: Array, loss: Loss, meaning: Meaning | None = None) -> Pass:
    """One sample x (n_0,) with target y (n_L,) through a float64 copy of `network`. Raises NetworkError."""
    network = network.copy(np.float64)
    x, y = np.asarray(x, float).ravel(), np.asarray(y, float).ravel()
    if (len(x), len(y)) != (network.sizes[0], network.sizes[-1]):
        raise NetworkError(
            f"The network takes {network.sizes[0]} inputs and gives {network.sizes[-1]} outputs, "
            f"but the sample has {len(x)} and {len(y)}."
        )
    workspace = Workspace(network, 1, keep_a=True)
    workspace.h[0][0], workspace.y[0] = x, y
    forward(network, workspace)
    value = float(row_losses(network, workspace, loss)[0])
    backward(network, workspace, loss)
    last = network.layers
    a = by_layer(workspace.a[i][0].copy() for i in range(1, last + 1))
    h = [workspace.h[i][0].copy() for i in range(last + 1)]
    delta = by_layer(workspace.delta[i][0].copy() for i in range(1, last + 1))
    dyhat = np.empty((1, len(y)))
    loss.gradient(workspace.h[-1], workspace.y, dyhat)
    dh = by_layer([*(network.W[i + 1].T @ delta[i + 1] for i in range(1, last)), dyhat[0]])
    noise = _noise(network, a, h, dh, delta)
    _silence(network, h, dh, delta, noise)
    return Pass(network, loss, y, a, h, dh, delta, noise, value, meaning or Meaning())


def _silence(
    network: Network, h: list[Array], dh: list[Array], delta: list[Array], noise: dict[str, list[Array]]
) -> None:
    """What is only the rounding of a sum that cancels becomes 0, in place: no step shows it, or builds on it."""
    for i in range(1, network.layers + 1):
        dh[i][np.abs(dh[i]) < NOISE * noise["dh"][i]] = 0
        delta[i][np.abs(delta[i]) < NOISE * noise["delta"][i]] = 0
        network.dW[i][...], network.db[i][...] = np.outer(delta[i], h[i - 1]), delta[i]


def _noise(
    network: Network, a: list[Array], h: list[Array], dh: list[Array], delta: list[Array]
) -> dict[str, list[Array]]:
    last = network.layers
    found = {name: by_layer(np.abs(values) for values in of[1:]) for name, of in (("dh", dh), ("delta", delta))}
    for i in range(last - 1, 0, -1):
        found["dh"][i] = np.abs(network.W[i + 1]).T @ found["delta"][i + 1]
        found["delta"][i] = found["dh"][i] * np.abs(local_derivative(network.activations[i - 1], a[i], h[i]))
    return found


def activate(activation: Activation, a: Array) -> Array:
    """g(a), for a vector a, in an array of its own."""
    a = np.asarray(a, float)
    out = np.empty_like(a)
    activation.forward(a.copy(), out)
    return out


def local_derivative(activation: Activation, a: Array, h: Array) -> Array:
    """g'(a) as a vector, or softmax's Jacobian diag(h) − h hᵀ as a matrix."""
    if activation.local is None:
        return np.diag(h) - np.outer(h, h)
    out = np.empty_like(h, dtype=float)
    activation.local(np.asarray(a, float).copy(), np.asarray(h, float).copy(), out)
    return out
