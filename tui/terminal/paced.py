"""`PacedApp`: an app that asks the terminal whether a frame is drawn, and leaves when it has answered."""

import time
from typing import Protocol, runtime_checkable

from textual import events

from .attention import Attention
from .pacing import CURSOR_QUERY, MODE_QUERY, Pacer
from .themed import ThemedApp

LAST_ANSWER_SECONDS = 1.0


@runtime_checkable
class Framed(Protocol):
    """A screen that draws a frame when the pacer lets it, or when it is told to."""

    def frame(self, force: bool = False) -> None:
        """Draw what has changed; all of it where forced."""


class PacedApp(ThemedApp):
    """What the screens know of the app: its pacer, and who tells the person what happened."""

    pacer: Pacer
    attention: Attention
    _query = CURSOR_QUERY

    def repaint(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Framed):
                screen.frame(force=True)

    def write_past_the_screen(self, text: str) -> None:
        if self._driver is not None:
            self._driver.write(text)

    def ask_terminal(self, size: float = 0.0) -> None:
        """After a frame of about `size` bytes: ask what the terminal answers once it has drawn it."""
        if self.pacer.painted(time.monotonic(), size, self.size.width * self.size.height):
            self.write_past_the_screen(self._query)

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        self.pacer.answered(time.monotonic())
        self.after_answer()

    def on_terminal_supports_synchronized_output(self) -> None:
        self._query = MODE_QUERY
        self.pacer.answered(time.monotonic())
        self.after_answer()

    def after_answer(self) -> None:
        """The terminal has drawn the last frame."""

    def exit_when_answered(self, code: int, until: float | None = None) -> None:
        """Leave; an answer of the terminal that came after that would be typed into the shell."""
        until = until or time.monotonic() + LAST_ANSWER_SECONDS
        if self.pacer.finish() and time.monotonic() < until:
            self.set_timer(0.02, lambda: self.exit_when_answered(code, until))
        else:
            self.exit(code)
