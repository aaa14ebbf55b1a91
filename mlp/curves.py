"""What a score is worth at every threshold: ROC and precision–recall curves, and which threshold is best.

A row is answered yes where its score lies above the threshold. Formulas as in scikit-learn's `roc_curve`,
`precision_recall_curve` and `average_precision_score`.
"""

from dataclasses import dataclass

import numpy as np

CRITERIA = ("f1", "youden", "cost")


@dataclass(frozen=True, eq=False)
class Counts:
    """For every threshold from high to low, the first above all scores: how many rows are answered yes, and rightly.

    cut: (m,) the lowest score that is a yes (inf for the first); hit, false: (m,) true and false positives;
    yes, no: how many rows truly are.
    """

    cut: np.ndarray
    hit: np.ndarray
    false: np.ndarray
    yes: int
    no: int


@dataclass(frozen=True, eq=False)
class ThresholdCurves:
    """false_rate, hit_rate: (m,) the ROC curve, from (0, 0) to (1, 1); precision, recall: (m - 1,) from few answers of

    yes to all of them; auc, average_precision: the areas. NaN where there are no rows of one kind.
    """

    false_rate: np.ndarray
    hit_rate: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    auc: float
    average_precision: float


def counts(score: np.ndarray, positive: np.ndarray) -> Counts:
    """score (n,), positive (n,) bool. Rows of equal score change sides together."""
    order = np.argsort(-score, kind="stable")
    ordered, truth = score[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)  # of each run of equal scores
    hit = np.cumsum(truth)[last]
    cut = np.concatenate([[np.inf], ordered[last]])
    yes = int(positive.sum())
    zero = np.zeros(1, np.int64)
    return Counts(cut, np.append(zero, hit), np.append(zero, last + 1 - hit), yes, len(score) - yes)


def threshold_curves(score: np.ndarray, positive: np.ndarray) -> ThresholdCurves:
    """The curves of a score (n,) for telling which rows are positive (n,) bool."""
    found = counts(score, positive)
    with np.errstate(divide="ignore", invalid="ignore"):
        false_rate, hit_rate = found.false / np.float64(found.no), found.hit / np.float64(found.yes)
        precision = found.hit[1:] / (found.hit + found.false)[1:]
    recall = hit_rate[1:]
    area = float((np.diff(false_rate) * (hit_rate[1:] + hit_rate[:-1])).sum() / 2)
    average = float((np.diff(hit_rate) * precision).sum())
    return ThresholdCurves(false_rate, hit_rate, precision, recall, area, average)


def best_threshold(score: np.ndarray, positive: np.ndarray, criterion: str, cost: float = 1.0) -> float:
    """The threshold in (0, 1) that is best for probabilities (n,) of rows that are positive (n,) bool, or not.

    criterion: "f1", the largest 2 TP / (2 TP + FP + FN); "youden", the largest TP / P - FP / N (Youden 1950); "cost",
    the least FP + cost · FN. It lies half-way between two scores, so that rounding moves no row over it; of equally
    good ones it is the nearest to ½. Raises ValueError where rows of one kind are missing.
    """
    found = counts(np.asarray(score, np.float64), positive)
    if not found.yes or not found.no:
        raise ValueError("A threshold needs rows of both kinds.")
    missed = found.yes - found.hit
    if criterion == "f1":
        worth = 2 * found.hit / (2 * found.hit + found.false + missed)
    elif criterion == "youden":
        worth = found.hit / found.yes - found.false / found.no
    else:
        worth = -(found.false + cost * missed)
    lowest_yes = np.where(np.isinf(found.cut), 1.0, found.cut)
    highest_no = np.append(found.cut[1:], 0.0)
    between = (lowest_yes + highest_no) / 2
    inside = (lowest_yes > highest_no) & (between > 0) & (between < 1)
    best = np.flatnonzero(inside & (worth >= worth[inside].max() - 1e-12))
    return float(between[best[np.argmin(np.abs(between[best] - 0.5))]])
