"""When the next frame may be drawn: not before the terminal has drawn the last one.

After each frame the terminal is asked something that it answers once it has drawn what came before. Over a slow line
frames thus come as fast as the line takes them and no faster: without this, a line of 20 kB/s is full of frames of
the past, and a key waits for all of them. From the time an answer takes follows how fast the line is, and from that
how much of the screen one frame may renew: the rest comes with the next, and a key never waits for long.
"""

import os

LOCAL_FPS, SSH_FPS = 10.0, 4.0  # the most frames a second
MUTE_FPS = 1.0  # over SSH, to a terminal that never answers: slow enough for a slow line
BUDGET = 8_000 / (80 * 24)  # bytes a second for each cell of the screen
SHARE = 0.5  # of what the line takes: the rest is for keys
IN_FLIGHT = 0.08  # seconds of the line that one frame may take
LEAST = 1_500  # bytes a frame may always have: the bars and the status

PATIENCE, LOCAL_PATIENCE = 5.0, 0.5  # seconds after which an answer is taken for lost

CURSOR_QUERY = "\x1b[6n"  # answered by every terminal
MODE_QUERY = "\x1b[?2026$p"  # better where it is answered: its answer can be taken for nothing else


def over_ssh() -> bool:
    return any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY"))


class Pacer:
    """Times are seconds of a monotonic clock, given by the caller. fps: the person's own wish, above all else."""

    def __init__(self, remote: bool, fps: float | None = None) -> None:
        self._remote, self._patience = remote, PATIENCE if remote else LOCAL_PATIENCE
        self._limited = remote and fps is None
        self.wished = fps is not None  # whether a person said how many frames there are
        self._least_interval = self._interval = 1 / (fps or (SSH_FPS if remote else LOCAL_FPS))
        self._mute_interval = self._interval if fps or not remote else 1 / MUTE_FPS
        self._painted_at = float("-inf")
        self._size = 0.0  # bytes of the last frame
        self._speed = float("inf")  # of the line, bytes a second
        self._asked_at: float | None = None  # when the answer that is awaited was asked for
        self._heard = False  # whether it ever answered
        self._answers = True  # whether the terminal is one that answers, as far as is known
        self._lost = 0  # answers in a row that did not come

    @property
    def tick(self) -> float:
        """How often to ask whether a frame is due, in seconds."""
        return min(self._least_interval, 0.05)

    def finish(self) -> bool:
        """Draw no more and ask no more; whether an answer is still on its way."""
        self._interval = self._mute_interval = float("inf")
        return self._asked_at is not None and self._heard

    def may_paint(self, now: float, at_once: bool = False) -> bool:
        """Whether a frame may be drawn. at_once: it answers a key; only a line can hold that back."""
        if self._asked_at is not None and now - self._asked_at >= self._patience:
            self._asked_at = None
            self._lost += 1
            self._answers = self._lost < 2  # it may have been busy once
        if at_once and not self._remote:
            return True
        if self._asked_at is not None:
            return False
        interval = self._interval if self._answers else max(self._interval, self._mute_interval)
        return at_once or now - self._painted_at >= interval - 0.005

    def allowance(self) -> float:
        """How many bytes the next frame may have, about."""
        return max(LEAST, IN_FLIGHT * self._speed) if self._limited else float("inf")

    def painted(self, now: float, size: float = 0.0, cells: int = 80 * 24) -> bool:
        """A frame of about `size` bytes was drawn on a screen of so many cells; whether the terminal is to be asked."""
        self._painted_at, self._size = now, size
        if self._interval == float("inf"):
            return False
        if self._limited:
            self._interval = max(self._least_interval, size / min(BUDGET * cells, SHARE * self._speed))
        if not self._answers:
            return False
        self._asked_at = now
        return True

    def answered(self, now: float) -> None:
        if self._asked_at is not None and self._size >= LEAST / 2:
            self._speed = self._size / max(now - self._asked_at, 1e-3)
        self._asked_at, self._answers, self._heard, self._lost = None, True, True, 0
