"""Slice: the score against one setting; where there is room, one beside the other."""

import numpy as np

from dnn_tui.experiments.searching.state import SearchState

from ...drawing.grid import Grid, fit
from ...drawing.plot import Chart, draw_chart
from ...drawing.scatter import draw_points
from ...drawing.theme import Ink, Palette
from ..panel import waiting
from .panel import SearchPanel, Sight
from .words import SIGNS, axis_scale, score_name, score_scale, selected, unit_of, values_at, within

WIDE, HIGH = 36, 11  # cells of a slice that is worth having beside others


class SlicesPanel(SearchPanel):
    NAME, TITLE = "slices", "Slices"
    HELP = "The validation loss against one setting, a sign a trial; ← → turn to the next setting."

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        return draw_slices(state, sight, width, height)


def draw_slices(state: SearchState, sight: Sight, width: int, height: int) -> Grid:
    """The setting looked at, and as many of the next ones as there is room for."""
    if not state.axes or not np.isfinite(state.scores).any():
        return waiting(width, height, "no trial has a score yet")
    grid, count = Grid(width, height), len(state.axes)
    across, down = max(1, min(count, width // WIDE)), max(1, min(count, height // HIGH))
    down = min(down, -(-count // across))
    here = min(sight.setting, count - 1)
    first = here if across * down == 1 else max(0, min(here - here % (across * down), count - across * down))
    for k, setting in enumerate(range(first, min(count, first + across * down))):
        row, column = divmod(k, across)
        x, y = column * width // across, row * height // down
        wide, high = (column + 1) * width // across - x - (column < across - 1), (row + 1) * height // down - y
        _draw_slice(grid, state, sight, setting, x, y, wide, high)
    return grid


def _draw_slice(
    grid: Grid, state: SearchState, sight: Sight, setting: int, x: int, y: int, width: int, height: int
) -> None:
    axis = state.axes[setting]
    scale, ticks = axis_scale(axis)
    points = state.slice_of(axis.name)
    chart = Chart("", "", scale, score_scale(state, sight.log), x_name=unit_of(axis), x_ticks=ticks)
    draw_chart(grid, chart, x, y, width, height)
    values, inside = values_at(axis, points.places), within(state, sight)
    whole, bright = state.complete[points.rows], state.bright(sight.share, inside)[points.rows]
    runs = np.array([state.trials[row].state == "running" for row in points.rows.tolist()], bool)
    inside = inside[points.rows]
    for which, sign, ink in (
        (~whole & ~runs, SIGNS["pruned"][0], Ink.FAINT),
        (runs, *SIGNS["running"]),
        (whole & ~inside, SIGNS["complete"][0], Ink.FAINT),
        (whole & inside & ~bright, SIGNS["complete"][0], Ink.BATCH),
        (whole & inside & bright, SIGNS["complete"][0], Ink.TRAIN),
    ):
        draw_points(grid, chart, values[which], points.scores[which], ord(sign), ink, x, y, width, height)
    one = selected(state, sight)
    if one is not None:
        at = points.rows == state.row[one.number]
        draw_points(grid, chart, values[at], points.scores[at], ord("◆"), Ink.TITLE, x, y, width, height)
    title = f"{score_name(state)} by {axis.name}"
    missing = int(np.count_nonzero(np.isfinite(state.scores))) - len(points.rows)
    if missing:
        title += f" ({missing} without it)"
    grid.put(x, y, fit(title, width), Ink.ACCENT if setting == sight.setting else Ink.TITLE)
