"""How many threads the matrix library should use for a network: usually one."""

import os
import statistics
import time

import numpy as np

from .network import Network

WORTH_ASKING = 3e8  # floating-point operations of a step's products: below, threads cost more than they bring
CLEARLY = 1.25  # times as fast a second thread must be


def step_operations(network: Network, batch_size: int) -> int:
    """Floating-point operations of the matrix products of one step: forward, ∂L/∂W, and back to all but the input."""
    products = [n * m for m, n in zip(network.sizes, network.sizes[1:], strict=False)]
    return 2 * batch_size * (3 * sum(products) - products[0])


def choose_threads(network: Network, batch_size: int, most: int = 2) -> int:
    """1, or `most` where the network is large and a calibration of a few hundredths of a second says it pays.

    Small networks get 1 unasked. The number of threads can change the last bits of a product, so a run records it:
    the same seed gives the same weights on as many threads.
    """
    from threadpoolctl import threadpool_limits

    if step_operations(network, batch_size) < WORTH_ASKING or _cpus() < most:
        return 1
    widest = max(range(1, network.layers + 1), key=lambda i: network.W[i].size)
    W = network.W[widest]
    h, out = np.ones((batch_size, W.shape[1]), W.dtype), np.empty((batch_size, len(W)), W.dtype)
    seconds: dict[int, list[float]] = {1: [], most: []}
    for _ in range(7):  # taking turns, so that a busy moment meets both
        for threads, times in seconds.items():
            with threadpool_limits(threads, user_api="blas"):
                begin = time.perf_counter()
                np.dot(h, W.T, out)
                times.append(time.perf_counter() - begin)
    # the first turn wakes the threads
    one, several = (statistics.median(times[1:]) for times in seconds.values())
    return most if one > CLEARLY * several else 1


def _cpus() -> int:
    try:
        return len(os.sched_getaffinity(0))  # what a container or taskset leaves to this process
    except AttributeError:  # not Linux
        return os.cpu_count() or 1
