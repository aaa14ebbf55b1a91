"""A calculation drawn over one of its values: what a line computes for x = −4, −2, … as the curve it is for every x."""

from dataclasses import dataclass

import numpy as np

from dnn_tui.datasets.expression import ExpressionError, evaluate, parse

from .small import TableSubject

POINTS = 241
ROOM = 0.06  # of the values' extent that is shown beyond them


@dataclass(frozen=True, eq=False)
class Series:
    """One line of the table: its values `at` the table's own `places`; x, y: its curve, or, where it is none, these."""

    name: str
    x: np.ndarray
    y: np.ndarray
    places: np.ndarray
    at: np.ndarray
    smooth: bool
    given: bool  # not computed: what was measured


def table_curves(subject: TableSubject) -> list[Series]:
    """Every value and line that has one number for each of those that the lesson draws along; none without such.

    A line is a curve where putting more numbers in the place of these gives the same at the old places: then it is a
    function of them, point by point.
    """
    name = subject.along
    x = subject.values.get(name)
    if x is None or x.ndim != 1 or len(x) < 2 or not (np.diff(x) > 0).all():
        return []
    room = (x[-1] - x[0]) * ROOM
    fine = np.union1d(np.linspace(x[0] - room, x[-1] + room, POINTS), x)
    old = np.searchsorted(fine, x)
    found = [
        Series(key, x, value, x, value, False, True)
        for key, value in subject.values.items()
        if key != name and value.shape == x.shape
    ]
    dense: dict[str, np.ndarray] = {**subject.values, name: fine}
    for step, (key, expression, _) in zip(subject.steps, subject.lines, strict=True):
        value = step.result.value
        try:
            with np.errstate(all="ignore"):
                dense[key] = np.asarray(evaluate(parse(expression), dense), float)
        except ExpressionError:
            dense[key] = value  # made of values that belong to the old places
        if value.shape != x.shape or not np.isfinite(value).all():
            continue
        smooth = dense[key].shape == fine.shape and np.allclose(dense[key][old], value, rtol=1e-9, atol=1e-12)
        curve = (fine, dense[key]) if smooth else (x, value)
        found.append(Series(key, *curve, x, value, smooth, False))
    return found
