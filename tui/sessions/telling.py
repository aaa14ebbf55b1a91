"""Telling somebody who is not looking: a command of theirs gets the event."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dnn_tui.mlp.events import Alert, Event, RunEnded
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import encode
from dnn_tui.runs.state import RunState

LAST_WORDS_SECONDS = 10.0  # how long the command may take for the end of the run before the program leaves
LOOKS_EVERY_SECONDS = 1.0  # of the watchdog, at how far the run is


def worth_telling(event: Event) -> bool:
    """Whether somebody who is not looking would want to know: trouble, or the end."""
    return isinstance(event, RunEnded) or (isinstance(event, Alert) and event.severity != "info")


class Teller:
    """Runs a shell command for every event worth telling, with the event as a JSON line on its standard input.

    The run's name and folder are in its environment (DNN_TUI_RUN, DNN_TUI_RUN_DIR). Training never waits for it.
    """

    def __init__(self, command: str | None, folder: RunFolder) -> None:
        self.command, self.folder = command, folder
        self.failure = ""  # a sentence, where the command could not do it
        self._threads: list[threading.Thread] = []

    @property
    def options(self) -> list[str]:
        """What tells another process of the program to do the same."""
        return ["--on-event", self.command] if self.command else []

    def hear(self, event: Event) -> None:
        if self.command and worth_telling(event):
            thread = threading.Thread(target=self._run, args=(self.command, encode(event) + "\n"), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _run(self, command: str, line: str) -> None:
        about = {"DNN_TUI_RUN": self.folder.name, "DNN_TUI_RUN_DIR": str(self.folder.path)}
        done = subprocess.run(
            command,
            shell=True,  # it is the user's own command line
            input=line.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **about},
            check=False,
        )
        if done.returncode:
            self.failure = f"The command of --on-event, {command!r}, ended with {done.returncode}: try it by hand."

    def finish(self) -> None:
        """Give the commands that still run a moment."""
        until = time.monotonic() + LAST_WORDS_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))


@contextmanager
def watchdog(state: RunState, tell: Callable[[Alert], None]) -> Iterator[None]:
    """While inside, tell once when a run falls silent for longer than its own steps explain, and again next time."""
    closing = threading.Event()

    def watch() -> None:
        version, news_at, told = -1, time.monotonic(), False
        while not closing.wait(LOOKS_EVERY_SECONDS):
            if state.version != version or state.paused:
                version, news_at, told = state.version, time.monotonic(), False
            elif not told and state.started and not state.ended and time.monotonic() - news_at > state.patience():
                told = True
                tell(stalled(state, time.monotonic() - news_at))
                version = state.version

    thread = threading.Thread(target=watch, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        closing.set()
        thread.join()


def stalled(state: RunState, silence: float) -> Alert:
    """What is said of a run whose process lives and which has been silent for longer than its own steps explain."""
    usual = f"a step takes {state.seconds_per_step:.2g} s" if state.seconds_per_step else "no step was done yet"
    message = f"Nothing was heard of the run for {silence:.0f} s although its process lives ({usual})."
    return Alert(time.time(), state.step, "stalled", "warning", message)
