"""Keeping weights small: L1 and L2 penalties, max-norm, and the clipping of gradients. On the weights W, not on b."""

import math
from collections.abc import Sequence

import numpy as np

from .arrays import Array, by_layer
from .network import Network


class Regularizer:
    """Penalty R(W) = λ₁ Σ|w| + ½ λ₂ Σw², and the constraint ‖row of W‖ <= max_norm (Srebro & Shraibman 2005)."""

    def __init__(
        self, network: Network, l1: float = 0.0, l2: float = 0.0, max_norm: float = 0.0, frozen: Sequence[int] = ()
    ) -> None:
        self.network, self.l1, self.l2, self.max_norm = network, l1, l2, max_norm
        self._free = [i for i in range(1, network.layers + 1) if i not in frozen]
        if l1 or l2:
            self._work = by_layer(np.empty_like(W) for W in network.W[1:])
        self._norm = by_layer(np.empty(len(W), network.dtype) for W in network.W[1:])

    def penalty(self) -> float:
        """R(W)."""
        weights = self.network.W[1:]
        return self.l1 * sum(float(np.abs(W).sum()) for W in weights) + 0.5 * self.l2 * sum(
            float(np.vdot(W, W)) for W in weights
        )

    def add_gradient(self) -> None:
        """∂L/∂W ← ∂L/∂W + λ₁ sign(W) + λ₂ W. |w| has no derivative at 0; 0 is taken there."""
        for i in range(1, self.network.layers + 1):
            W, dW = self.network.W[i], self.network.dW[i]
            if self.l2:
                np.multiply(W, self.l2, out=self._work[i])
                dW += self._work[i]
            if self.l1:
                np.sign(W, out=self._work[i])
                self._work[i] *= self.l1
                dW += self._work[i]

    def constrain(self) -> None:
        """Shorten every row of W that is longer than max_norm, after a step."""
        if not self.max_norm:
            return
        for i in self._free:
            W, norm = self.network.W[i], self._norm[i]
            np.einsum("nm,nm->n", W, W, out=norm)
            np.sqrt(norm, out=norm)
            if norm.max() > self.max_norm:
                np.maximum(norm, self.max_norm, out=norm)
                np.divide(self.max_norm, norm, out=norm)
                np.multiply(W, norm[:, None], out=W)


def clip_gradient(grad: Array, longest: float) -> float:
    """Shorten ∇ to Euclidean length `longest` if it is longer, as torch's clip_grad_norm_; returns its old length."""
    length = math.sqrt(float(np.vdot(grad, grad)))
    if length > longest:  # torch divides by length + 1e-6, and multiplies only where that is below 1
        grad *= min(1.0, longest / (length + 1e-6))
    return length
