"""Forward and backward pass over a batch, in preallocated buffers.

A batch is rows: A_i = H_{i-1} W_iᵀ + b_i, H_i = g(A_i). δ_i = ∂L/∂a_i, where L is the mean loss over the batch.
Backwards (Nielsen's BP1 to BP4, for rows):

    δ_L = ∂L/∂ŷ · ∂ŷ/∂a_L        ∂L/∂W_i = δ_iᵀ H_{i-1}
    δ_i = δ_{i+1} W_{i+1} ⊙ g'(A_i)      ∂L/∂b_i = Σ of the rows of δ_i
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from .activations import Activation
from .arrays import Array, by_layer
from .dropout import Dropout
from .fused import SoftmaxCrossEntropy
from .losses import Loss


class Layers(Protocol):
    """What a pass needs of a network, as `network.Network` has it: its shape, its functions, its arrays by layer."""

    sizes: tuple[int, ...]
    layers: int
    dtype: np.dtype
    activations: tuple[Activation, ...]
    W: list[Array]
    b: list[Array]
    dW: list[Array]
    db: list[Array]


#: δ_i from ∂L/∂h_i: f(a_i, h_i, δ_i, scratch), in place
StepBack = Callable[[Array, Array, Array, Array], None]


class Workspace:
    """The buffers of one batch size: a[i], h[i], delta[i] (batch, n_i) for each layer, y (batch, n_L).

    h[0] is the input. Where the activation allows it, h[i] is a[i] itself: a_i is overwritten by h_i.
    keep_a=True keeps both (to look at a_i after the pass). With `dropout`, passed[i] is what layer i + 1 gets,
    h[i] ⊙ mask[i]; else it is h[i].
    weight: (batch,) of each row in the mean, summing to 1; None: 1 / batch each.
    """

    def __init__(self, network: Layers, batch_size: int, keep_a: bool = False, dropout: Dropout | None = None) -> None:
        self.batch_size, self.dropout = batch_size, dropout

        def buffer(n: int) -> Array:
            return np.empty((batch_size, n), network.dtype)

        sizes = network.sizes
        self.h: list[Array] = [buffer(sizes[0])]
        self.a: list[Array] = by_layer([])
        self.delta: list[Array] = by_layer([])
        self.local: list[Array] = by_layer([])
        for n, activation in zip(sizes[1:], network.activations, strict=True):
            last = len(self.a) == network.layers
            self.a.append(buffer(n))
            # a_L is kept: the loss is computed from it
            self.h.append(self.a[-1] if activation.in_place and not keep_a and not last else buffer(n))
            self.delta.append(buffer(n))
            self.local.append(buffer(n))
        self.y = buffer(sizes[-1])
        self.weight: Array | None = None
        self.mask: list[Array | None] = [None] * network.layers
        self.passed = list(self.h[:-1])
        for i in range(network.layers):
            if dropout and dropout.rate[i]:
                self.mask[i], self.passed[i] = buffer(sizes[i]), buffer(sizes[i])
        self.row = buffer(1)
        self.softmax_cross_entropy = SoftmaxCrossEntropy(self.a[-1], self.h[-1], self.y)
        self.share = np.array(1 / batch_size, network.dtype)  # of a row in the mean
        self.ones = np.ones(batch_size, network.dtype)
        self.ones_of_output = np.ones(sizes[-1], network.dtype)
        # half of a small network's step would be spent looking things up: do it once
        self._network: Layers | None = None
        self.bind(network)

    def bind(self, network: Layers) -> None:
        """Remember the arrays that the passes touch, layer by layer."""
        if network is self._network:
            return
        self._network = network
        W, b, a, h, delta, passed, mask = network.W, network.b, self.a, self.h, self.delta, self.passed, self.mask
        layers, g = range(1, network.layers + 1), by_layer(network.activations)
        self.upwards = [
            (i, passed[i - 1], W[i].T, b[i], a[i], g[i].forward, h[i], mask[i] if i < network.layers else None)
            for i in layers
        ]
        back = by_layer(_step_back(activation) for activation in network.activations[:-1])
        self.downwards = [
            (
                *(delta[i], delta[i].T, passed[i - 1], network.dW[i], network.db[i], W[i]),
                *(delta[i - 1], back[i - 1], a[i - 1], h[i - 1], self.local[i - 1], mask[i - 1]),
            )
            for i in reversed(layers)  # delta[0] is None: nothing is wanted of the input
        ]


def forward(network: Layers, workspace: Workspace) -> Array:
    """ŷ for the rows in `workspace.h[0]`; leaves every a_i and h_i in the workspace."""
    _to_the_last_sum(network, workspace)
    network.activations[-1].forward(workspace.a[-1], workspace.h[-1])
    return workspace.h[-1]


def forward_loss(network: Layers, workspace: Workspace, loss: Loss) -> float:
    """`forward` and the mean loss of the rows; softmax with cross entropy is computed in one pass.

    The rows of `workspace.y` must sum to 1 for that pair.
    """
    if loss.name != "cross_entropy" or workspace.weight is not None:
        forward(network, workspace)
        return loss_value(network, workspace, loss)
    _to_the_last_sum(network, workspace)
    return workspace.softmax_cross_entropy()


def _to_the_last_sum(network: Layers, workspace: Workspace) -> None:
    """Everything of the forward pass up to a_L."""
    workspace.bind(network)
    if workspace.dropout is not None and workspace.mask[0] is not None:
        _drop(workspace, 0)
    dot, add, last = np.dot, np.add, network.layers
    for i, below, WT, b, a, g, h, mask in workspace.upwards:
        dot(below, WT, a)
        add(a, b, a)
        if i < last:
            g(a, h)
            if mask is not None:
                _drop(workspace, i)


def _drop(workspace: Workspace, i: int) -> None:
    dropout, mask = workspace.dropout, workspace.mask[i]
    assert dropout is not None
    assert mask is not None
    dropout.draw(i, mask)
    np.multiply(workspace.h[i], mask, out=workspace.passed[i])


def row_losses(network: Layers, workspace: Workspace, loss: Loss) -> Array:
    """The loss of each row after `forward`: from a_L where the pair has a stable way, else from ŷ."""
    _loss_terms(network, workspace, loss)
    losses: Array = workspace.local[-1].sum(axis=1)
    return losses


def loss_value(network: Layers, workspace: Workspace, loss: Loss) -> float:
    """The mean loss of the rows after `forward`."""
    _loss_terms(network, workspace, loss)
    terms = workspace.local[-1]
    if workspace.weight is None:
        return float(np.add.reduce(terms, axis=None)) / workspace.batch_size
    np.dot(terms, workspace.ones_of_output, out=workspace.row[:, 0])
    return float(np.dot(workspace.weight, workspace.row[:, 0]))


def _loss_terms(network: Layers, workspace: Workspace, loss: Loss) -> None:
    if loss.logit_terms and network.activations[-1].name == loss.canonical:
        loss.logit_terms(workspace.a[-1], workspace.y, workspace.local[-1])
    else:
        loss.terms(workspace.h[-1], workspace.y, workspace.local[-1])


def backward(network: Layers, workspace: Workspace, loss: Loss, shortcut: bool = True) -> None:
    """Fill network.grad with ∂L/∂θ for the rows in the workspace, after `forward`.

    shortcut=False goes through ∂L/∂ŷ and the output's Jacobian even for canonical pairs.
    """
    workspace.bind(network)
    output_delta(network, workspace, loss, shortcut)
    if workspace.weight is None:
        workspace.delta[-1] *= workspace.share  # the mean over the batch
    else:
        workspace.delta[-1] *= workspace.weight[:, None]
    dot, ones = np.dot, workspace.ones
    for delta, deltaT, below, dW, db, W, delta_below, step_back, a, h, scratch, mask in workspace.downwards:
        dot(deltaT, below, dW)
        dot(ones, delta, db)  # the sum over the rows, as a product: BLAS is quicker than a reduction
        if delta_below is not None:
            dot(delta, W, delta_below)
            if mask is not None:
                delta_below *= mask
            step_back(a, h, delta_below, scratch)


def _step_back(activation: Activation) -> StepBack:
    """δ_i from ∂L/∂h_i, in place: times g'(a_i)."""
    local = activation.local
    assert local is not None  # softmax, which has none, is an output alone
    if activation.name == "identity":
        return lambda a, h, delta, scratch: None

    def step_back(a: Array, h: Array, delta: Array, scratch: Array) -> None:
        local(a, h, scratch)
        np.multiply(delta, scratch, delta)

    return step_back


def output_delta(network: Layers, workspace: Workspace, loss: Loss, shortcut: bool = True) -> None:
    """Write δ_L = ∂L/∂a_L of each row (not yet divided by the batch size) into workspace.delta[L]."""
    yhat, delta, output = workspace.h[-1], workspace.delta[-1], network.activations[-1]
    if shortcut and output.name == loss.canonical:
        np.subtract(yhat, workspace.y, delta)
        factor = loss.shortcut_factor(network.sizes[-1])
        if factor != 1:
            delta *= factor
    elif output.pullback:
        loss.gradient(yhat, workspace.y, workspace.local[-1])
        output.pullback(yhat, workspace.local[-1], delta)
    else:
        assert output.local is not None  # it has one or the other
        loss.gradient(yhat, workspace.y, delta)
        output.local(workspace.a[-1], yhat, workspace.local[-1])
        delta *= workspace.local[-1]
