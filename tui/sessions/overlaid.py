"""Several runs looked at together: the first is the one that all panels show, the others join it in the curves."""

from dnn_tui.mlp import Command
from dnn_tui.runs.state import RunState

from .answers import Answers
from .session import Session


class OverlaySession:
    """A session made of sessions. Commands go to the first run; the others are only looked at."""

    local = False

    def __init__(self, sessions: list[Session]) -> None:
        self.first, *rest = sessions
        self.sessions = sessions
        self.others: tuple[tuple[str, RunState], ...] = tuple((session.title, session.state) for session in rest)

    @property
    def state(self) -> RunState:
        return self.first.state

    @property
    def title(self) -> str:
        return f"{self.first.title} and {len(self.others)} more"

    @property
    def first_title(self) -> str:
        return self.first.title

    @property
    def readonly(self) -> bool:
        return self.first.readonly

    @property
    def answers(self) -> Answers:
        """Of the run that is steered."""
        return self.first.answers

    @property
    def error(self) -> BaseException | None:
        return next((session.error for session in self.sessions if session.error), None)

    def start(self) -> None:
        for session in self.sessions:
            session.start()

    def send(self, command: Command) -> None:
        self.first.send(command)

    def close(self) -> None:
        for session in self.sessions:
            session.close()
