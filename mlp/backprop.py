"""Forward and backward pass over a batch, in preallocated buffers.

A batch is rows: A_i = H_{i-1} W_iᵀ + b_i. δ_i = ∂L/∂a_i, where L is the mean loss over the batch.
"""

import numpy as np

from .losses import Loss
from .network import Network


class Workspace:
    """The buffers of one batch size: a[i], h[i], delta[i] (batch, n_i) for each layer, y (batch, n_L).

    h[0] is the input. Where the activation allows it, h[i] is a[i] itself: a_i is overwritten by h_i.
    keep_a=True keeps both (to look at a_i after the pass).
    """

    def __init__(self, network: Network, batch_size: int, keep_a: bool = False) -> None:
        self.batch_size = batch_size

        def buffer(n: int) -> np.ndarray:
            return np.empty((batch_size, n), network.dtype)

        self.h: list[np.ndarray] = [buffer(network.sizes[0])]
        self.a: list[np.ndarray | None] = [None]
        self.delta: list[np.ndarray | None] = [None]
        self.local: list[np.ndarray | None] = [None]
        for n, activation in zip(network.sizes[1:], network.activations, strict=True):
            last = len(self.a) == network.layers
            self.a.append(buffer(n))
            # a_L is kept: the loss is computed from it
            self.h.append(self.a[-1] if activation.in_place and not keep_a and not last else buffer(n))
            self.delta.append(buffer(n))
            self.local.append(buffer(n))
        self.y = buffer(network.sizes[-1])


def forward(network: Network, workspace: Workspace) -> np.ndarray:
    """ŷ for the rows in `workspace.h[0]`; leaves every a_i and h_i in the workspace."""
    h = workspace.h
    for i in range(1, network.layers + 1):
        a = workspace.a[i]
        np.matmul(h[i - 1], network.W[i].T, out=a)
        a += network.b[i]
        network.activations[i - 1].forward(a, h[i])
    return h[-1]


def row_losses(network: Network, workspace: Workspace, loss: Loss) -> np.ndarray:
    """The loss of each row after `forward`: from a_L where the pair has a stable way, else from ŷ."""
    if loss.from_logits and network.activations[-1].name == loss.canonical:
        return loss.from_logits(workspace.a[-1], workspace.y)
    return loss.values(workspace.h[-1], workspace.y)


def loss_value(network: Network, workspace: Workspace, loss: Loss) -> float:
    """The mean loss of the rows after `forward`."""
    return float(row_losses(network, workspace, loss).mean())


def backward(network: Network, workspace: Workspace, loss: Loss, shortcut: bool = True) -> None:
    """Fill network.grad with ∂L/∂θ for the rows in the workspace, after `forward`.

    shortcut=False goes through ∂L/∂ŷ and the output's Jacobian even for canonical pairs.
    """
    h, delta = workspace.h, workspace.delta
    output_delta(network, workspace, loss, shortcut)
    delta[-1] *= network.dtype.type(1 / workspace.batch_size)  # the mean over the batch
    for i in range(network.layers, 0, -1):
        np.matmul(delta[i].T, h[i - 1], out=network.dW[i])
        np.add.reduce(delta[i], axis=0, out=network.db[i])
        if i > 1:
            np.matmul(delta[i], network.W[i], out=delta[i - 1])
            network.activations[i - 2].local(workspace.a[i - 1], h[i - 1], workspace.local[i - 1])
            delta[i - 1] *= workspace.local[i - 1]


def output_delta(network: Network, workspace: Workspace, loss: Loss, shortcut: bool = True) -> None:
    """Write δ_L = ∂L/∂a_L of each row (not yet divided by the batch size) into workspace.delta[L]."""
    yhat, delta, output = workspace.h[-1], workspace.delta[-1], network.activations[-1]
    if shortcut and output.name == loss.canonical:
        np.subtract(yhat, workspace.y, out=delta)
        if loss.canonical_factor != 1:
            delta *= loss.canonical_factor
    elif output.pullback:
        loss.gradient(yhat, workspace.y, workspace.local[-1])
        output.pullback(yhat, workspace.local[-1], delta)
    else:
        loss.gradient(yhat, workspace.y, delta)
        output.local(workspace.a[-1], yhat, workspace.local[-1])
        delta *= workspace.local[-1]
