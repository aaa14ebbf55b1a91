"""One seed, one network: through the command line in another process, the panels' session, and the Python API."""

import subprocess
import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from recorded import wait_until
from threadpoolctl import threadpool_limits

from dnn_tui import datasets
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.checks import make_loss
from dnn_tui.mlp.evaluation import Evaluator
from dnn_tui.runs.checkpoint import load_network
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.runs.folder import create_run, find_run
from dnn_tui.tui.sessions.trained import TrainingSession


@pytest.mark.slow
def test_the_command_line_the_session_of_the_panels_and_the_api_give_the_same_weights(tmp_path):
    options = ["--epochs", "3", "--seed", "4", "--dropout", "0.2", "--schedule", "one_cycle", "--lr", "0.004"]
    script = "from dnn_tui.tui.cli import main; main()"
    command = [sys.executable, "-c", script, "train", "digits", "--headless", "--runs-dir", str(tmp_path), *options]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    folder = find_run(tmp_path)
    from_command_line = load_network(folder.checkpoint_file("last")).theta

    data = datasets.load("digits", seed=4)
    defaults = data.defaults
    config = TrainingConfig(
        optimizer=defaults.optimizer,
        lr=0.004,
        batch_size=defaults.batch_size,
        epochs=3,
        seed=4,
        dropout=0.2,
        schedule="one_cycle",
        l2=defaults.l2,
        input_dropout=defaults.input_dropout,
    )
    sizes = (data.n_features, *defaults.hidden, data.n_outputs)
    with threadpool_limits(1):
        network = Network(sizes, defaults.activation, seed=4)
        list(Trainer(network, data, config).events())
    np.testing.assert_array_equal(from_command_line, network.theta)

    watched = Network(sizes, defaults.activation, seed=4)
    shape = NetworkConfig(defaults.hidden, (defaults.activation,) * len(defaults.hidden))
    run = create_run(RunConfig(DatasetConfig("digits"), shape, config), tmp_path)
    session = TrainingSession(Trainer(watched, data, config, run.name), run)
    session.start()
    wait_until(lambda: session.state.ended)
    session.close()
    np.testing.assert_array_equal(from_command_line, watched.theta)


def test_evaluating_sixty_thousand_rows_needs_the_memory_of_one_batch(make_blobs):
    data = make_blobs(rows=60_000, features=50)
    network = Network((50, 200, 3))
    evaluate = Evaluator(network, make_loss(TrainingConfig(), "classes"), "classes")
    x, y = np.concatenate([data.train.x, data.test.x]), np.concatenate([data.train.y, data.test.y])
    evaluate(x[:2048], y[:2048])
    tracemalloc.start()
    evaluate(x, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    hidden_of_all_rows = len(x) * 200 * 4
    assert peak < 0.2 * hidden_of_all_rows  # the answers of all rows are kept, their hidden layers are not


@pytest.mark.slow
def test_a_step_allocates_nothing_that_grows_with_the_network(make_blobs):
    data = replace(make_blobs(rows=3000, features=60), image_shape=None)
    peaks = []
    for width in (300, 600):
        trainer = Trainer(Network((60, width, width, 3)), data, TrainingConfig(batch_size=200))
        for _ in trainer.advance(3):
            pass
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in trainer.advance(20):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1] - before)
        tracemalloc.stop()
    assert abs(peaks[1] - peaks[0]) < 20_000 < 4 * 200 * 300  # a layer's batch would be 240,000 bytes more
