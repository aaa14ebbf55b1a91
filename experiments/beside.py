"""How good is good: simple answers beside the network's, on the same rows, each figure with what chance leaves open.

The intervals are bootstrap intervals of 95 % over the rows that are judged; they say nothing of another training.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.datasets.tables.preparation import Preparation
from dnn_tui.mlp import Network

from .evaluating import answer

DRAWS = 1000  # of the bootstrap
REPEATS = 5  # shuffles of each column
SEED = 0
MANY_ROWS = 20_000  # from which fitting is worth more than one thread
Interval = tuple[float, float]


@dataclass(frozen=True)
class Beside:
    """One who answers: figures by name (accuracy and log loss, or R² and MAE in the target's unit) and intervals."""

    name: str
    figures: dict[str, float]
    intervals: dict[str, Interval]


@dataclass(frozen=True)
class Importance:
    """How much the loss rises, in the mean of some shuffles, where a column's values are dealt out anew among rows.

    deviation: of the shuffles.
    """

    column: str
    rise: float
    deviation: float


@dataclass(frozen=True)
class Worst:
    """A row the network is most wrong about. row: its number in the file, from 1; true and predicted as a person says

    them; sure: the probability it gave to what is true, or None in regression.
    """

    row: int
    true: str
    predicted: str
    sure: float | None


def worst(network: Network, preparation: Preparation, part: Split, count: int) -> list[Worst]:
    """The rows with the least probability of the truth, or the largest errors in deviations of the target, summed."""
    answers = answer(network, preparation, part.x)
    rows = part.rows if part.rows is not None else np.arange(len(part))
    if answers.scores is None:
        scale = np.array([spread for _, spread in preparation.target_scale])
        true = _unscaled(part.y, preparation)
        wrong = np.abs((answers.predicted - true) / scale).sum(axis=1)
        order = np.argsort(-wrong, kind="stable")[:count]

        def said(values: np.ndarray) -> str:
            return ", ".join(f"{value:.5g}" for value in values)

        return [Worst(int(rows[k]) + 1, said(true[k]), said(answers.predicted[k]), None) for k in order]
    sure = answers.scores[np.arange(len(part)), part.y]
    names = preparation.class_names
    return [
        Worst(int(rows[k]) + 1, names[part.y[k]], names[answers.predicted[k]], float(sure[k]))
        for k in np.argsort(sure, kind="stable")[:count]
    ]


def beside(network: Network, preparation: Preparation, data: Dataset, part: Split) -> list[Beside]:
    """The network; the answer that is always the same; and, where scikit-learn is installed, a linear model and

    gradient boosting, all but the network fitted anew to the training rows' inputs.
    """
    answers = answer(network, preparation, part.x)
    regression = preparation.task == "regression"
    judge = _of_numbers if regression else _of_classes
    y = _unscaled(part.y, preparation) if regression else part.y
    mine = answers.predicted if regression else answers.scores
    contestants: list[tuple[str, Any]] = [("this network", mine)]
    if len(data.train):
        contestants.append(("always the same", _constant(data, preparation, len(part))))
        contestants += [
            (name, fit(data, preparation, part.x)) for name, fit in _fitted().items() if regression or _all_there(data)
        ]
    draws = np.random.default_rng(SEED).integers(0, len(part), (DRAWS, len(part)))
    return [_judged(name, judge, y, told, draws) for name, told in contestants]


def importance(
    network: Network, preparation: Preparation, part: Split, score: Callable[..., float]
) -> list[Importance]:
    """Of every column of the table, the most important first; its inputs are shuffled together.

    score: (x, y) → loss.
    """
    rng = np.random.default_rng(SEED)
    usual, at, found = score(part.x, part.y), 0, []
    for feature in preparation.features:
        width = len(feature.inputs())
        x, rises = part.x.copy(), []
        for _ in range(REPEATS):
            x[:, at : at + width] = part.x[rng.permutation(len(part)), at : at + width]
            rises.append(score(x, part.y) - usual)
        found.append(Importance(feature.name, float(np.mean(rises)), float(np.std(rises))))
        at += width
    return sorted(found, key=lambda one: -one.rise)


def _judged(
    name: str,
    judge: Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]],
    y: np.ndarray,
    told: Any,
    draws: np.ndarray,
) -> Beside:
    rows = judge(y, np.asarray(told, float))
    figures, intervals = {}, {}
    for figure, values in rows.items():
        if figure == "R²":
            figures[figure] = float(1 - values.sum() / _spread(y))
            with np.errstate(divide="ignore", invalid="ignore"):
                again = np.array([1 - values[draw].sum() / _spread(y[draw]) for draw in draws])
        else:
            figures[figure] = float(values.mean())
            again = values[draws].mean(axis=1)
        low, high = np.nanquantile(again, (0.025, 0.975)) if np.isfinite(again).any() else (np.nan, np.nan)
        intervals[figure] = (float(low), float(high))
    return Beside(name, figures, intervals)


