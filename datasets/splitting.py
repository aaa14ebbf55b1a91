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


def split_groups(
    groups: np.ndarray, seed: int, validation: float | None, test: float | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers for training, validation and test, all rows of one group (n,) on the same side.

    The shares are met as nearly as whole groups allow. Raises DataError where a part would have no group.
    """
    for name, share in (("validation", validation), ("test", test)):
        check_share(name, share or 0.0)
    rng = stream(seed, "split")
    names, codes = np.unique(groups, return_inverse=True)
    order = rng.permutation(len(names))
    sizes = np.bincount(codes)[order]
    wanted = [len(groups) * (test or 0.0), len(groups) * (1 - (test or 0.0)) * (validation or 0.0)]
    part, at = np.zeros(len(names), int), 0
    for number, rows in enumerate(wanted, 1):
        taken = 0.0
        while rows and at < len(order) and (not taken or abs(taken + sizes[at] - rows) <= abs(taken - rows)):
            part[order[at]], taken, at = number, taken + sizes[at], at + 1
    if at >= len(order):
        raise DataError(f"{len(names)} groups are too few to keep some for validation and for the test.")
    of_row = part[codes]
    train_rows, test_rows, validation_rows = (rng.permutation(np.flatnonzero(of_row == k)) for k in (0, 1, 2))
    return train_rows, validation_rows, test_rows


def split_in_time(
    times: np.ndarray, seed: int, validation: float | None, test: float | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers for training, validation and test: the test is the latest, before it the validation.

    times: (n,) numbers. Rows of the same time are on the same side. Raises DataError where no row is left to train on.
    """
    test, validation = test or 0.0, validation or 0.0
    for name, share in (("validation", validation), ("test", test)):
        check_share(name, share)
    ordered = np.sort(times)
    n_test = round(len(times) * test)
    n_validation = round((len(times) - n_test) * validation)
    last = ordered[len(times) - n_test] if n_test else np.inf
    before = ordered[len(times) - n_test - n_validation] if n_validation else last
    late, middle = times >= last, (times >= before) & (times < last)
    rng = stream(seed, "split")
    if not (~late & ~middle).any():
        raise DataError("Too few rows are earlier than those for validation and for the test.")
    train_rows, validation_rows, test_rows = (
        rng.permutation(np.flatnonzero(m)) for m in (~late & ~middle, middle, late)
    )
    return train_rows, validation_rows, test_rows


def fold_of_rows(
    n: int, seed: int, folds: int, labels: np.ndarray | None = None, groups: np.ndarray | None = None
) -> np.ndarray:
    """(n,) which of the folds, from 0, each row is the test of: of equal size, each class spread evenly over them.

    groups: rows of one group are in one fold. Raises DataError where there are fewer rows or groups than folds.
    """
    rng = stream(seed, "folds")
    units = n if groups is None else len(np.unique(groups))
    if not 2 <= folds <= units:
        what = "rows" if groups is None else "groups"
        raise DataError(f"{units:,} {what} cannot be cut into {folds} folds.")
    if groups is not None:
        codes = np.unique(groups, return_inverse=True)[1]
        sizes = np.bincount(codes)
        fold, filled = np.zeros(len(sizes), int), np.zeros(folds)
        order = rng.permutation(len(sizes))
        for group in order[np.argsort(-sizes[order], kind="stable")]:  # the largest first, each to the emptiest fold
            fold[group] = int(filled.argmin())
            filled[fold[group]] += sizes[group]
        return np.asarray(fold[codes])
    order = rng.permutation(n)
    if labels is not None:
        order = order[np.argsort(labels[order], kind="stable")]
    found = np.empty(n, int)
    found[order] = np.arange(n) % folds
    return found
