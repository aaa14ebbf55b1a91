"""Training that outlives its terminal: a headless process of the same run, in a session of its own."""

import os
import subprocess
import sys
import time
from contextlib import suppress

from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import is_locked

from ..printed.lines import say
from ..terminal.exits import TERMINATED
from ..terminal.signals import leave_the_terminal, signals_to
from .trained import TrainingSession

LOG = "detached.log"  # what the process says on its standard error
TAKES_UP_SECONDS = 60.0  # a large data set is loaded first


def start_detached(folder: RunFolder, *options: str) -> subprocess.Popen[bytes]:
    """Start the process that trains the run on from its last checkpoint. Raises OSError.

    options: more of `train --resume`. A session of its own: neither Ctrl+C nor the end of this terminal reaches it.
    """
    command = [sys.executable, "-m", "dnn_tui.tui", "train", "--resume", str(folder.path), "--headless", "--detached"]
    with open(folder.path / LOG, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as log:
        return subprocess.Popen(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def wait_until_taken_up(folder: RunFolder, process: subprocess.Popen[bytes]) -> None:
    """Return when the process writes the run's log. Raises RunError if it ends instead."""
    until = time.monotonic() + TAKES_UP_SECONDS
    while time.monotonic() < until:
        if is_locked(folder.events_file):
            return
        if process.poll() is not None:
            if process.returncode == 0:  # a short run, over already
                return
            raise RunError(
                f"The run {folder.name} could not go on in the background: {_last_words(folder)} "
                f"`dnn-tui train --resume {folder.name}` goes on with it."
            )
        time.sleep(0.05)


def _last_words(folder: RunFolder) -> str:
    try:
        lines = (folder.path / LOG).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        lines = []
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].removeprefix("dnn-tui: ") if said else "its process ended."


def leave_training(session: TrainingSession) -> int:
    """Hand the session's run over to a process in the background; the exit code. Raises RunError."""
    if session.end_if_done():
        if session.error is not None:
            raise session.error
        say(f"{session.title}: {session.state.log[-1].text}\nNothing is left to train in the background.")
        say(f"Go on with it with:      dnn-tui play {session.folder.name}")
        return 0
    started: list[subprocess.Popen[bytes]] = []

    def take_up() -> int:
        paused = ["--paused"] if session.state.paused else []
        started.append(start_detached(session.folder, *paused, *session.teller.options))
        return started[-1].pid

    session.hand_over(take_up)
    if session.error is not None:
        raise session.error
    if not started:  # it ended, or no process could be started
        session.close()
        say(f"{session.title}: {session.state.log[-1].text}")
        return 0
    wait_until_taken_up(session.folder, started[-1])
    say(how_to_come_back(session.folder, started[-1].pid))
    return 0


def train_on_unseen(session: TrainingSession) -> int:
    """The terminal hung up: train to the end without it, in this process; the exit code."""
    with suppress(OSError):  # a terminal that is gone has no reader
        say(how_to_come_back(session.folder, os.getpid()))
    got: list[int] = []
    with signals_to(session.trainer, session.recorder, got):
        leave_the_terminal()
        session.go_on_unseen("the terminal hung up")
    return TERMINATED if got else 0


def how_to_come_back(folder: RunFolder, pid: int) -> str:
    """What is printed when training goes on without this terminal."""
    return (
        f"Training goes on in the background (pid {pid}).\n"
        f"Watch and steer it with: dnn-tui watch {folder.name}\n"
        f"Stop it with:            kill {pid}"
    )
