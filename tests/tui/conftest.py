"""A session that a test steps by hand: real Trainer events, never a thread that runs freely."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.mlp import Command, Network, Trainer, TrainingConfig
from dnn_tui.runs.state import RunState
from dnn_tui.tui.sessions.answers import Answers


class SteppedSession:
    """Folds as many events as a test asks for. Commands are kept, and given to the trainer."""

    local, readonly, error = True, False, None

    def __init__(self, trainer: Trainer, title: str = "20260101-120000-test") -> None:
        self.trainer, self.title = trainer, title
        self.state, self.answers = RunState(), Answers()
        self.sent: list[Command] = []
        self.closed = False
        self._events = trainer.events()

    def start(self) -> None:
        """Nothing starts by itself."""

    def advance(self, events: int) -> None:
        """Fold that many events more."""
        for event in islice(self._events, events):
            self.state.apply(event)

    def advance_to_pause(self) -> None:
        """Fold events until a pause that was asked for has taken effect; one more would wait for ever."""
        while not self.state.paused:
            self.state.apply(next(self._events))

    def advance_to_epoch(self, epoch: int) -> None:
        """Fold events until that many epochs have ended, and the picture after them is there."""
        while len(self.state.epochs) < epoch:
            self.state.apply(next(self._events))
        self.state.apply(next(self._events))

    def finish(self) -> None:
        for event in self._events:
            self.state.apply(event)

    def send(self, command: Command) -> None:
        self.sent.append(command)
        self.trainer.send(command)

    def close(self) -> None:
        self.closed = True


def _dataset(name: str, task: str, x: np.ndarray, y: np.ndarray, **more) -> Dataset:
    n = len(x)
    parts = [slice(0, n // 2), slice(n // 2, 3 * n // 4), slice(3 * n // 4, n)]
    splits = [Split(np.ascontiguousarray(x[part], np.float32), np.ascontiguousarray(y[part])) for part in parts]
    return Dataset(name, task, *splits, tuple(f"x{k + 1}" for k in range(x.shape[1])), **more)


def make_trainer(kind: str, **config) -> Trainer:
    """A small trainer of a kind: images, plane (two features, yes or no), groups, table, regression."""
    rng = np.random.default_rng(1)
    if kind == "images":
        y = np.arange(160) % 4
        x = np.clip(rng.random((160, 64)) * 0.6 + np.eye(4).repeat(16, axis=1)[y], 0, 1)
        data = _dataset("images", "classes", x, y, class_names=tuple("abcd"), image_shape=(8, 8))
        network = Network([64, 24, 12, 4], "relu")
    elif kind == "plane":
        x = rng.uniform(-1, 1, (120, 2))
        y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
        data = _dataset("plane", "binary", x, y, class_names=("no", "yes"))
        network = Network([2, 6, 1], "tanh", "sigmoid")
    elif kind == "groups":
        y = np.arange(150) % 3
        x = rng.normal(size=(150, 2)) * 0.4 + np.array([[0, 0], [2, 0], [0, 2]])[y]
        data = _dataset("groups", "classes", x, y, class_names=("Iris setosa", "Iris versicolor", "日本"))
        network = Network([2, 8, 3], "tanh")
    elif kind == "table":
        x = rng.normal(size=(120, 7))
        y = (x[:, 0] + 0.5 * rng.normal(size=120) > 0).astype(np.int64)
        data = _dataset("table", "binary", x, y, class_names=("healthy", "patient"))
        network = Network([7, 5, 1], "sigmoid", "sigmoid")
    else:
        x = rng.normal(size=(120, 5))
        y = (x[:, :1] * 2 + rng.normal(size=(120, 1)) * 0.1).astype(np.float32)
        more = {"target_names": ("rent",), "target_scale": ((100.0, 30.0),), "target_unit": "k€"}
        data = _dataset("flats", "regression", x, y, **more)
        network = Network([5, 8, 1], "relu", "identity")
    base = TrainingConfig(epochs=4, lr=0.01, batch_size=20, seed=3)
    return Trainer(network, data, replace(base, **config))


KINDS = ("images", "plane", "groups", "table", "regression")


@pytest.fixture
def make_session():
    """A function from a kind of data (and training options) to a stepped session."""
    return lambda kind="images", **config: SteppedSession(make_trainer(kind, **config))
