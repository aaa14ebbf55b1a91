"""The question before a whole search is stopped."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class StopScreen(ModalScreen[bool]):
    """Gives whether to stop it."""

    DEFAULT_CSS = """
    StopScreen { align: center middle; }
    StopScreen > Vertical {
        width: 56; max-width: 100%; height: auto; max-height: 100%;
        padding: 1 2; border: round $accent; background: $surface;
    }
    """
    BINDINGS: ClassVar = [
        Binding("y,enter", "answer(True)", "Stop it"),
        Binding("n,escape,q", "answer(False)", "Let it go on"),
    ]

    def __init__(self, running: int) -> None:
        super().__init__()
        self._trials = running

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Stop the search?"
            yield Static(
                f"{self._trials} running trial{'s' * (self._trials != 1)} would stop where they are.\n"
                "What has ended is kept, and `--resume` goes on with the rest.\n\n"
                "[b $accent]y[/]  stop it\n[b $accent]n[/]  let it go on"
            )

    def action_answer(self, answer: bool) -> None:
        """Say so."""
        self.dismiss(answer)
