"""A search in a process of its own session: neither Ctrl+C nor the end of this terminal reaches it."""

import os
import subprocess
import sys
import time

from dnn_tui.experiments.searching.folder import SearchError, SearchFolder

TAKES_UP_SECONDS = 60.0  # a large data set is loaded first


def start_searching(folder: SearchFolder, *options: str) -> None:
    """Start the process that carries the search on, and wait until it has begun. Raises SearchError.

    options: more of `search --resume`.
    """
    command = [sys.executable, "-m", "dnn_tui.tui", "search", "--resume", str(folder.path), "--headless", *options]
    try:
        with open(folder.output_file, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
    except OSError as error:
        raise SearchError(f"No process could be started to search: {error.strerror}.") from None
    until = time.monotonic() + TAKES_UP_SECONDS
    while time.monotonic() < until and not folder.lives:
        if process.poll() is not None:
            if process.returncode == 0:
                return  # a short search, over already
            raise SearchError(f"{_last_words(folder)} `dnn-tui search --resume {folder.name}` goes on with it.")
        time.sleep(0.05)


def _last_words(folder: SearchFolder) -> str:
    try:
        lines = folder.output_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].removeprefix("dnn-tui: ") if said else "The search's process ended."
