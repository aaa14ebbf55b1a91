"""The recommended training defaults do learn their data."""

import pytest

from dnn_tui import datasets
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.losses import DEFAULT_PAIR


def trained(name, seed=0):
    data = datasets.load(name, seed=seed)
    d = data.defaults
    network = Network((data.n_features, *d.hidden, data.n_outputs), d.activation, DEFAULT_PAIR[data.task][0], seed=seed)
    config = TrainingConfig(optimizer=d.optimizer, lr=d.lr, batch_size=d.batch_size, epochs=d.epochs, seed=seed)
    *_, ended = Trainer(network, data, config).events()
    return ended.metrics["test"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least"), [("digits", 0.97), ("spiral", 0.95), ("circle", 0.95), ("xor", 0.95), ("gauss", 0.97)]
)
def test_the_defaults_reach(name, least):
    assert trained(name)["accuracy"] >= least
