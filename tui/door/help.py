"""The door's `?` window: its key table in words."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ..key import in_words
from . import keys


class DoorHelp(ModalScreen[None]):
    """What the keys do."""

    DEFAULT_CSS = """
    DoorHelp { align: center middle; }
    DoorHelp > VerticalScroll {
        width: 84; max-width: 100%; height: auto; max-height: 100%;
        padding: 0 2; border: round $accent; background: $surface; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar = [Binding("escape,q,question_mark,enter,space", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = "Keys", "Esc closes"
            yield Static(in_words(keys.KEYS))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
