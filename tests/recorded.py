"""What tests ask of a run: recorded here by a command in this process, or being recorded by another."""

import io
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import read_log
from dnn_tui.runs.state import RunState


def call(runs_dir: Path, *words: object, columns: str = "120", answer: str = "") -> subprocess.CompletedProcess:
    """`dnn-tui WORDS…` in this process, told as if it had been another: half a second less than starting one."""
    from dnn_tui.tui import cli

    said = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said[0]), redirect_stderr(said[1]):
        patch.setenv("DNN_TUI_RUNS", str(runs_dir))
        patch.setenv("COLUMNS", columns)
        patch.setattr(sys, "argv", ["dnn-tui", *map(str, words)])
        patch.setattr(sys, "stdin", io.StringIO(answer))
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return subprocess.CompletedProcess(words, ended.value.code or 0, *(s.buffer.getvalue().decode() for s in said))


def state_of(folder: RunFolder) -> RunState:
    state = RunState()
    for event in read_log(folder.events_file)[0]:
        state.apply(event)
    return state


def wait_until(condition, seconds: float = 300):
    """Generous, since a machine may be busy; what is met costs nothing."""
    until = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.05)
    return result
