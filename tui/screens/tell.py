"""A few texts to read, with keys that copy one of them."""

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual import events
from textual.widgets import Static

from ..drawing.visible import visible
from .text_window import TextWindow


class TellScreen(TextWindow):
    """Shows texts, each below what it is; copies: from a key to the text that it puts into the clipboard."""

    DEFAULT_CSS = """
    TellScreen > VerticalScroll { width: 90; padding: 1 2; }
    """

    def __init__(self, title: str, texts: Sequence[tuple[str, str]], copies: Mapping[str, str]) -> None:
        super().__init__()
        self.HEADING, self._texts, self._copies = title, texts, copies

    def contents(self) -> list[Static]:
        return [
            Static(line)
            for what, text in self._texts
            for line in (Text(what, style="dim"), Text(visible(text), style="bold", overflow="fold"), "")
        ]

    def on_key(self, event: events.Key) -> None:
        """The keys that copy."""
        if event.key in self._copies:
            self.app.copy_to_clipboard(self._copies[event.key])
            self.notify("Copied.")
            event.stop()
