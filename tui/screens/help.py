"""The `?` screen: the key table and the panels, in words."""

from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ..key import in_words
from ..keys import KEYS
from ..panels import PANELS, Panel


class HelpScreen(ModalScreen[None]):
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 84; max-width: 100%; height: auto; max-height: 100%;
        padding: 0 2; border: round $accent; background: $surface;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar = [Binding("escape,q,question_mark,enter,space", "dismiss", "Close")]

    def __init__(self, panels: list[type[Panel[Any]]] | None = None) -> None:
        super().__init__()
        self.panels = panels or list(PANELS)

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = "Keys", "Esc closes"
            yield Static(key_table(self.panels))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def key_table(panels: list[type[Panel[Any]]]) -> Table:
    """All keys by group, then what each panel shows."""
    table = in_words(KEYS)
    table.add_row("", Text("What the panels show", style="bold underline"))
    for k, panel in enumerate(panels, 1):
        number = "9" if panel.NAME == "controls" else str(k)
        table.add_row(Text(number, style="bold"), Text(f"{panel.TITLE}. {panel.HELP}"))
    return table
