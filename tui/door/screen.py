"""`DoorScreen`: what the door's screens have alike: a place where things are said, and a bar of keys."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from ..drawing.theme import Ink, Palette
from ..terminal.themed import ThemedApp
from . import keys
from .pictures import in_ink
from .place import Place


class KeyBar(Static):
    """The keys that are of use here; a click on one does the same."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._spans: list[tuple[int, int, str]] = []

    def show(self, scopes: tuple[str, ...], back: str, palette: Palette) -> None:
        """Write the bar for what can be done here."""
        text, self._spans = Text(no_wrap=True), []
        for shown, label, action in keys.bar(scopes, max(0, self.app.size.width - 4), back):
            begin = text.cell_len
            text.append(shown, in_ink(palette, Ink.ACCENT))
            text.append(f" {label}", in_ink(palette, Ink.DIM))
            self._spans.append((begin, text.cell_len, action))
            text.append("  ")
        self.update(text)

    async def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        for begin, end, action in self._spans:
            if begin <= event.x - self.styles.padding.left < end:
                where = self.app if action in ("go_back", "help") else self.screen
                await self.app.run_action(action, default_namespace=where)
                return


class Chosen(Message):
    """A command line was chosen: it runs, and what it opened leads back to `screen`."""

    def __init__(self, words: list[str], screen: str) -> None:
        super().__init__()
        self.words, self.screen = words, screen


class DoorScreen(Screen[None]):
    """One of the door's screens. SCOPES: which keys are of use here; BACK: what Esc does."""

    SCOPES: ClassVar[tuple[str, ...]] = ()
    BACK: ClassVar[str] = "back"

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    @property
    def palette(self) -> Palette:
        """The colours of now."""
        app = self.app
        assert isinstance(app, ThemedApp)
        return app.palette

    def choose(self, words: list[str], screen: str = "") -> None:
        """Have the app run `dnn-tui WORDS`, and come back to that screen."""
        self.post_message(Chosen(words, screen))

    def repaint(self) -> None:
        """Draw everything that has colours of its own; screens add theirs."""
        self.query_one(KeyBar).show((*self.SCOPES, "app"), self.BACK, self.palette)

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        self.set_class(width < 70 or height < 20, "-small")
        self.set_class(width < 60, "-narrow")
        self.set_class(width < 34 or height < 12, "-tiny")
        self.set_class(width >= 110, "-wide")
        self.set_class(width >= 110 and height >= 34, "-roomy")
        self.set_class(width >= 150 and height >= 48, "-vast")
        self.repaint()

    def in_background(self, work: Callable[[Callable[[Message], None]], None]) -> None:
        """Run `work(tell)` in a thread that nobody waits for; what it tells arrives here as messages."""

        def tell(message: Message) -> None:
            with suppress(RuntimeError):  # the door was left meanwhile: its loop is closed
                self.post_message(message)

        def run() -> None:
            from dnn_tui.experiments import kernels

            kernels.choose()  # before the first import of NumPy, which is here
            work(tell)

        threading.Thread(target=run, name="door", daemon=True).start()
