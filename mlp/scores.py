"""Figures of merit beyond loss and accuracy: per class, per target, and how far a probability can be trusted.

Formulas as in scikit-learn's user guide, section "Metrics and scoring".
"""

from dataclasses import dataclass

import numpy as np

CALIBRATION_BINS = 10


@dataclass(frozen=True)
class ClassScore:
    """One class against the rest. precision = TP / (TP + FP), recall = TP / (TP + FN), f1 their harmonic mean;

    auc: area under the ROC curve of the class's probability. NaN where a figure would divide by nothing.
    rows: how many are truly of the class.
    """

    precision: float
    recall: float
    f1: float
    auc: float
    rows: int


@dataclass(frozen=True)
class CalibrationBin:
    """Answers whose confidence lies in one tenth: how many, their mean confidence, the share that is right."""

    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class TargetScore:
    """One number to predict, in its own unit. mae: mean |error|; rmse: root mean square; r2: 1 - SSE / SST."""

    mae: float
    rmse: float
    r2: float


def class_scores(confusion: np.ndarray, probabilities: np.ndarray, y: np.ndarray) -> list[ClassScore]:
    """confusion (K, K) counts of true i predicted j; probabilities (n, K); y (n,) true classes."""
    hit, predicted, true = np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)
    scores = []
    for k in range(len(confusion)):
        precision, recall = _ratio(hit[k], predicted[k]), _ratio(hit[k], true[k])
        f1 = _ratio(2 * hit[k], predicted[k] + true[k])
        scores.append(ClassScore(precision, recall, f1, auc(probabilities[:, k], y == k), int(true[k])))
    return scores


def auc(score: np.ndarray, positive: np.ndarray) -> float:
    """The probability that a positive row has the higher score than a negative one; a tie counts ½.

    score (n,), positive (n,) bool. Mann and Whitney's U over n₁ n₀; NaN where one kind is missing.
    """
    n1 = int(positive.sum())
    n0 = len(positive) - n1
    if not n1 or not n0:
        return float("nan")
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    return float((mean_rank[place][positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def calibration(confidence: np.ndarray, right: np.ndarray) -> tuple[list[CalibrationBin], float]:
    """Tenths of confidence, and the expected calibration error: Σ_b n_b / n · |accuracy_b - confidence_b|.

    confidence (n,) from 0 to 1, right (n,) bool. Guo and others: On Calibration of Modern Neural Networks (2017).
    """
    place = np.clip((np.asarray(confidence) * CALIBRATION_BINS).astype(int), 0, CALIBRATION_BINS - 1)
    bins, error = [], 0.0
    for k in range(CALIBRATION_BINS):
        inside = place == k
        n = int(inside.sum())
        mean = float(confidence[inside].mean()) if n else float("nan")
        share = float(right[inside].mean()) if n else float("nan")
        bins.append(CalibrationBin(n, mean, share))
        error += n / len(place) * abs(share - mean) if n else 0.0
    return bins, error


def target_scores(predicted: np.ndarray, true: np.ndarray) -> list[TargetScore]:
    """predicted and true (n, targets), in the targets' own units."""
    scores = []
    for guess, value in zip(predicted.T.astype(float), true.T.astype(float), strict=True):
        wrong = guess - value
        spread = float(((value - value.mean()) ** 2).sum())
        r2 = 1 - float((wrong**2).sum()) / spread if spread else float("nan")
        scores.append(TargetScore(float(np.abs(wrong).mean()), float(np.sqrt((wrong**2).mean())), r2))
    return scores


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
