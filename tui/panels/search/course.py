"""Best so far: the lowest validation loss of a complete trial, over the trials or over the seconds."""

import numpy as np

from dnn_tui.experiments.searching.state import SearchState

from ...drawing.function import legend
from ...drawing.grid import Grid, fit
from ...drawing.numbers import figure
from ...drawing.plot import Chart, Line, Scale, draw_chart
from ...drawing.scatter import draw_points
from ...drawing.theme import Ink, Palette
from ..panel import waiting
from .panel import SearchPanel, Sight
from .words import SIGNS, score_name, score_scale, selected, within


class CoursePanel(SearchPanel):
    NAME, TITLE = "course", "Best so far"
    HELP = "The lowest validation loss so far, and each trial's own where it ended; x: over trials or seconds."

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        return draw_course(state, sight, width, height)


def draw_course(state: SearchState, sight: Sight, width: int, height: int) -> Grid:
    """The staircase of the best, and the trials as signs."""
    course = state.course
    if not len(course.scores):
        return waiting(width, height, "no trial has ended yet")
    grid = Grid(width, height)
    x = course.seconds if sight.seconds else course.trials
    end = max(state.seconds, float(x.max())) if sight.seconds else float(max(x.max(), 2))
    # each best holds until the next one, and the last until now
    stairs_x = np.append(np.repeat(x, 2)[1:], end)
    stairs_y = np.repeat(course.best, 2)
    line = Line("best", tuple(stairs_x.tolist()), tuple(stairs_y.tolist()), Ink.ACCENT, mark="")
    chart = Chart(
        "", "", Scale(0.0 if sight.seconds else 1.0, end), score_scale(state, sight.log), (line,),
        x_name="seconds" if sight.seconds else "trials",
    )  # fmt: skip
    best = state.best
    entries = [
        (
            "★",
            f"best {score_name(state)} so far" + (f": {figure(best.score)}, trial {best.number}" if best else ""),
            Ink.ACCENT,
        ),
        (SIGNS["complete"][0], "complete", Ink.BATCH),
        (SIGNS["pruned"][0], "pruned", Ink.FAINT),
    ]
    one = selected(state, sight)
    if one is not None and one.number in course.numbers and (best is None or one.number != best.number):
        entries.append(("◆", f"trial {one.number}: {figure(one.score)}", Ink.TITLE))
    top = legend(grid, [(s, fit(text, width - 2), ink) for s, text, ink in entries[: 4 if height >= 8 else 1]])
    top = max(0, top - 1)  # a chart's first row is for its title: the last of ours
    rows = Grid(width, height - top)
    draw_chart(rows, chart, 0, 0, width, height - top)
    _draw_trials(rows, chart, state, sight, x, width, height - top)
    below = Grid(width, max(0, height - top - 1))
    below.paste(rows, 0, -1)
    grid.paste(below, 0, top + 1)
    return grid


def _draw_trials(
    grid: Grid, chart: Chart, state: SearchState, sight: Sight, x: np.ndarray, width: int, height: int
) -> None:
    """Greyed ones first, so that the complete ones are seen, and the selected one last."""
    course, numbers = state.course, state.course.numbers
    rows = np.array([state.row[number] for number in numbers])
    whole, inside = state.complete[rows], within(state, sight)[rows]
    one = selected(state, sight)
    here = np.array(numbers) == (one.number if one is not None else -1)
    for which, sign, ink in (
        (~whole, SIGNS["pruned"][0], Ink.FAINT),
        (whole & ~inside, SIGNS["complete"][0], Ink.FAINT),
        (whole & inside, SIGNS["complete"][0], Ink.BATCH),
    ):
        draw_points(grid, chart, x[which], course.scores[which], ord(sign), ink, 0, 0, width, height)
    best = state.best
    at = np.array(numbers) == (best.number if best is not None else -1)
    draw_points(grid, chart, x[at], course.scores[at], ord("★"), Ink.ACCENT, 0, 0, width, height)
    if one is not None and (best is None or one.number != best.number):
        draw_points(grid, chart, x[here], course.scores[here], ord("◆"), Ink.TITLE, 0, 0, width, height)
