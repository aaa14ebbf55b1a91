"""What a run's log, its summary and its state hold at their edges: room for what waits, clocks, pauses taken back."""

import numpy as np
import pytest

from dnn_tui.experiments.exporting import step_rows
from dnn_tui.mlp.events import Alert, CommandApplied, EpochEnded, RunEnded
from dnn_tui.runs import recorder as recording
from dnn_tui.runs.config import DatasetConfig, RunConfig
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import LogWriter, encode, read_log
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.series import Series
from dnn_tui.runs.state import RunState
from dnn_tui.runs.summary import summarise


@pytest.fixture
def folder(tmp_path):
    return create_run(RunConfig(DatasetConfig("blobs")), tmp_path)


class Disk:
    """Stands for `os.write`: full, or not."""

    def __init__(self, monkeypatch) -> None:
        self.full, self._write = False, recording.os.write
        monkeypatch.setattr("dnn_tui.runs.log.os.write", self.write)

    def write(self, fd: int, data: bytes) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return self._write(fd, data)


def said(command: str, step: int = 1) -> CommandApplied:
    return CommandApplied(0.0, step, command, None, "x" * 80)


def test_what_waits_goes_out_when_the_log_is_closed(folder, monkeypatch):
    disk, writer = Disk(monkeypatch), LogWriter(folder.events_file)
    disk.full = True
    writer.write(said("pause"))
    assert writer.trouble == "no space left on device"
    disk.full = False
    writer.close()
    assert read_log(folder.events_file) == ([said("pause")], 0)


def test_no_more_waits_than_there_is_room_for_and_so_much_does(folder, monkeypatch):
    disk, writer = Disk(monkeypatch), LogWriter(folder.events_file)
    line = len(encode(said("pause"))) + 1
    monkeypatch.setattr(LogWriter, "MOST_WAITING", 3 * line)
    disk.full = True
    assert [writer.write(said("pause")) is not None for _ in range(5)] == [True, True, True, False, False]
    assert writer.dropped == 2
    disk.full = False
    writer.close()
    assert len(read_log(folder.events_file)[0]) == 3


def test_a_disk_with_room_again_only_at_the_end_is_told_before_the_run_ends(trainer, folder, monkeypatch):
    disk, told = Disk(monkeypatch), trainer.events

    def events():
        for event in told():
            disk.full = isinstance(event, EpochEnded) or (disk.full and not isinstance(event, RunEnded))
            yield event

    monkeypatch.setattr(trainer, "events", events)
    seen = list(recorded(trainer, folder))
    alerts = [event for event in seen if isinstance(event, Alert) and event.kind == "recording"]
    assert [alert.severity for alert in alerts] == ["error", "info"]
    assert "nothing is missing" in alerts[-1].message
    assert [type(event) for event in seen[-2:]] == [Alert, RunEnded]
    logged, bad = read_log(folder.events_file)
    assert bad == 0
    assert [type(event) for event in logged] == [type(event) for event in seen]


class Clock:
    """Stands for the module `time`: as late as the test says, whatever the machine."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    time = monotonic


@pytest.mark.parametrize(("seconds", "there"), [(2.0, [False, True, True]), (1.5, [False, False, True])])
def test_a_checkpoint_nobody_asked_for_comes_after_two_seconds(trainer, folder, monkeypatch, seconds, there):
    """As the module says: two seconds apart at the soonest, and more only where one took long."""
    clock, last, found = Clock(), folder.checkpoint_file("last"), []
    monkeypatch.setattr(recording, "time", clock)
    for event in recorded(trainer, folder):
        if isinstance(event, EpochEnded):
            found.append(last.exists())  # from the epochs before: this one's is written after its event
            clock.now += seconds
    assert found == there


@pytest.mark.parametrize(
    ("commands", "paused"),
    [
        (["pause"], True),
        (["step"], True),
        (["pause", "step"], True),
        (["pause", "resume"], False),
        (["pause", "set_lr"], True),
        (["checkpoint"], False),
    ],
)
def test_what_pauses_a_run_and_what_does_not(trainer, folder, commands, paused):
    state, writer = RunState(), LogWriter(folder.events_file)
    started = next(trainer.events())
    for event in (started, *map(said, commands)):
        state.apply(event)
        writer.write(event)
    assert state.paused is paused
    assert (summarise(folder).state == "paused") is paused
    state.apply(started)  # taken up again: nothing is paused any more
    writer.write(started)
    assert state.paused is False
    assert summarise(folder).state == "live"
    writer.close()


@pytest.mark.parametrize("count", [1, 7, 8, 9, 40])
def test_a_row_a_step_or_the_largest_of_its_neighbours(count):
    """A loss kept in at most eight pairs: each row is the largest of `stride` losses, at the first one's step."""
    losses = np.random.default_rng(count).permutation(count).astype(np.float32)
    state = RunState()
    state.loss = Series(capacity=8)
    state.loss.extend(losses)
    stride = state.loss.stride
    rows = list(step_rows(state))
    assert [step for step, _ in rows] == list(range(1, count + 1, stride))
    assert [loss for _, loss in rows] == [losses[k : k + stride].max() for k in range(0, count, stride)]
