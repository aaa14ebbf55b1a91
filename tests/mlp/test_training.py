"""What a run promises: the same seed gives the same run, and a run that breaks says where."""

import numpy as np
import pytest

from dnn_tui.mlp import Network, Trainer, TrainingConfig, TrainingError
from dnn_tui.mlp.events import Alert, EpochEnded, Progress, RunEnded, RunStarted, Snapshot


def train(data, *, seed=0, hidden=(8,), sizes=None, **config):
    sizes = sizes or (data.n_features, *hidden, data.n_outputs)
    output = {"classes": "softmax", "binary": "sigmoid", "regression": "identity"}[data.task]
    network = Network(sizes, "relu", output, seed=seed)
    events = list(Trainer(network, data, TrainingConfig(seed=seed, **config)).events())
    return network, events


def losses(events):
    return [loss for event in events if isinstance(event, Progress) for loss in event.losses]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_the_same_seed_gives_the_same_run_bit_for_bit(make_blobs, optimizer):
    first, events = train(make_blobs(), seed=3, optimizer=optimizer, epochs=3, batch_size=32)
    second, again = train(make_blobs(), seed=3, optimizer=optimizer, epochs=3, batch_size=32)
    assert first.theta.tobytes() == second.theta.tobytes()
    assert losses(events) == losses(again)


def test_another_seed_gives_another_run(make_blobs):
    first, _ = train(make_blobs(), seed=3, epochs=1)
    second, _ = train(make_blobs(), seed=4, epochs=1)
    assert not np.array_equal(first.theta, second.theta)


def test_a_run_tells_its_story_in_order(make_blobs):
    _, events = train(make_blobs(), epochs=2, batch_size=50)
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "completed"
    assert [event.epoch for event in events if isinstance(event, EpochEnded)] == [1, 2]
    assert any(isinstance(event, Snapshot) for event in events)
    assert len(losses(events)) == 2 * 4  # 160 rows in batches of 50: three whole ones and the rest


def test_separable_clouds_are_learned(make_blobs):
    _, events = train(make_blobs(rows=600), epochs=30, lr=0.01)
    assert events[-1].metrics["test"]["accuracy"] > 0.9


def test_a_loss_that_blows_up_names_step_and_layer(make_blobs):
    data = make_blobs()
    with np.errstate(all="ignore"):
        _, events = train(data, optimizer="sgd", lr=1e20, epochs=5, batch_size=40)
    alert = next(event for event in events if isinstance(event, Alert) and event.kind == "nonfinite_loss")
    assert events[-1].reason == "diverged"
    assert f"step {alert.step}" in alert.message
    assert alert.step == len(losses(events))
    assert alert.layer >= 1
    assert f"layer {alert.layer}" in alert.message


def test_a_poisoned_layer_is_the_one_named(make_blobs):
    data = make_blobs()
    network = Network((4, 8, 8, 3), "relu", "softmax")
    network.W[2][3, 1] = np.nan
    events = list(Trainer(network, data, TrainingConfig()).events())
    alert = next(event for event in events if isinstance(event, Alert))
    assert (alert.step, alert.layer) == (1, 2)


def test_data_and_network_that_do_not_fit_are_refused(make_blobs):
    data = make_blobs()
    with pytest.raises(TrainingError, match="4 features but the network 5 inputs"):
        Trainer(Network((5, 3)), data, TrainingConfig())
    with pytest.raises(TrainingError, match="needs 3 outputs but the network has 2"):
        Trainer(Network((4, 2)), data, TrainingConfig())


def test_a_batch_larger_than_the_data_is_refused(make_blobs):
    with pytest.raises(TrainingError, match="batch of 500 rows does not fit 160"):
        Trainer(Network((4, 3)), make_blobs(), TrainingConfig(batch_size=500))


def test_a_value_that_is_no_number_is_named_by_row_and_column(make_blobs):
    data = make_blobs()
    data.train.x[7, 2] = np.nan
    with pytest.raises(TrainingError, match="row 7, column x2"):
        Trainer(Network((4, 3)), data, TrainingConfig())


def test_a_label_out_of_range_is_refused(make_blobs):
    data = make_blobs()
    data.test.y[0] = 3
    with pytest.raises(TrainingError, match="label outside"):
        Trainer(Network((4, 3)), data, TrainingConfig())
