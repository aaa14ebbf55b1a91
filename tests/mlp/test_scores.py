"""Figures of merit against scikit-learn's."""

import math

import numpy as np
import pytest

from dnn_tui.mlp.scores import auc, calibration, class_scores, target_scores

metrics = pytest.importorskip("sklearn.metrics")


@pytest.fixture
def answers():
    """True classes, probabilities in steps of .01, so that there are ties, off the tenths, and predicted classes."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 300)
    probabilities = rng.dirichlet(np.ones(4), 300) + 0.5 * np.eye(4)[y]
    probabilities = (probabilities / probabilities.sum(axis=1, keepdims=True)).round(2) + 0.003
    return y, probabilities, probabilities.argmax(axis=1)


def test_the_scores_of_a_class_are_scikit_learns(answers):
    y, probabilities, predicted = answers
    ours = class_scores(metrics.confusion_matrix(y, predicted), probabilities, y)
    precision, recall, f1, rows = metrics.precision_recall_fscore_support(y, predicted)
    for k, score in enumerate(ours):
        expected = (precision[k], recall[k], f1[k], metrics.roc_auc_score(y == k, probabilities[:, k]), rows[k])
        assert (score.precision, score.recall, score.f1, score.auc, score.rows) == pytest.approx(expected)


def test_the_area_under_the_curve_needs_both_kinds():
    assert math.isnan(auc(np.array([0.1, 0.9]), np.array([True, True])))
    assert auc(np.array([0.5, 0.5, 0.5]), np.array([True, False, True])) == 0.5


def test_calibration_bins_are_scikit_learns(answers):
    y, probabilities, predicted = answers
    confidence, right = probabilities.max(axis=1), predicted == y
    bins, error = calibration(confidence, right)
    share, mean = pytest.importorskip("sklearn.calibration").calibration_curve(right, confidence, n_bins=10)
    filled = [b for b in bins if b.rows]
    assert np.allclose([b.accuracy for b in filled], share)
    assert np.allclose([b.confidence for b in filled], mean)
    assert sum(b.rows for b in bins) == 300
    assert error == pytest.approx(sum(b.rows * abs(b.accuracy - b.confidence) for b in filled) / 300)


def test_a_confidence_that_is_always_as_often_right_is_calibrated():
    confidence = np.repeat([0.25, 0.75], 400)
    right = np.concatenate([np.arange(400) < 100, np.arange(400) < 300])
    assert calibration(confidence, right)[1] == pytest.approx(0)
    assert calibration(confidence, np.ones(800, bool))[1] == pytest.approx(0.5)


def test_the_scores_of_a_target_are_scikit_learns():
    rng = np.random.default_rng(0)
    true = rng.normal(5, 3, (80, 2))
    predicted = true + rng.normal(0, 1, (80, 2))
    for k, score in enumerate(target_scores(predicted, true)):
        assert score.mae == pytest.approx(metrics.mean_absolute_error(true[:, k], predicted[:, k]))
        assert score.rmse == pytest.approx(metrics.mean_squared_error(true[:, k], predicted[:, k]) ** 0.5)
        assert score.r2 == pytest.approx(metrics.r2_score(true[:, k], predicted[:, k]))
