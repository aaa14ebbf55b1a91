"""Contour: the score over two settings, bright where it is low; every trial as a sign."""

from typing import Any

import numpy as np

from dnn_tui.experiments.searching.contour import Contour, contour_of
from dnn_tui.experiments.searching.state import Axis, SearchState

from ...drawing.canvas import SHADES, half_blocks, quantise, shaded
from ...drawing.grid import Grid, fit
from ...drawing.numbers import short
from ...drawing.plot import Chart, Scale, draw_chart, frame, inner_width, margin_of
from ...drawing.scatter import draw_points
from ...drawing.theme import LEVELS, Ink, Palette
from ..panel import waiting
from . import keys
from .panel import SearchPanel, Sight
from .words import axis_scale, score_name, score_scale, selected, titled, unit_of, values_at

MARKS = "★ best  • complete  × pruned"


class ContourPanel(SearchPanel):
    NAME, TITLE = "contour", "Contour"
    HELP = "The loss over two settings, bright where it is low, empty where nothing was tried; ↑ ↓ turn the second."
    BINDINGS = keys.bindings("contour")

    def __init__(self) -> None:
        super().__init__()
        self._made: tuple[tuple[Any, ...], Contour] | None = None

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        pair = pair_of(state, sight)
        if pair is None:
            return waiting(width, height, "a contour needs two settings")
        if not np.isfinite(state.scores).any():
            return waiting(width, height, "no trial has a score yet")
        chart = chart_of(*pair)
        rows, columns = frame(chart, height)[0], inner_width(width, margin_of(chart, height))
        if rows < 2 or columns < 4:
            return waiting(width, height, "too small: f shows this panel alone")
        key = (state, pair, rows, columns, sight.log)
        if self._made is None or self._made[0][0] is not state or self._made[0][1:] != key[1:]:
            log = score_scale(state, sight.log).log
            self._made = (key, contour_of(state, pair[0].name, pair[1].name, 2 * rows, columns, log))
        return draw_contour(state, sight, chart, self._made[1], width, height, palette.mono)

    def action_other(self, by: int) -> None:
        """Another setting upwards."""
        if self.asked is None:
            return
        state, sight = self.asked
        pair = pair_of(state, sight)
        if pair is not None:
            names = [axis.name for axis in state.axes]
            at = names.index(pair[1].name)
            for _ in names:
                at = (at + by) % len(names)
                if names[at] != pair[0].name:
                    break
            self.search_screen.look(other=at)


def pair_of(state: SearchState, sight: Sight) -> tuple[Axis, Axis] | None:
    """The setting looked at, and another: the one chosen, else the most important, else the next."""
    if len(state.axes) < 2:
        return None
    across = state.axes[min(sight.setting, len(state.axes) - 1)]
    if 0 <= sight.other < len(state.axes) and state.axes[sight.other] is not across:
        return across, state.axes[sight.other]
    others = [axis for axis in state.axes if axis is not across]
    names = [one.name for one in state.importance]
    return across, min(others, key=lambda axis: names.index(axis.name) if axis.name in names else len(names))


def chart_of(across: Axis, up: Axis) -> Chart:
    """The axes of the picture; both scales end where the picture does."""
    (x, x_ticks), (y, y_ticks) = axis_scale(across), axis_scale(up)
    return Chart(
        "", "", _without_room(across, x), _without_room(up, y), x_name=unit_of(across), x_ticks=x_ticks,
        y_ticks=tuple((place, fit(label, 10)) for place, label in y_ticks),
    )  # fmt: skip


def _without_room(axis: Axis, scale: Scale) -> Scale:
    return Scale(0.0, 1.0) if axis.choices is not None else Scale(axis.low, axis.high, scale.log)


def draw_contour(
    state: SearchState, sight: Sight, chart: Chart, contour: Contour, width: int, height: int, mono: bool
) -> Grid:
    """The picture in its axes, the trials over it, and what the colours stand for."""
    grid, scale = Grid(width, height), score_scale(state, sight.log)
    draw_chart(grid, chart, 0, 0, width, height)
    levels = quantise(1 - np.clip(scale.place(contour.scores), 0, 1))
    unknown = np.isnan(contour.scores)
    picture = shaded(np.where(unknown, 0, levels)) if mono else half_blocks(np.where(unknown, 0, Ink.RIGHT + levels))
    grid.paste(picture, width - picture.width, 1)
    x, y = (values_at(axis, contour.places[:, k]) for k, axis in enumerate((contour.x, contour.y)))
    whole = state.complete[contour.rows]
    for which, sign, ink in ((~whole, "×", Ink.DIM), (whole, "•", Ink.TEXT)):
        _over(grid, chart, x[which], y[which], sign, ink, width, height)
    one, best = selected(state, sight), state.best
    for trial, sign, ink in ((best, "★", Ink.ACCENT), (one if one is not best else None, "◆", Ink.TITLE)):
        if trial is not None:
            at = contour.rows == state.row[trial.number]
            _over(grid, chart, x[at], y[at], sign, ink, width, height)
    _draw_legend(grid, scale, contour, score_name(state), width, mono)
    return grid


def _over(grid: Grid, chart: Chart, x: np.ndarray, y: np.ndarray, sign: str, ink: int, width: int, height: int) -> None:
    """Signs over the picture: a half block below one gives its colour to the whole cell."""
    before = grid.chars.copy()
    fg = grid.fg.copy()
    draw_points(grid, chart, x, y, ord(sign), ink, 0, 0, width, height)
    changed = (grid.chars != before) & (before == ord("▀"))
    grid.bg[changed] = fg[changed]


def _draw_legend(grid: Grid, scale: Scale, contour: Contour, score: str, width: int, mono: bool) -> None:
    """The pair of settings, the colours with their ends, and the signs: as much of it as there is room for."""
    low, high = short(scale.low, 2), short(scale.high, 2)
    ends = len(low) + len(high) + LEVELS + 4
    by = f" ↑ by {contour.x.name} →"
    long, brief = f"{titled(contour.y)}{by}", f"{contour.y.name}{by}"
    title, word = next(
        ((title, word) for title, word in ((long, f"{score} "), (brief, f"{score} "), (brief, ""))
         if len(title) + len(word) + ends <= width),
        (brief, None),
    )  # fmt: skip
    x = grid.put(0, 0, fit(title, width), Ink.TITLE) + 2
    if word is None:
        return
    x = grid.put(x, 0, f"{word}{high} ", Ink.DIM)
    for level in range(LEVELS):
        x = grid.put(x, 0, SHADES[level] if mono else " ", Ink.TEXT, None if mono else Ink.RIGHT + level)
    x = grid.put(x, 0, f" {low}", Ink.DIM)
    if x + len(MARKS) + 2 <= width:
        grid.put(x + 2, 0, MARKS, Ink.DIM)
