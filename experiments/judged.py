"""How answers err: curves over all thresholds for classes, residuals for numbers; and a threshold chosen by them."""

import re
from dataclasses import dataclass

import numpy as np

from dnn_tui.datasets.dataset import Split
from dnn_tui.datasets.tables.preparation import Preparation
from dnn_tui.mlp import Network
from dnn_tui.mlp.curves import CRITERIA, ThresholdCurves, best_threshold, threshold_curves
from dnn_tui.runs.config import RunError

from .evaluating import answer

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS = 21  # of the histogram of residuals


@dataclass(frozen=True, eq=False)
class Residuals:
    """true - predicted of one target in its unit, (n,), beside what was predicted; mean, deviation and QUANTILES of

    them; counts in bins between `edges`; slope: of the least-squares line of true over predicted, 1 where large answers
    are neither too large nor too small.
    """

    predicted: np.ndarray
    residual: np.ndarray
    mean: float
    deviation: float
    quantiles: tuple[float, ...]
    edges: np.ndarray
    counts: np.ndarray
    slope: float


@dataclass(frozen=True)
class Judged:
    """classes: by name, of a yes/no question the second alone. targets: by name."""

    classes: dict[str, ThresholdCurves]
    targets: dict[str, Residuals]


@dataclass(frozen=True)
class Chosen:
    """A threshold of the class that means yes, and in words how it was found."""

    name: str
    threshold: float
    said: str


def judged(network: Network, preparation: Preparation, part: Split) -> Judged:
    """Every class against the rest, or every target."""
    answers = answer(network, preparation, part.x)
    if answers.scores is None:
        offset, scale = np.array(preparation.target_scale).T
        true = part.y.astype(np.float64) * scale + offset
        pairs = zip(preparation.targets, true.T, answers.predicted.astype(np.float64).T, strict=True)
        return Judged({}, {name: residuals(value, told) for name, value, told in pairs})
    places = [1] if preparation.task == "binary" else range(len(preparation.class_names))
    named = {preparation.class_names[k]: threshold_curves(answers.scores[:, k], part.y == k) for k in places}
    return Judged(named, {})


def residuals(true: np.ndarray, predicted: np.ndarray) -> Residuals:
    """Of one target: true and predicted (n,), in its unit."""
    residual = true - predicted
    counts, edges = np.histogram(residual, BINS)
    spread = float(((predicted - predicted.mean()) ** 2).sum())
    slope = float(((predicted - predicted.mean()) * (true - true.mean())).sum()) / spread if spread else float("nan")
    quantiles = tuple(float(value) for value in np.quantile(residual, QUANTILES))
    mean, deviation = float(residual.mean()), float(residual.std())
    return Residuals(predicted, residual, mean, deviation, quantiles, edges, counts, slope)


def choose_threshold(network: Network, preparation: Preparation, held: Split, wanted: str) -> Chosen:
    """wanted: a probability, or f1, youden or cost:N, by which one is chosen on rows `held` out of training.

    Raises RunError where it is none of these, or where the network answers no yes/no question with a probability.
    """
    if preparation.task != "binary" or not answer(network, preparation, held.x[:0]).probable:
        raise RunError("--threshold is for a yes/no question that is answered with a probability.")
    match = re.fullmatch(r"(?P<name>f1|youden|cost)(?::(?P<cost>\d+(?:\.\d+)?|\.\d+))?", wanted.strip().lower())
    if match is None or (match["cost"] is not None) != (match["name"] == "cost"):
        return Chosen(preparation.class_names[1], _given(wanted), "as given")
    scores = answer(network, preparation, held.x).scores
    if scores is None or len(np.unique(held.y)) < 2:
        raise RunError(f"--threshold {wanted} needs validation rows of both classes: give a number instead.")
    cost = float(match["cost"] or 1)
    found = best_threshold(scores[:, 1], held.y == 1, match["name"], cost)
    best = {
        "f1": "F1 is largest",
        "youden": "recall less false alarms is largest",
        "cost": f"a missed {preparation.class_names[1]} costs {cost:g} false alarms and the whole is least",
    }[match["name"]]
    return Chosen(preparation.class_names[1], found, f"where {best} on {len(held):,} validation rows")


def kept_threshold(preparation: Preparation) -> Chosen | None:
    """The threshold that the run keeps, where it is not the usual ½."""
    if preparation.task != "binary" or preparation.threshold == 0.5:
        return None
    return Chosen(preparation.class_names[1], preparation.threshold, "as the run keeps it")


def _given(wanted: str) -> float:
    try:
        value = float(wanted)
    except ValueError:
        value = float("nan")
    if not 0 < value < 1:
        words = ", ".join(word for word in CRITERIA if word != "cost")
        raise RunError(f"--threshold {wanted}: give a number between 0 and 1, {words} or cost:N, such as cost:5.")
    return value
