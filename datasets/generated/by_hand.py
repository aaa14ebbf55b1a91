"""Points that a person has added to generated training rows, or taken away from them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..dataset import DataError, Split

MOST_POINTS = 2000  # by hand; more come from a file


def with_points(train: Split, points: Iterable[Mapping[str, Any]], first: int, binary: bool) -> Split:
    """The rows with each point in turn added or taken away.

    points: {"at": coordinates, "label": class 0 or 1, or the number to learn} adds one, {"at": …, "gone": True} takes
    the row nearest to that place away. first: the number in `Split.rows` of the first one added. Raises DataError.
    """
    x, y = train.x, train.y
    assert train.rows is not None  # generated rows are numbered
    rows = train.rows
    wanted = list(points)
    if len(wanted) > MOST_POINTS:
        raise DataError(f"At most {MOST_POINTS:,} points can be added or taken away by hand.")
    for k, point in enumerate(wanted):
        at = _place(point.get("at", ()), x.shape[1])
        if point.get("gone"):
            if len(x) <= 1:
                raise DataError("The last training row cannot be taken away.")
            nearest = int(np.argmin(((x - at) ** 2).sum(axis=1)))
            x, y, rows = (np.delete(array, nearest, axis=0) for array in (x, y, rows))
            continue
        label = _label(point.get("label"), binary)
        x = np.concatenate([x, np.array([at], x.dtype)])
        y = np.concatenate([y, np.array([label] if binary else [[label]], y.dtype)])
        rows = np.append(rows, first + k)
    return Split(x, y, rows)


def _place(at: Any, inputs: int) -> np.ndarray:
    try:
        place = np.array(at, float).reshape(-1)
    except (TypeError, ValueError):
        place = np.array([np.nan])
    if len(place) != inputs or not np.isfinite(place).all():
        raise DataError(f"A point of this data has {inputs} numbers, x1 to x{inputs}, not {at!r}.")
    return place


def _label(label: Any, binary: bool) -> float:
    try:
        number = float(label)
    except (TypeError, ValueError):
        number = np.nan
    if binary and number not in (0, 1):
        raise DataError(f"A point of this data is of class 0 or 1, not {label!r}.")
    if not np.isfinite(number):
        raise DataError(f"A point of this data has a number to learn, not {label!r}.")
    return number
