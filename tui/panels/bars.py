"""The two bars of one row: which panels there are, and which keys."""

from dataclasses import dataclass

from textual import events

from .. import keys
from ..grid import Grid
from ..moment import Moment
from ..theme import Ink, Palette
from .panel import Panel


@dataclass(frozen=True)
class BarView:
    """Entries (key, label, action, emphasis): emphasis 2 is where one is, 1 what is seen, 0 what is not."""

    entries: tuple[tuple[str, str, str, int], ...]
    gap: int = 2


class Bar(Panel, can_focus=False):
    """One row of entries that can be clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, str]] = []

    def draw(self, view: BarView, width: int, height: int, palette: Palette) -> Grid:
        grid, x = Grid(width, height), 0
        self._spans = []
        inks = {0: Ink.DIM, 1: Ink.TEXT, 2: Ink.TITLE}
        for key, label, action, emphasis in view.entries:
            begin = x
            x = grid.put(x, 0, key, Ink.ACCENT) + (1 if label else 0)
            x = grid.put(x, 0, label, inks[emphasis])
            self._spans.append((begin, x, action))
            x += view.gap
        return grid

    async def on_click(self, event: events.Click) -> None:
        for begin, end, action in self._spans:
            if begin <= event.x < end:
                await self.run_action(action, self.screen)
                return


class TabBar(Bar):
    NAME = "tabs"

    def view(self, moment: Moment, width: int, height: int) -> BarView:
        screen = self.screen
        seen, here = set(screen.places), screen.here
        entries = []
        for k, panel in enumerate(screen.available, 1):
            emphasis = 2 if here == panel.NAME else 1 if panel.NAME in seen else 0
            entries.append((str(k), panel.title(moment), f"panel({k})", emphasis))
        gap = 2 if sum(len(e[1]) + 4 for e in entries) - 2 <= width else 1
        if sum(len(e[1]) + 3 for e in entries) - 1 > width:  # too narrow for all the names
            entries = [(k, label if e == 2 else "", a, e) for k, label, a, e in entries]
        return BarView(tuple(entries), gap)


class KeyBar(Bar):
    NAME = "keys"

    def view(self, moment: Moment, width: int, height: int) -> BarView:
        screen = self.screen
        entries = keys.bar_entries(screen.allowed, moment.state.paused, width)
        return BarView(tuple((key, label, self._where(action), 0) for key, label, action in entries))

    @staticmethod
    def _where(action: str) -> str:
        key = keys.key_for(action.split("(")[0])
        return f"app.{action}" if key and key.scope == "app" else action
