"""The two bars of one row: which panels there are, and which keys."""

from dataclasses import dataclass, replace

from textual import events

from .. import keys
from ..drawing.grid import Grid
from ..drawing.theme import Ink, Palette
from ..keys import Key
from ..sessions.moment import Moment
from ..terminal.back import leads_back
from .painted import Painted
from .panel import Panel

LETTERS = 3  # of a panel's name, at least


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


class Row(Painted):
    """One row of entries that can be clicked."""

    _spans: tuple[tuple[int, int, str], ...] = ()

    def draw_row(self, view: BarView, width: int, height: int) -> Grid:
        """The entries one behind the other, and where each is."""
        grid, x, spans = Grid(width, height), 0, list[tuple[int, int, str]]()
        inks = {0: Ink.DIM, 1: Ink.TEXT, 2: Ink.TITLE}
        for entry in view.entries:
            for key, action in entry.keys:
                begin = x
                x = grid.put(x, 0, key, Ink.ACCENT) + (1 if entry.label else 0)
                spans.append((begin, x, action))
            begin, x = x, grid.put(x, 0, entry.label, inks[entry.emphasis])
            spans.append((begin, x, entry.keys[-1][1]))
            x += view.gap
        self._spans = tuple(spans)
        return grid

    async def on_click(self, event: events.Click) -> None:
        for begin, end, action in self._spans:
            if begin <= event.x < end:
                await self.app.run_action(action, default_namespace=self.screen)
                return


class Bar(Panel[BarView], Row, can_focus=False):
    """A row of a run's screen."""

    def draw(self, view: BarView, width: int, height: int, palette: Palette) -> Grid:
        return self.draw_row(view, width, height)


def fitted(entries: list[Entry], width: int) -> BarView:
    """Tabs in a row: where there is no room for all the names they are cut, but for the one where one is."""
    gap = 2 if sum(entry.width + 2 for entry in entries) - 2 <= width else 1
    if sum(entry.width + 1 for entry in entries) - 1 > width:
        keys = sum(len(key) + 1 for entry in entries for key, _ in entry.keys) + len(entries) - 1
        here = next((k for k, entry in enumerate(entries) if entry.emphasis == 2), -1)
        labels = shortened([entry.label for entry in entries], width - keys, here)
        entries = [replace(entry, label=label) for entry, label in zip(entries, labels, strict=True)]
    return BarView(tuple(entries), gap)


def shortened(names: list[str], room: int, whole: int = -1) -> list[str]:
    """The names cut to as many letters as fit into `room` cells in all, at least LETTERS, else to none.

    whole: the one that is not cut. What is left over completes words that lack one letter.
    """
    for letters in (*range(max(map(len, names), default=0), LETTERS - 1, -1), 0):
        short = [name if k == whole else _cut(name, letters) for k, name in enumerate(names)]
        left = room - sum(map(len, short))
        if left < 0 and letters:
            continue
        for k, name in enumerate(names):
            lacks = len(name) - len(short[k])
            if letters and k != whole and len(name) == letters + 1 and lacks <= left:
                short[k], left = name, left - lacks
        return short
    return names


def _cut(name: str, letters: int) -> str:
    """So many letters of a name: whole words, where that leaves one; "Hidden", not "Hidden spa"."""
    if letters >= len(name):
        return name
    first, _, _ = name[: letters + 1].rpartition(" ")
    return first or name[:letters]


def keys_in_a_row(entries: list[tuple[list[Key], str]], back: bool = False) -> BarView:
    """The entries of a key bar; a click does what the key does. back: leaving leads to another screen."""
    if back or leads_back():
        entries = [(group, "back" if label == "quit" else label) for group, label in entries]
    return BarView(tuple(Entry(tuple((k.shown, _where(k)) for k in group), label) for group, label in entries))


def _where(key: Key) -> str:
    return f"app.{key.action}" if key.scope == "app" else key.action


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
        return fitted(entries, width)


class KeyBar(Bar):
    NAME = "keys"

    def view(self, moment: Moment, width: int, height: int) -> BarView:
        screen = self.run_screen
        return keys_in_a_row(keys.bar_entries(screen.allowed, moment.state.paused, width), screen.opened)
