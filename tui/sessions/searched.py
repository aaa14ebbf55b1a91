"""A search that another process carries on, or carried on: its folder is followed, its control file written."""

import threading
from collections.abc import Callable

from dnn_tui.experiments.searching.state import SearchState


class SearchSession:
    """Follows a search in a thread, twice a second.

    read: the state now, the same object while nothing is new; steer: takes a command ("pause", "stop 12", "add 20"),
    raises ValueError with a sentence where that cannot be done; None: it can only be looked at.
    """

    POLL_SECONDS = 0.5

    def __init__(self, read: Callable[[], SearchState], steer: Callable[[str], None] | None = None) -> None:
        self._read, self._steer = read, steer
        self.state = read()
        self.error: BaseException | None = None
        self.trouble = ""  # why it could not be read just now
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching the search", daemon=True)

    @property
    def readonly(self) -> bool:
        """Whether it can only be looked at."""
        return self._steer is None

    def start(self) -> None:
        """Begin to follow it."""
        self._thread.start()

    def send(self, command: str) -> None:
        """Ask the process that carries it on. Raises ValueError."""
        if self._steer is not None:
            self._steer(command)

    def close(self) -> None:
        """Stop following it."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def poll(self) -> None:
        """Take in what is new, with all that is worked out once for each state: the screen only draws."""
        state = self._read()
        if state is not self.state:
            prepare(state)
            self.state = state

    def _run(self) -> None:
        while not self._closing.wait(self.POLL_SECONDS):
            try:
                self.poll()
                self.trouble = ""
            except (OSError, ValueError) as error:  # it may be there again
                self.trouble = str(error)
            except BaseException as error:
                self.error = error
                return


def prepare(state: SearchState) -> None:
    """Work out what the panels ask of a state."""
    _ = state.parallel, state.course, state.rank, state.reach, state.complete, state.row, state.counts, state.standing
