"""A refit trains on the validation rows too, prepared as they were, for the best epochs of the same schedule."""

from dataclasses import replace

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.joined import joined
from dnn_tui.experiments.building import build_trainer, load_data
from dnn_tui.mlp import TrainingConfig
from dnn_tui.runs.checkpoint import fingerprint, load_checkpoint
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.runs.folder import find_run

TRAINING = TrainingConfig(epochs=8, schedule="one_cycle", optimizer="sgd", lr=0.05, calibrate=True)
CONFIG = RunConfig(DatasetConfig("iris"), NetworkConfig((5,), ("tanh",)), TRAINING)


def ended(trainer):
    for _ in trainer.events():
        pass
    return trainer


def test_every_row_of_the_two_parts_is_trained_on_once_and_prepared_as_it_was():
    data = load_data(CONFIG)
    every = joined(data)
    both = np.concatenate([data.train.rows, data.validation.rows])
    assert sorted(every.train.rows) == sorted(both)
    for part in (data.train, data.validation):
        at = [list(every.train.rows).index(row) for row in part.rows]
        np.testing.assert_array_equal(every.train.x[at], part.x)
        np.testing.assert_array_equal(every.train.y[at], part.y)
    assert len(every.validation) == 0
    assert fingerprint(replace(every, train=data.train, validation=data.validation)) == fingerprint(data)
    assert every.preparation == data.preparation


def test_a_run_that_says_so_loads_them_so_and_says_it_in_its_file():
    config = replace(CONFIG, dataset=replace(CONFIG.dataset, joined=True))
    again = RunConfig.from_dict(config.to_dict())
    assert again.dataset.joined
    assert fingerprint(load_data(again)) == fingerprint(joined(load_data(CONFIG)))


def test_points_of_the_plane_go_with_their_rows():
    data = joined(datasets.load("circle", inputs="x1,x2,x1^2"))
    np.testing.assert_allclose(data.plane.inputs(data.plane.points["train"]), data.train.x, rtol=1e-6)


def test_without_validation_rows_there_is_nothing_to_join():
    with pytest.raises(DataError, match="iris has no validation rows"):
        joined(datasets.load("iris", validation=0))


def test_it_goes_the_first_epochs_of_the_whole_schedule_and_is_calibrated_as_given():
    """Its weights are those of the run that goes all epochs, after as many; the last layer is divided once."""
    data = joined(load_data(CONFIG))
    longer = build_trainer(CONFIG, data)
    rates = []
    for _ in range(3):
        list(longer.advance(longer.steps_per_epoch))
        longer.batches.order = None
        rates.append(longer.lr)
    trainer = build_trainer(CONFIG, data)
    trainer.epochs, trainer.temperature = 3, 1.6
    ended(trainer)
    assert trainer.lr == rates[-1]
    np.testing.assert_array_equal(trainer.network.W[1], longer.network.W[1])
    np.testing.assert_allclose(trainer.network.W[2], longer.network.W[2] / 1.6, rtol=1e-6)
    np.testing.assert_allclose(trainer.network.b[2], longer.network.b[2] / 1.6, rtol=1e-6)
    prolonged = build_trainer(CONFIG, data)
    prolonged.load_state_dict(trainer.state_dict())
    assert prolonged.temperature is None, "it is not divided twice"


def test_a_run_that_is_interrupted_knows_its_temperature_and_its_end_when_it_goes_on():
    data = joined(load_data(CONFIG))
    trainer = build_trainer(CONFIG, data)
    trainer.epochs, trainer.temperature = 3, 1.6
    list(trainer.advance(2))
    other = build_trainer(CONFIG, data)
    other.load_state_dict(trainer.state_dict())
    assert (other.epochs, other.temperature) == (3, 1.6)


@pytest.mark.slow
def test_the_command_trains_twice_and_says_what_both_are_worth(command_line, tmp_path):
    words = [
        "train",
        "iris",
        "--headless",
        "--patience",
        "3",
        "--epochs",
        "12",
        "--calibrate",
        "--refit",
        "--name",
        "twice",
    ]
    code, out, err = command_line(*words)
    assert code == 0, err
    first, second = (find_run(tmp_path / "runs", f"twice-{end}") for end in ("how-long", "refit"))
    best = load_checkpoint(first.checkpoint_file())[1]["state"]["best_epoch"]
    assert f"for {best} epochs" in out
    assert load_checkpoint(second.checkpoint_file())[1]["epoch"] == best
    assert first.preparation() == second.preparation()
    assert second.config().dataset.joined
    for run in (first, second):
        assert f"{run.name}, of {len(load_data(run.config()).train)} rows: test loss" in out
    code, out, _ = command_line("eval", "twice-refit")
    assert code == 0
    assert "has no validation rows" in command_line("eval", "twice-refit", "--split", "validation")[2]
    assert command_line("train", "iris", "--refit", "--folds", 2, "--headless")[0] == 2
