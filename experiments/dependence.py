"""Partial dependence: what the network answers in the mean where one or two columns are given a value in every row.

Friedman 2001, as `sklearn.inspection.partial_dependence` with method "brute". A column's own values are given, and go
through its preparation as a file's would, so that bins, logarithms and indicators move together.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from dnn_tui.datasets.dataset import Split
from dnn_tui.datasets.tables.columns import RawColumn
from dnn_tui.datasets.tables.features import CLIP, Feature, listed
from dnn_tui.datasets.tables.preparation import Preparation
from dnn_tui.mlp import Network
from dnn_tui.runs.config import RunError

from .evaluating import answer

POINTS = {1: (40,), 2: (24, 12)}  # values of one column, and of each of two
MOST_ROWS = {1: 2000, 2: 500}  # over which the mean is taken, of the first of a random order
WITHIN = (0.05, 0.95)  # quantiles of a column between which it is varied: beyond, few rows say anything
MOST_CATEGORIES = 20
EPOCH = datetime.datetime(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Levels:
    """The values one column is given: numbers, days since 1970 where they are dates, or places among `names`."""

    column: str
    values: np.ndarray
    names: tuple[str, ...] = ()
    dates: bool = False

    @property
    def said(self) -> list[str]:
        """Each value as a person says it."""
        if self.names:
            return list(self.names)
        if self.dates:
            return [(EPOCH + datetime.timedelta(days=float(day))).date().isoformat() for day in self.values]
        return [f"{value:.5g}" for value in self.values]


@dataclass(frozen=True, eq=False)
class Dependence:
    """means: (outputs, values) or (outputs, values of the first, of the second column), a probability a class (of a

    yes/no question the second alone) or a number a target in its unit. rows: how many the mean is over.
    """

    levels: tuple[Levels, ...]
    outputs: tuple[str, ...]
    means: np.ndarray
    rows: int
    probable: bool


def dependence(
    network: Network, preparation: Preparation, part: Split, wanted: str, points: Sequence[int] | None = None
) -> Dependence:
    """wanted: a column's name, or two with a comma between. Raises RunError where there is no such column."""
    features = [preparation.features[k] for k in _places(preparation, wanted)]
    starts = _starts(network, preparation)
    chosen = np.random.default_rng(0).permutation(len(part))[: MOST_ROWS[len(features)]]
    x = np.ascontiguousarray(part.x[chosen])
    spans = [starts[feature.name] for feature in features]
    levels, encoded = [], []
    for feature, span, most in zip(features, spans, points or POINTS[len(features)], strict=True):
        levels.append(_levels(feature, part.x[:, span], most))
        encoded.append(_encoded(feature, levels[-1]))
    means = []
    for rows in product(*(range(len(each)) for each in encoded)):
        for k, row in enumerate(rows):
            x[:, spans[k]] = encoded[k][row]
        told = answer(network, preparation, x)
        if told.scores is None:
            means.append(told.predicted.mean(axis=0))
        else:
            means.append(told.scores[:, 1:].mean(axis=0) if preparation.task == "binary" else told.scores.mean(axis=0))
    shape = tuple(len(each) for each in encoded)
    names = preparation.targets if preparation.task == "regression" else preparation.class_names
    outputs = names[1:] if preparation.task == "binary" else names
    probable = preparation.task != "regression"
    return Dependence(tuple(levels), outputs, np.stack(means, axis=1).reshape(-1, *shape), len(x), probable)


def _places(preparation: Preparation, wanted: str) -> list[int]:
    """Where the column, or the two, stand among the features."""
    names = [feature.name for feature in preparation.features]
    if wanted in names:
        return [names.index(wanted)]
    for k, sign in enumerate(wanted):
        pair = wanted[:k].strip(), wanted[k + 1 :].strip()
        if sign == "," and pair[0] in names and pair[1] in names and pair[0] != pair[1]:
            return [names.index(name) for name in pair]
    raise RunError(
        f"--dependence {wanted}: that is neither a column the network looks at nor two with a comma between; "
        f"there are {listed(names, 12)}."
    )


def _starts(network: Network, preparation: Preparation) -> dict[str, slice]:
    """The inputs of each column. Raises RunError where the inputs are not the columns'."""
    found, at = {}, 0
    for feature in preparation.features:
        width = len(feature.inputs())
        found[feature.name] = slice(at, at + width)
        at += width
    if at != network.sizes[0]:
        raise RunError("The network's inputs are principal components: no column of the table can be varied alone.")
    return found


def _levels(feature: Feature, x: np.ndarray, most: int) -> Levels:
    """The values to give, of a column that became the inputs x (n, inputs) in rows that are like those judged."""
    if feature.kind in ("category", "statistic"):
        order = range(len(feature.categories))
        if feature.kind == "statistic":
            means = np.array(feature.means).reshape(len(feature.categories) + 1, -1)[:-1, 0]
            order = np.argsort(means, kind="stable").tolist()
        step = max(1, -(-len(order) // MOST_CATEGORIES))
        names = tuple(feature.categories[k] for k in list(order)[::step])
        return Levels(feature.name, np.arange(len(names)), names)
    if feature.kind == "date" and "days" not in feature.parts:
        raise RunError(f"--dependence {feature.name}: only its time of the year, week or day is looked at, no date.")
    known = x[x[:, -1] == 0] if feature.missing else x
    if not len(known):
        raise RunError(f"--dependence {feature.name}: it is missing in every row.")
    raw = _raw(feature, known[:, 0].astype(np.float64))
    # as they were before float32 had them: 0 and not -2.8e-08, 12 and not 11.999999
    places = 5 - math.floor(math.log10(float(raw.std()) or 1.0))
    values = np.unique([float(f"{value:.6g}") for value in np.unique(raw.round(places))])
    if len(values) > most:
        low, high = np.quantile(raw, WITHIN)
        values = np.linspace(float(low), float(high), most)
    return Levels(feature.name, values, dates=feature.kind == "date")


def _raw(feature: Feature, z: np.ndarray) -> np.ndarray:
    """The numbers that became these first inputs: what `Feature.encode` does, backwards."""
    if feature.clip:
        z = np.clip(z, -CLIP * (1 - 1e-6), CLIP * (1 - 1e-6))
        z = z / np.sqrt(1 - (z / CLIP) ** 2)
    v = z * feature.scale + feature.offset
    return np.asarray(np.sign(v) * np.expm1(np.abs(v)) * feature.log if feature.log else v)


def _encoded(feature: Feature, levels: Levels) -> np.ndarray:
    """(values, inputs): the values as the network gets them."""
    if levels.names:
        raw = RawColumn(feature.name, "text", codes=levels.values.astype(np.int32), values=levels.names)
    else:
        raw = RawColumn(feature.name, "date" if levels.dates else "number", numbers=levels.values)
    out = np.empty((len(levels.values), len(feature.inputs())), np.float32)
    feature.encode(raw, out)
    return out
