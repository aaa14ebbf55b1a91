"""Training without panels: a Rich progress display, a line an epoch, or JSON lines."""

import errno
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from dnn_tui.experiments.building import ShowProgress
from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import Alert, EpochEnded, Event, RunEnded
from dnn_tui.mlp.events import Progress as Steps
from dnn_tui.mlp.threads import on_threads
from dnn_tui.runs import control
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import encode
from dnn_tui.runs.recorder import Recorder
from dnn_tui.runs.state import RunState

from ..sessions.telling import Teller, watchdog
from ..terminal.exits import INTERRUPTED, TERMINATED
from ..terminal.signals import leave_the_terminal, signals_to
from .console import Output
from .figures import print_figure
from .lines import say as say_line
from .lines import say_exactly

FAILED = 1


Reporter = Callable[[Iterator[Event], "_Lines"], Iterator[Event]]


def run_headless(
    trainer: Trainer,
    folder: RunFolder,
    threads: int,
    json: bool,
    teller: Teller | None = None,
    detached: bool = False,
) -> int:
    """Train to the end and return the exit code: 0 completed, 130 after Ctrl+C, 1 where training broke down."""
    reporter = _json_lines if json else _live if sys.stdout.isatty() else _epoch_lines
    teller = teller or Teller(None, folder)
    recorder = Recorder(trainer, folder, detached)
    say = _Lines(trainer)
    state = RunState()
    ended = "error"
    signals: list[int] = []

    def heard() -> Iterator[Event]:
        for event in recorder.events():
            teller.hear(event)
            yield event

    with (
        signals_to(trainer, recorder, signals),
        on_threads(trainer, threads),
        control.listening(folder, trainer.send),
        watchdog(state, teller.hear),
    ):
        for event in _shown(reporter, heard(), say):
            state.apply(event, recorder.place)
            if isinstance(event, RunEnded):
                ended = event.reason
    teller.finish()
    if recorder.trouble:
        say_line(f"dnn-tui: the run could not be recorded to its end: {recorder.trouble}.", err=True)
        return FAILED
    if not json:
        say(f"Recorded in {folder.path}")
    if signal.SIGTERM in signals:
        return TERMINATED
    return {"interrupted": INTERRUPTED, "diverged": FAILED, "error": FAILED}.get(ended, 0)


def _shown(reporter: "Reporter", events: Iterator[Event], say: "_Lines") -> Iterator[Event]:
    """The events, through the reporter; without it from where the terminal went away."""
    try:
        yield from reporter(events, say)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        leave_the_terminal()
        yield from events


class _Lines:
    """Prints lines; when the reader has gone away (`… | head`), ends the run instead, its log closed as always."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer

    def __call__(self, text: str, exactly: bool = False) -> None:
        try:
            (say_exactly if exactly else say_line)(text)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.trainer.send(Command("interrupt", by="the reader of the output went away"))


def _json_lines(events: Iterator[Event], say: _Lines) -> Iterator[Event]:
    for event in events:
        say(encode(event), exactly=True)
        yield event


def _epoch_lines(events: Iterator[Event], say: _Lines) -> Iterator[Event]:
    state = RunState()
    for event in events:
        before = len(state.log)
        state.apply(event)
        for entry in state.log[before:]:
            say(entry.text)
        yield event


def _live(events: Iterator[Event], say: _Lines) -> Iterator[Event]:
    state = RunState()
    console = Output()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("loss {task.fields[loss]:.4g}"),
        TextColumn("{task.fields[rate]:,.0f} samples/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting", total=1.0, loss=float("nan"), rate=0.0)
        for event in events:
            before = len(state.log)
            state.apply(event)
            match event:
                case Steps():
                    bar.update(
                        task,
                        description=f"epoch {state.epoch}/{state.total_epochs}",
                        completed=state.fraction,
                        loss=event.losses[-1],
                        rate=state.rate,
                    )
                case EpochEnded() | Alert() | RunEnded():
                    for entry in state.log[before:]:
                        console.print(Text(entry.text, "bold red" if entry.severity == "error" else ""))
            yield event
    plot_losses(state, console)


def plot_losses(state: RunState, console: Console) -> None:
    """The whole run's loss, drawn once below the figures; where a log has none, its first figure."""
    if len(state.epochs) < 2:
        return
    epochs = [epoch.epoch for epoch in state.epochs]
    named = state.epochs[-1].train or state.epochs[-1].validation
    name = "loss" if "loss" in named else next(iter(named), "loss")
    lines = {
        f"train {name}": [epoch.train.get(name, math.nan) for epoch in state.epochs],
        f"validation {name}": [epoch.validation.get(name, math.nan) for epoch in state.epochs],
    }
    lines = {label: values for label, values in lines.items() if any(map(math.isfinite, values))}
    if not lines:
        return  # plotext cannot draw axes around nothing
    import plotext

    plotext.clear_figure()
    for label, values in lines.items():
        plotext.plot(epochs, values, label=label)
    first, last = epochs[0], epochs[-1]
    plotext.xticks(sorted({first + round((last - first) * k / 4) for k in range(5)}))  # there is no epoch 105.5
    plotext.plotsize(min(100, console.width), 15)
    plotext.theme("clear")
    plotext.xlabel("epoch")
    print_figure(console)


@contextmanager
def download_progress() -> Iterator[ShowProgress]:
    """A progress bar for downloads: yields a callable (name, bytes done, bytes in all or 0)."""
    console = Output(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console
    )
    tasks: dict[str, TaskID] = {}

    def report(name: str, done: int, total: int | None) -> None:
        if not console.is_terminal:
            return
        if name not in tasks:
            bar.start()
            tasks[name] = bar.add_task(name, total=total or None)
        bar.update(tasks[name], completed=done, total=total or None)

    try:
        yield report
    finally:
        if tasks:
            bar.stop()
