"""How much of the time frames may take from a training that goes at full speed in this process.

Python runs one thread at a time, and a training in small NumPy steps gives way at nearly every one of them: while a
frame is drawn it stands almost still. So what this thread draws is paid from a small share of the time that passes.
A little of it can be saved up, so that a run begins lively and a short one is seen whole. A key is answered at
once, and its frame paid for afterwards.
"""

SHARE = 0.03  # of the time
SAVED = 0.25  # seconds of drawing that can be saved up, that a run begins with, and that are remembered as owed
LONGEST = 2.0  # seconds after which there is a frame whatever it costs


class Share:
    """All times are seconds, given by the caller: wall of a monotonic clock, worked of the CPU time of the process,
    drawn of the CPU time of the thread that draws."""

    def __init__(self) -> None:
        self._left = SAVED
        self._seen: tuple[float, float, float] | None = None
        self._painted_at = float("-inf")

    def may_paint(self, wall: float, worked: float, drawn: float) -> bool:
        """Whether there is something left for a frame.

        Where others use the machine too, the process works less than time passes, and its frames come less often.
        """
        if self._seen is not None:
            wall_before, worked_before, drawn_before = self._seen
            earned = SHARE * min(wall - wall_before, worked - worked_before)
            self._left = min(SAVED, max(-SAVED, self._left + earned - (drawn - drawn_before)))
        self._seen = (wall, worked, drawn)
        return self._left > 0 or wall - self._painted_at >= LONGEST

    def look_away(self) -> None:
        """The training stands still, or goes slowly: frames cost it nothing, and nothing is saved up."""
        self._seen = None

    def painted(self, wall: float) -> None:
        self._painted_at = wall

    @property
    def tight(self) -> bool:
        """Whether frames cost more than they may: then panels that can wait should."""
        return self._left < SAVED / 2
