"""One question with a number for an answer."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class AskScreen(ModalScreen[float | None]):
    """Asks for a number until `check` has nothing against it; None if the person thinks better of it.

    check: from the number to what is wrong with it, "" if nothing is.
    """

    DEFAULT_CSS = """
    AskScreen { align: center middle; }
    AskScreen > Vertical {
        width: 50; max-width: 100%; height: auto; max-height: 100%;
        padding: 1 2; border: round $accent; background: $surface;
    }
    AskScreen Input { margin: 1 0; }
    """
    BINDINGS: ClassVar = [Binding("escape", "leave", "Leave it as it is")]

    def __init__(self, title: str, question: str, value: str, check: Callable[[float], str]) -> None:
        super().__init__()
        self._title, self._question, self._value, self._check = title, question, value, check

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            yield Static(self._question)
            field = Input(self._value, id="answer")
            field.cursor_blink = False  # a blinking cursor costs 2 kB/s over SSH
            yield field
            yield Static("[b $accent]Enter[/]  do it   [b $accent]Esc[/]  leave it as it is", id="wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        try:
            number = float(event.value)
            wrong = self._check(number)
        except ValueError:
            wrong = f"{event.value!r} is no number."
        if wrong:
            self.query_one("#wrong", Static).update(wrong.replace("[", "\\["))
        else:
            self.dismiss(number)

    def action_leave(self) -> None:
        self.dismiss(None)
