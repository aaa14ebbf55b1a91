"""The validation rows among those for training: once they have said how long to train, they are rows like others."""

from dataclasses import replace

import numpy as np

from .dataset import DataError, Dataset, Split
from .derived import Plane


def joined(data: Dataset) -> Dataset:
    """The data with no validation, its rows behind those for training, prepared as they were. Raises DataError."""
    train, held = data.train, data.validation
    if not len(held):
        raise DataError(f"{data.name} has no validation rows: there is nothing to train on besides.")
    rows = None
    if train.rows is not None and held.rows is not None:
        rows = np.concatenate([train.rows, held.rows])
    weight = None
    if train.weight is not None:
        own = held.weight if held.weight is not None else np.ones(len(held))
        weight = np.concatenate([train.weight, own])
    every = Split(np.concatenate([train.x, held.x]), np.concatenate([train.y, held.y]), rows, weight)
    none = Split(held.x[:0], held.y[:0], None if held.rows is None else held.rows[:0])
    plane = data.plane
    if isinstance(plane, Plane):
        points = dict(plane.points)
        points["train"] = np.concatenate([points["train"], points["validation"]])
        points["validation"] = points["validation"][:0]
        plane = replace(plane, points=points)
    said = f"The {len(held):,} validation rows are trained on, too."
    return replace(data, train=every, validation=none, plane=plane, report=(*data.report, said))
