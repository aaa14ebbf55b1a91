"""`TextWindow`: something to read in a box over the screen; it scrolls, and the usual keys close it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class TextWindow(ModalScreen[None]):
    """A window; what it shows says `contents`."""

    DEFAULT_CSS = """
    TextWindow { align: center middle; }
    TextWindow > VerticalScroll {
        width: 84; max-width: 100%; height: auto; max-height: 100%;
        padding: 0 2; border: round $accent; background: $surface; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar = [Binding("escape,q,question_mark,enter,space", "dismiss", "Close")]
    HEADING = "Keys"

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = self.HEADING, "Esc closes"
            yield from self.contents()

    def contents(self) -> list[Static]:
        """What is in it, one below another."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
