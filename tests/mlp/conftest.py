"""Small data sets with the fields a Trainer needs, made here so that the tests know every number in them."""

import numpy as np
import pytest

from dnn_tui.datasets.dataset import Dataset, Split


def blobs(rows: int = 240, features: int = 4, classes: int = 3, seed: int = 0, task: str = "classes") -> Dataset:
    """Gaussian clouds around random centres: two thirds to train, the rest halved for validation and test."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, rows)
    x = (rng.normal(size=(classes, features)) * 2)[y] + rng.normal(size=(rows, features))
    x = np.ascontiguousarray(x, np.float32)
    if task == "regression":
        y = np.ascontiguousarray(x @ rng.normal(size=(features, 1)), np.float32)
    cut, second = rows * 2 // 3, rows * 5 // 6
    return Dataset(
        name="blobs",
        task=task,
        train=Split(x[:cut], y[:cut]),
        validation=Split(x[cut:second], y[cut:second]),
        test=Split(x[second:], y[second:]),
        feature_names=tuple(f"x{k}" for k in range(features)),
        class_names=tuple(f"class {k}" for k in range(classes)) if task != "regression" else (),
    )


@pytest.fixture
def make_blobs():
    return blobs
