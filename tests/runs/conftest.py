"""A tiny real run: events from a trainer on data made here."""

import numpy as np
import pytest

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.mlp import Network, Trainer, TrainingConfig


def blobs(seed: int = 0, rows: int = 120) -> Dataset:
    """Three well separated clouds in four dimensions."""
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % 3
    x = (rng.normal(0, 0.3, (rows, 4)) + np.eye(4)[y] * 2).astype(np.float32)
    cut = rows // 3
    parts = [Split(x[k : k + cut], y[k : k + cut]) for k in range(0, rows, cut)]
    return Dataset("blobs", "classes", *parts, tuple("abcd"), ("red", "green", "blue"))


@pytest.fixture
def data() -> Dataset:
    return blobs()


@pytest.fixture
def trainer(data) -> Trainer:
    return Trainer(Network((4, 8, 3), seed=1), data, TrainingConfig(epochs=3, batch_size=8, lr=0.01, seed=1), "a-run")
