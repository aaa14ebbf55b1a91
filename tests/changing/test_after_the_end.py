"""A training whose epochs are done, or that broke off, can be changed and goes on."""

from dataclasses import replace

import numpy as np
import pytest
from playing import CIRCLE, Driven, started, with_training
from recorded import wait_until

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import Alert, CommandApplied, RunEnded
from dnn_tui.runs.config import DatasetConfig, RunError
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.recorder import Recorder
from dnn_tui.tui.commands.resuming import prepare
from dnn_tui.tui.sessions.detached import leave_training
from dnn_tui.tui.sessions.trained import TrainingSession

STAY = Command("stay", 1)


def test_a_training_that_stays_waits_at_its_end_and_trains_as_many_epochs_more():
    driven = Driven(started(with_training(epochs=2)))
    driven.send(STAY)
    trainer = driven.trainer
    last = 2 * trainer.steps_per_epoch
    driven.steps(last)
    assert (trainer.step, trainer.epoch) == (last, 2)
    assert [e.kind for e in driven.said if isinstance(e, Alert)] == ["resting"]
    assert not any(isinstance(event, RunEnded) for event in driven.said)
    driven.steps(1)
    assert trainer.step == last + 1
    prolonged = [e.value for e in driven.said if isinstance(e, CommandApplied) and e.command == "prolong"]
    assert prolonged == [4]
    never = Driven(started(with_training(epochs=9))).steps(last + 1)
    assert np.array_equal(trainer.network.theta, never.trainer.network.theta)
    assert isinstance(driven.end()[-1], RunEnded)


@pytest.mark.parametrize(("fields", "reason"), [({"epochs": 2}, "completed"), ({"lr": 1e30}, "diverged")])
def test_a_training_that_waits_at_its_end_ends_as_it_came_there_when_nobody_wants_it_to_wait(fields, reason):
    config = replace(CIRCLE, dataset=DatasetConfig("plane", options={"samples": 60}))
    driven = Driven(started(with_training(config, optimizer="sgd", **fields)))
    driven.send(STAY)
    driven.steps(2 * driven.trainer.steps_per_epoch)
    assert driven.trainer.rests
    driven.trainer.send(Command("stay", 0))
    *_, ended = driven._events
    assert isinstance(ended, RunEnded)
    assert ended.reason == reason


def test_leaving_a_training_that_waits_at_its_end_ends_it_and_starts_no_other(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dnn_tui.tui.sessions.detached.start_detached", lambda *_: pytest.fail("nothing is left"))
    config = with_training(epochs=1)
    session = TrainingSession(started(config), create_run(config, tmp_path))
    session.send(STAY)
    session.start()
    wait_until(lambda: session.trainer.rests, 20)
    assert leave_training(session) == 0
    assert session.state.ended.reason == "completed"
    assert f"dnn-tui play {session.folder.name}" in capsys.readouterr().out


def test_a_training_that_diverged_can_be_reset_with_a_smaller_rate():
    config = replace(CIRCLE, dataset=DatasetConfig("plane", options={"samples": 60}))
    driven = Driven(started(with_training(config, optimizer="sgd", lr=1e30)))
    driven.send(STAY)
    driven.steps(6)
    assert {"nonfinite_loss", "resting"} <= {e.kind for e in driven.said if isinstance(e, Alert)}
    driven.change("reset; lr=0.1")
    step = driven.trainer.step
    driven.steps(10)
    fresh = Driven(started(with_training(config, optimizer="sgd", lr=0.1))).steps(10)
    assert driven.trainer.step == step + 10
    assert np.array_equal(driven.trainer.network.theta, fresh.trainer.network.theta)


@pytest.fixture
def session(tmp_path):
    config = with_training(epochs=2)
    session = TrainingSession(started(config), create_run(config, tmp_path))
    session.start()
    wait_until(lambda: session.state.ended, 20)
    yield session
    session.close()


def test_a_training_that_ended_here_is_taken_up_again_by_a_change(session):
    steps = session.state.step
    session.send(Command("change", "hidden=7", "keyboard"))
    wait_until(lambda: session.state.marks, 20)
    assert (session.state.status, session.state.step) == ("paused", steps)
    session.send(Command("pace", 0))
    session.send(Command("prolong", 5))
    session.send(Command("resume"))
    wait_until(lambda: session.state.step > steps, 20)
    session.send(Command("change", "activation=relu"))
    wait_until(lambda: len(session.state.marks) == 2, 20)
    session.close()
    assert session.error is None
    assert session.folder.config().network.hidden == (7,)
    assert session.folder.config().network.activations == ("relu",)


def test_a_recorded_run_that_has_done_its_epochs_is_played_on(tmp_path):
    config = with_training(epochs=2)
    folder, trainer = create_run(config, tmp_path), started(config)
    list(Recorder(trainer, folder).events())
    with pytest.raises(RunError, match="has done its 2 epochs"):
        prepare(folder, {}, None)
    driven = Driven(prepare(folder, {}, None, stays=True)[0])
    driven.change("units layer=2 units=5")
    assert driven.steps(3).trainer.step == trainer.step + 3
    assert driven.trainer.network.sizes == (2, 4, 5, 1)
    assert driven.trainer.epochs == 4
