"""A question in a box in the middle: what a person answers closes it."""

from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

Answer = TypeVar("Answer")


class QuestionScreen(ModalScreen[Answer], Generic[Answer]):
    """A subclass binds keys to `answer(…)`, and gives the title and the text."""

    DEFAULT_CSS = """
    QuestionScreen { align: center middle; }
    QuestionScreen > Vertical {
        width: 56; max-width: 100%; height: auto; max-height: 100%;
        padding: 1 2; border: round $accent; background: $surface;
    }
    """

    def question(self) -> tuple[str, str]:
        """The title and the text, which may be marked up."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        title, text = self.question()
        with Vertical() as box:
            box.border_title = title
            yield Static(text)

    def action_answer(self, answer: Answer) -> None:
        """Close the box and give the answer."""
        self.dismiss(answer)
