"""Scrubber: one row that says which moment all panels show, while that is not the newest one."""

from dataclasses import dataclass

from rich.cells import cell_len

from ..drawing.grid import Grid
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel


@dataclass(frozen=True)
class ScrubberView:
    text: str
    share: float  # where the moment lies between the start and the newest step
    pictures: tuple[float, ...]  # where the pictures lie, thinned


class Scrubber(Panel[ScrubberView], can_focus=False):
    NAME = "scrubber"

    def view(self, moment: Moment, width: int, height: int) -> ScrubberView:
        state = moment.state
        steps, last = state.snapshots.steps, max(1, state.step)
        every = max(1, len(steps) // 60)
        number = state.snapshots.at_step(moment.step) + 1 if len(steps) else 0
        text = f"step {moment.step:,} of {state.step:,}, epoch {moment.epoch_number}, picture {number} of {len(steps)}"
        return ScrubberView(text, moment.step / last, tuple(step / last for step in steps[::every]))

    def draw(self, view: ScrubberView, width: int, height: int, palette: Palette) -> Grid:
        grid = Grid(width, height)
        x = grid.put(0, 0, "◀ looking back  ", Ink.CURSOR)
        if x + cell_len(view.text) > width:
            x = grid.put(0, 0, "◀ ", Ink.CURSOR)
        x = grid.put(x, 0, view.text, Ink.TITLE) + 2
        hint = "  , . step  End: newest"
        right = width - len(hint)
        if right - x < 12:
            hint, right = "", width
        if right - x >= 6:
            room = right - x - 1
            grid.put(x, 0, "─" * (room + 1), Ink.FAINT)
            for place in view.pictures:
                grid.put(x + round(place * room), 0, "┴", Ink.FAINT)
            grid.put(x + round(view.share * room), 0, "●", Ink.CURSOR)
        grid.put(right, 0, hint, Ink.DIM)
        return grid
