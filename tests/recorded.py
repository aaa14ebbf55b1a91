"""What tests ask of a run that another process records."""

import time

from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import read_log
from dnn_tui.runs.state import RunState


def state_of(folder: RunFolder) -> RunState:
    state = RunState()
    for event in read_log(folder.events_file)[0]:
        state.apply(event)
    return state


def wait_until(condition, seconds: float = 60):
    until = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.05)
    return result
