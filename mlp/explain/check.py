"""Gradient check: backpropagation against central differences, in float64."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..backprop import Workspace, forward, row_losses
from ..network import Network
from .passes import Pass
from .step import Focus

EPSILON = 1e-5
TOLERANCE = 1e-6
ALL_UP_TO = 500  # parameters; of a larger network, SAMPLED of each layer, chosen by seed
SAMPLED = 50


@dataclass(frozen=True)
class Checked:
    """One parameter: W_i or b_i at `index`. verdict: "pass", "fail", or "kink" (a kink of g or of L lies within ±ε,

    where the difference quotient is not the derivative).
    """

    layer: int
    kind: str
    index: Focus
    gradient: float
    difference: float
    error: float  # |gradient - difference| / max(1e-8, |gradient| + |difference|)
    verdict: str


@np.errstate(all="ignore")
def gradient_check(p: Pass, seed: int = 0) -> list[Checked]:
    """(L(θ+ε) − L(θ−ε)) / 2ε for all parameters, or a random part of a large network."""
    return [check_one(p, *place) for place in places(p.network, seed)]


def places(network: Network, seed: int = 0) -> Iterator[tuple[int, str, Focus, int]]:
    """What is checked: (layer, "W" or "b", index, place in theta) of all parameters, or of a random part."""
    rng, at = np.random.default_rng(seed), 0
    for i in range(1, network.layers + 1):
        for kind, values in (("W", network.W[i]), ("b", network.b[i])):
            where = np.arange(values.size)
            if network.parameters > ALL_UP_TO and values.size > SAMPLED:
                where = np.sort(rng.choice(values.size, SAMPLED, replace=False))
            for k in where:
                yield i, kind, tuple(int(n) for n in np.unravel_index(k, values.shape)), at + int(k)
            at += values.size


@np.errstate(all="ignore")
def check_one(p: Pass, layer: int, kind: str, index: Focus, position: int | None = None) -> Checked:
    """One parameter; position is its place in theta, found from layer, kind and index if not given."""
    if position is None:
        position = parameter_position(p.network.sizes, layer, kind, index)
    above, signs_above = _loss_at(p, position, EPSILON)
    below, signs_below = _loss_at(p, position, -EPSILON)
    difference = (above - below) / (2 * EPSILON)
    gradient = float(p.network.grad[position])
    error = abs(gradient - difference) / max(1e-8, abs(gradient) + abs(difference))
    if error < TOLERANCE or abs(gradient - difference) < _rounding(p) / EPSILON:
        verdict = "pass"
    else:
        verdict = "kink" if signs_above != signs_below else "fail"
    return Checked(layer, kind, tuple(index), gradient, difference, error, verdict)


def _rounding(p: Pass) -> float:
    """What L is rounded by, which the quotient divides by ε: it matters only where the gradient is tiny.

    Each a_i is rounded by about the machine's ε times the sum of its terms' sizes, |W_i||h_{i-1}| + |b_i|, and L
    feels that through δ_i (Higham, Accuracy and Stability of Numerical Algorithms, §3.1).
    """
    felt = abs(p.value)
    for i in range(1, p.layers + 1):
        terms = np.abs(p.network.W[i]) @ np.abs(p.h[i - 1]) + np.abs(p.network.b[i])
        felt += float(p.noise["delta"][i] @ terms)
    return 4 * np.finfo(float).eps * felt


def parameter_position(sizes: tuple[int, ...], layer: int, kind: str, index: Focus) -> int:
    """Where W_layer[index] or b_layer[index] stands in theta."""
    at = sum(n * m + n for m, n in pairwise(sizes[:layer]))
    n, m = sizes[layer], sizes[layer - 1]
    return at + (index[0] * m + index[1] if kind == "W" else n * m + index[0])


def _loss_at(p: Pass, position: int, shift: float) -> tuple[float, list[list[float]]]:
    """The loss with one parameter shifted, and the signs of every a_i and of ŷ − y: they tell a kink crossed."""
    network = p.network
    kept = network.theta[position]
    workspace = Workspace(network, 1, keep_a=True)
    workspace.h[0][0], workspace.y[0] = p.h[0], p.y
    network.theta[position] = kept + shift
    try:
        forward(network, workspace)
        value = float(row_losses(network, workspace, p.loss)[0])
    finally:
        network.theta[position] = kept
    signs = [np.sign(a[0]).tolist() for a in workspace.a[1:]] + [np.sign(workspace.h[-1] - workspace.y).tolist()]
    return value, signs
