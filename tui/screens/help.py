"""The `?` screen: the key table and the panels, in words."""

from typing import Any

from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from ..key import in_words
from ..keys import KEYS
from ..panels import PANELS, Panel
from .text_window import TextWindow


class HelpScreen(TextWindow):
    def __init__(self, panels: list[type[Panel[Any]]] | None = None) -> None:
        super().__init__()
        self.panels = panels or list(PANELS)

    def contents(self) -> list[Static]:
        return [Static(key_table(self.panels))]


def key_table(panels: list[type[Panel[Any]]]) -> Table:
    """All keys by group, then what each panel shows."""
    table = in_words(KEYS)
    table.add_row("", Text("What the panels show", style="bold underline"))
    for k, panel in enumerate(panels, 1):
        number = "9" if panel.NAME == "controls" else str(k)
        table.add_row(Text(number, style="bold"), Text(f"{panel.TITLE}. {panel.HELP}"))
    return table
