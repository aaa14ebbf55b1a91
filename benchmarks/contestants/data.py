"""What all contestants train on: random rows, since what is timed does not depend on their values."""

from dataclasses import dataclass, field

import numpy as np

ROWS = {2: 200_000, 64: 100_000, 784: 60_000, 1024: 40_000}
LR = {"sgd": 0.01, "adam": 0.001}


@dataclass(frozen=True, eq=False)
class Rows:
    x: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@dataclass(eq=False)
class Data:
    """Random rows with the fields a Trainer reads: what is timed does not depend on the values."""

    train: Rows
    validation: Rows
    test: Rows
    class_names: tuple[str, ...]
    name: str = "random"
    task: str = "classes"
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    target_scale: tuple = ()
    target_unit: str = ""
    image_shape: None = None
    n_outputs: int = field(init=False)

    def __post_init__(self) -> None:
        self.n_outputs = len(self.class_names)


def make_data(features: int, classes: int) -> Data:
    rng = np.random.default_rng(0)
    x = rng.random((ROWS[features], features), dtype=np.float32)
    y = rng.integers(0, classes, len(x))
    few = Rows(x[:100], y[:100])
    return Data(Rows(x, y), few, few, tuple(str(k) for k in range(classes)))
