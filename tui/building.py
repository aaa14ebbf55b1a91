"""From a run's configuration to its data, network and trainer: where the three packages meet."""

import numpy as np

from dnn_tui import datasets
from dnn_tui.datasets.dataset import Dataset
from dnn_tui.mlp import Network, Trainer
from dnn_tui.mlp.losses import DEFAULT_PAIR
from dnn_tui.runs.config import RunConfig


def load_data(config: RunConfig, progress=None, offline: bool = False) -> Dataset:
    """The data set as the run was told to load it. Raises datasets.DataError."""
    wanted = config.dataset
    return datasets.load(
        wanted.name,
        seed=config.training.seed,
        validation=wanted.validation,
        data_dir=wanted.data_dir,
        progress=progress,
        offline=offline,
        **wanted.options,
    )


def build_network(config: RunConfig, data: Dataset, dtype: type = np.float32) -> Network:
    """The untrained network for the data. Raises mlp.NetworkError."""
    wanted = config.network
    return Network(
        (data.n_features, *wanted.hidden, data.n_outputs),
        wanted.activations,
        wanted.output or DEFAULT_PAIR[data.task][0],
        initialization=wanted.initialization,
        seed=config.training.seed,
        dtype=dtype,
    )


def build_trainer(config: RunConfig, data: Dataset, run: str = "") -> Trainer:
    """A trainer ready to start. Raises mlp.NetworkError or mlp.TrainingError."""
    return Trainer(build_network(config, data), data, config.training, run)
