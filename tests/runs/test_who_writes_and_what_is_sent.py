"""Who writes a run, as a viewer may tell; what a relay leaves out of a long log; what a state says before and after."""

import io
import os
import platform
from dataclasses import replace

import pytest

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import CommandApplied, RunEnded, Snapshot
from dnn_tui.runs.checkpoint import load_checkpoint
from dnn_tui.runs.config import DatasetConfig, RunConfig
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.liveness import writer_lives
from dnn_tui.runs.log import LineTail, LogWriter, encode
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.relay import MOST_SNAPSHOTS, Relay
from dnn_tui.runs.state import RunState


@pytest.fixture
def folder(tmp_path):
    return create_run(RunConfig(DatasetConfig("blobs")), tmp_path)


def test_where_locks_can_be_asked_a_lock_that_is_free_says_more_than_a_living_process(folder):
    """This process lives, and yet it does not write: its number alone is asked only where locks say nothing."""
    here = {"pid": os.getpid(), "host": platform.node()}
    assert writer_lives(folder, here) is True  # no log yet, and so no lock to ask for
    writer = LogWriter(folder.events_file)
    assert writer_lives(folder, {**here, "host": "elsewhere"}) is True
    writer.close()
    assert writer_lives(folder, here) is False
    assert writer_lives(folder, {**here, "successor": True}) is True
    assert writer_lives(folder, {**here, "host": "elsewhere"}) is None


def test_old_pictures_are_left_out_however_many_pieces_a_log_is_read_in(trainer, folder, monkeypatch):
    snapshot = next(event for event in recorded(trainer, folder) if isinstance(event, Snapshot))
    many = [encode(replace(snapshot, step=step)).encode() for step in range(1000, 1000 + 5 * MOST_SNAPSHOTS)]
    folder.events_file.write_bytes(b"".join(line + b"\n" for line in many))
    monkeypatch.setattr(LineTail, "CHUNK", 3 * len(many[0]))
    output = io.BytesIO()
    Relay(folder, output)._send_past()
    sent = [line for line in output.getvalue().splitlines() if not line.startswith(b'{"relay"')]
    assert sent == many[4::5]  # a fifth of them, the newest among them


def test_a_state_of_which_nothing_is_known_is_neither_paused_nor_detached():
    state = RunState()
    assert (state.status, state.paused, state.detached) == ("waiting", False, False)


@pytest.mark.parametrize("reason", ["completed", "stopped", "diverged"])
def test_a_run_that_has_ended_is_not_paused_any_more(trainer, reason):
    state = RunState()
    state.apply(next(trainer.events()))
    state.apply(CommandApplied(1.0, 0, "pause", None))
    assert state.status == "paused"
    state.apply(RunEnded(2.0, 0, 0, 0.0, reason, {}))
    assert (state.status, state.paused) == ("finished", False)


def test_a_checkpoint_that_is_asked_for_is_written_before_anything_else_happens(trainer, folder):
    """Without any best weights to write beside it, and long before half a minute is over."""
    trainer.send(Command("checkpoint"))
    events = recorded(trainer, folder)
    while not (isinstance(event := next(events), CommandApplied) and event.command == "checkpoint"):
        pass
    step = trainer.step
    next(events)
    assert not folder.checkpoint_file("best").exists()
    assert load_checkpoint(folder.checkpoint_file("last"))[1]["step"] == step


def test_whatever_happens_to_a_state_its_version_grows(trainer):
    state, versions = RunState(), []
    for event in trainer.events():
        state.apply(event)
        versions.append(state.version)
    for change in (lambda: state.say("a note"), lambda: state.lose("gone"), state.regain, state.reset):
        change()
        versions.append(state.version)
    assert versions == sorted(set(versions))
    assert versions[0] > 0
