"""Dask's part: who trains. A cluster of processes here, or one that is there already; trials go out, news come back.

Dask gives a trial to a free worker, and gives it to another where its worker died. Nothing is scheduled here.
"""

import queue
import signal
import threading
import uuid
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from dnn_tui.datasets import DataError
from dnn_tui.runs.config import DatasetConfig, RunConfig, RunError

from .folder import SearchError
from .study import require
from .trial import Order, data_of, run_trial, tell_trainer

if TYPE_CHECKING:
    from distributed import Client, Future

PATIENCE = 10.0  # seconds for a scheduler to answer, and for its first worker
DEATHS = 3  # workers that may die of one trial; after that it counts as failed
News = dict[str, Any]  # what a worker or Dask tells: see `Workers.news`


def our_version() -> str:
    """This program's version."""
    try:
        return version("dnn-tui")
    except PackageNotFoundError:
        return ""


class Workers:
    """A cluster, and the orders it was given.

    news: what comes back, one dictionary each, `order` its name: {"begun": Unix time}, {"epoch": 3, "score": .2},
    {"line": an event as the log has it} where the disk is not shared, {"done": as `run_trial` gives it},
    {"lost": why nothing came of it}; and {"gone": why} without an order where the cluster itself is gone.
    """

    def __init__(self, count: int, address: str = "", processes: bool = True) -> None:
        """count: workers of a cluster of our own; processes: False runs them as threads here, for tests.

        Raises SearchError where there is no scheduler at the address, or no worker.
        """
        require()
        import distributed

        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.far = bool(address)
        self._topic = f"dnn-tui-{uuid.uuid4().hex}"
        self._futures: dict[str, Future] = {}
        self._where: dict[str, str] = {}  # which worker an order is at
        self._cluster: Any = None
        self._closing = False
        if address:
            self.client = _connected(address)
        else:
            with _deaf_to_interrupts(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._cluster = distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=processes,
                    dashboard_address=None,
                    memory_limit=0,  # whether a network fits is the machine's to say
                    silence_logs=50,
                )
                self.client = distributed.Client(self._cluster, set_as_default=False)
        self.client.subscribe_topic(self._topic, lambda event: self._heard(event[1]))

    # ---- before the first trial

    @property
    def count(self) -> int:
        """How many trials it trains at once."""
        try:
            known = self.client.scheduler_info(n_workers=-1)["workers"]
        except (OSError, RuntimeError, KeyError):
            return 0
        return sum(worker.get("nthreads", 1) for worker in known.values())

    def check(self, wanted: DatasetConfig, seed: int) -> None:
        """Let every worker load the data. Raises SearchError where one is of another version, or cannot load it."""
        ours = our_version()
        said = self._of_all(_who, "has no dnn-tui that can be imported")
        for worker, theirs in said.items():
            if theirs != ours:
                raise SearchError(
                    f"The worker {worker} has dnn-tui {theirs or 'of no version'} and this is {ours}: install the same"
                    " version on both."
                )
        for worker, why in self._of_all(_load, "cannot load the data", asdict(wanted), seed).items():
            if why:
                raise SearchError(f"The worker {worker} cannot load the data: {why}")

    def _of_all(self, function: Callable[..., str], trouble: str, *arguments: Any) -> dict[str, str]:
        """What every worker says."""
        try:
            said: dict[str, str] = self.client.run(function, *arguments)
        except Exception as error:  # whatever a worker raises on its way to the function
            raise SearchError(f"A worker {trouble}: {_sentence(error)}") from None
        return said

    # ---- trials

    def submit(self, order: Order) -> None:
        """Have an order trained by the next free worker."""
        future = self.client.submit(
            _train, order, self._topic, key=f"{order.name}-{uuid.uuid4().hex}", pure=False, retries=0
        )
        self._futures[order.name] = future
        future.add_done_callback(lambda done: self._done(order.name, done))

    def ask(self, name: str, command: str, by: str) -> None:
        """Pass a command (stop, pause, resume, interrupt) to the trainer of an order, wherever it is."""
        worker = self._where.get(name)
        if worker is not None:
            with suppress(OSError, ValueError):  # a worker that is gone
                self.client.run(_pass_on, name, command, by, workers=[worker], wait=False, on_error="return")
        elif name in self._futures and command in ("stop", "interrupt"):
            self.withdraw(name)

    def withdraw(self, name: str) -> None:
        """Take an order back that no worker has begun."""
        future = self._futures.pop(name, None)
        if future is not None:
            self.client.cancel([future])
            self.news.put({"order": name, "lost": ""})

    def _heard(self, news: News) -> None:
        if "worker" in news:
            self._where[news["order"]] = news.pop("worker")
        if len(news) > 1:
            self.news.put(news)

    def _done(self, name: str, future: Any) -> None:
        if name not in self._futures or self._futures[name] is not future or self._closing:
            return
        self._where.pop(name, None)
        if future.status == "finished":
            try:
                self.news.put({"order": name, "done": future.result(timeout=PATIENCE)})
            except Exception as error:  # the result was lost with its worker
                self.news.put({"order": name, "lost": _sentence(error)})
        elif future.status == "error":
            self.news.put({"order": name, "lost": _sentence(future.exception())})
        else:  # cancelled, or lost with the scheduler
            self.news.put({"gone": "the scheduler does not answer any more"})
        self._futures.pop(name, None)

    def close(self) -> None:
        """End the cluster where it is our own, and let go of it otherwise."""
        self._closing = True
        with suppress(Exception):  # it is gone already
            self.client.close(timeout=2)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=5)


def _connected(address: str) -> "Client":
    import distributed

    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise SearchError(
            f"No Dask scheduler answers at {address} ({_sentence(error)}): start one with `dask scheduler`."
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close(timeout=2)
        raise SearchError(
            f"The scheduler at {address} has no workers: start some with `dask worker {address} --nthreads 1`."
        ) from None
    return client


class _deaf_to_interrupts:
    """While inside, processes are started that Ctrl+C in the terminal does not reach: their trials are to be kept."""

    def __enter__(self) -> None:
        self.before: Any = None
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGINT, signal.SIG_IGN)

    def __exit__(self, *_: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)


def _sentence(error: object) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].removesuffix(".") + "."


# ---- at the worker


def _who() -> str:
    return our_version()


async def _pass_on(name: str, command: str, by: str) -> None:
    """A coroutine, because Dask waits for anything else."""
    tell_trainer(name, command, by)


def _load(wanted: dict[str, Any], seed: int) -> str:
    """Load the data, and say why it cannot be."""
    from dnn_tui.mlp import TrainingConfig

    try:
        data_of(RunConfig(DatasetConfig(**wanted), training=TrainingConfig(seed=seed)))
    except (DataError, RunError, OSError) as error:
        return str(error)
    return ""


def _train(order: Order, topic: str) -> dict[str, Any]:
    from distributed import get_worker

    worker = get_worker()
    worker.log_event(topic, {"order": order.name, "worker": worker.address})
    return run_trial(order, lambda news: worker.log_event(topic, news))
