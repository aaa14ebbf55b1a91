"""A calculation with its lines as curves below it, where the lesson says along which value. Pure functions."""

import numpy as np

from dnn_tui.experiments.explaining.small import TableSubject
from dnn_tui.experiments.explaining.table_curve import Series, table_curves
from dnn_tui.mlp.explain import Step

from ..drawing.function import Spot, draw_function
from ..drawing.grid import Grid
from ..drawing.plot import Chart, Line, Scale, span
from ..drawing.theme import Ink
from .look import Look
from .other_diagrams import draw_table
from .pictures import rows_of

SIGNS = "•×▴+◇*"  # of measured values: told apart without colour
LOGARITHMIC = 20  # the ratio of largest to smallest from which an axis of positive values is logarithmic


def draw_left_of_table(subject: TableSubject, step: Step, look: Look, width: int, height: int) -> Grid:
    """The values and lines, and below them those that can be drawn; see `pictures.rows_of` for who gets which rows."""
    found = seen(table_curves(subject), subject, look)
    need = 4 + sum(value.shape[0] if value.ndim == 2 else 1 for value in subject.values.values()) + len(subject.lines)
    above, rows = rows_of(height, min(need, height // 2), int(bool(found)), look.view)
    grid = Grid(width, height)
    if above:
        grid.paste(draw_table(subject, step, look, width, above), 0, 0)
    if rows:
        grid.paste(draw_curves(found, subject.along, step, look, width, rows[0] - 1), 0, above + 1)
    return grid


def seen(found: list[Series], subject: TableSubject, look: Look) -> list[Series]:
    """What is known at the step looked at: a result that is hidden is not drawn either."""
    known = {done.id for k, done in enumerate(subject.steps) if k < look.at + (not look.hidden)}
    return [one for one in found if one.given or one.name in known]


def draw_curves(found: list[Series], along: str, step: Step, look: Look, width: int, height: int) -> Grid:
    """The series over the value that they belong to; the line of this step is bright and on top."""
    x, at = (np.concatenate([getattr(one, what) for one in found]) for what in ("x", "at"))
    reach = float(np.ptp(at)) / 3 or 1.0  # a curve that shoots off beyond the numbers is cut off there
    y = np.concatenate([one.y[(one.y >= at.min() - reach) & (one.y <= at.max() + reach)] for one in found])
    low, high = span(y, zero=False)
    left, right = float(x.min()), float(x.max())
    log = left > 0 and right > LOGARITHMIC * left
    curves = any(one.smooth for one in found)
    others_dashed = any(one.name == step.id for one in found)
    lines, spots, entries = [], [], []
    for k, one in sorted(enumerate(found), key=lambda item: item[1].name == step.id):
        here, sign = one.name == step.id, SIGNS[k % len(SIGNS)]
        ink = int(Ink.ACCENT) if here else Ink.RUN + k % 8
        if one.given and curves:  # points that a curve should go through are not joined
            entries.append((sign, one.name, ink))
        else:
            inside = np.where((one.y >= low) & (one.y <= high), one.y, np.nan)
            lines.append(
                Line(one.name, tuple(one.x.tolist()), tuple(inside.tolist()), ink, "", others_dashed and not here)
            )
        if here or not one.smooth:
            places = zip(one.places.tolist(), one.at.tolist(), strict=True)
            spots += [Spot(place, value, "●" if here else sign, ink) for place, value in places]
    chart = Chart("", "", Scale(left, right, log), Scale(low, high), tuple(lines), x_name=along)
    return draw_function(chart, spots, width, height, entries=entries)
