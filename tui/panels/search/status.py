"""Status: how far the search is, what leads, and what was chosen in the end. And the two bars of one row."""

from dnn_tui.experiments.searching.state import SearchState

from ... import keys as run_keys
from ...drawing.canvas import bar
from ...drawing.grid import Grid, fit
from ...drawing.numbers import duration, figure
from ...drawing.theme import Ink, Palette
from ..bars import Entry, Row, fitted, keys_in_a_row
from . import keys
from .panel import SearchPanel, Sight
from .words import SIGNS, said, score_name, second_of


class SearchStatus(SearchPanel, can_focus=False):
    NAME = "status"

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        return draw_status(state, width, height)


def condition(state: SearchState) -> tuple[str, int]:
    """How the search is doing, in a word or two, and its ink."""
    if state.note:
        return state.note, Ink.WARN
    left = state.asked - len(state.trials)
    if state.ended and left > 0:
        return f"ended, {left} trial{'s' * (left != 1)} short: `search --resume` goes on", Ink.WARN
    if state.ended:
        return ("ended" if state.winner else "ended without a winner"), Ink.TITLE
    if not state.lives:
        return f"interrupted: `dnn-tui search --resume {state.name}` goes on with it", Ink.WARN
    if state.paused:
        return "paused: no new trial begins", Ink.WARN
    if state.asked and len(state.trials) >= state.asked and not state.count("running", "waiting"):
        return "training the best again with other seeds", Ink.GOOD
    return "searching", Ink.GOOD


def draw_status(state: SearchState, width: int, height: int) -> Grid:
    """As much of it as the rows hold."""
    grid = Grid(width, height)
    done = len(state.trials) - state.count("running", "waiting")
    word, ink = condition(state)
    x = grid.put(0, 0, fit(state.name, width // 3), Ink.TITLE)
    x = grid.put(x, 0, f" on {state.data}  ", Ink.DIM) if width >= 60 else x + 1
    if width >= 100:
        x = grid.put(x, 0, bar(done / state.asked if state.asked else 0.0, 16).ljust(16, "░"), Ink.TRAIN) + 1
    x = grid.put(x, 0, f"{done}/{state.asked or len(state.trials)} trials", Ink.TEXT)
    for status in ("running", "pruned", "diverged", "failed", "stopped"):
        count = state.count(status)
        if count and x + len(status) + 10 < width:
            x = grid.put(x, 0, f"  {SIGNS[status][0]} {count} {status}", SIGNS[status][1])
    time = duration(state.seconds)
    for text in (f"{state.workers} worker{'s' * (state.workers != 1)}  {time}", time):
        if x + len(text) + 2 <= width:
            grid.put_right(width, 0, text, Ink.DIM)
            break
    if height < 2:
        return grid
    x = grid.put(0, 1, fit(word, width), ink) + 2
    best = state.best
    if state.winner is not None and height < 3:
        grid.put(x, 1, fit(chosen(state, width - x), max(0, width - x)), Ink.ACCENT)
    elif best is not None:
        settings = " · ".join(f"{axis.name} {said(best.values.get(axis.name))}" for axis in state.axes)
        words = f"best: trial {best.number}, {score_name(state)} {figure(best.score)}, {state.second} "
        words += f"{second_of(state, best.accuracy)} · {settings}"
        grid.put(x, 1, fit(words, max(0, width - x)), Ink.ACCENT)
    if height >= 3:
        grid.put(0, 2, fit(chosen(state, width), width), Ink.TEXT)
    return grid


def chosen(state: SearchState, width: int) -> str:
    """What was chosen in the end, and what it came to, as told in `width` cells; until then, what all has cost."""
    winner = state.winner
    if winner is None:
        seconds, steps = sum(t.seconds for t in state.trials), sum(t.steps for t in state.trials)
        return f"cost so far: {duration(seconds)} of training in {steps:,} steps" if steps else ""
    again = next((one for one in winner.finalists if one.trial == winner.trial), None)
    seeds, mean = len(again.scores) if again else 0, ""
    if again is not None and seeds:
        mean = f"{figure(again.mean)}" + (f" ± {figure(again.deviation, 2)}" if seeds > 1 else "")
    long, short = f"chosen on validation: trial {winner.trial}", f"trial {winner.trial}"
    if mean:
        long += f", {score_name(state)} {mean} over {seeds} seeds"
        short += f": {score_name(state)} {mean}"
    if winner.test_score is not None:
        second = f"{state.second} {second_of(state, winner.test_accuracy)}"
        long += f"; test rows, looked at once: loss {figure(winner.test_score)}, {second}"
        short += f", test loss {figure(winner.test_score)}, {second}"
    return long if len(long) <= width else short


class SearchTabs(SearchPanel, Row, can_focus=False):
    NAME = "tabs"

    @property
    def version(self) -> object:
        screen = self.search_screen
        return screen.here, tuple(screen.places)

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        screen, entries = self.search_screen, []
        for k, panel in enumerate(screen.panels, 1):
            emphasis = 2 if screen.here == panel.NAME else 1 if panel.NAME in screen.places else 0
            entries.append(Entry(((str(k), f"panel({k})"),), panel.TITLE, emphasis))
        return self.draw_row(fitted(entries, width), width, height)


class SearchKeys(SearchPanel, Row, can_focus=False):
    NAME = "keys"

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        entries = run_keys.bar_entries(self.search_screen.allowed, state.paused, width, keys.KEYS)
        return self.draw_row(keys_in_a_row(entries), width, height)
