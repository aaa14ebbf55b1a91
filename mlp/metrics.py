"""Measures of how good answers are: pure functions of labels, predictions and probabilities.

y, predicted: (n,) class numbers from 0; probabilities: (n, K), or (n,) of class 1. Definitions as in scikit-learn,
which also says 0 where a ratio would be 0/0.
"""

from dataclasses import dataclass

import numpy as np


def confusion_matrix(y: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """(K, K) counts: row = true class, column = predicted."""
    return np.bincount(y * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def top_k_accuracy(y: np.ndarray, probabilities: np.ndarray, k: int) -> float:
    """The share of rows whose true class is among the k most probable; the earlier class wins a tie."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((best == np.asarray(y)[:, None]).any(axis=1).mean())


@dataclass(frozen=True, eq=False)
class ClassReport:
    """precision, recall, f1, support: (K,) per class, from a confusion matrix; macro_…: their plain means.

    precision = hits / predicted so, recall = hits / truly so, F1 = their harmonic mean.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray

    @property
    def macro_precision(self) -> float:
        """The mean of the classes' precisions, each class counted once."""
        return float(self.precision.mean())

    @property
    def macro_recall(self) -> float:
        """The mean of the classes' recalls, each class counted once."""
        return float(self.recall.mean())

    @property
    def macro_f1(self) -> float:
        """The mean of the classes' F1, each class counted once."""
        return float(self.f1.mean())


def class_report(confusion: np.ndarray) -> ClassReport:
    """Precision, recall and F1 of every class of a confusion matrix (K, K)."""
    confusion = np.asarray(confusion, float)
    hits, predicted, support = np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)
    return ClassReport(
        _ratio(hits, predicted), _ratio(hits, support), _ratio(2 * hits, predicted + support), support.astype(int)
    )


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return ratio


def roc_auc(y: np.ndarray, score: np.ndarray) -> float:
    """The area under the ROC curve of a binary score (n,): the probability that a row of class 1 is scored above

    one of class 0, ties counting half (Mann-Whitney). NaN where one class is missing.
    """
    y = np.asarray(y)
    positives = int(y.sum())
    negatives = len(y) - positives
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]  # the mean rank of equal scores
    return float((ranks[y == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


@dataclass(frozen=True, eq=False)
class Reliability:
    """How far confidence can be believed: by bin of confidence, (bins,) each; NaN means where a bin is empty.

    edges: (bins + 1,). error: expected calibration error, Σ share of the bin · |accuracy - mean confidence|.
    """

    edges: np.ndarray
    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float


def reliability(confidence: np.ndarray, correct: np.ndarray, bins: int = 10) -> Reliability:
    """Expected calibration error (Naeini et al. 2015; Guo et al. 2017), equal bins over (0, 1].

    confidence: (n,) probability of the answer given; correct: (n,) whether it was right.
    """
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.ceil(np.asarray(confidence, float) * bins).astype(int) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(place, np.asarray(confidence, float), bins) / count
        right = np.bincount(place, np.asarray(correct, float), bins) / count
    error = float(np.nansum(count * np.abs(right - mean)) / len(place))
    return Reliability(edges, count, mean, right, error)


def mean_squared_error(y: np.ndarray, predicted: np.ndarray) -> float:
    """Mean over rows and outputs of (ŷ - y)²."""
    return float(((predicted - y) ** 2).mean())


def mean_absolute_error(y: np.ndarray, predicted: np.ndarray) -> float:
    """Mean over rows and outputs of |ŷ - y|."""
    return float(np.abs(predicted - y).mean())


def r2(y: np.ndarray, predicted: np.ndarray) -> float:
    """1 - Σ(ŷ - y)² / Σ(y - ȳ)², all outputs together; NaN where y does not vary."""
    spread = float(((y - y.mean(axis=0)) ** 2).sum())
    return 1 - float(((predicted - y) ** 2).sum()) / spread if spread else float("nan")
