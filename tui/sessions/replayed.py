"""A run played again from its events: the state is that of a moment, as a viewer saw it then. Nothing runs."""

from collections.abc import Iterable, Iterator
from functools import partial

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import Event
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import LogTail, StoredSnapshot, read_place
from dnn_tui.runs.state import RunState

from .answers import Answers


class ReplaySession:
    """Applies events as far as it is told to."""

    readonly, local = False, False
    error: BaseException | None = None

    def __init__(self, title: str, events: Iterable[Event | StoredSnapshot]) -> None:
        self.title, self.state, self.answers = title, RunState(), Answers()
        self._events: Iterator[Event | StoredSnapshot] = iter(events)
        self._next: Event | StoredSnapshot | None = next(self._events, None)

    @classmethod
    def of_run(cls, folder: RunFolder) -> "ReplaySession":
        """From a run's log."""
        session = cls(folder.name, LogTail(folder.events_file, lazy=True).read_all())
        session.state.snapshots.read = partial(read_place, folder.events_file)
        return session

    def advance(self, step: int | None = None) -> None:
        """Go on until the run would leave `step`; None: to its end."""
        while self._next is not None and (step is None or self._next.step <= step):
            self.state.apply(self._next)
            self._next = next(self._events, None)

    def start(self) -> None:
        """What is to be seen is there."""

    def send(self, command: Command) -> None:
        """Nobody listens."""

    def close(self) -> None:
        """Nothing to close."""
