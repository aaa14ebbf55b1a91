"""A run that another process trains, or trained: its log is followed, its control file written."""

import threading
import time
from functools import partial

from dnn_tui.mlp import Command
from dnn_tui.runs import control
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.liveness import writer_lives
from dnn_tui.runs.log import LogTail, read_place
from dnn_tui.runs.state import RunState

from .answers import Answers
from .telling import stalled

READONLY = " (read-only)"


class WatchSession:
    """Follows the log of a run that another process writes, or wrote, and steers it through its control file."""

    local = False
    POLL_SECONDS, SOON_SECONDS = 0.2, 0.02  # between looks at the log; while an answer is awaited
    AWAITED_SECONDS = 1.0  # an answer, before it is looked for as anything else

    def __init__(self, folder: RunFolder, readonly: bool = False) -> None:
        self.state, self.answers = RunState(), Answers()
        self.folder = folder
        self.readonly = readonly or not control.is_writable(folder)
        self.title = folder.name + READONLY * self.readonly
        self.error: BaseException | None = None
        self.state.snapshots.read = partial(read_place, folder.events_file)
        self._tail = LogTail(folder.events_file, lazy=True)
        self._bad_lines = 0
        self._news_at = time.monotonic()
        self._checked_at = 0.0
        self._stalled = False
        self._closing, self._asked = threading.Event(), threading.Event()
        self._awaited_until = 0.0
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
            if command.name != "tiles":  # these are wished for again and again, and nobody waits for them
                self._awaited_until = time.monotonic() + self.AWAITED_SECONDS
                self._asked.set()
        except RunError as error:
            self.state.say(str(error), "error")

    def _ask(self, command: Command) -> None:
        control.ask(self.folder, command)

    def _writer_lives(self) -> bool | None:
        return writer_lives(self.folder, self.state.process)

    def close(self) -> None:
        self._closing.set()
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._asked.clear()
                self.poll()
                if not self._closing.is_set():
                    self._asked.wait(self._pause())
        except BaseException as error:
            self.error = error
            self.state.say(f"{type(error).__name__}: {error}", "error")

    def _pause(self) -> float:
        """Seconds until the next look."""
        if time.monotonic() < self._awaited_until:
            return self.SOON_SECONDS
        # a run that ended may be resumed: go on looking, though less often
        return self.POLL_SECONDS if not self.state.ended else 1.0

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
                self.answers.hear(event)
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
