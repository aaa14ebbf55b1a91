"""Inverted dropout (Srivastava et al. 2014): while training, a unit is kept with probability 1 - p and divided by it.

The expectation stays what it was, so that nothing changes when the network is used: ŷ needs no correction.
"""

import numpy as np

from .randomness import stream


class Dropout:
    """rate[i] is p for the units of layer i: the input's, then the hidden layers'; the output is never dropped."""

    def __init__(self, layers: int, hidden: float = 0.0, inputs: float = 0.0, seed: int = 0) -> None:
        self.rate = [inputs] + [hidden] * (layers - 1)
        self.rng = stream(seed, "dropout")

    def draw(self, i: int, mask: np.ndarray) -> None:
        """Fill the mask of layer i: 0 with probability p, else 1 / (1 - p). mask: float32 or float64, contiguous."""
        p = self.rate[i]
        self.rng.random(out=mask, dtype=mask.dtype)
        np.greater_equal(mask, p, out=mask)
        mask *= 1 / (1 - p)
