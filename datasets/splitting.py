"""Which rows are for training, which for validation, which for the final test."""

import zlib

import numpy as np

from .dataset import DataError, check_share


def stream(seed: int, use: str) -> np.random.Generator:
    """The random generator for one use ("split", "generate") of `seed`; `mlp` draws its own the same way."""
    return np.random.default_rng([seed, zlib.crc32(use.encode())])


def split_rows(
    n: int, seed: int, validation: float | None, test: float | None, labels: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers (int64, in random order) for training, validation and test.

    test is a share of all n rows, validation a share of the rest; None: no such rows. With class indices `labels`
    (n,) the split is stratified: all classes are cut at the same quantile, to half a row; a class of one row is for
    training where the others leave room. A share above 0 gets at least one row.
    Raises DataError where no row would be left to train on.
    """
    validation, test = validation or 0.0, test or 0.0
    check_share("validation", validation)
    check_share("test", test)
    rng = stream(seed, "split")
    order = rng.permutation(n)
    if labels is not None:
        # Each row stands at a quantile of its own class; cutting all rows at one quantile cuts every class there.
        quantile = np.empty(n)
        for label in np.unique(labels):
            members = order[labels[order] == label]
            quantile[members] = (np.arange(len(members)) + 0.5) / len(members)
        order = order[np.argsort(quantile[order], kind="stable")]
    n_test = max(1, round(n * test)) if test else 0
    n_validation = max(1, round((n - n_test) * validation)) if validation else 0
    if n - n_test - n_validation < 1:
        raise DataError(f"{n} rows are too few to keep {n_validation} for validation and {n_test} for the test.")
    parts = np.split(order, [n_test, n_test + n_validation])
    test_rows, validation_rows, train_rows = (rng.permutation(part) for part in parts)
    return train_rows, validation_rows, test_rows
