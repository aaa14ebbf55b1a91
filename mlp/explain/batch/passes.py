"""`BatchPass`: rows through the engine in float64, forward and backward, each row's own gradient and their mean."""

from dataclasses import dataclass, fields

import numpy as np

from ...arrays import Array, by_layer
from ...backprop import Workspace, backward, forward, row_losses
from ...dropout import Dropout
from ...losses import Loss
from ...network import Network, NetworkError
from ...regularization import Regularizer, clip_gradient
from ..numbers import NOISE
from ..passes import local_derivative


@dataclass(frozen=True)
class Extras:
    """What a training may do to a batch besides the plain pass; 0: it does not. Named as in `TrainingConfig`.

    seed: of the dropout masks. frozen: the layers whose weights stay, from 1.
    """

    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float = 0.0
    max_norm: float = 0.0
    dropout: float = 0.0
    input_dropout: float = 0.0
    label_smoothing: float = 0.0
    seed: int = 0
    frozen: tuple[int, ...] = ()

    def used(self) -> dict[str, float]:
        """Those that are not 0, by name, but for the seed and the frozen layers."""
        names = [one.name for one in fields(self) if one.name not in ("seed", "frozen")]
        return {name: value for name in names if (value := getattr(self, name))}


@dataclass(frozen=True, eq=False)
class BatchPass:
    """What the engine computed for B rows. Lists are indexed by layer; every array is float64 and our own.

    a[i], h[i], delta[i], dh[i]: (B, n_i), a row's own, not divided by B; kept[i]: what layer i + 1 gets, h[i] ⊙
    mask[i]; random[i]: what the mask was drawn from (None: no dropout there); dkept[i] = ∂ℓ/∂kept_i.
    given: targets before label smoothing, y: after. weight: (B,), each row's in the mean, summing to 1.
    losses: (B,); value: their mean L; penalty: λ₁ Σ|w| + ½ λ₂ Σw².
    mean: a network whose dW, db are the gradient of L; network's are those of L + penalty, clipped: what is stepped by.
    noise[i]: as `Pass.noise`, with a row a sample.
    """

    network: Network
    mean: Network
    loss: Loss
    extras: Extras
    given: Array
    y: Array
    weight: Array
    a: list[Array]
    h: list[Array]
    kept: list[Array]
    mask: list[Array | None]
    random: list[Array | None]
    dh: list[Array]
    dkept: list[Array]
    delta: list[Array]
    noise: dict[str, list[Array]]
    losses: Array
    value: float
    penalty: float
    clip: float  # what the gradient was multiplied by

    @property
    def layers(self) -> int:
        """L, the number of layers of weights."""
        return self.network.layers

    @property
    def learned(self) -> list[int]:
        """The layers that are not frozen."""
        return [i for i in range(1, self.layers + 1) if i not in self.extras.frozen]

    @property
    def rows(self) -> int:
        """B."""
        return len(self.y)

    @property
    def equal(self) -> bool:
        """Whether every row counts as much as any other: the weighted mean is the plain one."""
        return bool(np.ptp(self.weight) == 0)

    @property
    def canonical(self) -> bool:
        """Whether δ_L = factor · (ŷ − y) holds for this output and loss."""
        return self.network.activations[-1].name == self.loss.canonical

    @property
    def penalised(self) -> bool:
        """Whether the size of the weights is penalised too."""
        return bool(self.extras.l1 or self.extras.l2)

    @property
    def objective(self) -> float:
        """What the step is to make small: L, with the penalty where there is one."""
        return self.value + self.penalty

    @property
    def rate(self) -> list[float]:
        """p of the units of each layer, the input's first."""
        return [self.extras.input_dropout, *[self.extras.dropout] * (self.layers - 1)]

    def loss_with(self, theta: Array) -> float:
        """L + penalty with these weights and the same masks."""
        twin = self.network.copy()
        twin.theta[...] = theta
        workspace = self.workspace(twin)
        forward(twin, workspace)
        data = float(self.weight @ row_losses(twin, workspace, self.loss))
        return data + Regularizer(twin, self.extras.l1, self.extras.l2, frozen=self.extras.frozen).penalty()

    def workspace(self, network: Network) -> Workspace:
        """Buffers with these rows in, and the masks drawn as they were."""
        return _workspace(network, self.h[0], self.y, _Drawn(self.random, self.rate))

    def answers_with(self, network: Network) -> Array:
        """ŷ of the rows with other weights and the same masks."""
        workspace = self.workspace(network)
        return forward(network, workspace).copy()


class _Drawn(Dropout):
    """Dropout whose numbers were drawn before: a pass can be run again."""

    def __init__(self, random: list[Array | None], rate: list[float]) -> None:
        super().__init__(len(rate))
        self.rate, self.random = rate, random

    def draw(self, i: int, mask: Array) -> None:
        drawn = self.random[i]
        assert drawn is not None
        mask[...] = drawn
        self._keep(i, mask)


