"""Ghosts: after a change the curves before it stay, faint, with a mark that says what was changed."""

from bisect import bisect_right
from dataclasses import replace

from ..drawing.plot import Chart, Line
from ..drawing.theme import Ink
from ..sessions.moment import Moment
from .window import axis_of

MOST = 30  # marks: more would be a fence


def ghosted(charts: list[Chart], moment: Moment) -> list[Chart]:
    """The charts of one run with its changes marked, and its lines faint before the last change."""
    marks = [(step, words) for step, words in moment.state.marks if step <= moment.step][-MOST:]
    if moment.others or not marks:
        return charts
    axis = axis_of(moment)
    places = tuple((float(axis.at(step)), words) for step, words in marks)
    return [
        replace(
            chart, changes=places, lines=tuple(part for line in chart.lines for part in _parted(line, places[-1][0]))
        )
        for chart in charts
    ]


def _parted(line: Line, x: float) -> tuple[Line, ...]:
    """A line as its ghost, up to and with the first point after x, and what follows."""
    cut = bisect_right(line.x, x)
    if not cut:
        return (line,)
    ghost = replace(line, x=line.x[: cut + 1], y=line.y[: cut + 1], ink=Ink.FAINT, mark="")
    return ghost, replace(line, x=line.x[cut:], y=line.y[cut:])
