"""The question before a running training is left."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ..terminal.back import leads_back


class QuitScreen(ModalScreen[str]):
    """Asks what to do with a training that runs in this process. Gives "quit", "detach" or ""."""

    DEFAULT_CSS = """
    QuitScreen { align: center middle; }
    QuitScreen > Vertical {
        width: 50; max-width: 100%; height: auto; max-height: 100%;
        padding: 1 2; border: round $accent; background: $surface;
    }
    """
    BINDINGS: ClassVar = [
        Binding("y,enter,q", "answer('quit')", "Stop and quit"),
        Binding("d", "answer('detach')", "Go on in the background"),
        Binding("n,escape", "answer('')", "Go on training"),
    ]

    def compose(self) -> ComposeResult:
        leave, away = ("go back", "go back") if leads_back() else ("quit", "leave")
        with Vertical() as box:
            box.border_title = "Go back?" if leads_back() else "Quit?"
            yield Static(
                "The training is not finished.\n\n"
                f"[b $accent]y[/]  stop it, keep the run, and {leave}\n"
                f"[b $accent]d[/]  go on training in the background, and {away}\n"
                "[b $accent]n[/]  go on training"
            )

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)
