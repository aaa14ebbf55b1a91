"""How many threads a training should use: for small networks one."""

import copy
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from .arrays import Array
from .backprop import Workspace
from .batches import Ahead
from .network import Network
from .randomness import stream
from .steps import make_steps, step_operations
from .trainer import Trainer

T = TypeVar("T")

WORTH_ASKING = 3e8  # floating-point operations of a step's products: below, threads cost more than they bring
CLEARLY = 1.25  # times as fast twice the threads must be
SOME = 4e8  # operations of a rehearsal: some milliseconds


def choose_threads(trainer: Trainer) -> int:
    """How many threads this training should use; a calibration asks where it may be more than one.

    The number of threads can change the last bits of a sum, so a run records it: the same seed gives the same weights
    on as many threads.
    """
    network, batch_size = trainer.network, trainer.config.batch_size
    if trainer.engine.name == "compiled":
        rehearse = rehearsal(trainer)
        return fewest(timed({threads: partial(rehearse, threads) for threads in compiled_threads()}))
    if step_operations(network, batch_size) < WORTH_ASKING or cpus() < 2:
        return 1
    widest = max(range(1, network.layers + 1), key=lambda i: network.W[i].size)
    W = network.W[widest]
    h, out = np.ones((batch_size, W.shape[1]), W.dtype), np.empty((batch_size, len(W)), W.dtype)
    return fewest(timed({threads: partial(_product, h, W, out, threads) for threads in (1, 2)}))


def rehearsal(trainer: Trainer, engine: str = "compiled") -> Callable[[int], None]:
    """Steps on a copy of everything, on as many threads as it is told.

    engine: "compiled", whose first call compiles what is not yet compiled, or "numpy"; it must cover the training.
    """
    network, batch_size = trainer.network.copy(), trainer.config.batch_size
    optimizer, dropout = copy.deepcopy((trainer.optimizer, trainer.dropout))
    config = replace(trainer.config, engine=engine)
    twin = make_steps(network, trainer.loss, optimizer, config, dropout, 0)
    rows, steps = _AnyRows(network, batch_size), int(max(1, min(50, SOME / step_operations(network, batch_size))))

    def rehearse(threads: int) -> None:
        left = steps
        if engine == "numpy":
            from threadpoolctl import threadpool_limits

            with threadpool_limits(threads, user_api="blas"):
                for _ in range(steps):
                    twin.run(rows, [trainer.lr])
        else:
            twin.threads = threads
            while left > 0:
                left -= len(twin.run(rows, [trainer.lr] * left))

    return rehearse


class _AnyRows:
    """Stands in for `Batches` where the values do not matter."""

    def __init__(self, network: Network, batch_size: int) -> None:
        self.next_size, self.position = batch_size, 0
        rng = stream(0, "rehearsal")
        self.x = rng.random((batch_size, network.sizes[0])).astype(network.dtype)
        self.y = np.full((batch_size, network.sizes[-1]), 1 / network.sizes[-1], network.dtype)

    def fill(self, workspace: Workspace) -> None:
        workspace.h[0][...], workspace.y[...] = self.x, self.y

    def ahead(self, steps: int) -> Ahead:
        rows = np.tile(np.arange(self.next_size), steps)
        return Ahead(self.x, rows, self.y, rows, np.full(len(rows), 1 / self.next_size, self.x.dtype))


def _product(h: Array, W: Array, out: Array, threads: int) -> None:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(threads, user_api="blas"):
        np.dot(h, W.T, out)


def fewest(seconds: Mapping[int, float]) -> int:
    """The fewest threads that more of them do not clearly beat; seconds: what each number of them took."""
    best, *more = sorted(seconds)
    for threads in more:
        if seconds[best] > CLEARLY * seconds[threads]:
            best = threads
    return best


def timed(attempts: dict[T, Callable[[], None]]) -> dict[T, float]:
    """The median seconds of each, taking turns, so that a busy moment meets all."""
    seconds: dict[T, list[float]] = {what: [] for what in attempts}
    for _ in range(7):
        for what, attempt in attempts.items():
            begin = time.perf_counter()
            attempt()
            seconds[what].append(time.perf_counter() - begin)
    return {what: statistics.median(taken[1:]) for what, taken in seconds.items()}  # the first turn wakes the threads


@contextmanager
def on_threads(trainer: Trainer, threads: int) -> Iterator[None]:
    """Let a trainer compute on so many threads: the matrix library's, or the compiled engine's own.

    Beside the latter the matrix library gets one: its idle threads wait by spinning, on the processors they share.
    """
    from threadpoolctl import threadpool_limits

    trainer.engine.threads = threads
    with threadpool_limits(threads if trainer.engine.name == "numpy" else 1, user_api="blas"):
        yield


def compiled_threads() -> list[int]:
    """How many threads the compiled engine may be tried on."""
    return [threads for threads in (1, 2, 4) if threads <= most_threads()]


def most_threads() -> int:
    """One processor is left to the screen, or to the thread that deforms images."""
    return min(max(cpus() - 1, 2), cpus())


def cpus() -> int:
    """The processors of this process."""
    try:
        return len(os.sched_getaffinity(0))  # what a container or taskset leaves to this process
    except AttributeError:  # not Linux
        return os.cpu_count() or 1
