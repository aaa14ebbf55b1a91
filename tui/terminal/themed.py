"""`ThemedApp`: what every app of the program has alike: its colours, a border that lets nothing through, its end."""

import asyncio
import os
import signal
from collections.abc import Iterable, Sequence
from functools import partial

from .pacing import over_ssh

# read when Textual is imported: nothing moves by itself, and no more frames than the panels make
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
os.environ.setdefault("TEXTUAL_FPS", "30")
if over_ssh() and os.environ.get("COLORTERM") in ("truecolor", "24bit"):
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")  # a third of the bytes less

from textual.app import App, SystemCommand
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from ..configuration import configuration, keep_theme
from ..drawing.theme import ANSI_THEMES, DARK_THEME, Palette, first_theme, palette_of
from .border import BORDER
from .driver import LastingDriver
from .exits import HANGUP, INTERRUPTED, TERMINATED

SIGNALS = {signal.SIGTERM: TERMINATED, signal.SIGHUP: HANGUP, signal.SIGINT: INTERRUPTED}
TEXTUALS = ("Theme", "Screenshot")  # of its commands; its keys, its way to leave and to maximise are ours already


class ThemedApp(App[int]):
    """An app in our colours, or those of the theme that was chosen. Its exit code is an int."""

    TITLE = "dnn-tui"
    palette: Palette

    def __init__(self) -> None:
        wanted = configuration().theme
        known = {*BUILTIN_THEMES, DARK_THEME.name}
        first = first_theme(chosen=wanted if wanted in known else "")
        # said at once: Textual chooses its filters before a theme can be set, and the wrong ones paint black on black
        super().__init__(ansi_color=True if first in ANSI_THEMES else None)
        self.animation_level = "none"
        self.register_theme(DARK_THEME)
        self._no_color = "NO_COLOR" in os.environ
        self.palette = palette_of(first, self._no_color, self.console.color_system)
        self.theme = first
        self._kept = first  # the theme that config.toml has, or need not have
        self._unknown = wanted if wanted not in known else ""

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()  # another one may be asked for in the environment
        return LastingDriver if found is LinuxDriver else found

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), BORDER]

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, lambda theme: self._recolour(theme.name))
        self.set_class(self.theme in ANSI_THEMES, "-plain")
        if self._unknown:
            self.notify(unknown_theme(self._unknown), severity="warning", markup=False)

    def _recolour(self, theme: str) -> None:
        if theme != self._kept:  # a person chose it: here is no other way
            self._kept = theme
            if problem := keep_theme(theme):
                self.notify(problem, severity="warning", markup=False)
        self.palette = palette_of(theme, self._no_color, self.console.color_system)
        self.set_class(theme in ANSI_THEMES, "-plain")
        self.repaint()

    def repaint(self) -> None:
        """Draw everything again, in other colours."""

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Of Textual's own commands those that are not ours already."""
        yield from (command for command in super().get_system_commands(screen) if command.title in TEXTUALS)


def unknown_theme(name: str) -> str:
    """What is said of a theme that there is not."""
    return f"There is no theme {name!r}: Ctrl+P, Theme lists those there are."


async def run_with_signals(app: App[int]) -> int | None:
    """Run the app so that a signal ends it properly: without this the terminal stays in raw mode."""
    loop = asyncio.get_running_loop()
    for number, code in SIGNALS.items():
        loop.add_signal_handler(number, partial(app.exit, code))
    try:
        return await app.run_async()
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
