"""`Session`: where a screen's `RunState` comes from, and where its commands go."""

from typing import Protocol

from dnn_tui.mlp import Command
from dnn_tui.runs.state import RunState

from .answers import Answers


class Session(Protocol):
    """A run being looked at: trained in this process, or tailed from the log of another.

    `state` is written by the session's own thread; `send` may be called from the UI thread.
    """

    @property
    def state(self) -> RunState: ...

    @property
    def title(self) -> str: ...

    @property
    def readonly(self) -> bool:
        """Commands are refused: a run that this viewer may not steer."""

    @property
    def local(self) -> bool:
        """The training thread lives in this process: leaving the app ends it."""

    @property
    def answers(self) -> Answers:
        """Who says at once when something asked for is done."""

    @property
    def error(self) -> BaseException | None:
        """What ended the session's thread, if it did not end by itself."""

    def start(self) -> None:
        """Begin to fill `state`, in a thread."""

    def send(self, command: Command) -> None:
        """Ask the trainer for something."""

    def close(self) -> None:
        """Stop and wait for the thread; a local run is ended properly and its log closed."""


def trains_here(session: Session) -> bool:
    """Whether leaving would end a training that is not finished."""
    return session.local and session.state.ended is None and session.error is None
