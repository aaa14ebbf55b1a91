"""Trials: the leaderboard, with each trial's curve, state, score, cost and settings."""

from dataclasses import dataclass

import numpy as np
from textual import events

from dnn_tui.experiments.searching.state import SearchState, Trial

from ...drawing.grid import Grid, fit
from ...drawing.numbers import duration, figure
from ...drawing.plot import Scale
from ...drawing.sparkline import sparkline
from ...drawing.theme import Ink, Palette
from ..panel import waiting
from . import keys
from .panel import SearchPanel, Sight
from .words import SIGNS, said, score_name, score_scale, second_of, selected, within

ORDERED = {"score": "best first", "number": "newest first", "seconds": "dearest first"}
CELLS = 9  # of a setting's column
GREY = ("pruned", "waiting", "diverged", "failed", "stopped")


@dataclass(frozen=True)
class Column:
    """kind: what it says of a trial; cells of the panel: left, and so many."""

    kind: str
    title: str
    left: int
    width: int
    ink: int


class TrialsPanel(SearchPanel):
    NAME, TITLE = "trials", "Trials"
    HELP = "All trials, best first: ▸ running ● complete × pruned ■ stopped ✗ diverged ! failed; what each cost."
    BINDINGS = keys.bindings("trials")

    def __init__(self) -> None:
        super().__init__()
        self._board: tuple[SearchState, str, tuple[Trial, ...]] | None = None

    def listed(self, state: SearchState, order: str) -> tuple[Trial, ...]:
        """The leaderboard, sorted once for each state."""
        if self._board is None or self._board[0] is not state or self._board[1] != order:
            self._board = (state, order, state.leaderboard(order))
        return self._board[2]

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        return draw_trials(state, sight, self.listed(state, sight.order), width, height)

    # ---- keys and mouse

    def action_select(self, by: int) -> None:
        """So many rows down."""
        self.search_screen.action_select(by)

    def action_page(self, pages: int) -> None:
        """A page up or down."""
        self.search_screen.action_select(pages * max(1, _rows(self.content_size.height)))

    def action_ends(self, end: int) -> None:
        """The first of the list, or the last."""
        self.search_screen.action_select(end * 10**6)

    def on_mouse_scroll_up(self) -> None:
        self.search_screen.action_select(-3)

    def on_mouse_scroll_down(self) -> None:
        self.search_screen.action_select(3)

    def on_click(self, event: events.Click) -> None:
        """Select a trial; twice: open it."""
        offset = event.get_content_offset(self)
        if offset is None or self.asked is None:
            return
        state, sight = self.asked
        trials = self.listed(state, sight.order)
        at = _first(state, sight, trials, self.content_size.height) + offset.y - 1
        if 1 <= offset.y <= _rows(self.content_size.height) and at < len(trials):
            self.search_screen.look(trial=trials[at].number)
            if event.chain == 2:
                self.search_screen.action_open()


def _rows(height: int) -> int:
    """How many trials are seen: a row is the head's, and one below tells of the selected trial where there is room."""
    return max(1, height - 1 - (height >= 7))


