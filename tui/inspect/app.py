"""The inspect view as a program of its own: `dnn-tui inspect`, `dnn-tui lesson`."""

import asyncio
import os
from collections.abc import Sequence
from typing import ClassVar

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")  # read when Textual is imported

from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from dnn_tui.experiments.explaining.subject import Subject
from dnn_tui.experiments.explaining.tour import Tour

from ..drawing.theme import ANSI_THEMES, DARK_THEME, first_theme, palette_of
from ..screens.inspect import InspectScreen
from ..terminal.border import BORDER
from ..terminal.required import require_terminal
from ..terminal.signals import INTERRUPTED


class InspectApp(App[int]):
    """Shows one subject."""

    TITLE = "dnn-tui"
    ENABLE_COMMAND_PALETTE = False
    # the terminal is raw: Ctrl+C comes as a key and not as a signal, and Textual's own answer is a hint at its own key
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True)]

    def __init__(self, subject: Subject, tour: Tour | None = None) -> None:
        super().__init__()
        self.animation_level = "none"
        self.subject, self.tour = subject, tour
        self.register_theme(DARK_THEME)
        self.theme = first_theme()
        self.palette = palette_of(self.theme, "NO_COLOR" in os.environ, self.console.color_system)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), BORDER]

    def on_mount(self) -> None:
        self.set_class(self.theme in ANSI_THEMES, "-plain")
        self.push_screen(InspectScreen(self.subject, self.tour))

    def action_interrupt(self) -> None:
        """Nothing is lost by leaving: it does not ask."""
        self.exit(INTERRUPTED)


def run_inspect(subject: Subject, tour: Tour | None = None) -> int:
    """Show a subject until the person leaves; the exit code. tour: the lecture it is a lesson of."""
    require_terminal()
    from ..app import run_with_signals

    app = InspectApp(subject, tour)
    code = asyncio.run(run_with_signals(app))
    return code if code is not None else app.return_code or 0
