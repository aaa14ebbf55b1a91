"""The `?` screen: the key table and the panels, in words."""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from ..key import Key, in_words
from ..keys import KEYS
from ..panels import PANELS
from .text_window import TextWindow


class Told(Protocol):
    """A panel, as far as it is told about."""

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    HELP: ClassVar[str]


class HelpScreen(TextWindow):
    def __init__(self, panels: Iterable[type[Told]] | None = None, table: Iterable[Key] = KEYS) -> None:
        super().__init__()
        self.panels, self.table = list(panels or PANELS), tuple(table)

    def contents(self) -> list[Static]:
        return [Static(key_table(self.panels, self.table))]


def key_table(panels: Iterable[type[Told]], keys: Iterable[Key] = KEYS) -> Table:
    """All keys by group, then what each panel shows."""
    table = in_words(keys)
    table.add_row("", Text("What the panels show", style="bold underline"))
    for k, panel in enumerate(panels, 1):
        number = "9" if panel.NAME == "controls" else str(k)
        table.add_row(Text(number, style="bold"), Text(f"{panel.TITLE}. {panel.HELP}"))
    return table
