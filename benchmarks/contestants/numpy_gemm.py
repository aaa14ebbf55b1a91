"""The bare-gemm bound: only a step's matrix products, preallocated, nothing else, by NumPy's library."""

import time

import numpy as np
from threadpoolctl import threadpool_limits

from .data import Data


class Gemm:
    """Only the matrix products of one step: L forward, L for ∂L/∂W, L - 1 backward."""

    def __init__(self, sizes, batch, optimizer, data: Data) -> None:
        self.batch = batch
        rng = np.random.default_rng(0)
        h = [rng.random((batch, n), dtype=np.float32) for n in sizes]
        delta = [rng.random((batch, n), dtype=np.float32) for n in sizes]
        self.products = []
        for i in range(1, len(sizes)):
            W = rng.random((sizes[i], sizes[i - 1]), dtype=np.float32)
            self.products.append((h[i - 1], W.T, h[i]))
            self.products.append((delta[i].T, h[i - 1], np.empty_like(W)))
            if i > 1:
                self.products.append((delta[i], W, delta[i - 1]))

    def run(self, threads: int, seconds: float) -> float:
        with threadpool_limits(threads):
            begin, steps = time.perf_counter(), 0
            while True:
                for _ in range(8):
                    for a, b, out in self.products:
                        np.dot(a, b, out)
                steps += 8
                if (elapsed := time.perf_counter() - begin) >= seconds:
                    return steps * self.batch / elapsed
