"""One question, with a number or a name for an answer."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

Answer = TypeVar("Answer")


class Question(ModalScreen[Answer | None]):
    """Asks until the answer can be taken; None if the person thinks better of it."""

    DEFAULT_CSS = """
    Question { align: center middle; }
    Question > Vertical {
        width: 50; max-width: 100%; height: auto; max-height: 100%;
        padding: 1 2; border: round $accent; background: $surface;
    }
    Question Input { margin: 1 0; }
    """
    BINDINGS: ClassVar = [Binding("escape", "leave", "Leave it as it is")]

    def __init__(self, title: str, question: str, value: str) -> None:
        super().__init__()
        self._title, self._question, self._value = title, question, value

    def read(self, text: str) -> Answer:
        """The answer that was typed. Raises ValueError with the sentence that says what is wrong with it."""
        raise NotImplementedError

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
            answer = self.read(event.value)
        except ValueError as error:
            self.query_one("#wrong", Static).update(str(error).replace("[", "\\["))
        else:
            self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(None)


class AskScreen(Question[float]):
    """Asks for a number until `check` has nothing against it: from the number to what is wrong, "" if nothing is."""

    def __init__(self, title: str, question: str, value: str, check: Callable[[float], str]) -> None:
        super().__init__(title, question, value)
        self._check = check

    def read(self, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"{text!r} is no number.") from None
        if wrong := self._check(number):
            raise ValueError(wrong)
        return number


class AskName(Question[str]):
    """Asks for a name until `take` takes it: from the name to what to say; it raises ValueError where it cannot."""

    def __init__(self, title: str, question: str, take: Callable[[str], str], value: str = "") -> None:
        super().__init__(title, question, value)
        self._take = take

    def read(self, text: str) -> str:
        return self._take(text.strip())
