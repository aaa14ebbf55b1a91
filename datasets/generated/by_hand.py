"""Points that a person has added to generated training rows, or taken away from them: "1.5:-2=1", "1.5:-2=gone"."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..dataset import DataError, Split

MOST_POINTS = 2000  # by hand; more come from a file
GONE = "gone"


def point_text(at: Sequence[float], label: float | None) -> str:
    """The point at a place, of a class or with a number to learn; None: the row nearest to it is taken away."""
    return ":".join(f"{value:.9g}" for value in at) + "=" + (GONE if label is None else f"{label:.9g}")


def is_gone(point: str) -> bool:
    """Whether it takes a row away."""
    return point.endswith("=" + GONE)


def with_points(train: Split, points: Iterable[str], first: int, binary: bool) -> Split:
    """The rows with each point in turn added, or with the row nearest to it taken away.

    first: the number in `Split.rows` of the first one added. Raises DataError.
    """
    x, y = train.x, train.y
    assert train.rows is not None  # generated rows are numbered
    rows = train.rows
    wanted = [points] if isinstance(points, str) else list(points)
    if len(wanted) > MOST_POINTS:
        raise DataError(f"At most {MOST_POINTS:,} points can be added or taken away by hand.")
    for k, point in enumerate(wanted):
        place, _, label = str(point).partition("=")
        at = _place(place, x.shape[1])
        if label == GONE:
            if len(x) <= 1:
                raise DataError("The last training row cannot be taken away.")
            nearest = int(np.argmin(((x - at) ** 2).sum(axis=1)))
            x, y, rows = (np.delete(array, nearest, axis=0) for array in (x, y, rows))
            continue
        value = _label(label, binary)
        x = np.concatenate([x, np.array([at], x.dtype)])
        y = np.concatenate([y, np.array([value] if binary else [[value]], y.dtype)])
        rows = np.append(rows, first + k)
    return Split(x, y, rows)


def _place(text: str, inputs: int) -> np.ndarray:
    try:
        place = np.array([float(part) for part in text.split(":")])
    except ValueError:
        place = np.array([np.nan])
    if len(place) != inputs or not (np.abs(place) <= 1e15).all():
        shape = ":".join(f"x{k}" for k in range(1, inputs + 1))
        raise DataError(f"A point of this data has {inputs} numbers, {shape}, not {text!r}.")
    return place


def _label(text: str, binary: bool) -> float:
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if binary and number not in (0, 1):
        raise DataError(f"A point of this data is of class 0 or 1, not {text!r}.")
    if not abs(number) <= 1e15:
        raise DataError(f"A point of this data has a number to learn, not {text!r}.")
    return number
