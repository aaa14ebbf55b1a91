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
        self.rng.random(out=mask, dtype=mask.dtype)
        self._keep(i, mask)

    def draw_steps(self, masks: np.ndarray, columns: dict[int, slice]) -> None:
        """The masks of several steps at once, (steps, any), contiguous: what `draw` would have drawn in their places.

        columns: where in a row the mask of layer i stands; layer after layer they fill the row.
        """
        self.rng.random(out=masks, dtype=masks.dtype)
        for i, part in columns.items():
            self._keep(i, masks[:, part])

    def _keep(self, i: int, random: np.ndarray) -> None:
        p = self.rate[i]
        np.greater_equal(random, p, out=random)
        random *= 1 / (1 - p)
