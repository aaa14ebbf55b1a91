"""A few texts to read, with keys that copy one of them."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ..drawing.visible import visible


class TellScreen(ModalScreen[None]):
    """Shows texts, each below what it is; copies: from a key to the text that it puts into the clipboard."""

    DEFAULT_CSS = """
    TellScreen { align: center middle; }
    TellScreen > VerticalScroll {
        width: 90; max-width: 100%; height: auto; max-height: 100%;
        padding: 1 2; border: round $accent; background: $surface; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar = [Binding("escape,q,enter,space", "dismiss", "Close")]

    def __init__(self, title: str, texts: Sequence[tuple[str, str]], copies: Mapping[str, str]) -> None:
        super().__init__()
        self._title, self._texts, self._copies = title, texts, copies

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = self._title, "Esc closes"
            for what, text in self._texts:
                yield Static(Text(what, style="dim"))
                yield Static(Text(visible(text), style="bold", overflow="fold"))
                yield Static("")

    def on_key(self, event: events.Key) -> None:
        """The keys that copy."""
        if event.key in self._copies:
            self.app.copy_to_clipboard(self._copies[event.key])
            self.notify("Copied.")
            event.stop()
