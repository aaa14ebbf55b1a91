"""What is printed once, in the width there is; what the system's signals do to a training, and what they leave."""

import os
import re
import shutil
import signal
from io import StringIO
from threading import Thread

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from dnn_tui.datasets.lessons import SOURCES
from dnn_tui.mlp.events import EpochEnded
from dnn_tui.runs.state import RunState
from dnn_tui.tui.panels.confusion import ConfusionView, draw_confusion
from dnn_tui.tui.printed.headless import plot_losses
from dnn_tui.tui.terminal import signals
from dnn_tui.tui.terminal.driver import UntilGone


@pytest.mark.parametrize(("room", "width"), [(60, 60), (99, 99), (100, 100), (200, 100)])
def test_the_plot_at_the_end_is_as_wide_as_the_terminal_and_a_hundred_columns_at_most(room, width, monkeypatch):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((room, 50)))  # plotext looks there
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((room, 50)))
    state, out = RunState(), StringIO()
    for epoch in (1, 2, 3, 4):
        state.apply(EpochEnded(0.0, epoch, epoch, 1.0, {"loss": 1 / epoch}, {"loss": 2 / epoch}, 0.01, 1.0, 0.1))
    plot_losses(state, Console(file=out, width=room))
    lines = re.sub(r"\x1b\[[\d;]*m", "", out.getvalue()).splitlines()
    assert max(map(cell_len, lines)) == width
    assert len(lines) == 15


def test_one_epoch_is_no_curve():
    state, out = RunState(), StringIO()
    state.apply(EpochEnded(0.0, 1, 1, 1.0, {"loss": 1.0}, {}, 0.01, 1.0, 0.1))
    plot_losses(state, Console(file=out, width=80))
    assert out.getvalue() == ""


def test_the_list_of_lessons_explains_every_mark_of_a_number(command_line):
    code, out, _ = command_line("lessons")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    for key, says in SOURCES.items():
        assert [key, *says.split()] in lines


@pytest.mark.parametrize(("width", "height"), [(80, 12), (50, 20), (120, 30)])
def test_of_sixty_classes_as_many_are_shown_as_there_are_rows_and_columns_for(width, height):
    counts = np.random.default_rng(0).integers(1, 9, (60, 60))
    view = ConfusionView(tuple(f"c{k}" for k in range(60)), tuple(map(tuple, counts.tolist())), "validation", 2)
    lines = str(draw_confusion(view, width, height)).splitlines()
    rows = [line for line in lines if "│" in line]
    columns = re.findall(r"\bc\d+", lines[lines.index(rows[0]) - 1])
    assert [row.split()[0] for row in rows] == columns
    assert any(f"the {len(rows)} most confused of 60 classes" in line for line in lines)


class Heard:
    """Stands for a trainer and its recorder: what they are told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def send(self, command) -> None:
        self.said.append(f"{command.name} {command.by}".strip())

    def detach(self, why: str) -> None:
        self.said.append(why)


NUMBERS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


@pytest.fixture
def heard(monkeypatch):
    heard = Heard()
    monkeypatch.setattr(signals, "leave_the_terminal", lambda: heard.said.append("left"))
    kept = {number: signal.getsignal(number) for number in NUMBERS}
    yield heard
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("number", "said", "got"),
    [
        (signal.SIGHUP, ["left", "the terminal hung up"], []),
        (signal.SIGTERM, ["stop SIGTERM"], [signal.SIGTERM]),
        (signal.SIGINT, ["interrupt"], []),
    ],
)
def test_a_signal_is_passed_on_and_afterwards_means_what_it_meant(heard, number, said, got):
    def before(*_):
        heard.said.append("before")

    signal.signal(number, before)
    arrived: list[int] = []
    with signals.signals_to(heard, heard, arrived):
        os.kill(os.getpid(), number)
    assert (heard.said, arrived) == (said, got)
    os.kill(os.getpid(), number)
    assert heard.said == [*said, "before"]


def test_a_second_interrupt_is_not_asked_for_twice(heard):
    with signals.signals_to(heard, heard, []):
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert heard.said == ["interrupt"]


def test_under_nohup_a_hang_up_stays_ignored(heard):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with signals.signals_to(heard, heard, []):
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert heard.said == []


def test_a_terminal_that_went_away_takes_what_is_still_written_and_says_so_once():
    """Textual's thread that writes would end at the error: its queue would fill, and writing more wait for ever."""
    told = []

    class Gone(StringIO):
        def flush(self):
            raise OSError(5, "Input/output error")

    file = UntilGone(Gone(), lambda: told.append("gone"))
    file.write("seen")
    file.flush()
    thread = WriterThread(file)
    thread.start()

    def much():
        for _ in range(2 * MAX_QUEUED_WRITES):
            thread.write("unseen")
        thread.stop()

    writing = Thread(target=much, daemon=True)
    writing.start()
    writing.join(60)
    assert not writing.is_alive(), "it waits for ever"
    assert told == ["gone"]
    assert file._to.getvalue() == "seen"
