"""Parallel coordinates: an upright axis a setting, the loss at the right; a line a trial. Brushed by keys and mouse."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from textual import events

from dnn_tui.experiments.searching.state import Axis, SearchState

from ...drawing.bundle import bundle, lay
from ...drawing.canvas import Dots
from ...drawing.function import legend
from ...drawing.grid import Grid, fit
from ...drawing.numbers import percent, short
from ...drawing.plot import Scale, nice_ticks
from ...drawing.theme import Ink, Palette
from ..panel import waiting
from . import keys
from .panel import Brush, SearchPanel, Sight
from .words import brush_words, said, score_name, score_places, score_scale, selected, titled, within

STEP = 0.1  # of an axis, by which keys move a brush and make it wider
FIRST = 0.3  # what a brush is as wide as when a key begins it


@dataclass(frozen=True)
class Frame:
    """Where everything is, in cells: columns of the axes, the rows that they take, and the row of what has no value."""

    columns: tuple[int, ...]
    top: int
    bottom: int  # the axes' last row
    none: int | None
    staggered: bool  # whether the names take two rows, in turn

    @property
    def room(self) -> int:
        """Cells for what is written at one axis."""
        return min(b - a for a, b in pairwise(self.columns)) - 1

    def row(self, place: float) -> int:
        """The cell row of a place from 0 (below) to 1."""
        return self.top + round((1 - place) * (self.bottom - self.top))

    def place(self, row: int) -> float:
        """The other way round."""
        return min(1.0, max(0.0, 1 - (row - self.top) / max(1, self.bottom - self.top)))


def frame_of(state: SearchState, width: int, height: int) -> Frame:
    """Names and the highest value above the axes, the lowest below; a legend over all where there is room."""
    count = len(state.axes) + 1
    edge = min(5, max(1, width // (2 * count)))
    columns = tuple(round(edge + k * (width - 1 - 2 * edge) / (count - 1)) for k in range(count))
    longest = max((len(axis.name) for axis in state.axes), default=0)
    staggered = longest > (width - 2 * edge) // max(1, count - 1) - 2 and height >= 14
    top, bottom = 2 + (height >= 9) + staggered, height - 2
    gaps = bool(len(state.trials)) and bool(np.isnan(state.parallel).any()) and bottom - top >= 4
    return Frame(columns, top, bottom - gaps, bottom if gaps else None, staggered)


class ParallelPanel(SearchPanel):
    NAME, TITLE = "parallel", "Parallel coordinates"
    HELP = "A line a trial, across its settings to its loss; the best are bright; ↑ ↓ and the mouse brush an axis."
    BINDINGS = keys.bindings("parallel")

    def __init__(self) -> None:
        super().__init__()
        self._bundles: tuple[tuple[Any, ...], Dots] | None = None
        self._dragged: tuple[int, int] | None = None  # the axis and the row where the mouse went down
        self._moved = False

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        if not state.trials or not state.axes:
            return waiting(width, height, "lines appear with the first trial")
        if width < 6 * (len(state.axes) + 1) or height < 7:
            return waiting(width, height, "too small for so many axes: f shows this panel alone")
        frame = frame_of(state, width, height)
        key = (state, sight.brushes, sight.share, sight.log, width, height, palette.mono)
        if self._bundles is None or self._bundles[0][0] is not state or self._bundles[0][1:] != key[1:]:
            self._bundles = (key, lines_of(state, sight, frame, width, height, palette.mono))
        return draw_parallel(state, sight, frame, self._bundles[1], width, height)

    # ---- keys

    def action_brush(self, up: int, wider: int) -> None:
        """Move the brush of the axis looked at, or make it wider; the first time, begin one."""
        if self.asked is None:
            return
        state, sight = self.asked
        name = _name(state, sight.setting)
        old = next((brush for brush in sight.brushes if brush.name == name), None)
        if old is None:
            low, high = (1 - FIRST, 1.0) if up > 0 or wider > 0 else (0.0, FIRST)
        else:
            low, high = old.low + STEP * (up - wider / 2), old.high + STEP * (up + wider / 2)
            if up:  # at an end it stays as wide as it was
                by = max(0.0, -low) - max(0.0, high - 1)
                low, high = low + by, high + by
        self._brush(name, low, high)

    def action_around(self) -> None:
        """Brush what the bright trials have on this axis."""
        if self.asked is None:
            return
        state, sight = self.asked
        at = score_places(state, sight.log) if sight.setting == len(state.axes) else state.parallel[:, sight.setting]
        at = at[state.bright(sight.share, within(state, sight)) & np.isfinite(at)]
        if len(at):
            self._brush(_name(state, sight.setting), float(at.min()), float(at.max()))

    def action_unbrush(self) -> None:
        """This axis without its brush."""
        if self.asked is not None:
            self._brush(_name(self.asked[0], self.asked[1].setting))

    def _brush(self, name: str, low: float = 0.0, high: float = 0.0) -> None:
        """Put a brush on an axis; one of no width is taken away."""
        low, high = max(0.0, low), min(1.0, high)
        others = tuple(brush for brush in self.search_screen.sight.brushes if brush.name != name)
        fresh = () if high - low < 1e-6 and low == 0 == high else (Brush(name, min(low, high), max(low, high)),)
        self.search_screen.look(brushes=(*others, *fresh))

    # ---- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a brush on the nearest axis."""
        offset = event.get_content_offset(self)
        if offset is None or self.asked is None:
            return
        state = self.asked[0]
        if not state.axes or not state.trials:
            return
        frame = frame_of(state, *self.content_size)
        axis = min(range(len(frame.columns)), key=lambda k: abs(frame.columns[k] - offset.x))
        self._dragged, self._moved = (axis, offset.y), False
        self.capture_mouse()
        self.search_screen.look(setting=axis)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag it along the axis."""
        if self._dragged is None or self.asked is None:
            return
        state = self.asked[0]
        axis, from_ = self._dragged
        frame = frame_of(state, *self.content_size)
        row = event.y - self.gutter.top
        if row != from_:
            self._moved = True
            ends = sorted((frame.place(from_), frame.place(row)))
            self._brush(_name(state, axis), *ends)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """A click without a drag takes the axis's brush away."""
        if self._dragged is None or self.asked is None:
            return
        axis, moved = self._dragged[0], self._moved
        self._dragged = None
        self.release_mouse()
        if not moved:
            self._brush(_name(self.asked[0], axis))


