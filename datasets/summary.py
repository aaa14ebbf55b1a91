"""What a data set looks like: counts of classes, the spread of every input, how it goes with the target."""

import math
from dataclasses import dataclass

import numpy as np

from .dataset import Column, Dataset, Split

MOST_ROWS = 100_000  # enough for any figure that is shown to two digits


@dataclass(frozen=True)
class InputSummary:
    """One input over the training rows, in its own unit. histogram: counts in equal parts from low to high.

    relation: with a number or a yes/no question, Pearson's correlation; with classes, the correlation ratio η:
    the root of the share of its variance that lies between the classes. NaN where it is constant.
    """

    name: str
    kind: str
    low: float
    mean: float
    high: float
    deviation: float
    histogram: tuple[int, ...]
    relation: float


def class_counts(data: Dataset) -> dict[str, np.ndarray]:
    """Rows of each class in train, validation and test; empty in regression."""
    if data.task == "regression":
        return {}
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    return {name: np.bincount(part.y, minlength=len(data.class_names)) for name, part in parts.items()}


def input_summaries(data: Dataset, bins: int = 12) -> list[InputSummary]:
    """Every input, in order."""
    x = data.train.x[:MOST_ROWS].astype(np.float64)
    relation = _relation(x, data.train, data.task)
    result = []
    for k, column in enumerate(data.columns):
        raw = _unscaled(x[:, k], column)
        low, high = float(raw.min()), float(raw.max())
        counts = np.histogram(raw, bins, (low, high if high > low else low + 1))[0]
        result.append(
            InputSummary(
                column.name,
                column.kind,
                low,
                float(raw.mean()),
                high,
                float(raw.std()),
                tuple(int(count) for count in counts),
                float(relation[k]),
            )
        )
    return result


def _relation(x: np.ndarray, train: Split, task: str) -> np.ndarray:
    """(inputs,) of correlations with the first target, or of correlation ratios with the classes."""
    y = train.y[: len(x)]
    centred = x - x.mean(axis=0)
    spread = (centred**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if task == "classes":
            between = np.zeros(x.shape[1])
            for label in np.unique(y):
                inside = centred[y == label]
                between += len(inside) * inside.mean(axis=0) ** 2
            ratio: np.ndarray = np.sqrt(between / spread)
            return ratio
        target = np.asarray(y, float).reshape(len(x), -1)[:, 0]
        target = target - target.mean()
        correlation: np.ndarray = (centred * target[:, None]).sum(axis=0) / np.sqrt(spread * (target**2).sum())
        return correlation


def example_of_each_class(data: Dataset) -> list[int]:
    """A training row of each class that has one, in the order of the classes."""
    return [int(rows[0]) for k in range(len(data.class_names)) if len(rows := np.flatnonzero(data.train.y == k))]


def raw_rows(data: Dataset, split: Split, rows: np.ndarray) -> np.ndarray:
    """(rows, inputs) in their own units."""
    return np.column_stack([_unscaled(split.x[rows, k], column) for k, column in enumerate(data.columns)])


def _unscaled(x: np.ndarray, column: Column) -> np.ndarray:
    """In the column's own unit, as exactly as float32 keeps it: what was 0 is 0 again, not -1.3e-06."""
    digits = 5 - math.floor(math.log10(abs(column.scale) or 1.0))
    return np.round(x.astype(np.float64) * column.scale + column.offset, digits) + 0.0
