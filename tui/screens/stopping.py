"""The question before a whole search is stopped."""

from typing import ClassVar

from textual.binding import Binding

from .question import QuestionScreen


class StopScreen(QuestionScreen[bool]):
    """Gives whether to stop it."""

    BINDINGS: ClassVar = [
        Binding("y,enter", "answer(True)", "Stop it"),
        Binding("n,escape,q", "answer(False)", "Let it go on"),
    ]

    def __init__(self, running: int) -> None:
        super().__init__()
        self._trials = running

    def question(self) -> tuple[str, str]:
        return "Stop the search?", (
            f"{self._trials} running trial{'s' * (self._trials != 1)} would stop where they are.\n"
            "What has ended is kept, and `--resume` goes on with the rest.\n\n"
            "[b $accent]y[/]  stop it\n[b $accent]n[/]  let it go on"
        )
