"""Which rows go where."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnn_tui.datasets import DataError
from dnn_tui.datasets.splitting import split_rows


@settings(deadline=None)
@given(
    n=st.integers(10, 300), seed=st.integers(0, 99), validation=st.floats(0, 0.45), test=st.floats(0, 0.45),
    classes=st.integers(1, 5),
)  # fmt: skip
def test_every_row_is_in_exactly_one_part(n, seed, validation, test, classes):
    labels = np.random.default_rng(seed).integers(0, classes, n)
    parts = split_rows(n, seed, validation, test, labels)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(n))


@settings(deadline=None)
@given(counts=st.lists(st.integers(1, 60), min_size=2, max_size=6), seed=st.integers(0, 99))
def test_a_stratified_split_cuts_every_class_at_the_same_quantile_to_half_a_row(counts, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    if len(labels) < 4:
        return
    _, _, test = split_rows(len(labels), seed, 0.25, 0.25, labels)
    taken = np.bincount(labels[test], minlength=len(counts))
    lowest, highest = (taken - 0.5) / counts, (taken + 0.5) / counts
    assert lowest.max() <= highest.min()


@settings(deadline=None)
@given(counts=st.lists(st.integers(10, 60), min_size=2, max_size=6), seed=st.integers(0, 99))
def test_a_class_of_one_row_among_larger_ones_is_for_training(counts, seed):
    labels = np.repeat(np.arange(len(counts) + 1), [1, *counts])
    train, _, _ = split_rows(len(labels), seed, 0.2, 0.2, labels)
    assert 0 in labels[train]


def test_changing_the_validation_share_keeps_the_test_rows():
    first, second = split_rows(100, 7, 0.1, 0.2), split_rows(100, 7, 0.5, 0.2)
    assert set(first[2]) == set(second[2])


def test_no_row_left_to_train_on_is_an_error():
    with pytest.raises(DataError, match="too few"):
        split_rows(2, 0, 0.5, 0.5)
