"""The inspect view as a program of its own: `dnn-tui inspect`, `dnn-tui lesson`."""

import asyncio
from typing import ClassVar

from ..terminal.exits import INTERRUPTED
from ..terminal.themed import ThemedApp, run_with_signals  # first: it tells Textual how to behave

# isort: split
from textual.binding import Binding, BindingType

from dnn_tui.experiments.explaining.subject import Subject
from dnn_tui.experiments.explaining.tour import Tour

from ..screens.inspect import InspectScreen
from ..terminal.required import require_terminal


class InspectApp(ThemedApp):
    """Shows one subject."""

    ENABLE_COMMAND_PALETTE = False
    # the terminal is raw: Ctrl+C comes as a key and not as a signal, and Textual's own answer is a hint at its own key
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True)]

    def __init__(self, subject: Subject, tour: Tour | None = None, quiz: int | None = None) -> None:
        super().__init__()
        self.subject, self.tour, self.quiz = subject, tour, quiz

    def on_mount(self) -> None:
        self.push_screen(InspectScreen(self.subject, self.tour, self.quiz))

    def action_interrupt(self) -> None:
        """Nothing is lost by leaving: it does not ask."""
        self.exit(INTERRUPTED)


def run_inspect(subject: Subject, tour: Tour | None = None, quiz: int | None = None) -> int:
    """Show a subject until the person leaves; the exit code. tour: the lecture it is a lesson of.

    quiz: begin with a round of questions in the random order of this seed.
    """
    require_terminal()
    app = InspectApp(subject, tour, quiz)
    code = asyncio.run(run_with_signals(app))
    return code if code is not None else app.return_code or 0
