"""A change is in three places, the log, the checkpoint and run.toml: a kill between any two loses nothing of a run."""

import numpy as np
import pytest
from playing import CIRCLE, Driven, started, values

from dnn_tui.runs import recorder as recording
from dnn_tui.runs.checkpoint import config_at
from dnn_tui.runs.folder import RunFolder, create_run
from dnn_tui.runs.log import read_log
from dnn_tui.runs.recorder import Recorder
from dnn_tui.runs.state import RunState
from dnn_tui.tui.commands.resuming import prepare


class Killed(BaseException):
    """Stands for the process's end: nothing after it happens."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.fixture
def folder(tmp_path) -> RunFolder:
    return create_run(CIRCLE, tmp_path)


def killed_at(folder: RunFolder, monkeypatch, place: object, name: str) -> None:
    """Train 12 steps, checkpoint, 3 more; change the network; the process is killed where it calls `name`."""
    trainer = started()
    driven = Driven(trainer, Recorder(trainer, folder).events()).steps(12)
    driven.send("checkpoint")
    driven.steps(3)
    with monkeypatch.context() as patch:
        patch.setattr(place, name, killed)
        with pytest.raises(Killed):
            driven.change("hidden=6,3; lr=0.1")


def resumed(folder: RunFolder) -> Driven:
    trainer, _ = prepare(folder, {}, None)
    return Driven(trainer, Recorder(trainer, folder).events())


def same(one: Driven, other: Driven) -> bool:
    mine, theirs = values(one.trainer), values(other.trainer)
    return all(np.array_equal(value, theirs[name]) for name, value in mine.items())


def test_killed_before_its_checkpoint_the_run_goes_on_as_if_the_change_had_not_been_asked(folder, monkeypatch):
    killed_at(folder, monkeypatch, recording, "save_checkpoint")
    assert "hidden=6,3" in folder.events_file.read_text()
    on = resumed(folder)
    assert (on.trainer.step, on.trainer.network.sizes) == (12, (2, 4, 3, 1))
    assert same(on.steps(10), Driven(started()).steps(22))
    assert folder.config().network.hidden == (4, 3)
    state = RunState()
    for event in read_log(folder.events_file)[0]:
        state.apply(event)
    assert state.marks == []
    assert state.started.network["sizes"] == [2, 4, 3, 1]


def test_killed_between_checkpoint_and_description_the_run_goes_on_changed(folder, monkeypatch):
    killed_at(folder, monkeypatch, RunFolder, "write_config")
    assert folder.config().network.hidden == (4, 3)
    assert config_at(folder).network.hidden == (6, 3)
    never = Driven(started()).steps(15)
    never.change("hidden=6,3; lr=0.1")
    on = resumed(folder)
    assert on.trainer.step == 15
    assert same(on.steps(10), never.steps(10))
    assert folder.config().network.hidden == (6, 3)  # mended
    assert folder.config().training.lr == 0.1


def test_a_run_of_before_configurations_were_in_checkpoints_goes_on_from_its_description(folder):
    trainer = started()
    trainer.configuration = {}
    driven = Driven(trainer, Recorder(trainer, folder).events()).steps(9)
    driven.send("checkpoint")
    driven.end()
    assert config_at(folder) == CIRCLE
    assert same(resumed(folder).steps(3), Driven(started()).steps(12))


def test_the_best_checkpoint_says_of_which_network_it_is(folder):
    trainer = started()
    driven = Driven(trainer, Recorder(trainer, folder).events()).steps(12)
    driven.change("hidden=6,3")
    driven.end()
    assert trainer.best_epoch >= 1
    assert config_at(folder, "best").network.hidden == (4, 3)
    assert config_at(folder, "last").network.hidden == (6, 3)
