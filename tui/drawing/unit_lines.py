"""A unit's line in the plane of two inputs: where its weighted sum is 0, and towards which side it grows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .canvas import Dots, polyline
from .grid import Grid
from .theme import Ink

FEW = 6  # lines that are told apart by the numbers of their units
ARROW = 7  # dots that point to the side where the sum is above 0


@dataclass(frozen=True)
class UnitLine:
    """w1 x1 + w2 x2 + b = 0 of a unit (from 0); focus: it is the one looked at."""

    unit: int
    w1: float
    w2: float
    b: float
    focus: bool = False


def draw_unit_lines(
    grid: Grid,
    lines: Sequence[UnitLine],
    x1: tuple[float, float],
    x2: tuple[float, float],
    left: int,
    width: int,
    height: int,
) -> None:
    """The lines as dots over a plane that has been drawn from column `left` on, row 0 at the top (largest x2).

    A short stroke stands on each line, on the side where the sum is above 0; of few lines each has its unit's number.
    """
    if width < 2 or height < 2:
        return
    wide, high = 2 * width - 1, 4 * height - 1
    dots = Dots(width, height)
    places: list[tuple[int, int, str]] = []
    for line in sorted(lines, key=lambda one: one.focus):
        ends = crossings(line, x1, x2)
        if len(ends) < 2:
            continue
        x = (ends[:, 0] - x1[0]) / (x1[1] - x1[0]) * wide
        y = (x2[1] - ends[:, 1]) / (x2[1] - x2[0]) * high
        xs, ys = polyline(x, y)
        if not line.focus and len(lines) > 1:
            xs, ys = xs[::3], ys[::3]
        ink = Ink.ACCENT if line.focus else Ink.TEXT
        dots.plot(xs, ys, ink)
        # the gradient in dots: a plane is seldom drawn with both axes in the same scale
        slope = np.array([line.w1 * (x1[1] - x1[0]) / wide, -line.w2 * (x2[1] - x2[0]) / high])
        slope /= np.hypot(*slope)
        middle = np.array([x.mean(), y.mean()])
        dots.plot(*polyline(*np.stack([middle, middle + ARROW * slope], axis=1)), ink)
        at = np.array([x[0], y[0]]) * 0.15 + np.array([x[-1], y[-1]]) * 0.85
        places.append((int(at[0]) // 2, int(at[1]) // 4, str(line.unit + 1)))
    dots.stamp(grid, left, 0)
    for column, row, number in places if 1 < len(lines) <= FEW else ():
        if column + len(number) <= width and 0 <= row < height:
            grid.put(left + column, row, number, Ink.TITLE)


def crossings(line: UnitLine, x1: tuple[float, float], x2: tuple[float, float]) -> np.ndarray:
    """The two points at which a line enters and leaves the rectangle, (2, 2); (0, 2) where it does not cross it."""
    found: list[tuple[float, float]] = []
    if line.w2:
        found += [(x, -(line.b + line.w1 * x) / line.w2) for x in x1]
    if line.w1:
        found += [(-(line.b + line.w2 * y) / line.w1, y) for y in x2]
    room = 1e-9 * max(x1[1] - x1[0], x2[1] - x2[0])
    inside = sorted(
        {(x, y) for x, y in found if x1[0] - room <= x <= x1[1] + room and x2[0] - room <= y <= x2[1] + room}
    )
    return np.array([inside[0], inside[-1]]) if len(inside) > 1 else np.empty((0, 2))
