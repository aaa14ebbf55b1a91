"""The question before a running training is left."""

from typing import ClassVar

from textual.binding import Binding

from ..terminal.back import leads_back
from .question import QuestionScreen


class QuitScreen(QuestionScreen[str]):
    """Asks what to do with a training that runs in this process. Gives "quit", "detach" or ""."""

    BINDINGS: ClassVar = [
        Binding("y,enter,q", "answer('quit')", "Stop and quit"),
        Binding("d", "answer('detach')", "Go on in the background"),
        Binding("n,escape", "answer('')", "Go on training"),
    ]

    def question(self) -> tuple[str, str]:
        leave, away = ("go back", "go back") if leads_back() else ("quit", "leave")
        return "Go back?" if leads_back() else "Quit?", (
            "The training is not finished.\n\n"
            f"[b $accent]y[/]  stop it, keep the run, and {leave}\n"
            f"[b $accent]d[/]  go on training in the background, and {away}\n"
            "[b $accent]n[/]  go on training"
        )