def _workspace(network: Network, X: Array, Y: Array, dropout: Dropout) -> Workspace:
    workspace = Workspace(network, len(X), keep_a=True, dropout=dropout)
    workspace.h[0][...], workspace.y[...] = X, Y
    workspace.weight = np.ones(len(X))  # a row's own δ, not its part of the mean's
    return workspace


@np.errstate(all="ignore")  # what overflows is part of what is explained
def run_batch(
    network: Network, X: Array, Y: Array, loss: Loss, extras: Extras | None = None, weight: Array | None = None
) -> BatchPass:
    """Rows X (B, n_0) with targets Y (B, n_L) through a float64 copy of `network`.

    weight: how much each row counts in the mean (None: the same). Raises NetworkError where they do not fit.
    """
    network, extras = network.copy(np.float64), extras or Extras()
    X, given = np.array(X, float, ndmin=2), np.array(Y, float, ndmin=2)
    if (X.shape[1], given.shape[1]) != (network.sizes[0], network.sizes[-1]) or len(X) != len(given):
        raise NetworkError(
            f"The network takes {network.sizes[0]} inputs and gives {network.sizes[-1]} outputs, "
            f"but the batch has {X.shape[1]} and {given.shape[1]}, {len(X)} and {len(given)} times."
        )
    classes = max(2, given.shape[1])
    Y = given * (1 - extras.label_smoothing) + extras.label_smoothing / classes if extras.label_smoothing else given
    share = np.full(len(X), 1 / len(X)) if weight is None else np.asarray(weight, float) / np.sum(weight)

    dropout = Dropout(network.layers, extras.dropout, extras.input_dropout, extras.seed)
    random = [dropout.rng.random((len(X), n)) if p else None for n, p in zip(network.sizes, dropout.rate, strict=False)]
    workspace = _workspace(network, X, Y, _Drawn(random, dropout.rate))
    forward(network, workspace)
    losses = row_losses(network, workspace, loss).copy()
    backward(network, workspace, loss)
    last = network.layers
    a = by_layer(workspace.a[i].copy() for i in range(1, last + 1))
    h = [workspace.h[i].copy() for i in range(last + 1)]
    mask = [None if one is None else one.copy() for one in workspace.mask]
    kept = [one.copy() for one in workspace.passed]
    delta = by_layer(workspace.delta[i].copy() for i in range(1, last + 1))
    dyhat = np.empty_like(Y)
    loss.gradient(h[-1], Y, dyhat)
    dkept = by_layer(delta[i + 1] @ network.W[i + 1] for i in range(1, last))
    dh = by_layer([*(_masked(dkept[i], mask[i]) for i in range(1, last)), dyhat])
    noise = _noise(network, a, h, mask, dh, delta)
    for i in range(1, last + 1):  # the rounding of a sum that cancels is 0, as in a single row's pass
        dh[i][np.abs(dh[i]) < NOISE * noise["dh"][i]] = 0
        delta[i][np.abs(delta[i]) < NOISE * noise["delta"][i]] = 0
        network.dW[i][...], network.db[i][...] = (share[:, None] * delta[i]).T @ kept[i - 1], share @ delta[i]
    mean = network.copy()
    regularizer = Regularizer(network, extras.l1, extras.l2, frozen=extras.frozen)
    penalty = regularizer.penalty()
    regularizer.add_gradient()
    for i in extras.frozen:  # what is not learned has no gradient, nor counts in its length
        network.grad[network.part(i)] = 0
    length = clip_gradient(network.grad, extras.clip_norm) if extras.clip_norm else 0.0
    clip = min(1.0, extras.clip_norm / (length + 1e-6)) if length > extras.clip_norm else 1.0
    value = float(share @ losses)
    return BatchPass(
        *(network, mean, loss, extras, given, Y, share, a, h, kept, mask, random),
        *(dh, dkept, delta, noise, losses, value, penalty, clip),
    )


def _masked(values: Array, mask: Array | None) -> Array:
    return values if mask is None else np.asarray(values * mask)


def _noise(
    network: Network, a: list[Array], h: list[Array], mask: list[Array | None], dh: list[Array], delta: list[Array]
) -> dict[str, list[Array]]:
    """Σ of the absolute terms of each dh and δ, by which rounding is measured."""
    last = network.layers
    found = {name: by_layer(np.abs(values) for values in of[1:]) for name, of in (("dh", dh), ("delta", delta))}
    for i in range(last - 1, 0, -1):
        found["dh"][i] = _masked(found["delta"][i + 1] @ np.abs(network.W[i + 1]), mask[i])
        slope = local_derivative(network.activations[i - 1], a[i], h[i])
        found["delta"][i] = found["dh"][i] * np.abs(slope)
    return found
