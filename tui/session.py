"""A session: where a screen's `RunState` comes from, and where its commands go."""

import os
import platform
import threading
from typing import Protocol

from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import RunEnded
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import LogTail
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.state import RunState


class Session(Protocol):
    """A run being looked at: trained in this process, or tailed from the log of another.

    `state` is written by the session's own thread; `send` may be called from the UI thread.
    """

    state: RunState
    title: str
    readonly: bool  # commands are refused: a run that this viewer may not steer
    local: bool  # the training thread lives in this process: leaving the app ends it
    error: BaseException | None  # what ended the session's thread, if it did not end by itself

    def start(self) -> None:
        """Begin to fill `state`, in a thread."""

    def send(self, command: Command) -> None:
        """Ask the trainer for something."""

    def close(self) -> None:
        """Stop and wait for the thread; a local run is ended properly and its log closed."""


class TrainingSession:
    """Trains in a thread of this process, recording into a folder. The trainer never waits for the screen."""

    readonly = False
    local = True

    def __init__(self, trainer: Trainer, folder: RunFolder, threads: int = 1) -> None:
        self.state = RunState()
        self.trainer, self.folder = trainer, folder
        self.title = folder.name
        self.error: BaseException | None = None
        self._threads = threads
        # a daemon: a screen that crashes must not leave a process that trains on unseen
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        self.trainer.send(command)

    def close(self, reason: str = "stop") -> None:
        """End the run after its current step and wait until its log is closed. reason: "stop" or "interrupt"."""
        if self._thread.is_alive():
            self.trainer.send(Command(reason))
            self._thread.join()

    def _run(self) -> None:
        from threadpoolctl import threadpool_limits

        try:
            with threadpool_limits(self._threads, user_api="blas"):
                for event in recorded(self.trainer, self.folder):
                    self.state.apply(event)
        except BaseException as error:
            self.error = error
            self.state.say(f"{type(error).__name__}: {error}", "error")


class WatchSession:
    """Follows the log of a run that another process writes, or wrote."""

    local = False
    readonly = True
    POLL_SECONDS = 0.2

    def __init__(self, folder: RunFolder) -> None:
        self.state = RunState()
        self.folder = folder
        self.title = folder.name
        self.error: BaseException | None = None
        self._tail = LogTail(folder.events_file)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        """Nothing: this viewer can only look on."""

    def close(self) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self.poll()
                if isinstance(self.state.ended, RunEnded):
                    return
                self._closing.wait(self.POLL_SECONDS)
        except BaseException as error:
            self.error = error
            self.state.say(f"{type(error).__name__}: {error}", "error")

    def poll(self) -> None:
        """Take in what was written since the last call."""
        bad = self._tail.bad_lines
        while events := self._tail.read():
            if self._tail.restarted:
                self.state.reset()
            for event in events:
                self.state.apply(event)
        if self._tail.bad_lines > bad:
            self.state.say(f"{self._tail.bad_lines} lines of the log could not be read.", "warning")
        started = self.state.started
        if started and not self.state.ended and not self.state.lost and not writer_lives(started.process):
            self.state.lose(f"The process that trained this run (pid {started.process.get('pid')}) is gone.")


def writer_lives(process: dict) -> bool:
    """Whether the process that wrote a log still runs; True where that cannot be told (another host)."""
    if process.get("host") != platform.node() or not isinstance(process.get("pid"), int):
        return True
    try:
        os.kill(process["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, under another user
        return True
    return True
