"""A session: where a screen's `RunState` comes from, and where its commands go."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import Event
from dnn_tui.mlp.threads import on_threads
from dnn_tui.runs import control
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.liveness import writer_lives
from dnn_tui.runs.log import LogTail, Place, read_place
from dnn_tui.runs.recorder import Recorder
from dnn_tui.runs.state import RunState

from .telling import Teller, stalled, watchdog

READONLY = " (read-only)"


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

    def __init__(self, trainer: Trainer, folder: RunFolder, threads: int = 1, teller: Teller | None = None) -> None:
        self.state = RunState()
        self.trainer, self.folder = trainer, folder
        self.recorder = Recorder(trainer, folder)
        self.title = folder.name
        self.error: BaseException | None = None
        self._threads, self.teller = threads, teller or Teller(None, folder)
        self.state.snapshots.read = lambda place: read_place(folder.events_file, place)
        for event in LogTail(folder.events_file, lazy=True).read_all():  # of a resumed run: what it did before
            self.state.apply(event)
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
        self.teller.finish()

    def hand_over(self, take_up: Callable[[], int]) -> None:
        """Stop training here without ending the run; `take_up` starts the process that goes on, and gives its pid.

        Returns when the log is closed, or has ended by itself just before.
        """
        self.recorder.hand_over(take_up)
        self._wait()

    def go_on_unseen(self, why: str) -> None:
        """The terminal is gone: train to the end without it."""
        self.recorder.detach(why)
        self._wait()
        self.teller.finish()

    def _wait(self) -> None:
        while self._thread.is_alive():
            self._thread.join(0.2)  # so that signals are heard meanwhile

    def _tell(self, event: Event, place: Place | None = None) -> None:
        self.state.apply(event, place)
        self.teller.hear(event)

    def _run(self) -> None:
        try:
            with (
                on_threads(self.trainer, self._threads),
                control.listening(self.folder, self.send),
                watchdog(self.state, self._tell),
            ):
                for event in self.recorder.events():
                    self._tell(event, self.recorder.place)
        except BaseException as error:
            self.error = error
            self.state.say(f"{type(error).__name__}: {error}", "error")


class WatchSession:
    """Follows the log of a run that another process writes, or wrote, and steers it through its control file."""

    local = False
    POLL_SECONDS = 0.2

    def __init__(self, folder: RunFolder, readonly: bool = False) -> None:
        self.state = RunState()
        self.folder = folder
        self.readonly = readonly or not control.is_writable(folder)
        self.title = folder.name + READONLY * self.readonly
        self.error: BaseException | None = None
        self.state.snapshots.read = lambda place: read_place(folder.events_file, place)
        self._tail = LogTail(folder.events_file, lazy=True)
        self._bad_lines = 0
        self._news_at = time.monotonic()
        self._checked_at = 0.0
        self._stalled = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)

    def start(self) -> None:
        if self.readonly:
            self.state.say("This run can be watched from here, but not steered.", "info")
        self._thread.start()

    def send(self, command: Command) -> None:
        """Ask the run's trainer; what cannot be asked is said in the log panel."""
        if self.readonly:
            return
        if self.state.status in ("finished", "crashed"):
            self.state.say("Nobody trains this run now: `dnn-tui train --resume` goes on with it.", "warning")
            return
        try:
            by = control.who() if command.by in ("", "keyboard") else command.by
            self._ask(Command(command.name, command.value, by))
        except RunError as error:
            self.state.say(str(error), "error")

    def _ask(self, command: Command) -> None:
        control.ask(self.folder, command)

    def _writer_lives(self) -> bool | None:
        return writer_lives(self.folder, self.state.process)

    def close(self) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self.poll()
                # a run that ended may be resumed: go on looking, though less often
                self._closing.wait(self.POLL_SECONDS if not self.state.ended else 1.0)
        except BaseException as error:
            self.error = error
            self.state.say(f"{type(error).__name__}: {error}", "error")

    def poll(self) -> None:
        """Take in what was written since the last call, and see whether the writer is still there."""
        self._take_in()
        if (now := time.monotonic()) - self._checked_at >= 1.0:
            self._checked_at = now
            self._look_after_the_writer(now)

    def _take_in(self) -> None:
        while events := self._tail.read():
            if self._tail.restarted:
                self.state.reset()
            for event in events:
                self.state.apply(event)
            self._news_at, self._stalled = time.monotonic(), False
        if self._tail.bad_lines > self._bad_lines:
            self.state.say(f"{self._tail.bad_lines} lines of the log could not be read.", "warning")
        self._bad_lines = self._tail.bad_lines

    def _look_after_the_writer(self, now: float) -> None:
        """Tell a crashed run (its writer is gone) from a slow one (its writer lives, and says nothing)."""
        state = self.state
        if not state.started or state.ended:
            return
        if state.lost:
            if self._writer_lives():
                state.regain()
            return
        if self._writer_lives() is False:
            self._take_in()  # what it said last may have come just now
            if not state.ended and self._writer_lives() is False:
                state.lose(f"The process that trained this run (pid {state.process.get('pid')}) is gone.")
        elif not state.paused and not self._stalled and now - self._news_at > state.patience():
            self._stalled = True
            state.apply(stalled(state, now - self._news_at))
