"""The door's `?` window: its key table in words."""

from itertools import groupby
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

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
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", no_wrap=True, min_width=9)
        table.add_column()
        for group, members in groupby(keys.KEYS, key=lambda key: key.group):
            table.add_row("", Text(group, style="bold underline"))
            for key in members:
                table.add_row(Text(key.shown, style="bold"), key.help)
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = "Keys", "Esc closes"
            yield Static(table)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
