"""Curves over all thresholds are scikit-learn's, ties and one-sided rows too; the best threshold is the best of all."""

import numpy as np
import pytest

from dnn_tui.mlp.curves import best_threshold, threshold_curves
from dnn_tui.mlp.scores import calibration

N = 300


def drawn(seed, digits):
    """Rows of which 30 % are positive, and scores that tell something of them; few digits make ties."""
    rng = np.random.default_rng(seed)
    positive = rng.random(N) < 0.3
    return np.round(np.clip(0.3 * positive + 0.7 * rng.random(N), 0.001, 0.999), digits), positive


@pytest.mark.parametrize("digits", [1, 2, 15])
def test_the_curves_and_their_areas_are_scikit_learns(digits):
    metrics = pytest.importorskip("sklearn.metrics")
    score, positive = drawn(1, digits)
    found = threshold_curves(score, positive)
    false_rate, hit_rate, _ = metrics.roc_curve(positive, score, drop_intermediate=False)
    np.testing.assert_array_equal(found.false_rate, false_rate)
    np.testing.assert_array_equal(found.hit_rate, hit_rate)
    precision, recall, _ = metrics.precision_recall_curve(positive, score)
    np.testing.assert_array_equal(found.precision, precision[:-1][::-1])  # they end with a point of no row
    np.testing.assert_array_equal(found.recall, recall[:-1][::-1])
    assert found.auc == pytest.approx(metrics.roc_auc_score(positive, score), abs=1e-12)
    assert found.average_precision == pytest.approx(metrics.average_precision_score(positive, score), abs=1e-12)


def test_without_rows_of_one_kind_there_is_no_area():
    found = threshold_curves(np.array([0.2, 0.6]), np.array([True, True]))
    assert np.isnan(found.auc)
    assert found.precision.tolist() == [1, 1]


@pytest.mark.parametrize("digits", [1, 2, 15])
@pytest.mark.parametrize(("criterion", "cost"), [("f1", 1), ("youden", 1), ("cost", 1), ("cost", 5), ("cost", 0.1)])
def test_no_other_threshold_is_better(criterion, cost, digits):
    score, positive = (values[:80] for values in drawn(2, digits))

    def worth(threshold):
        said = score > threshold
        hit, false, missed = (np.sum(one) for one in (said & positive, said & ~positive, ~said & positive))
        if criterion == "f1":
            return 2 * hit / (2 * hit + false + missed)
        if criterion == "youden":
            return hit / positive.sum() - false / (~positive).sum()
        return -(false + cost * missed)

    found = best_threshold(score, positive, criterion, cost)
    assert 0 < found < 1
    every = np.unique(np.concatenate([score, score - 1e-9, [1e-9, 1 - 1e-9]]))
    assert worth(found) == pytest.approx(max(worth(threshold) for threshold in every), abs=1e-12)
    assert np.abs(score - found).min() > 1e-7, "rounding must move no row over it"


def test_of_equally_good_thresholds_it_is_the_nearest_to_a_half():
    score, positive = np.array([0.1, 0.2, 0.9, 0.95]), np.array([False, False, True, True])
    assert best_threshold(score, positive, "f1") == pytest.approx(0.55)
    with pytest.raises(ValueError, match="both kinds"):
        best_threshold(score, np.ones(4, bool), "f1")


def test_the_calibration_is_scikit_learns():
    curve = pytest.importorskip("sklearn.calibration").calibration_curve
    score, positive = drawn(3, 15)
    bins, _ = calibration(score, positive)
    right, confidence = curve(positive, score, n_bins=10)
    np.testing.assert_allclose([part.accuracy for part in bins if part.rows], right)
    np.testing.assert_allclose([part.confidence for part in bins if part.rows], confidence)
