"""Engine and threads chosen by measurement, at the start and while a training runs; NumPy trains while one compiles."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from dnn_tui.experiments import building, compiling
from dnn_tui.mlp import Network, Trainer, TrainingConfig, tuning
from dnn_tui.mlp.events import Alert
from dnn_tui.mlp.tuning import Choice, Tuner, chosen, use
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig


@pytest.mark.parametrize(
    ("compiled", "numpy", "best"),
    [
        ({1: 1.0, 2: 0.6}, {1: 3.0}, ("compiled", 2)),
        ({1: 1.0, 2: 0.9}, {1: 3.0}, ("compiled", 1)),  # two threads do not clearly bring more
        ({1: 1.0, 2: 0.9, 4: 0.5}, {1: 3.0}, ("compiled", 4)),
        ({1: 1.04}, {1: 1.0}, ("compiled", 1)),  # .96 of NumPy's speed
        ({1: 1.06}, {1: 1.0}, ("numpy", 1)),  # .94
        ({1: 1.0, 2: 0.9}, {1: 1.1, 2: 0.7}, ("numpy", 2)),
        ({}, {1: 1.0}, ("numpy", 1)),  # not covered, or not installed
    ],
)
def test_the_compiled_engine_is_left_where_it_has_not_95_percent_of_numpys_speed(compiled, numpy, best):
    seconds = {Choice("compiled", n): taken for n, taken in compiled.items()}
    seconds |= {Choice("numpy", n): taken for n, taken in numpy.items()}
    assert chosen(seconds) == Choice(*best)


def trainer(data, **config):
    network = Network((data.n_features, 6, data.n_outputs), "tanh", "softmax", seed=3, dtype=np.float64)
    return Trainer(network, data, TrainingConfig(**{"batch_size": 16, "epochs": 3} | config))


@pytest.mark.slow
@pytest.mark.usefixtures("compiled_once")
def test_a_training_whose_engine_changes_ends_with_the_weights_of_one_whose_does_not(make_blobs):
    pytest.importorskip("numba")
    data = make_blobs()
    settings = {"optimizer": "adam", "dropout": 0.2, "l2": 1e-3}
    plain, changing = trainer(data, engine="numpy", **settings), trainer(data, engine="numpy", **settings)
    losses = list(plain.advance(30))
    found = list(changing.advance(7))
    use(changing, Choice("compiled", 2))
    found += changing.advance(13)
    use(changing, Choice("numpy", 1))
    found += changing.advance(10)
    np.testing.assert_allclose(found, losses, rtol=1e-10)
    np.testing.assert_allclose(changing.network.theta, plain.network.theta, rtol=1e-9, atol=1e-12)


@pytest.fixture
def two_threads(monkeypatch):
    """What is measured is always that NumPy's engine with two threads is the fastest."""
    monkeypatch.setattr(tuning, "fastest", lambda trainer: Choice("numpy", 2))
    monkeypatch.setattr(tuning, "BETWEEN", 0.0)


def epochs(tuner, made, *pace):
    """What is said at the ends of epochs of ten steps, at so many steps a second."""
    said = []
    for steps_a_second in pace:
        made.step += 10
        said += tuner(made, 10 / steps_a_second)
    return [event.message for event in said]


def test_a_training_that_becomes_slower_is_measured_again_and_goes_on_differently(make_blobs, two_threads):
    made, tuner = trainer(make_blobs(), engine="numpy"), Tuner()
    made.configuration = {"training": {"engine": "numpy", "lr": 1}, "threads": 1}
    assert epochs(tuner, made, 5, 5, 4.5, 5.5) == []
    (said,) = epochs(tuner, made, 2)
    assert said == "Steps had become slower (5 a second, then 2): on with NumPy's engine and 2 threads."
    assert made.engine.threads == 2
    assert made.configuration == {"training": {"engine": "numpy", "lr": 1}, "threads": 2}
    assert epochs(tuner, made, 2, 2, 1) == []  # measured again, and what is in use is still the fastest


def test_epochs_too_short_to_tell_a_pace_are_taken_together(make_blobs, two_threads):
    made, tuner = trainer(make_blobs(), engine="numpy"), Tuner()
    assert epochs(tuner, made, *[100] * 30, 3000, *[100] * 10) == []
    assert epochs(tuner, made, *[50] * 10) != []


def test_a_pace_that_was_asked_for_and_another_network_are_no_reason(make_blobs, two_threads):
    made, tuner = trainer(make_blobs(), engine="numpy"), Tuner()
    assert epochs(tuner, made, 5, 5) == []
    made.pace = 1
    assert epochs(tuner, made, 1, 1, 1) == []
    made.pace = 0
    made.network = made.network.copy()
    assert epochs(tuner, made, 1, 1, 1) == []


def long_run(data):
    """The configuration and the trainer of a run for which the compiled engine is chosen."""
    made = trainer(data, epochs=100_000)
    config = RunConfig(DatasetConfig("blobs"), NetworkConfig((6,), ("tanh",)), TrainingConfig(epochs=100_000))
    return made, config


def test_nobody_waits_for_the_compiler_numpys_engine_begins_and_the_fastest_takes_over(
    make_blobs, two_threads, monkeypatch
):
    pytest.importorskip("numba")
    made, config = long_run(make_blobs())
    assert made.engine.name == "compiled"
    done = []
    monkeypatch.setattr(building, "is_compiled", lambda dtype: False)
    monkeypatch.setattr(building, "compile_elsewhere", lambda dtype, then: done.append(then))
    config = building.with_engine(config, made, at_once=True)
    assert (made.engine.name, config.training.engine, config.tuned) == ("numpy", "numpy", True)
    events = made.events()
    assert not [event for event in (next(events) for _ in range(20)) if isinstance(event, Alert)]
    done[0]()
    alert = next(event for event in events if isinstance(event, Alert))
    assert alert.message == "Engine and threads were measured: on with NumPy's engine and 2 threads."
    events.close()


def test_who_chose_the_engine_or_the_threads_keeps_them(make_blobs):
    made, config = long_run(make_blobs())
    made = trainer(make_blobs(), engine="numpy")
    config = replace(config, training=replace(config.training, engine="numpy"))
    assert not building.with_engine(config, made, at_once=True).tuned
    assert made.tuner is None


@pytest.mark.parametrize("program", ["true", "false"])
def test_only_a_compilation_that_came_to_its_end_is_told(program, monkeypatch):
    monkeypatch.setattr(sys, "executable", f"/bin/{program}")
    told = []
    compiling.compile_elsewhere(np.dtype(np.float32), lambda: told.append(1)).join(20)
    assert bool(told) == (program == "true")
