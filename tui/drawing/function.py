"""A function's graph: lines in axes with single points on them, and above them which line is which. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from .grid import Grid, fit
from .plot import Chart, cell_of, draw_chart
from .theme import Ink

Entry = tuple[str, str, int]  # of a legend: the sign, what it is, its ink


@dataclass(frozen=True)
class Spot:
    """A sign at a point of the axes."""

    x: float
    y: float
    sign: str
    ink: int


def draw_function(
    chart: Chart,
    spots: Sequence[Spot],
    width: int,
    height: int,
    said: Sequence[str] = (),
    entries: Iterable[Entry] = (),
) -> Grid:
    """The chart's lines with their names, in as few rows as these take, and the spots over them.

    said: a line about the spots, below the names: the first of these that fits whole, where there is room for one.
    entries: what else is drawn, for the legend.
    """
    grid = Grid(width, height)
    named = [("╍" if line.dashed else "━", line.name, line.ink) for line in chart.lines if line.name]
    top = legend(grid, [*named, *entries]) if height >= 6 else 0
    line = next((text for text in said if cell_len(text) <= width), "")
    if line and height - top >= 6:
        grid.put(0, top, line, Ink.TITLE)
        top += 1
    top = max(0, top - 1)  # a chart's first row is for its title: the last of ours
    rows = Grid(width, height - top)
    draw_chart(rows, chart, 0, 0, width, height - top, dashes=True)
    for spot in spots:
        place = cell_of(chart, spot.x, spot.y, width, height - top)
        if place is not None:
            rows.put(*place, spot.sign, spot.ink)
    below = Grid(width, max(0, height - top - 1))
    below.paste(rows, 0, -1)
    grid.paste(below, 0, top + 1)
    return grid


def legend(grid: Grid, entries: Iterable[Entry], y: int = 0) -> int:
    """What is what, from row y on; how many rows that takes."""
    x, first = 0, y
    for sign, name, ink in entries:
        text = f"{sign} {name}"
        if x and x + cell_len(text) > grid.width:
            x, y = 0, y + 1
        grid.put(x, y, fit(text, grid.width - x), ink)
        x += cell_len(text) + 2
    return y + bool(x) - first
