"""A training as the estimators see it: one number an epoch, the mean loss of its batches; quiet, or recorded as a run.

Whoever iterates may change the network or the learning rate between two epochs, and may `stop`.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import EpochEnded, Progress, RunEnded
from dnn_tui.mlp.threads import on_threads
from dnn_tui.runs import control
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.recorder import Recorder

DIVERGED = (
    "Training diverged: the loss of step {} is no number. The input data may contain large values and need to be"
    " preprocessed, or learning_rate_init be smaller."
)


class Epochs(Protocol):
    """The mean loss of each epoch, until all are trained or somebody says `stop`. Raises ValueError on divergence."""

    def __iter__(self) -> Iterator[float]: ...

    def stop(self, why: str) -> None:
        """End after the step that runs; why: for the log."""


class Quiet:
    """Nothing but training: no events, nothing is measured at the end of an epoch."""

    def __init__(self, trainer: Trainer, threads: int) -> None:
        self.trainer, self.threads, self.stopped = trainer, threads, False

    def stop(self, why: str) -> None:
        self.stopped = True

    def __iter__(self) -> Iterator[float]:
        trainer = self.trainer
        with on_threads(trainer, self.threads):
            while trainer.epoch < trainer.epochs and not self.stopped:
                losses = np.fromiter(trainer.advance(trainer.steps_per_epoch), float, trainer.steps_per_epoch)
                yield _mean(trainer, losses)


class Recorded:
    """The same as a run in a folder: who watches it may pause it, slow it down, or stop it."""

    def __init__(self, trainer: Trainer, folder: RunFolder, threads: int) -> None:
        self.trainer, self.folder, self.threads = trainer, folder, threads

    def stop(self, why: str) -> None:
        self.trainer.send(Command("stop", by=why))

    def __iter__(self) -> Iterator[float]:
        trainer, losses = self.trainer, np.empty(0)
        with (
            on_threads(trainer, self.threads),
            control.listening(self.folder, trainer.send),
            _interrupts_sent_to(trainer),
        ):
            for event in Recorder(trainer, self.folder).events():
                match event:
                    case Progress():
                        losses = np.append(losses, event.losses)
                    case EpochEnded():
                        yield _mean(trainer, losses)
                        losses = np.empty(0)
                    case RunEnded() if event.reason == "diverged":
                        raise ValueError(DIVERGED.format(event.step))


def _mean(trainer: Trainer, losses: np.ndarray) -> float:
    """Over the rows: the last batch may be a short one."""
    if not np.isfinite(losses).all():
        bad = int(np.flatnonzero(~np.isfinite(losses))[0])
        raise ValueError(DIVERGED.format(trainer.step - len(losses) + bad + 1))
    batch, rows = trainer.config.batch_size, len(trainer.data.train)
    sizes = np.full(len(losses), batch)
    sizes[-1] = rows - batch * (len(losses) - 1)
    return float(np.dot(losses, sizes) / rows)


@contextmanager
def _interrupts_sent_to(trainer: Trainer) -> Iterator[None]:
    """Let Ctrl+C end the run between two steps, its log closed and its network kept."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Ctrl+C reaches the main thread alone
        return
    before = signal.signal(signal.SIGINT, lambda *_: trainer.send(Command("interrupt", by="keyboard")))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
