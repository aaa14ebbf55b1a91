"""Calling back somebody who looks elsewhere: the terminal's bell and the title of its window."""

from collections.abc import Callable

from dnn_tui.runs.state import RunState

from ..drawing.visible import visible
from ..sessions.telling import worth_telling

SAVE_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"


class Attention:
    """Rings once for every alert and for the end, and says in the title how the run is doing.

    write: to the terminal, past the screen. quiet: neither bell nor title.
    """

    def __init__(self, write: Callable[[str], None], name: str, quiet: bool = False) -> None:
        self._write, self._quiet = write, quiet
        self._name = visible(name)  # it may come from another host
        self._told: int | None = None  # alerts and ends that are known
        self._title = ""

    def begin(self) -> None:
        if not self._quiet:
            self._write(SAVE_TITLE)

    def end(self) -> None:
        if not self._quiet:
            self._write(RESTORE_TITLE)

    def look(self, state: RunState) -> None:
        """Compare the state with what was told."""
        if self._quiet or not state.started:
            return
        count = sum(map(worth_telling, state.alerts)) + bool(state.ended) + bool(state.lost)
        if self._told is not None and count > self._told:  # what happened before one came is no news
            self._write("\a")
        self._told = count
        title = f"{_how(state)} {self._name} – dnn-tui"
        if title != self._title:
            self._title = title
            self._write(f"\x1b]2;{title}\a")


def _how(state: RunState) -> str:
    """A sign and a word or two; changes seldom, so that a title costs nothing over a slow line."""
    if state.lost:
        return "✗ crashed:"
    if state.ended:
        bad = state.ended.reason in ("diverged", "error")
        return ("✗ " if bad else "✓ ") + state.ended.reason.replace("_", " ") + ":"
    if any(alert.severity == "error" and alert.kind != "recording" for alert in state.alerts):
        return "! trouble:"
    return "‖ paused:" if state.paused else f"{10 * int(10 * state.fraction)} %:"
