"""`Looking`: asks a run's trainer for pictures of units as long as this viewer shows them."""

import time

from dnn_tui.mlp import Command
from dnn_tui.mlp.tiles import LEASE
from dnn_tui.runs.control import who

from .session import Session

AGAIN = LEASE / 3  # seconds until a wish is said again


class Looking:
    """What one viewer wants to see of a session's units."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._said, self._said_at = "0", 0.0

    def want(self, side: int, unit: tuple[int, int] | None = None) -> None:
        """Tiles of that many pixels (0: none), and one unit large; said only when it changes, or is due again."""
        state = self.session.state
        if self.session.readonly or not state.started or state.ended or state.lost:
            return
        wish = f"{side} {unit[0]}.{unit[1]}" if side and unit else str(side)
        now = time.monotonic()
        if wish == self._said and (not side or now - self._said_at < AGAIN):
            return
        self._said, self._said_at = wish, now
        self.session.send(Command("tiles", wish, who()))
