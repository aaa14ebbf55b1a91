"""Training without panels: a Rich progress display, a line an epoch, or JSON lines."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from threadpoolctl import threadpool_limits

from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import Alert, EpochEnded, Event, RunEnded
from dnn_tui.mlp.events import Progress as Steps
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import encode
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.state import RunState

INTERRUPTED = 130  # 128 + SIGINT, what shells expect
FAILED = 1


def run_headless(trainer: Trainer, folder: RunFolder, threads: int, json: bool) -> int:
    """Train to the end and return the exit code: 0 completed, 130 after Ctrl+C, 1 where training broke down."""
    reporter = _json_lines if json else _live if sys.stdout.isatty() else _epoch_lines
    say = _Lines(trainer)
    reason = "error"
    with _interrupts_to(trainer), threadpool_limits(threads, user_api="blas"):
        for event in reporter(recorded(trainer, folder), say):
            if isinstance(event, RunEnded):
                reason = event.reason
    if not json:
        say(f"Recorded in {folder.path}")
    return {"interrupted": INTERRUPTED, "diverged": FAILED, "error": FAILED}.get(reason, 0)


@contextmanager
def _interrupts_to(trainer: Trainer) -> Iterator[None]:
    """Ctrl+C ends the run after its step, with its log closed; a second one breaks off at once."""

    def interrupt(*_: object) -> None:
        trainer.send(Command("interrupt"))
        signal.signal(signal.SIGINT, signal.default_int_handler)

    previous = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


class _Lines:
    """Prints lines; when the reader has gone away (`… | head`), ends the run instead, its log closed as always."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer

    def __call__(self, text: str) -> None:
        try:
            print(text, flush=True)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.trainer.send(Command("interrupt", by="the reader of the output went away"))


def _json_lines(events: Iterator[Event], say: _Lines) -> Iterator[Event]:
    for event in events:
        say(encode(event))
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
    console = Console()
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
                        console.print(entry.text, style="bold red" if entry.severity == "error" else None)
            yield event
    _plot_losses(state)


def _plot_losses(state: RunState) -> None:
    """The whole run's loss, drawn once below the figures."""
    if len(state.epochs) < 2:
        return
    import plotext

    plotext.clear_figure()
    epochs = [epoch.epoch for epoch in state.epochs]
    plotext.plot(epochs, [epoch.train["loss"] for epoch in state.epochs], label="train loss")
    if state.epochs[0].validation:
        plotext.plot(epochs, [epoch.validation["loss"] for epoch in state.epochs], label="validation loss")
    plotext.plotsize(min(100, plotext.terminal_width() or 80), 15)
    plotext.theme("clear")
    plotext.xlabel("epoch")
    plotext.show()


@contextmanager
def download_progress() -> Iterator:
    """A progress bar for downloads: yields a callable (name, bytes done, bytes in all or 0)."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console
    )
    tasks: dict[str, int] = {}

    def report(name: str, done: int, total: int) -> None:
        if name not in tasks:
            bar.start()
            tasks[name] = bar.add_task(name, total=total or None)
        bar.update(tasks[name], completed=done, total=total or None)

    try:
        yield report
    finally:
        bar.stop()
