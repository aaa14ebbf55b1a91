"""Signals while a run is trained without a screen: Ctrl+C, SIGTERM, and a terminal that hangs up."""

import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from dnn_tui.mlp import Command, Trainer
from dnn_tui.runs.recorder import Recorder


@contextmanager
def signals_to(trainer: Trainer, recorder: Recorder, got: list[int]) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the run after its step, with a checkpoint; a second Ctrl+C breaks off at once.

    A hang-up ends nothing: the terminal is gone, training goes on without it.
    """

    def interrupt(*_: object) -> None:
        trainer.send(Command("interrupt"))
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def terminate(number: int, _: object) -> None:
        got.append(number)
        trainer.send(Command("stop", by="SIGTERM"))

    def hang_up(*_: object) -> None:
        leave_the_terminal()
        recorder.detach("the terminal hung up")

    handlers: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGINT: interrupt, signal.SIGTERM: terminate}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup there is nothing to do
        handlers[signal.SIGHUP] = hang_up
    previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def leave_the_terminal() -> None:
    """Put /dev/null in the place of a terminal that is gone: writing to it would fail."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        if _is_device(number):
            os.dup2(null, number)
    os.close(null)


def _is_device(number: int) -> bool:
    """Whether a descriptor is no file and no pipe. (A terminal that hung up does not even say that it is one.)"""
    try:
        return stat.S_ISCHR(os.fstat(number).st_mode)
    except OSError:
        return True
