"""`Looking`: a screen that shows a subject's step in its panes, goes from one to another, and says what was done."""

from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from dnn_tui.experiments.explaining.subject import Subject
from dnn_tui.mlp.explain import Step

from ..drawing.theme import Ink
from .look import Look
from .widgets import KeyLine, Pane


class Looking(Screen[None]):
    """What the parts of `InspectScreen` have in common."""

    def __init__(self, subject: Subject, look: Look) -> None:
        super().__init__()
        self.subject = subject
        self.look = look
        self._playing: Timer | None = None

    @property
    def step(self) -> Step:
        return self.subject.steps[self.look.at]

    def frame(self, force: bool = False) -> None:
        """Show what is looked at now."""
        for pane in self.query(Pane):
            if force:
                pane._grid = None
            pane.show()

    def say(self, text: str, ink: int = Ink.GOOD) -> None:
        """A message in place of the keys, until the next key."""
        self.query_one(KeyLine).message = (text, ink)

    def set_look(self, **changes: Any) -> None:
        self.look = self.look.with_(**changes)
        self.frame()

    def go(self, at: int) -> None:
        """Look at the step at that place, or at the nearest there is."""
        self.set_look(at=min(max(0, at), len(self.subject.steps) - 1), hidden=False, scroll=(0, 0))

    def stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None
