"""The door's `?` window: its key table in words."""

from textual.widgets import Static

from ..key import in_words
from ..screens.text_window import TextWindow
from . import keys


class DoorHelp(TextWindow):
    """What the keys do."""

    def contents(self) -> list[Static]:
        return [Static(in_words(keys.KEYS))]