def _spread(y: np.ndarray) -> float:
    return float(((y - y.mean(axis=0)) ** 2).sum())


def _of_classes(y: np.ndarray, scores: np.ndarray) -> dict[str, np.ndarray]:
    """Of each row: whether it is right, and -ln of the probability given to what is."""
    sums = scores.sum(axis=1, keepdims=True)
    probable = np.clip(scores / np.where(sums > 0, sums, 1), 1e-15, 1)
    return {"accuracy": (scores.argmax(axis=1) == y).astype(float), "log loss": -np.log(probable[np.arange(len(y)), y])}


def _of_numbers(y: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    """Of each row: the squared error (for R²) and the absolute one."""
    wrong = predicted.reshape(y.shape) - y
    return {"R²": (wrong**2).sum(axis=1), "MAE": np.abs(wrong).mean(axis=1)}


def _constant(data: Dataset, preparation: Preparation, rows: int) -> np.ndarray:
    """The training rows' mean, or each class's share of them."""
    if preparation.task == "regression":
        return np.tile(_unscaled(data.train.y, preparation).mean(axis=0), (rows, 1))
    counts = np.bincount(data.train.y, minlength=len(preparation.class_names))
    return np.tile(counts / counts.sum(), (rows, 1))


def _unscaled(y: np.ndarray, preparation: Preparation) -> np.ndarray:
    offset, scale = np.array(preparation.target_scale).T
    return np.asarray(y * scale + offset, float)


def _all_there(data: Dataset) -> bool:
    """Whether there are two classes to tell apart among the training rows."""
    return len(np.unique(data.train.y)) > 1


def _fitted() -> dict[str, Callable[[Dataset, Preparation, np.ndarray], np.ndarray]]:
    """What scikit-learn can fit, by name; nothing where it is not installed."""
    try:
        import sklearn.ensemble
        import sklearn.linear_model
    except ImportError:
        return {}
    linear, ensemble = sklearn.linear_model, sklearn.ensemble

    def fit(numbers: Callable[[], Any], classes: Callable[[], Any]) -> Callable[..., np.ndarray]:
        def fitted(data: Dataset, preparation: Preparation, x: np.ndarray) -> np.ndarray:
            # on a machine that has other things to do, threads that wait for each other take a hundred times as long
            with warnings.catch_warnings(), threadpool_limits(1 if len(x) < MANY_ROWS else None):
                warnings.simplefilter("ignore")  # of steps that were not enough, and the like
                if preparation.task == "regression":
                    each = [numbers().fit(data.train.x, column).predict(x) for column in data.train.y.T]
                    return _unscaled(np.stack(each, axis=1), preparation)
                model = classes().fit(data.train.x, data.train.y)
                scores = np.zeros((len(x), len(preparation.class_names)))
                scores[:, model.classes_] = model.predict_proba(x)
                return scores

        return fitted

    return {
        "linear": fit(linear.Ridge, lambda: linear.LogisticRegression(max_iter=1000)),
        "boosting": fit(
            lambda: ensemble.HistGradientBoostingRegressor(random_state=SEED),
            lambda: ensemble.HistGradientBoostingClassifier(random_state=SEED),
        ),
    }
