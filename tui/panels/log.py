"""Log: what happened and when; scrollable."""

import textwrap
from dataclasses import dataclass

from dnn_tui.runs.state import LogEntry

from .. import keys
from ..drawing.grid import Grid, fit
from ..drawing.numbers import duration
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, waiting

# severity: the sign in front (colour is never alone) and its ink
SIGNS: dict[str, tuple[str, int]] = {
    "info": ("·", Ink.TEXT),
    "warning": ("!", Ink.WARN),
    "error": ("✗", Ink.BAD),
    "command": ("»", Ink.ACCENT),
    "output": ("│", Ink.DIM),
}


@dataclass(frozen=True)
class LogView:
    entries: tuple[LogEntry, ...]
    begin: float
    back: int  # lines scrolled up from the newest


class LogPanel(Panel[LogView]):
    NAME, TITLE = "log", "Log"
    HELP = "Events, warnings, commands and what the program printed; arrows and Page keys scroll, End follows."
    BINDINGS = keys.bindings("log")

    def __init__(self) -> None:
        super().__init__()
        self.back = 0

    def view(self, moment: Moment, width: int, height: int) -> LogView:
        until = None if moment.live else moment.step
        # each entry takes a line or more, so this many are enough to fill the panel
        shown, count = moment.state.said_by(until, height, self.back)
        self.back = max(0, min(self.back, count - 1))
        return LogView(tuple(shown), moment.state.began, self.back)

    def draw(self, view: LogView, width: int, height: int, palette: Palette) -> Grid:
        if not view.entries:
            return waiting(width, height, "nothing happened yet")
        grid = Grid(width, height)
        lines: list[tuple[str, str, str, int]] = []
        clock = 10 if width >= 50 else 0
        visible = view.entries[: len(view.entries) - view.back] or view.entries[:1]
        for entry in visible:
            sign, ink = SIGNS.get(entry.severity, SIGNS["info"])
            when = duration(max(0.0, entry.time - view.begin)) if entry.time and view.begin else ""
            text = " ".join(entry.text.split())
            wrapped = textwrap.wrap(text, max(8, width - clock - 2)) or [""]
            for k, part in enumerate(wrapped):
                lines.append((when if not k else "", sign if not k else " ", part, ink))
        for y, (when, sign, text, ink) in enumerate(lines[-height:]):
            if clock:
                grid.put_right(clock - 1, y, when, Ink.FAINT)
            grid.put(clock, y, sign, ink)
            grid.put(clock + 2, y, fit(text, width - clock - 2), ink)
        if view.back and height > 1:
            grid.put_right(width, height - 1, fit(f" ↓ {view.back} newer (End) ", width), Ink.DARK, Ink.ACCENT)
        return grid

    # ---- scrolling

    def scroll(self, lines: int) -> None:
        """Scroll back by `lines` (negative: towards the newest)."""
        self.back = max(0, self.back + lines)
        self.again()

    def action_back(self, pages: float = 0) -> None:
        self.scroll(round(pages * self.content_size.height) or 1)

    def action_forth(self, pages: float = 0) -> None:
        self.scroll(-(round(pages * self.content_size.height) or 1))

    def action_newest(self) -> None:
        self.back = 0
        self.again()
        self.run_screen.action_follow()

    def on_mouse_scroll_up(self) -> None:
        self.scroll(3)

    def on_mouse_scroll_down(self) -> None:
        self.scroll(-3)
