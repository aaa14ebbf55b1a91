"""Metrics against scikit-learn and small sums done by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from dnn_tui.mlp import metrics


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 6), st.integers(1, 80), st.integers(0, 2**32 - 1))
def test_class_figures_are_those_of_scikit_learn(classes, n, seed):
    rng = np.random.default_rng(seed)
    y, predicted = rng.integers(0, classes, n), rng.integers(0, classes, n)
    confusion = metrics.confusion_matrix(y, predicted, classes)
    every = np.arange(classes)
    np.testing.assert_array_equal(confusion, sk.confusion_matrix(y, predicted, labels=every))
    report = metrics.class_report(confusion)
    precision, recall, f1, support = sk.precision_recall_fscore_support(y, predicted, labels=every, zero_division=0)
    np.testing.assert_allclose(report.precision, precision, rtol=1e-12)
    np.testing.assert_allclose(report.recall, recall, rtol=1e-12)
    np.testing.assert_allclose(report.f1, f1, rtol=1e-12)
    np.testing.assert_array_equal(report.support, support)
    assert report.macro_f1 == pytest.approx(f1.mean(), rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(4, 80), st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_roc_auc_is_that_of_scikit_learn_ties_included(n, levels, seed):
    rng = np.random.default_rng(seed)
    y = np.concatenate([[0, 1], rng.integers(0, 2, n - 2)])
    score = rng.integers(0, levels, n) / levels
    assert metrics.roc_auc(y, score) == pytest.approx(sk.roc_auc_score(y, score), rel=1e-12)


def test_roc_auc_of_one_class_is_no_number():
    assert np.isnan(metrics.roc_auc(np.ones(3, int), np.array([0.1, 0.2, 0.3])))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k_accuracy_is_that_of_scikit_learn(k):
    rng = np.random.default_rng(k)
    probabilities = rng.dirichlet(np.ones(5), 200)
    y = rng.integers(0, 5, 200)
    assert metrics.top_k_accuracy(y, probabilities, k) == pytest.approx(
        sk.top_k_accuracy_score(y, probabilities, k=k, labels=np.arange(5))
    )


def test_calibration_error_of_a_small_table_by_hand():
    # confidence .95 and .9 in one bin (mean .925, accuracy ½), .55 in another (accuracy 1)
    table = metrics.reliability(np.array([0.95, 0.9001, 0.55]), np.array([True, False, True]), bins=10)
    assert table.count.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 2]
    assert table.accuracy[9] == 0.5
    assert table.error == pytest.approx((2 * abs(0.5 - 0.92505) + abs(1 - 0.55)) / 3)


def test_a_confidence_that_is_kept_has_no_calibration_error():
    confidence = np.full(1000, 0.75)
    correct = np.arange(1000) % 4 != 0
    assert metrics.reliability(confidence, correct).error == pytest.approx(0, abs=1e-12)


def test_regression_figures_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, predicted = rng.normal(size=(50, 1)), rng.normal(size=(50, 1))
    assert metrics.mean_squared_error(y, predicted) == pytest.approx(sk.mean_squared_error(y, predicted))
    assert metrics.mean_absolute_error(y, predicted) == pytest.approx(sk.mean_absolute_error(y, predicted))
    assert metrics.r2(y, predicted) == pytest.approx(sk.r2_score(y, predicted))


def test_the_liver_table_of_the_lecture():
    # predicted 0, 1, 1, 0 for true 0, 0, 1, 1: one of each, so every figure is ½
    report = metrics.class_report(metrics.confusion_matrix(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0]), 2))
    assert report.precision.tolist() == report.recall.tolist() == report.f1.tolist() == [0.5, 0.5]
