"""A disk that is full, a folder that is gone, a checkpoint that cannot be written: training goes on, and says so."""

import resource
import shutil
from contextlib import contextmanager

import pytest

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import Alert, CommandApplied, EpochEnded, RunEnded
from dnn_tui.runs.checkpoint import load_checkpoint
from dnn_tui.runs.config import DatasetConfig, RunConfig, RunError
from dnn_tui.runs.control import ControlTail, ask, check
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.liveness import writer_lives
from dnn_tui.runs.log import LogWriter, is_locked, read_log
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.state import RunState


@pytest.fixture
def folder(tmp_path):
    return create_run(RunConfig(DatasetConfig("blobs")), tmp_path)


@contextmanager
def no_file_longer_than(size: int):
    """As on a full disk: a write fills up what is left, and the next one fails."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def recording_alerts(events) -> list[Alert]:
    return [event for event in events if isinstance(event, Alert) and event.kind == "recording"]


def test_on_a_full_disk_training_goes_on_and_says_that_it_is_not_recorded(trainer, folder):
    with no_file_longer_than(5_000):
        events = list(recorded(trainer, folder))
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "completed"
    alerts = recording_alerts(events)
    assert alerts[0].severity == "error"
    assert "not being recorded" in alerts[0].message
    assert "Training goes on" in alerts[0].message
    assert folder.events_file.stat().st_size == 5_000
    read, bad = read_log(folder.events_file)
    assert bad == 0
    assert [type(event) for event in read] == [type(event) for event in events[: len(read)]]


def test_when_there_is_room_again_everything_is_in_the_log(trainer, folder):
    limit, events = no_file_longer_than(5_000), []
    limit.__enter__()
    for event in recorded(trainer, folder):
        events.append(event)
        if isinstance(event, EpochEnded) and event.epoch == 2:
            limit.__exit__(None, None, None)
    severities = [alert.severity for alert in recording_alerts(events)]
    assert (severities[0], severities[-1]) == ("error", "info")
    assert "nothing is missing" in recording_alerts(events)[-1].message
    read, bad = read_log(folder.events_file)
    assert bad == 0
    assert [(type(event), event.step) for event in read] == [(type(event), event.step) for event in events]
    assert load_checkpoint(folder.checkpoint_file())[1]["step"] == trainer.step


def test_what_waits_for_a_full_disk_is_bounded_and_what_was_given_up_is_counted(folder, monkeypatch):
    monkeypatch.setattr(LogWriter, "MOST_WAITING", 1_000)
    writer, command = LogWriter(folder.events_file), CommandApplied(0.0, 1, "checkpoint", None, "x" * 80)
    with no_file_longer_than(100):
        for _ in range(20):
            writer.write(command)
    written = writer.dropped
    assert written > 5
    writer.write(command)
    writer.close()
    events, bad = read_log(folder.events_file)
    assert (len(events), bad) == (21 - written, 0)


def test_a_folder_that_is_removed_ends_nothing_and_is_not_made_again(trainer, folder):
    events = []
    for event in recorded(trainer, folder):
        events.append(event)
        if isinstance(event, EpochEnded) and event.epoch == 1:
            shutil.rmtree(folder.path)
    assert events[-1].reason == "completed"
    assert any("its folder was removed" in alert.message for alert in recording_alerts(events))
    assert not folder.path.exists()


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(trainer, folder):
    events, last = [], folder.checkpoint_file()
    for event in recorded(trainer, folder):
        events.append(event)
        if isinstance(event, EpochEnded) and event.epoch == 1:
            trainer.send(Command("checkpoint"))
        if isinstance(event, EpochEnded) and event.epoch == 2:
            kept = last.parent.rename(folder.path / "kept")
            last.parent.write_text("no folder", encoding="utf-8")
    assert events[-1].reason == "completed"
    assert any("checkpoint could not be written" in alert.message for alert in recording_alerts(events))
    last.parent.unlink()
    kept.rename(last.parent)
    assert load_checkpoint(last)[1]["step"] == 5
    assert list(last.parent.glob(".*.tmp")) == []


def test_a_log_that_cannot_be_opened_is_refused_before_training(trainer, folder):
    folder.events_file.mkdir()
    with pytest.raises(RunError, match="Cannot write"):
        recorded(trainer, folder)


def test_a_log_is_locked_as_long_as_it_is_written(folder):
    writer = LogWriter(folder.events_file)
    assert is_locked(folder.events_file) is True
    writer.close()
    assert is_locked(folder.events_file) is False


def test_a_handed_over_run_is_alive_until_its_new_process_is_found_dead(trainer, folder):
    recorder_events, state = recorded(trainer, folder), RunState()
    for event in recorder_events:
        state.apply(event)
    state.apply(CommandApplied(0.0, 15, "detach", 4_000_000))
    assert state.process["pid"] == 4_000_000
    assert writer_lives(folder, state.process) is False
    assert writer_lives(folder, {**state.process, "pid": 1}) is True
    assert writer_lives(folder, {**state.process, "host": "elsewhere"}) is None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (Command("explode"), "cannot be asked"),
        (Command("set_lr"), "needs a number"),
        (Command("set_lr", -1.0), "no learning rate"),
        (Command("set_lr", float("nan")), "needs a number"),
        (Command("prolong", 1.5), "no number of epochs"),
    ],
)
def test_a_command_no_trainer_understands_is_refused_where_it_is_asked(command, said, folder):
    with pytest.raises(RunError, match=said):
        check(command)
    with pytest.raises(RunError, match=said):
        ask(folder, command)
    assert not folder.control_file.exists()


def test_a_trainer_hears_only_what_is_asked_from_now_on_and_only_whole_lines(folder):
    ask(folder, Command("stop"))
    tail = ControlTail(folder.control_file)
    assert tail.read() == []
    ask(folder, Command("set_lr", 0.5, "ada@laptop:1"))
    with folder.control_file.open("a", encoding="utf-8") as file:
        file.write('{"command": "pause"')
    assert tail.read() == [Command("set_lr", 0.5, "ada@laptop:1")]
    with folder.control_file.open("a", encoding="utf-8") as file:
        file.write("}\n")
    assert [command.name for command in tail.read()] == ["pause"]
