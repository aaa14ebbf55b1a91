"""How an imported network would be trained on: with a loss that fits its output, and batches that the data has."""

import pytest

from dnn_tui import datasets
from dnn_tui.experiments.importing.into_run import _training
from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.losses import LOSSES


@pytest.mark.parametrize(
    ("name", "output"), [("iris", "softmax"), ("breast-cancer", "sigmoid"), ("diabetes", "identity")]
)
def test_the_tasks_own_loss_is_taken_where_it_fits(name, output):
    data = datasets.load(name)
    config = _training(TrainingConfig(lr=0.25), output, data)
    assert (config.loss, config.batch_size, config.lr) == (None, 32, 0.25)  # None: the task's own


def test_a_loss_that_does_not_fit_the_output_gives_way_to_one_that_does():
    data = datasets.load("iris")
    for output in ("sigmoid", "identity"):
        loss = LOSSES[_training(TrainingConfig(), output, data).loss]
        assert output in loss.outputs
    asked = _training(TrainingConfig(loss="squared_error"), "softmax", data)
    assert asked.loss == "squared_error"


def test_a_batch_is_no_larger_than_the_data():
    data = datasets.load("liver-4")
    assert _training(TrainingConfig(), "sigmoid", data).batch_size == len(data.train) == 4
