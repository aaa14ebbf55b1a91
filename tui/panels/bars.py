"""The two bars of one row: which panels there are, and which keys."""

from dataclasses import dataclass, replace

from textual import events

from .. import keys
from ..drawing.grid import Grid
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from ..terminal.back import leads_back
from .panel import Panel


@dataclass(frozen=True)
class Entry:
    """Keys with their actions, and what they do; emphasis 2 is where one is, 1 what is seen, 0 what is not."""

    keys: tuple[tuple[str, str], ...]
    label: str
    emphasis: int = 0

    @property
    def width(self) -> int:
        return sum(len(key) + 1 for key, _ in self.keys) + len(self.label)


@dataclass(frozen=True)
class BarView:
    entries: tuple[Entry, ...]
    gap: int = 2


class Bar(Panel[BarView], can_focus=False):
    """One row of entries that can be clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, str]] = []

    def draw(self, view: BarView, width: int, height: int, palette: Palette) -> Grid:
        grid, x = Grid(width, height), 0
        self._spans = []
        inks = {0: Ink.DIM, 1: Ink.TEXT, 2: Ink.TITLE}
        for entry in view.entries:
            for key, action in entry.keys:
                begin = x
                x = grid.put(x, 0, key, Ink.ACCENT) + (1 if entry.label else 0)
                self._spans.append((begin, x, action))
            begin, x = x, grid.put(x, 0, entry.label, inks[entry.emphasis])
            self._spans.append((begin, x, entry.keys[-1][1]))
            x += view.gap
        return grid

    async def on_click(self, event: events.Click) -> None:
        for begin, end, action in self._spans:
            if begin <= event.x < end:
                await self.app.run_action(action, default_namespace=self.screen)
                return


class TabBar(Bar):
    NAME = "tabs"

    def view(self, moment: Moment, width: int, height: int) -> BarView:
        screen = self.run_screen
        seen, here = set(screen.places), screen.here
        entries = []
        for panel in screen.available:
            k = screen.number_of(panel)
            emphasis = 2 if here == panel.NAME else 1 if panel.NAME in seen else 0
            entries.append(Entry(((k, f"panel({k})"),), panel.title(moment), emphasis))
        gap = 2 if sum(entry.width + 2 for entry in entries) - 2 <= width else 1
        if sum(entry.width + 1 for entry in entries) - 1 > width:  # too narrow for all the names
            entries = [entry if entry.emphasis == 2 else replace(entry, label="") for entry in entries]
        return BarView(tuple(entries), gap)


class KeyBar(Bar):
    NAME = "keys"

    def view(self, moment: Moment, width: int, height: int) -> BarView:
        entries = keys.bar_entries(self.run_screen.allowed, moment.state.paused, width)
        if leads_back():
            entries = [(group, "back" if label == "quit" else label) for group, label in entries]
        return BarView(tuple(Entry(tuple((k.shown, self._where(k)) for k in group), label) for group, label in entries))

    @staticmethod
    def _where(key: keys.Key) -> str:
        return f"app.{key.action}" if key.scope == "app" else key.action
