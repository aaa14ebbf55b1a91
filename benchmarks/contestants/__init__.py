"""Who is measured: each in a process of its own, silent while others run.

A kind of contestant is a class with `run(threads, seconds)`, samples a second. Idle threads of one matrix library wait
by spinning, and would slow the threads of another: so no two live in one process.
"""

import multiprocessing
import os
import time
import warnings
from importlib import import_module
from typing import Any


class Contestant:
    """One of them in a process of its own.

    kind: "module:Class" of this package, which gets sizes, batch, optimizer, data and `more`. environment: what is set
    in that process before anything is imported: many libraries read theirs as they are loaded.
    """

    def __init__(
        self, kind: str, sizes: tuple, batch: int, optimizer: str, *more: Any, environment: dict | None = None
    ) -> None:
        before = dict(os.environ)
        os.environ.update(environment or {})
        processes = multiprocessing.get_context("spawn")
        self._pipe, other = processes.Pipe()
        self._process = processes.Process(
            target=_take_turns, args=(other, kind, sizes, batch, optimizer, more), daemon=True
        )
        self._process.start()
        os.environ.clear()
        os.environ.update(before)
        other.close()
        self._answer()

    def run(self, threads: int, seconds: float) -> tuple[float, float]:
        """Samples a second on so many threads, timed for so many seconds: by the clock, and by processor time."""
        self._pipe.send((threads, seconds))
        return self._answer()

    def end(self) -> None:
        self._pipe.send(None)
        self._process.join()

    def _answer(self) -> tuple[float, float]:
        try:
            return self._pipe.recv()
        except EOFError:
            raise SystemExit("A contestant's process ended: its message stands above.") from None


class OneEach:
    """A contestant whose library is told its number of threads as it starts: a process for each number."""

    def __init__(self, threads: list[int], variable: str, *arguments: Any) -> None:
        self._each = {n: Contestant(*arguments, environment={variable: str(n)}) for n in threads}

    def run(self, threads: int, seconds: float) -> tuple[float, float]:
        return self._each[threads].run(threads, seconds)

    def end(self) -> None:
        for contestant in self._each.values():
            contestant.end()


class Neighbour:
    """Another process that keeps one processor busy, as long as the `with` lasts."""

    def __enter__(self) -> None:
        self._process = multiprocessing.get_context("spawn").Process(target=_be_busy, daemon=True)
        self._process.start()

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()


def _be_busy() -> None:
    while True:
        sum(range(100_000))


def _take_turns(pipe: Any, kind: str, sizes: tuple, batch: int, optimizer: str, more: tuple) -> None:
    warnings.filterwarnings("ignore")
    module, name = kind.split(":")
    from .data import make_data

    contestant = getattr(import_module(f".{module}", __package__), name)(
        sizes, batch, optimizer, make_data(sizes[0], sizes[-1]), *more
    )
    pipe.send((0.0, 0.0))
    while turn := pipe.recv():
        threads, seconds = turn
        contestant.run(threads, 0.05)  # wakes the threads, and lets those of the one before fall asleep
        begin, worked = time.perf_counter(), time.process_time()
        rate = contestant.run(threads, seconds)
        share = (time.process_time() - worked) / (time.perf_counter() - begin)
        pipe.send((rate, rate / share))
