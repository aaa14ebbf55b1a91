"""Starting a prepared training: in this terminal with panels or without, or in the background."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..printed.lines import say

if TYPE_CHECKING:
    from dnn_tui.mlp import Trainer
    from dnn_tui.runs.folder import RunFolder

    from ..sessions.telling import Teller


@dataclass(frozen=True)
class How:
    """Where a training is shown, and who is told of it."""

    headless: bool = False
    json: bool = False
    detach: bool = False  # start it in the background, and leave
    detached: bool = False  # this is the process in the background
    quiet: bool = False  # no bell, no title
    on_event: str | None = None  # a shell command that is told of alerts and of the end
    fps: float | None = None  # at most so many frames a second
    play: bool = False  # with the controls beside it
    said: tuple[str, ...] = ()  # sentences for the log, before it begins
    silent: bool = False  # what was done to the data has been said


def launch(trainer: "Trainer", folder: "RunFolder", threads: int, how: How) -> int:
    """Train, and return the exit code."""
    from dnn_tui.tui.sessions.telling import Teller

    teller = Teller(how.on_event, folder)
    code = _launched(trainer, folder, threads, how, teller)
    if teller.failure:
        say(teller.failure, err=True)
    return code


def _launched(trainer: "Trainer", folder: "RunFolder", threads: int, how: How, teller: "Teller") -> int:
    report: tuple[str, ...] = getattr(trainer.data, "report", ()) if trainer.step == 0 else ()
    if how.headless:
        if not (how.detached or how.silent):  # who started it has said so
            say_report(report, how)
        from dnn_tui.tui.printed.headless import run_headless

        return run_headless(trainer, folder, threads, how.json, teller, how.detached)
    from dnn_tui.tui.app import run_app
    from dnn_tui.tui.sessions.trained import TrainingSession

    session = TrainingSession(trainer, folder, threads, teller)
    for sentence in (*how.said, *report):
        session.state.say(sentence, "info", time.time())
    return run_app(session, how.quiet, how.fps, how.play)


def say_report(report: Iterable[str], how: How) -> None:
    """What was done to the data, before it is trained on."""
    for sentence in report:
        say(sentence, err=how.json)


def launch_detached(folder: "RunFolder", how: How, **changes: float | str | bool | None) -> int:
    """Start the training in the background, wait until it has begun, and say how to come back. Raises RunError.

    changes: epochs, lr, pace, engine and paused, where a resumed run differs from its recording.
    """
    from dnn_tui.runs.config import RunError
    from dnn_tui.tui.sessions.detached import how_to_come_back, start_detached, wait_until_taken_up

    options = ["--on-event", how.on_event] if how.on_event else []
    for name, value in changes.items():
        if value is not None and value is not False:
            options += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    try:
        process = start_detached(folder, *options)
    except OSError as error:
        raise RunError(f"No process could be started in the background: {error.strerror}.") from None
    wait_until_taken_up(folder, process)
    say(how_to_come_back(folder, process.pid))
    return 0