def _name(state: SearchState, setting: int) -> str:
    """The setting's name; "" for the score's axis."""
    return state.axes[setting].name if setting < len(state.axes) else ""


def lines_of(state: SearchState, sight: Sight, frame: Frame, width: int, height: int, mono: bool) -> Dots:
    """All trials as lines: those outside the brushes and the pruned ones grey, the best share bright."""
    places = np.column_stack([state.parallel, score_places(state, sight.log)])
    high = 4 * (frame.bottom - frame.top + 1) - 1
    y = 4 * frame.top + (1 - places) * high
    if frame.none is not None:
        settings = y[:, :-1]
        settings[np.isnan(settings)] = 4 * frame.none + 2
    y[:, :-1] = np.clip(y[:, :-1], 4 * frame.top, 4 * (height - 1) - 1)
    x = 2 * np.array(frame.columns)
    inside = within(state, sight)
    bright = state.bright(sight.share, inside)
    dots = Dots(width, height)
    for which, ink in (
        (~inside | ~state.complete, Ink.FAINT),
        (inside & state.complete & ~bright, Ink.BATCH),
        (inside & bright, Ink.TRAIN),
    ):
        on = bundle(x, y[which], width, height)
        if mono and ink != Ink.TRAIN:  # told without colour: dotted
            on[:, np.arange(on.shape[1]) % 3 > 0] = False
        lay(dots, on, ink)
    return dots


def draw_parallel(state: SearchState, sight: Sight, frame: Frame, lines: Dots, width: int, height: int) -> Grid:
    """The lines with the axes over them, and the selected trial's line over all."""
    grid, one = Grid(width, height), selected(state, sight)
    lines.stamp(grid)
    if one is not None:
        row = state.row[one.number]
        alone = np.append(state.parallel[row], score_places(state, sight.log)[row])
        y = 4 * frame.top + (1 - alone) * (4 * (frame.bottom - frame.top + 1) - 1)
        if frame.none is not None:
            y[:-1] = np.where(np.isnan(y[:-1]), 4 * frame.none + 2, y[:-1])
        own = Dots(width, height)
        lay(own, bundle(2 * np.array(frame.columns), y[None], width, height), Ink.TITLE)
        own.stamp(grid)
    scale = score_scale(state, sight.log)
    for k, column in enumerate(frame.columns):
        axis = state.axes[k] if k < len(state.axes) else None
        _draw_axis(grid, sight, frame, k, column, axis, scale, width, score_name(state))
    if height >= 9:
        _draw_legend(grid, state, sight, one.number if one else None, width)
    return grid


