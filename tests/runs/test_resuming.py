"""Interrupted anywhere and resumed, a run is the one that was never interrupted: weights and curve, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest

from dnn_tui.mlp import Command, Network, Trainer, TrainingConfig
from dnn_tui.mlp.events import EpochEnded, Progress, RunStarted
from dnn_tui.mlp.optimizers import OPTIMIZERS
from dnn_tui.runs.checkpoint import load_checkpoint
from dnn_tui.runs.config import DatasetConfig, RunConfig, RunError
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import LogTail, LogWriter, read_log
from dnn_tui.runs.recorder import Recorder, recorded
from dnn_tui.runs.state import RunState

pytestmark = pytest.mark.slow

ROWS_A_STEP, EPOCHS, STEPS_AN_EPOCH = 7, 4, 6


@pytest.fixture
def folder(tmp_path):
    return create_run(RunConfig(DatasetConfig("blobs")), tmp_path)


@pytest.fixture
def a_trainer(data):
    def make(optimizer: str = "adam", epochs: int = EPOCHS, **more) -> Trainer:
        config = TrainingConfig(optimizer=optimizer, epochs=epochs, batch_size=ROWS_A_STEP, lr=0.01, seed=3, **more)
        shown = replace(data, image_shape=(2, 2)) if "augment_shift" in more else data
        return Trainer(Network((4, 8, 3), seed=3), shown, config, "a-run")

    return make


@pytest.fixture
def resumed_trainer(a_trainer):
    def make(folder, *arguments, **more) -> Trainer:
        trainer = a_trainer(*arguments, **more)
        trainer.load_state_dict(load_checkpoint(folder.checkpoint_file())[1]["state"])
        return trainer

    return make


def run_to_step(trainer: Trainer, folder, step: int) -> None:
    """Train, and stop with a checkpoint after `step`."""
    trainer.send("pause")  # from here step by step: every step is an event
    for _ in range(step):
        trainer.send("step")
    trainer.send("stop")
    list(recorded(trainer, folder))
    assert trainer.step == step


def state_of(folder) -> RunState:
    state = RunState()
    for event in read_log(folder.events_file)[0]:
        state.apply(event)
    return state


def loss_curve(state: RunState) -> np.ndarray:
    return state.loss.columns(0, state.loss.count, state.loss.count)[0]


def figures(state: RunState) -> list:
    return [(e.epoch, e.step, e.train, e.validation, e.confusion, e.best) for e in state.epochs]


def assert_resumed_is_straight(stop_at, folder, tmp_path, a_trainer, resumed_trainer, *arguments, **more):
    whole = create_run(RunConfig(DatasetConfig("blobs")), tmp_path / "whole")
    straight = a_trainer(*arguments, **more)
    list(recorded(straight, whole))

    run_to_step(a_trainer(*arguments, **more), folder, stop_at)
    resumed = resumed_trainer(folder, *arguments, **more)
    list(recorded(resumed, folder))

    assert resumed.step == straight.step > stop_at
    np.testing.assert_array_equal(resumed.network.theta, straight.network.theta)
    np.testing.assert_array_equal(loss_curve(state_of(folder)), loss_curve(state_of(whole)))
    assert figures(state_of(folder)) == figures(state_of(whole))
    for which in ("last", "best"):
        np.testing.assert_array_equal(
            load_checkpoint(folder.checkpoint_file(which))[0]["theta"],
            load_checkpoint(whole.checkpoint_file(which))[0]["theta"],
        )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("stop_at", [0, 1, 5, 6, 7, 17, 23])
def test_a_run_stopped_and_resumed_is_the_one_never_stopped(
    optimizer, stop_at, folder, tmp_path, a_trainer, resumed_trainer
):
    assert_resumed_is_straight(stop_at, folder, tmp_path, a_trainer, resumed_trainer, optimizer)


@pytest.mark.parametrize("stop_at", [3, 6, 14])
@pytest.mark.parametrize(
    "more",
    [
        {"dropout": 0.4, "input_dropout": 0.2},
        {"augment_shift": 0.5, "augment_rotate": 20.0, "augment_elastic": 0.3},
        {"schedule": "cosine", "warmup": 1},
        {"schedule": "one_cycle"},
        {"schedule": "reduce_on_plateau", "plateau_patience": 0, "plateau_threshold": 0.9},
        {"patience": 1, "min_delta": 0.9},
        {"max_norm": 0.5, "clip_norm": 0.1, "weight_decay": 0.1},
    ],
    ids=lambda more: "+".join(more),
)
def test_so_it_is_with_everything_random_or_remembered(more, stop_at, folder, tmp_path, a_trainer, resumed_trainer):
    if "patience" in more and stop_at > 12:
        pytest.skip("it has stopped by itself by then")
    assert_resumed_is_straight(stop_at, folder, tmp_path, a_trainer, resumed_trainer, **more)


def test_what_came_after_the_checkpoint_is_cut_from_the_curves_but_stays_in_the_log(folder, a_trainer, resumed_trainer):
    trainer = a_trainer()
    trainer.send("pause")
    for _ in range(20):
        trainer.send("step")
    events = Recorder(trainer, folder).events()
    for event in events:
        if isinstance(event, Progress) and event.step == 8:
            trainer.commands.put(Command("checkpoint"))
        if isinstance(event, Progress) and event.step == 20:
            break  # as a killed process breaks off
    events.close()
    saved = load_checkpoint(folder.checkpoint_file())[1]["step"]
    before = folder.events_file.read_bytes()
    list(recorded(resumed_trainer(folder), folder))

    state = state_of(folder)
    assert saved < 20
    assert state.starts == [saved]
    assert state.loss.count == EPOCHS * STEPS_AN_EPOCH
    assert [epoch.epoch for epoch in state.epochs] == [1, 2, 3, 4]
    assert state.snapshots.steps == sorted(state.snapshots.steps)
    assert folder.events_file.read_bytes().startswith(before)


def test_a_finished_run_can_be_prolonged(folder, tmp_path, a_trainer, resumed_trainer):
    whole = create_run(RunConfig(DatasetConfig("blobs")), tmp_path / "whole")
    straight = a_trainer(epochs=6)
    list(recorded(straight, whole))
    list(recorded(a_trainer(epochs=4), folder))
    resumed = resumed_trainer(folder)
    resumed.epochs = 6
    list(recorded(resumed, folder))
    np.testing.assert_array_equal(resumed.network.theta, straight.network.theta)
    assert [epoch.epoch for epoch in state_of(folder).epochs] == [1, 2, 3, 4, 5, 6]
    assert state_of(folder).total_epochs == 6


def test_a_run_is_prolonged_while_it_trains(folder, a_trainer):
    trainer, state = a_trainer(epochs=2), RunState()
    for event in recorded(trainer, folder):
        state.apply(event)
        if isinstance(event, EpochEnded) and event.epoch == 1:
            trainer.send(Command("prolong", 5, by="a test"))
    assert state.total_epochs == 5
    assert state.latest_epoch.epoch == 5


def test_a_half_line_left_by_a_killed_writer_is_taken_off_before_going_on(folder, a_trainer, resumed_trainer):
    run_to_step(a_trainer(), folder, 9)
    with folder.events_file.open("ab") as file:
        file.write(b'{"event":"progress","time":17')
    tail = LogTail(folder.events_file)
    known = len(tail.read())
    list(recorded(resumed_trainer(folder), folder))
    rest = tail.read()
    events, bad = read_log(folder.events_file)
    assert bad == tail.bad_lines == 0
    assert not tail.restarted
    assert len(events) == known + len(rest)
    assert [type(event) for event in events].count(RunStarted) == 2


def test_a_run_has_one_writer(folder):
    writer = LogWriter(folder.events_file)
    with pytest.raises(RunError, match="being trained by another process"):
        LogWriter(folder.events_file)
    writer.close()
    LogWriter(folder.events_file).close()


def test_a_run_that_diverged_keeps_the_checkpoint_before(folder, a_trainer):
    trainer = a_trainer()
    for event in recorded(trainer, folder):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            trainer.send("checkpoint")
        if isinstance(event, EpochEnded) and event.epoch == 3:
            trainer.network.theta[:] = np.nan
    assert event.reason == "diverged"
    arrays, facts = load_checkpoint(folder.checkpoint_file())
    assert facts["step"] == 2 * STEPS_AN_EPOCH
    assert np.isfinite(arrays["theta"]).all()


EARLY = {"patience": 1, "min_delta": 0.9}  # no epoch after the first is so much better: it stops after the second


def test_a_run_that_stopped_early_has_nothing_left_to_train(folder, a_trainer, resumed_trainer):
    stopped = a_trainer(**EARLY)
    list(recorded(stopped, folder))
    resumed = resumed_trainer(folder, **EARLY)
    assert resumed.stopped_early
    *_, ended = resumed.events()
    assert (ended.reason, resumed.step, resumed.epoch) == ("early_stopping", stopped.step, 2)
    np.testing.assert_array_equal(resumed.network.theta, stopped.network.theta)


def test_with_patience_anew_it_goes_on_for_as_many_epochs_as_it_waits(folder, a_trainer, resumed_trainer):
    list(recorded(a_trainer(**EARLY), folder))
    resumed = resumed_trainer(folder, **EARLY)
    resumed.wait_anew()
    *_, ended = resumed.events()
    assert (ended.reason, resumed.epoch) == ("early_stopping", 3)


def test_resuming_an_early_stopped_run_says_so_in_one_sentence(command_line):
    words = ("train", "xor", "--epochs", "9", "--patience", "1", "--min-delta", "9", "--engine", "numpy", "--headless")
    assert command_line(*words)[0] == 0
    code, _, said = command_line("train", "--resume", "--headless")
    assert code == 2
    assert "has stopped early, after epoch 2" in said
    assert "--epochs" in said
    assert said.count("\n") == 1
    code, out, _ = command_line("train", "--resume", "--headless", "--epochs", "9")
    assert code == 0
    assert "epoch 3" in out.lower()
    assert "epoch 4" not in out.lower()
