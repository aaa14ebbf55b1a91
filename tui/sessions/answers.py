"""`Answers`: says when what a person asked of a run has had its effect, so that a screen need not wait to look."""

from collections.abc import Callable

from dnn_tui.mlp.events import Alert, CommandApplied, Event, RunStarted, Snapshot
from dnn_tui.runs.log import StoredSnapshot

CHANGING = ("change", "undo", "redo")  # told by a start, and seen with the picture after it


class Answers:
    """Hears a session's events, in whichever thread they come. tell: called, there, when one of them is an answer."""

    def __init__(self) -> None:
        self.tell: Callable[[], object] | None = None
        self._changed = False

    def hear(self, event: Event | StoredSnapshot) -> None:
        """A command that took effect, a change with its first picture, or a refusal."""
        match event:
            case RunStarted():
                self._changed, told = bool(event.change), False
            case Snapshot() | StoredSnapshot():
                self._changed, told = False, self._changed
            case CommandApplied():
                told = event.command not in CHANGING
            case Alert():
                told = event.kind == "refused"
            case _:
                return
        if told and (tell := self.tell) is not None:
            tell()
