"""Somebody who looks elsewhere is told: by the bell, the title, a banner for silence, and a command of theirs."""

import time
from dataclasses import replace

import pytest
from recorded import wait_until

from dnn_tui.mlp.events import Alert, EpochEnded, Progress, RunEnded
from dnn_tui.runs.config import DatasetConfig, RunConfig
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import LogWriter
from dnn_tui.runs.recorder import this_process
from dnn_tui.runs.state import RunState
from dnn_tui.tui.sessions import telling
from dnn_tui.tui.sessions.telling import Teller, watchdog, worth_telling
from dnn_tui.tui.sessions.watched import WatchSession
from dnn_tui.tui.terminal.attention import RESTORE_TITLE, SAVE_TITLE, Attention


@pytest.fixture
def events(trainer):
    started, *others = trainer.events()
    return [replace(started, process=this_process()), *others]


@pytest.fixture
def folder(tmp_path):
    return create_run(RunConfig(DatasetConfig("blobs")), tmp_path)


def alert(severity: str = "error", kind: str = "nonfinite_loss") -> Alert:
    return Alert(time.time(), 7, kind, severity, "The loss is nan.", 2)


def titles(written: list[str]) -> list[str]:
    return [text[4:-1] for text in written if text.startswith("\x1b]2;")]


def test_the_bell_rings_once_for_an_alert_and_once_for_the_end(events):
    written, state = [], RunState()
    attention = Attention(written.append, "a-run")
    for event in events[:-1]:
        state.apply(event)
        attention.look(state)
    assert "\a" not in written
    state.apply(alert("info"))
    attention.look(state)
    assert "\a" not in written
    state.apply(alert())
    attention.look(state)
    attention.look(state)
    assert written.count("\a") == 1
    state.apply(events[-1])
    attention.look(state)
    assert written.count("\a") == 2


def test_the_title_says_how_the_run_does_and_changes_seldom(events):
    written, state = [], RunState()
    attention = Attention(written.append, "a-run\x1b]evil\a")
    attention.begin()
    for event in events:
        state.apply(event)
        for _ in range(3):
            attention.look(state)
    attention.end()
    assert (written[0], written[-1]) == (SAVE_TITLE, RESTORE_TITLE)
    assert len(titles(written)) <= 12
    assert titles(written)[-1] == "✓ completed: a-run␛]evil␇ – dnn-tui"


def test_what_happened_before_one_came_is_no_news(events):
    written, state = [], RunState()
    for event in events:
        state.apply(event)
    Attention(written.append, "a-run").look(state)
    assert "\a" not in written


def test_quiet_is_quiet(events):
    written, state = [], RunState()
    attention = Attention(written.append, "a-run", quiet=True)
    attention.begin()
    for event in (*events, alert()):
        state.apply(event)
        attention.look(state)
    attention.end()
    assert written == []


def test_trouble_and_the_end_are_worth_telling_and_nothing_else(events):
    assert [type(event) for event in events if worth_telling(event)] == [RunEnded]
    assert worth_telling(alert("warning"))
    assert not worth_telling(alert("info"))


def test_a_command_that_cannot_be_run_is_said_and_one_that_can_is_not(events, folder):
    for command, failure in (
        ("exit 3", "'exit 3', ended with 3"),
        ("/no/such/program", "ended with 127"),
        ("true", ""),
    ):
        teller = Teller(command, folder)
        teller.hear(events[-1])
        teller.finish()
        assert failure in teller.failure
        assert bool(teller.failure) == bool(failure)


def test_a_run_that_lives_and_says_nothing_is_stalled_until_it_speaks_again(events, folder, monkeypatch):
    monkeypatch.setattr(RunState, "patience", lambda self: 3600.0)
    writer = LogWriter(folder.events_file)  # the writer lives
    cut = next(k for k, event in enumerate(events) if isinstance(event, EpochEnded))
    for event in events[:cut]:
        writer.write(event)
    session = WatchSession(folder)
    session.poll()
    assert session.state.alerts == []
    monkeypatch.setattr(RunState, "patience", lambda self: 0.0)
    for _ in range(3):
        session._checked_at = 0.0
        session.poll()
    (stalled,) = session.state.alerts
    assert (stalled.kind, stalled.severity) == ("stalled", "warning")
    assert "although its process lives" in stalled.message
    assert session.state.status == "training"
    writer.write(events[cut])
    session.poll()
    assert session.state.updated == events[cut].time
    writer.close()
    session._checked_at = 0.0
    session.poll()
    assert session.state.status == "crashed"


def test_patience_grows_with_what_the_run_s_own_steps_take():
    state = RunState()
    usual = state.patience()
    for step in range(1, 5):
        state.apply(Progress(float(step), step, 1, 30.0 * step, (1.0,), 0.1, 1.0))
    assert state.seconds_per_step == 30
    assert state.patience() > usual + 20 * 30 - 1


def test_the_process_that_trains_notices_its_own_silence(events, monkeypatch):
    monkeypatch.setattr(RunState, "patience", lambda self: 0.0)
    monkeypatch.setattr(telling, "LOOKS_EVERY_SECONDS", 0.001)
    looks = []

    class Looked(RunState):
        def __getattribute__(self, name):
            if name == "version":  # what the watchdog asks for first, at every look
                looks.append(name)
            return super().__getattribute__(name)

    state, told = Looked(), []
    state.apply(events[0])
    with watchdog(state, told.append):
        wait_until(lambda: told)
        so_far = len(looks)
        wait_until(lambda: len(looks) > so_far + 20)
    assert [event.kind for event in told] == ["stalled"]


def test_two_viewers_see_the_same_run(events, folder):
    writer = LogWriter(folder.events_file)
    viewers = [WatchSession(folder), WatchSession(folder, readonly=True)]
    for event in events:
        writer.write(event)
        for viewer in viewers:
            viewer.poll()
    writer.close()
    first, second = (viewer.state for viewer in viewers)
    assert first.epochs == second.epochs
    assert first.loss.count == second.loss.count == 15
    assert [viewer.readonly for viewer in viewers] == [False, True]
    assert "read-only" in viewers[1].title