def _first(state: SearchState, sight: Sight, trials: tuple[Trial, ...], height: int) -> int:
    """Which of the list is seen first: the selected one stays in the middle, as far as the list's ends allow."""
    one = selected(state, sight)
    at = next((k for k, trial in enumerate(trials) if one is not None and trial.number == one.number), 0)
    rows = _rows(height)
    return max(0, min(at - rows // 2, len(trials) - rows))


def draw_trials(state: SearchState, sight: Sight, trials: tuple[Trial, ...], width: int, height: int) -> Grid:
    """The rows around the selected trial, and a line of all that was tried in it."""
    if not trials:
        return waiting(width, height, "the first trial has not begun yet")
    grid, one = Grid(width, height), selected(state, sight)
    first, rows = _first(state, sight, trials, height), _rows(height)
    columns = _columns(state, sight, width)
    for column in columns:
        right = column.left + column.width
        if column.kind == "curve":
            grid.put(column.left, 0, fit(column.title, column.width), column.ink)
        else:
            grid.put_right(right, 0, fit(column.title, column.width), column.ink)
    inside = within(state, sight)
    scale = _curve_scale(state, sight.log)
    for y, trial in enumerate(trials[first : first + rows], 1):
        here = one is not None and trial.number == one.number
        grey = trial.state in GREY or not inside[state.row[trial.number]]
        text = Ink.TITLE if here else Ink.FAINT if grey else Ink.TEXT
        sign, ink = SIGNS[trial.state]
        grid.put(0, y, "▶" if here else " ", Ink.CURSOR)
        for column in columns:
            if column.kind == "sign":
                grid.put(column.left, y, sign, ink)
            elif column.kind == "state":
                grid.put(column.left, y, trial.state, ink)
            elif column.kind == "curve":
                curve = sparkline(trial.scores, column.width, scale)
                grid.put(column.left, y, curve, Ink.FAINT if grey and not here else Ink.VALIDATION)
            else:
                right = column.left + column.width
                grid.put_right(right, y, fit(_cell(state, trial, column), column.width), text)
    if height >= 7:
        _tell(grid, state, one, height - 1, width)
    return grid


def _tell(grid: Grid, state: SearchState, trial: Trial | None, y: int, width: int) -> None:
    if trial is None:
        return
    x = grid.put(0, y, f"trial {trial.number} {trial.state}", SIGNS[trial.state][1])
    if trial.note:
        x = grid.put(x, y, f": {trial.note}", Ink.DIM)
    settings = " · ".join(f"{axis.name} {said(trial.values.get(axis.name))}" for axis in state.axes)
    grid.put(x, y, fit(f"  {settings}", max(0, width - x)), Ink.DIM)


def _cell(state: SearchState, trial: Trial, column: Column) -> str:
    """What a column says of a trial."""
    match column.kind:
        case "number":
            return str(trial.number)
        case "score":
            return figure(trial.score)
        case "second":
            return second_of(state, trial.accuracy)
        case "seconds":
            return duration(trial.seconds) if trial.seconds else "–"
        case "steps":
            return f"{trial.steps:,}" if trial.steps else "–"
    return said(trial.values.get(column.kind.removeprefix("setting ")))


def _curve_scale(state: SearchState, log: bool) -> Scale:
    """Of all the curves alike: from the best score to where trials begin."""
    scale = score_scale(state, log)
    begun = np.array([trial.scores[0] for trial in state.trials[:200] if trial.scores], float)
    begun = begun[np.isfinite(begun)]
    high = max(scale.high, float(np.median(begun))) if len(begun) else scale.high
    return Scale(scale.low, high, scale.log)


def _columns(state: SearchState, sight: Sight, width: int) -> list[Column]:
    """As many as there is room for: the least useful leave, and of the settings those around the one looked at stay."""
    number = max(2, len(str(state.trials[-1].number)))
    epochs = max((len(trial.scores) for trial in state.trials), default=0)
    curve = min(8 if width < 70 else 12 if width < 110 else 20, max(8, epochs))
    wanted = [  # kind, title, cells, how soon it leaves where it is narrow
        ("number", "#", number, 0), ("sign", "", 1, 0), ("state", "state", 8, 6), ("curve", "by epoch", curve, 1),
        ("score", score_name(state), 9, 0), ("second", state.second, 8, 2), ("seconds", "time", 9, 3),
        ("steps", "steps", 8, 5),
    ]  # fmt: skip
    least = min(2, len(state.axes)) if width >= 60 else min(1, len(state.axes))

    def room() -> int:
        return width - 2 - sum(cells + 1 for _, _, cells, _ in wanted)

    while room() < least * (CELLS + 1) and any(rank for *_, rank in wanted):
        wanted.remove(max(wanted, key=lambda one: one[3]))
    count = max(0, min(len(state.axes), room() // (CELLS + 1)))
    begin = max(0, min(sight.setting - count + 1, len(state.axes) - count))
    spare = max(0, min(24, room() - count * (CELLS + 1), epochs - curve))  # goes to the curves
    columns, x = [], 2
    for kind, title, cells, _ in wanted:
        cells += spare * (kind == "curve")
        columns.append(Column(kind, title, x, cells, Ink.DIM))
        x += cells + 1
    for k, axis in enumerate(state.axes[begin : begin + count], begin):
        ink = Ink.ACCENT if k == sight.setting else Ink.DIM
        columns.append(Column(f"setting {axis.name}", axis.name, x, CELLS, ink))
        x += CELLS + 1
    return columns
