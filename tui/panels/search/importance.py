"""Importance: a bar a setting, the share of the score's variance it explains, and how far that strays."""

import numpy as np

from dnn_tui.experiments.searching.importance import LEAST, MOST, RESAMPLES, method
from dnn_tui.experiments.searching.state import SearchState

from ...drawing.canvas import bar
from ...drawing.grid import Grid, fit
from ...drawing.theme import Ink, Palette
from ..panel import waiting
from .panel import SearchPanel, Sight


class ImportancePanel(SearchPanel):
    NAME, TITLE = "importance", "Importance"
    HELP = "The share of the loss's variance that each setting explains, ± its deviation over resampled trials."

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        return draw_importance(state, sight, width, height)


def draw_importance(state: SearchState, sight: Sight, width: int, height: int) -> Grid:
    """The bars, the greatest first; whiskers a deviation to both sides."""
    complete = int(np.count_nonzero(state.complete & np.isfinite(state.scores)))
    if not state.importance:
        text = sight.telling or (
            f"{complete} of the {LEAST} complete trials that this needs" if complete < LEAST else "i works it out"
        )
        return waiting(width, height, text)
    grid = Grid(width, height)
    top = 0
    if height >= 6:
        of = "" if complete <= MOST else f" of {MOST}"
        heads = (
            f"share of the loss's variance, ± over {RESAMPLES} resamples{of}",
            "share of the variance, ± deviation",
        )
        feet = (f"{method()} of the complete trials; i works it out again", f"{method()}; i works it out again")
        for y, texts in ((0, heads), (height - 1, (sight.telling,) if sight.telling else feet)):
            text = next((text for text in texts if len(text) <= width), texts[-1])
            grid.put(0, y, fit(text, width), Ink.FAINT if y else Ink.DIM)
        top = 1
    names = [axis.name for axis in state.axes]
    shown = state.importance[: max(1, height - 2 * top)]
    label = min(max(len(one.name) for one in shown), max(4, width // 3))
    numbers = 12 if width >= 34 else 5
    room = max(1, width - label - numbers - 2)
    most = max(1e-9, *(one.mean + one.deviation for one in shown))
    for y, one in enumerate(shown, top):
        here = one.name in names and names.index(one.name) == sight.setting
        grid.put_right(label, y, fit(one.name, label), Ink.ACCENT if here else Ink.TEXT)
        grid.put(label + 1, y, bar(one.mean / most, room), Ink.TRAIN)
        low, high = (max(0.0, one.mean - one.deviation) / most, (one.mean + one.deviation) / most)
        left, right = (label + 1 + min(room - 1, round(share * (room - 1))) for share in (low, high))
        at = label + 1 + min(room - 1, round(one.mean / most * (room - 1)))
        for x in range(left, right + 1):
            sign = "╋" if x == at else "┝" if x == left else "┥" if x == right else "━"
            inside = (x - label) / room <= one.mean / most
            if left < right:
                grid.put(x, y, sign, Ink.DARK if inside else Ink.TEXT, Ink.TRAIN if inside else None)
        text = f"{one.mean:.2f} ± {one.deviation:.2f}" if numbers > 5 else f"{one.mean:.2f}"
        grid.put_right(width, y, text, Ink.ACCENT if here else Ink.TEXT)
    return grid
