"""One of OpenBLAS's kernels tried, in a process of its own: `python -m dnn_tui.experiments.kernel_trial`.

Prints as JSON which kernel the environment led to, and how long the three products of a layer take on one thread. A
kernel that the processor cannot run ends this process alone; one whose products are wrong is told to take for ever.
"""

import json
import math
import time

import numpy as np

from dnn_tui.mlp.kernel import loaded_kernel

BATCH, INPUTS, UNITS = 128, 784, 128  # the first layer of the default network for MNIST
SECONDS = 0.06
ROWS = 4  # checked against a sum that no library computes


def main() -> None:
    """Measure, and print."""
    print(json.dumps({"kernel": loaded_kernel(), "seconds": product_seconds()}))


def product_seconds() -> float:
    """Processor time of the three products, each at its fastest; infinite where one of them is wrong."""
    rng = np.random.default_rng(0)
    h, delta = (rng.normal(size=(BATCH, n)).astype(np.float32) for n in (INPUTS, UNITS))
    W = rng.normal(size=(UNITS, INPUTS)).astype(np.float32)
    products = [(h, W.T), (delta.T, h), (delta, W)]  # a, ∂L/∂W, and back
    outs = [np.empty((len(left), right.shape[1]), np.float32) for left, right in products]
    best = [math.inf] * len(products)
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until or math.inf in best:
        for k, (left, right) in enumerate(products):
            begin = time.process_time()
            np.dot(left, right, outs[k])
            best[k] = min(best[k], time.process_time() - begin)
    for (left, right), out in zip(products, outs, strict=True):
        exact = np.einsum("ij,jk->ik", left[:ROWS].astype(float), right.astype(float), optimize=False)
        if not np.allclose(out[:ROWS], exact, rtol=1e-3, atol=1e-3):
            return math.inf
    return sum(best)


if __name__ == "__main__":
    main()
