"""Training that outlives its terminal: a headless process of the same run, in a session of its own."""

import os
import subprocess
import sys
import time

from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import is_locked

LOG = "detached.log"  # what the process says on its standard error
TAKES_UP_SECONDS = 60.0  # a large data set is loaded first


def start_detached(folder: RunFolder, *options: str) -> subprocess.Popen:
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


def wait_until_taken_up(folder: RunFolder, process: subprocess.Popen) -> None:
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


def how_to_come_back(folder: RunFolder, pid: int) -> str:
    """What is printed when training goes on without this terminal."""
    return (
        f"Training goes on in the background (pid {pid}).\n"
        f"Watch and steer it with: dnn-tui watch {folder.name}\n"
        f"Stop it with:            kill {pid}"
    )