def _draw_axis(
    grid: Grid,
    sight: Sight,
    frame: Frame,
    k: int,
    column: int,
    axis: Axis | None,
    scale: Scale,
    width: int,
    score: str,
) -> None:
    """One axis: its line, its name and ends, its decades or choices, its brush, and the range since it was narrowed."""
    here, name = k == sight.setting, axis.name if axis else ""
    for row in range(frame.top, frame.bottom + 1):
        grid.put(column, row, "│", Ink.ACCENT if here else Ink.DIM)
    if frame.none is not None and axis is not None:
        grid.put(column, frame.none, "∅", Ink.DIM)
    room = frame.room
    logarithmic = axis.log if axis else scale.log
    label = titled(axis) if axis else score
    wide = 2 * room if frame.staggered else room
    if logarithmic and len(label) + 6 <= wide:
        label += " (log)"
    if len(label) > wide and axis is not None:
        label = axis.name
    row = frame.top - 2 - (frame.staggered and k % 2 == 0)
    _centred(grid, column, row, fit(label, wide), Ink.ACCENT if here else Ink.TEXT, width)
    if axis is not None and axis.choices is not None:
        for place, choice in zip(axis.places(axis.choices), axis.choices, strict=True):
            grid.put(column, frame.row(place), "┼", Ink.TEXT)
            if column + 1 + len(said(choice)) <= width:
                grid.put(column + 1, frame.row(place), fit(said(choice), room - 1), Ink.TEXT)
    else:
        ends = (axis.low, axis.high) if axis else (scale.low, scale.high)
        low, high = (short(end, 3 if axis else 2) for end in ends)
        low = low if len(low) <= room else f"{ends[0]:.0e}".replace("e-0", "e-")
        _centred(grid, column, frame.top - 1, fit(high, room), Ink.DIM, width)
        _centred(grid, column, frame.bottom + (2 if frame.none is not None else 1), fit(low, room), Ink.DIM, width)
        across = scale if axis is None else Scale(axis.low, axis.high, axis.log)
        most = max(2, (frame.bottom - frame.top) // 3)
        whole = axis is not None and axis.integer and not axis.log
        for tick in nice_ticks(across.low, across.high, most, whole=True) if whole else across.ticks(most):
            place = across.place_of(tick)
            if 0.02 < place < 0.98:
                grid.put(column, frame.row(place), "┼", Ink.ACCENT if here else Ink.DIM)
                if frame.bottom - frame.top >= 12:
                    grid.put(column + 1, frame.row(place), fit(short(tick, 2), room - 1), Ink.FAINT)
    if axis is not None and axis.now is not None:  # what new trials are taken from
        for place, sign in zip(axis.places(axis.now), "╨╥", strict=True):
            grid.put(column, frame.row(min(1.0, max(0.0, float(place)))), sign, Ink.WARN)
    for brush in sight.brushes:
        if brush.name == name:
            for row in range(frame.row(brush.high), frame.row(brush.low) + 1):
                grid.put(column, row, "┃", Ink.DARK, Ink.ACCENT)


def _centred(grid: Grid, column: int, row: int, text: str, ink: int, width: int) -> None:
    begin = min(max(0, column - len(text) // 2), max(0, width - len(text)))
    grid.put(begin, row, text, ink)


def _draw_legend(grid: Grid, state: SearchState, sight: Sight, number: int | None, width: int) -> None:
    entries = [("━", f"best {percent(sight.share, 0)}", Ink.TRAIN), ("━", "complete", Ink.BATCH)]
    entries += [("━", "pruned or outside" if sight.brushes else "pruned", Ink.FAINT)]
    if number is not None:
        entries.append(("━", f"trial {number}", Ink.TITLE))
    if sight.brushes:  # what one looks for comes first
        inside = int(np.count_nonzero(within(state, sight)))
        words = ", ".join(brush_words(state, brush, sight.log) for brush in sight.brushes)
        entries.insert(0, ("┃", fit(f"{inside} of {len(state.trials)} trials in {words}", width - 2), Ink.ACCENT))
    row = Grid(width, 1)  # what does not fit goes
    legend(row, entries)
    grid.paste(row, 0, 0)
